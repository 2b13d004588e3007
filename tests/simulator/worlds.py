"""A small world for tests: one browser, one tab, and a page whose code the test makes up."""

from collections.abc import Callable
from random import Random
from typing import TypeVar

import pytest

from benchmarks.simulate.browser import Browser, Document, Tab
from benchmarks.simulate.clock import Loop, Story
from benchmarks.simulate.forms import Form
from benchmarks.simulate.network import Collector, Network, Weather
from benchmarks.simulate.record import Body, Truth, User
from benchmarks.simulate.run import BEGINNING, VENDORS, Household
from benchmarks.simulate.score import NotRead
from benchmarks.simulate.sdk import Delivery, Sdk

ADA = User("usr_ada", {"email": "ada@example.com"}, BEGINNING, "usr_ada")
BEN = User("usr_ben", {"email": "ben@example.com"}, BEGINNING, "usr_ben")


Result = TypeVar("Result")


def read(run: Callable[[Form, list[Household]], Result], form: Form, held: list[Household]) -> Result:
    """What ``run`` finds on a form; skips where `auditor check` does not read it yet. JSONL it always has to read."""
    try:
        return run(form, held)
    except NotRead as reason:
        if "JSONL" in form.name:
            raise
        pytest.skip(f"auditor check does not read {form.name}: {reason}")


class World:
    """``visit`` goes to an address and runs code there; ``after`` waits. ``run`` lets it all happen."""

    def __init__(self, vendor: str = "segment", delivery: Delivery | None = None, seed: int = 1) -> None:
        rng = Random(seed)
        self.loop = Loop(BEGINNING)
        self.truth = Truth()
        self.collector = Collector()
        self.weather = Weather()
        self.browser = Browser(self.loop, rng, Network(self.loop, rng, self.collector, self.weather), 1)
        self._sdk = VENDORS[vendor]
        self._delivery = delivery or Delivery()
        self.tab = Tab(self.browser, self._load)
        self.other = Tab(self.browser, self._load)
        self._code: Callable[[Document], object] = lambda document: None
        self._stories: list[Story] = []

    @property
    def sdk(self) -> Sdk:
        """The SDK of the page that is open in the first tab."""
        assert self.tab.document is not None
        return self.tab.document.sdk

    def call(self, method: str) -> None:
        getattr(self.sdk, method)()

    def _load(self, document: Document) -> None:
        document.sdk = self._sdk(document, self._delivery, self.truth)
        self._code(document)

    def visit(
        self,
        url: str,
        code: Callable[[Document], object],
        *,
        stay: int = 5_000,
        server: int = 100,
        tab: Tab | None = None,
    ) -> None:
        def story() -> Story:
            self._code = code
            yield from (tab or self.tab).go(url, server=server)
            yield stay

        self._stories.append(story())

    def do(self, act: Callable[[], object], *, stay: int = 5_000) -> None:
        def story() -> Story:
            act()
            yield stay

        self._stories.append(story())

    def run(self) -> list[Body]:
        """What the collector has stored in the end, in order of arrival."""

        def all_of_it() -> Story:
            for story in self._stories:
                yield from story
            self.tab.close()
            self.other.close()

        self.loop.start(all_of_it())
        self.loop.run()
        return [body for _, body in sorted(self.collector.stored, key=lambda one: one[0])]


def events(stored: list[Body], kind: str) -> list[Body]:
    """The stored events of one type, or of one name."""
    return [body for body in stored if kind in (body.get("type"), body.get("event"))]
