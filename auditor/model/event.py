"""One recorded call in its canonical form, whatever vendor's shape it had in the log.

The members are those of the Segment spec, in Python's spelling, so that the decoder makes events straight from a log
of that shape: half a million of them in a second or two, with no second object and no copying. What a log does not
say but timelines and rules need (``t``, ``side``, ``path``, ...) stands behind the members and is filled in by the one
module that owns it; its wire name is one that no log has. What a whole lane shares is said once, by its ``Sender``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

CALLS = frozenset({"identify", "track", "page", "screen", "group", "alias"})
"""The six calls of the Segment spec that travel (domain.md 1.1)."""

RECORDED = CALLS | {"reset", "navigation"}
"""What a log may hold: the calls, and what a wrapper or recorder adds because no SDK sends it."""

Moment = Annotated[datetime, Meta(tz=True)]
"""A time with a zone. A record with any other spelling takes the slower road of ``logs.lenient``."""


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    return round(moment.timestamp() * 1000)


class Page(msgspec.Struct, gc=False):
    """``context.page``: the page a call was made on."""

    path: str | None = None
    referrer: str | None = None
    url: str | None = None


class Library(msgspec.Struct, gc=False):
    """``context.library``: the SDK that made the call."""

    name: str | None = None
    version: str | None = None


class Device(msgspec.Struct, gc=False):
    """``context.device``: the phone, as mobile SDKs say it."""

    id: str | None = None
    type: str | None = None


class Context(msgspec.Struct, gc=False):
    """``context``, as far as it is needed; members are spelled as on the wire."""

    page: Page | None = None
    library: Library | None = None
    traits: dict[str, Any] | None = None
    device: Device | None = None
    userAgent: str | None = None
    sessionId: int | str | None = None
    sessionStart: bool | None = None


class Sender:
    """What the events of one lane share, gathered as they are read. A call that is on no lane has one of its own.

    ``number`` is the lane's, ``None`` for a server's call; ``device`` that of its device, once somebody asks.
    ``offset`` is how far the collector's clock is ahead of the sender's, ms: the least ``delay`` between sent and
    received, because delays in the network or a queue only ever add to it (domain.md 1.4); 0 where the log does not
    say. ``mask`` has every bit that some event has, ``users`` the userIds. ``straight``: the events were read in the
    order of their clock, no two of one millisecond. ``agent`` is the browser's ``userAgent``; ``None`` where the log
    does not say, ``mixed`` where it says several things.
    """

    __slots__ = (
        "agent", "delay", "device", "last", "mask", "mixed", "number", "offset", "rudderstack", "straight", "user",
        "users",
    )  # fmt: skip

    def __init__(self, agent: str | None = None) -> None:
        self.agent = agent
        self.mixed = False
        self.number: int | None = None
        self.device: int | None = None
        self.offset = 0
        self.recount(())

    def recount(self, events: "Iterable[Event]") -> None:
        """Gather anew, from all the events there are."""
        self.delay: timedelta | None = None
        self.mask = 0
        self.user: str | None = None
        self.users: set[str] = set()
        self.last = -(1 << 62)
        self.straight = True
        self.rudderstack = False
        for event in events:
            self.note(event)

    def note(self, event: "Event") -> None:
        """Take one more event into account."""
        self.mask |= event.mask
        if event.t <= self.last:
            self.straight = False
        self.last = event.t
        if event.user_id is not None:
            self.users.add(event.user_id)
        self.rudderstack = self.rudderstack or event.rudderstack
        if event.sent_at is not None and event.received_at is not None:
            delay = event.received_at - event.sent_at
            if self.delay is None or delay < self.delay:
                self.delay = delay


_NOBODY = Sender()


def own(name: str) -> str:
    """The wire name of a field that no log fills in; a dialect may, in the call that it makes of a record."""
    return f"\uf8ff{name}"


def _own(name: str, default: Any = None) -> Any:
    return msgspec.field(name=own(name), default=default)


class Event(msgspec.Struct, gc=False, rename="camel"):
    """One call. Absent, null and blank ids are all ``None`` (domain.md 6.1).

    Times of our own are integers, milliseconds since 1970 UTC: ``t`` by the clock of the sender (in a browser, the
    browser's), ``time`` the corrected time that is comparable across lanes (domain.md 1.4). ``lane`` numbers the lane
    of a client event and is ``None`` for a server's. ``file`` and ``line`` say where the record stands; ``batch`` and
    ``position`` which envelope carried it and where in it: ``position`` orders equal milliseconds. ``mask`` has the
    bits of the predicates that hold (``engine.classify``). Traits, properties and context are kept only where some rule
    looks into them once the log is read: they are most of what a call weighs.

    ``rudderstack`` says that the anonymousId outlives a reset, as RudderStack's and PostHog's does. ``identified`` is
    for SDKs that put the userId on a call when it is made and send no identify where nothing changes (PostHog,
    Mixpanel, Amplitude): whether the call has a user, and so identify ran before it; ``None`` where a userId proves no
    such thing (Segment, RudderStack). ``opens`` says of a page call whether a document was loaded, where the log does.
    ``number_ids``: the call went over the wire with a userId or anonymousId that is no string.
    ``size`` is how many bytes the message has, where it has more than collectors take.
    """

    type: str = ""
    event: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    message_id: str | None = None
    timestamp: Moment | None = None
    original_timestamp: Moment | None = None
    sent_at: Moment | None = None
    received_at: Moment | None = None
    context: Context | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    name: str | None = None
    category: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    write_key: str | None = None
    channel: str | None = None
    delivery: str | None = None
    retry: bool | None = None
    metadata: Raw | UnsetType = msgspec.field(name="_metadata", default=UNSET)

    t: int = _own("t", 0)
    side: str = _own("side", "")
    library: str | None = _own("library")
    version: str | None = _own("version")
    path: str | None = _own("path")
    url: str | None = _own("url")
    referrer: str | None = _own("referrer")
    file: int = _own("file", 0)
    line: int = _own("line", 0)
    batch: int | None = _own("batch")
    position: int = _own("position", 0)
    rudderstack: bool = _own("rudderstack", False)
    sender: Sender = _own("sender", _NOBODY)
    mask: int = _own("mask", 0)
    page_load: int | None = _own("page_load")
    after_reset: bool = _own("after_reset", False)
    after_identify: bool = _own("after_identify", False)
    identified: bool | None = _own("identified")
    number_ids: bool = _own("number_ids", False)
    opens: bool | None = _own("opens")
    copied: bool = _own("copied", False)
    size: int | None = _own("size")

    @property
    def time(self) -> int:
        """When it was made by the corrected clock, ms: comparable across lanes."""
        return self.t + self.sender.offset

    @property
    def lane(self) -> int | None:
        """The number of its lane; ``None`` for a server's call."""
        return self.sender.number

    @property
    def device(self) -> int | None:
        """The number of its device, where some rule asks for devices."""
        return self.sender.device

    @property
    def client(self) -> bool:
        """Whether a browser or a phone sent it, not a server."""
        return self.side != "server"

    @property
    def sent(self) -> int | None:
        """When the request left, ms by the clock of ``t``; ``None`` where the log does not say."""
        return None if self.sent_at is None else milliseconds(self.sent_at)

    @property
    def received(self) -> int | None:
        """When the collector took it in, ms by its clock; ``None`` where the log does not say."""
        return None if self.received_at is None else milliseconds(self.received_at)

    @property
    def device_id(self) -> str | None:
        """The phone's own id."""
        context = self.context
        return context.device.id if context is not None and context.device is not None else None

    @property
    def session(self) -> str | None:
        """RudderStack's session number."""
        context = self.context
        return str(context.sessionId) if context is not None and context.sessionId is not None else None


def extra(member: str) -> str:
    """The attribute that holds a member which only some rule reads (``logs.wide``); any member name makes one."""
    return f"x_{member.encode().hex()}"


class Copies(msgspec.Struct, gc=False):
    """The further arrivals of one messageId.

    ``changed`` says that some copy's body differs from the call's in more than when it was sent or received.
    """

    call: Event
    others: list[Event]
    changed: bool = False
