"""Browsers: storage, tabs and documents. What a document is left with, its SDK decides."""

from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.simulate.agents import AGENTS
from benchmarks.simulate.clock import Loop, Story
from benchmarks.simulate.network import Network, Weather
from benchmarks.simulate.record import User

Script = Callable[["Document"], None]


class Browser:
    """One browser: its storage, its clock, its network, and the session that the site's server keeps for it."""

    def __init__(self, loop: Loop, rng: Random, network: Network, number: int) -> None:
        self.loop = loop
        self.rng = rng
        self.network = network
        self.number = number
        self.agent = AGENTS[number % len(AGENTS)]
        self.local: dict[str, dict[str, Any]] = defaultdict(dict)
        """localStorage by origin."""
        self.cookies: dict[str, dict[str, Any]] = defaultdict(dict)
        """By registrable domain: all hosts of a site share them."""
        self.user: User | None = None
        """Who is logged in, as the server knows it."""
        self.left: User | None = None
        """Who has logged out last."""
        self.flash: set[str] = set()
        """What the server has to tell the next page once: "signed up", "logged in"."""

    @property
    def weather(self) -> Weather:
        """What is the matter with it."""
        return self.network.weather

    def clear(self) -> None:
        """Wipe the storage; with the cookies the session is gone too."""
        self.local.clear()
        self.cookies.clear()
        self.user = None

    def uuid(self) -> str:
        """A random UUID of version 4."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def sortable_uuid(self) -> str:
        """A UUID of version 7: the client's clock first."""
        clock = (self.loop.now + self.weather.skew) & ((1 << 48) - 1)
        high = clock << 16 | 0x7000 | self.rng.getrandbits(12)
        return str(UUID(int=high << 64 | 2 << 62 | self.rng.getrandbits(62)))


class Document:
    """One loaded document: from here calls are made, and with it they end."""

    def __init__(self, tab: "Tab", url: str, referrer: str) -> None:
        self.tab = tab
        self.browser = tab.browser
        self.url = url
        self.referrer = referrer
        self.alive = True
        self.opened = tab.browser.loop.now
        self.sdk: Any = None

    @property
    def path(self) -> str:
        """Where a single-page app's router, or the server, has it."""
        return urlsplit(self.url).path

    @property
    def origin(self) -> str:
        """Scheme and host."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def domain(self) -> str:
        """The registrable domain, whose cookies all hosts share."""
        return ".".join(urlsplit(self.url).netloc.split(".")[-2:])


class Tab:
    """One tab. ``script`` is what a page of the site runs when it loads."""

    def __init__(self, browser: Browser, script: Script) -> None:
        self.browser = browser
        self.script = script
        self.document: Document | None = None

    def reload(self) -> Story:
        """Load the page again; it keeps its referrer."""
        assert self.document is not None
        return self.go(self.document.url, again=True)

    def go(
        self, url: str, *, typed: bool = False, server: int | None = None, form: str | None = None, again: bool = False
    ) -> Story:
        """Navigate. The old page lives on until the server's answer comes; then it is gone at once.

        ``server`` is how long that takes, ms; with ``form`` the url is where the form's post is redirected to.
        """
        browser, old = self.browser, self.document
        took = browser.rng.randint(30, 160) if server is None else server
        yield took
        referrer = "" if typed or old is None else old.referrer if again else _referrer(old, url)
        if form is not None and old is not None:
            browser.network.note_form(old.url, took, form, url)
            took = browser.rng.randint(4, 15)
            yield took
        self.close()
        self.document = Document(self, url, referrer)
        browser.network.note(url, url, "document", took)
        yield browser.rng.randint(5, 30)
        if self.document.alive:
            self.script(self.document)

    def close(self) -> None:
        """Leave the page that is open."""
        old = self.document
        if old is not None and old.alive:
            old.alive = False
            if old.sdk is not None:
                old.sdk.leave()
            self.browser.network.leave(old)


def _referrer(old: Document, url: str) -> str:
    """Another origin is told the origin alone (strict-origin-when-cross-origin)."""
    parts = urlsplit(url)
    return old.url if old.origin == f"{parts.scheme}://{parts.netloc}" else f"{old.origin}/"
