"""Networks and the collector: what arrives, when, and what a page that is left takes along."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.simulate.clock import SECOND, Loop
from benchmarks.simulate.record import Arrival, Body, Exchange, Message

_PREFLIGHT = 5 * SECOND
"""How long Chromium remembers a CORS preflight (domain.md 11.17)."""
Done = Callable[[int | None], None]


@dataclass(slots=True)
class Weather:
    """What is the matter with a device or its network; all of it happens to correct sites as well."""

    skew: int = 0
    """How far the device's clock is ahead, ms."""
    blocked: bool = False
    """An ad blocker keeps the library from loading."""
    offline: bool = False
    refused: bool = False
    """The collector cannot be reached."""
    refuses: bool = False
    """The collector answers 401 and stores nothing."""
    flaky: int = 0
    """So many of the next requests are stored but answered with 503 (domain.md 11.19)."""
    slow: int = 0
    """More latency, ms."""


@dataclass(slots=True)
class Collector:
    """Stores what it is sent, in order of arrival."""

    stored: list[tuple[int, Body]] = field(default_factory=list)

    def receive(self, at: int, copies: Iterable[tuple[Message, Body]], document: object) -> None:
        """Store the copies of one request: each with what the collector adds."""
        for message, copy in copies:
            message.arrivals.append(Arrival(at, copy, document))
            self.stored.append((at, copy))


class Network:
    """The network of one device: requests take their time, and a page that is left aborts those under way."""

    def __init__(self, loop: Loop, rng: Random, collector: Collector, weather: Weather) -> None:
        self.loop = loop
        self.rng = rng
        self.collector = collector
        self.weather = weather
        self.log: list[Exchange] = []
        self._under_way: dict[Exchange, object] = {}
        """By the document whose end aborts them; None: keepalive."""
        self._preflight = -_PREFLIGHT

    def note(self, url: str, page: str, kind: str, took: int) -> None:
        """Log a request that simply works: a document, a script."""
        now = self.loop.now
        self.log.append(Exchange(now - took, "GET", url, kind, page, ended=now, status=200))

    def note_form(self, page: str, took: int, body: str, redirect: str) -> None:
        """Log the post of a form, which is answered with another address."""
        now = self.loop.now
        exchange = Exchange(now - took, "POST", page, "document", page, None, body, now, 302, redirect=redirect)
        self.log.append(exchange)

    def fetch_library(self, url: str, page: str) -> None:
        """Log the request for the library, which an ad blocker does not let out."""
        if not self.weather.blocked:
            self.note(url, page, "script", self.rng.randint(2, 20))
            return
        now, error = self.loop.now, "net::ERR_BLOCKED_BY_CLIENT"
        self.log.append(Exchange(now, "GET", url, "script", page, ended=now, status=-1, error=error))

    def post(
        self,
        document: Any,
        url: str,
        text: str,
        copies: list[tuple[Message, Body]],
        done: Done,
        *,
        keepalive: bool = False,
        flush: bool = False,
    ) -> None:
        """Send a request to the collector. ``done`` gets the status, or None where no answer came.

        It is not called when the page is left first: then the script is gone as well. ``keepalive`` lets the request
        outlive its page; a ``flush`` at the end of a page is listed in no HAR.
        """
        now, weather = self.loop.now, self.weather
        exchange = Exchange(now, "POST", url, "fetch", document.url, document, text)
        exchange.listed = not flush
        self.log.append(exchange)
        for message, _ in copies:
            message.tries.append(exchange)
        if weather.offline or weather.refused:
            error = "net::ERR_INTERNET_DISCONNECTED" if weather.offline else "net::ERR_CONNECTION_REFUSED"
            self.loop.after(2, lambda: self._fail(exchange, error, done))
            return
        self._under_way[exchange] = None if keepalive else document
        there = self.rng.randint(2, 30) + weather.slow
        back = self.rng.randint(2, 40) + weather.slow
        if now - self._preflight > _PREFLIGHT:
            there += self.rng.randint(4, 40) + weather.slow
            self._preflight = now + there

        def arrive() -> None:
            if exchange not in self._under_way:
                return
            if weather.refuses:
                self.loop.after(back, lambda: self._answer(exchange, 401, done))
                return
            self.collector.receive(self.loop.now, copies, document)
            status = 200
            if weather.flaky:
                weather.flaky -= 1
                status = 503
            self.loop.after(back, lambda: self._answer(exchange, status, done))

        self.loop.after(there, arrive)

    def leave(self, document: object) -> None:
        """A page is left: its requests are aborted, whether the collector has got them or not."""
        for exchange in [one for one, owner in self._under_way.items() if owner is document]:
            del self._under_way[exchange]
            exchange.status, exchange.error, exchange.ended = -1, "net::ERR_ABORTED", self.loop.now

    def _answer(self, exchange: Exchange, status: int, done: Done) -> None:
        if exchange in self._under_way:
            del self._under_way[exchange]
            exchange.status, exchange.ended = status, self.loop.now
            done(status)

    def _fail(self, exchange: Exchange, error: str, done: Done) -> None:
        exchange.status, exchange.error, exchange.ended = -1, error, self.loop.now
        done(None)
