"""The forms of a run: what the collector stored, as vendors write it, and what the browsers saw."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.simulate.clock import SECOND, stamp
from benchmarks.simulate.har import har
from benchmarks.simulate.record import Body
from benchmarks.simulate.run import Household, stored
from benchmarks.simulate.seen import Seen, SeenInHar
from benchmarks.simulate.servers import Server


@dataclass(frozen=True, slots=True)
class Form:
    """One form: whose SDKs, how it is written below a folder, what can be seen in it, and who is left out of it."""

    name: str
    vendor: str
    write: Callable[[list[Household], Path], list[Path]]
    seen: Seen
    holds: Callable[[Household], bool] = lambda household: True
    config: str = ""
    """The site owner's auditor.yml; none for most."""
    aliasing: bool = False
    """Whether the people are those of a site that aliases at signup."""


def _lines(records: Iterable[Any], file: Path) -> list[Path]:
    with file.open("w", encoding="utf-8") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    return [file]


def write_calls(held: list[Household], folder: Path) -> list[Path]:
    """One event a line, in order of arrival, with ``receivedAt``."""
    return _lines(({**body, "receivedAt": stamp(at)} for at, body in stored(held)), folder / "events.jsonl")


def write_captures(held: list[Household], folder: Path) -> list[Path]:
    """PostHog: one request body a line, in order of arrival."""
    requests: dict[int, Body] = {}
    for _, body in stored(held):
        requests.setdefault(id(body["_request"]), body["_request"])
    return _lines(requests.values(), folder / "captures.jsonl")


def _write_hars(flavour: str) -> Callable[[list[Household], Path], list[Path]]:
    def write(held: list[Household], folder: Path) -> list[Path]:
        for household in held:
            for number, browser in enumerate(household.browsers):
                if browser.network.log:
                    file = folder / f"browser-{household.number:05d}-{number}.har"
                    file.write_text(json.dumps(har(browser, flavour)), encoding="utf-8")
        servers: dict[int, tuple[int, Body]] = {}
        for household in held:
            for call in household.truth.calls:
                if isinstance(call.document, Server) and call.message is not None:
                    servers |= {id(one): (one.at, one.stored) for one in call.message.arrivals}
        lines = sorted(servers.values(), key=lambda one: one[0])
        _lines(({**body, "receivedAt": stamp(at)} for at, body in lines), folder / "servers.jsonl")
        return [folder]

    return write


def _right_clock(household: Household) -> bool:
    """By a device's own clock alone, and a wrong one, its calls cannot be put beside a server's."""
    return all(abs(browser.weather.skew) < SECOND for browser in household.browsers)


def _whole_har(household: Household) -> bool:
    """What a batch flushes when its page ends is in no HAR either (domain.md 11.24)."""
    return _right_clock(household) and not household.plan.code.delivery.batching


FORMS = [
    Form("Segment JSONL", "segment", write_calls, Seen()),
    Form(
        "Segment JSONL, with Mixpanel's legacy identities",
        "segment",
        write_calls,
        Seen(),
        config="destinations: [mixpanel-legacy]\n",
        aliasing=True,
    ),
    Form("RudderStack JSONL", "rudderstack", write_calls, Seen()),
    Form("HAR, Playwright", "segment", _write_hars("playwright"), SeenInHar(), _whole_har),
    Form("HAR, Chrome", "segment", _write_hars("chrome"), SeenInHar(), _whole_har),
    Form("PostHog captures", "posthog", write_captures, Seen(), _right_clock),
]
