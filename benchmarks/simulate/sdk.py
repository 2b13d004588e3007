"""What the browser SDKs have in common: a queue until the library has loaded, and calls that become messages."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.simulate.browser import Document
from benchmarks.simulate.record import Body, Call, Message, Truth, User

SAME_MILLISECOND = 0.005
"""How often two calls of one script fall into one millisecond: 1 of 223 pairs (domain.md 11.13)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a site has set its SDK up."""

    batching: bool = False
    persists: bool = True
    """False: undelivered events are not kept for the next page (``disableClientPersistence``)."""
    library: int = 40
    """How long the library takes to load, ms, most of the time."""
    resets_device: bool = False
    """RudderStack alone: whether the site calls reset(true)."""
    pins: str | None = None
    """An anonymousId that the site sets on every page, as kiosks do."""


class Sdk(ABC):
    """An SDK in one document. Calls made before it has loaded wait in a plain array and are lost with the page."""

    library: str
    """Where the library comes from."""

    def __init__(self, document: Document, delivery: Delivery, truth: Truth) -> None:
        self.document = document
        self.browser = document.browser
        self.loop = document.browser.loop
        self.rng = document.browser.rng
        self.delivery = delivery
        self.truth = truth
        self.ready = False
        self._queue: list[tuple[Call, Callable[[Call], None]]] = []
        self._last = 0
        self.browser.network.fetch_library(self.library, document.url)
        if not self.browser.weather.blocked:
            self.loop.after(self.rng.randint(delivery.library // 2, 2 * delivery.library), self._load)

    # --- What the site's code may call --------------------------------------------------------------------

    def page(self) -> Call:
        """A page call."""
        document = self.document
        url, referrer, title = document.url, document.referrer, title_of(document.path)
        return self._call("page", lambda call: self._page(call, url, referrer, title))

    def track(self, event: str, properties: Body) -> Call:
        """A track call."""
        where = self._where()
        return self._call("track", lambda call: self._track(call, event, properties, where))

    def identify(self, user: User, traits: Body) -> Call:
        """An identify call."""
        where = self._where()
        return self._call("identify", lambda call: self._identify(call, user.id, dict(traits), where), user)

    def identify_visitor(self, traits: Body) -> Call:
        """An identify call with traits alone."""
        where = self._where()
        return self._call("traits", lambda call: self._identify_visitor(call, dict(traits), where))

    def alias(self, user: User, previous: str | None = None) -> Call:
        """An alias call."""
        where = self._where()
        return self._call("alias", lambda call: self._alias(call, user.id, previous, where), user)

    def group(self, group: str) -> Call:
        """A group call."""
        where = self._where()
        return self._call("group", lambda call: self._group(call, group, where))

    def reset(self) -> Call:
        """Forget the user. Nothing is sent."""
        return self._call("reset", lambda call: self._reset())

    def forget_user(self) -> Call:
        """``user().id(null)``, or what comes closest: the userId goes, the anonymousId stays."""
        return self._call("forget", lambda call: self._forget())

    # --- The SDK itself -----------------------------------------------------------------------------------

    def _where(self) -> tuple[str, str]:
        return self.document.url, self.document.referrer

    def _call(self, method: str, run: Callable[[Call], None], user: User | None = None) -> Call:
        call = Call(method, self.loop.now, self.document, user)
        self.truth.calls.append(call)
        if self.ready:
            self._execute(call, run)
        else:
            self._queue.append((call, run))
        return call

    def _execute(self, call: Call, run: Callable[[Call], None]) -> None:
        call.executed = self._tick()
        self.truth.executed.append(call)
        run(call)

    def _load(self) -> None:
        if not self.document.alive:
            return
        self.ready = True
        self._start()
        queue, self._queue = self._queue, []
        for call, run in self._replay_order(queue):
            self._execute(call, run)

    def _tick(self) -> int:
        """The true moment of the next call: calls of one script are a few milliseconds apart."""
        step = 0 if self.rng.random() < SAME_MILLISECOND else self.rng.randint(1, 5)
        self._last = max(self.loop.now, self._last + step)
        return self._last

    def client_time(self, t: int) -> int:
        """A true moment by the device's clock."""
        return t + self.browser.weather.skew

    def _message(self, call: Call, message_id: str, body: Body) -> Message:
        assert call.executed is not None
        call.message = Message(message_id, body["type"], body, call.executed, self.document)
        return call.message

    @abstractmethod
    def _start(self) -> None:
        """The library has loaded."""

    @abstractmethod
    def leave(self) -> None:
        """The page is being left."""

    @abstractmethod
    def anonymous_id(self) -> str:
        """What the site's code gets when it asks for the anonymous id."""

    @abstractmethod
    def _replay_order(self, queue: list[Any]) -> list[Any]: ...

    @abstractmethod
    def _page(self, call: Call, url: str, referrer: str, title: str) -> None: ...

    @abstractmethod
    def _track(self, call: Call, event: str, properties: Body, where: tuple[str, str]) -> None: ...

    @abstractmethod
    def _identify(self, call: Call, user_id: str, traits: Body, where: tuple[str, str]) -> None: ...

    @abstractmethod
    def _identify_visitor(self, call: Call, traits: Body, where: tuple[str, str]) -> None: ...

    @abstractmethod
    def _alias(self, call: Call, user_id: str, previous: str | None, where: tuple[str, str]) -> None: ...

    @abstractmethod
    def _group(self, call: Call, group: str, where: tuple[str, str]) -> None: ...

    @abstractmethod
    def _reset(self) -> None: ...

    @abstractmethod
    def _forget(self) -> None: ...


def title_of(path: str) -> str:
    """The title of a page of the simulated site."""
    return path.strip("/").replace("/", " - ").replace("-", " ").capitalize() or "Home"
