"""One recorded call in its canonical form, whatever vendor's shape it had in the log."""

from datetime import datetime
from typing import Any

import msgspec

CALLS = frozenset({"identify", "track", "page", "screen", "group", "alias"})
"""The six calls of the Segment spec that travel (domain.md 1.1)."""

RECORDED = CALLS | {"reset", "navigation"}
"""What a log may hold: the calls, and what a wrapper or recorder adds because no SDK sends it."""


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    return round(moment.timestamp() * 1000)


class Event(msgspec.Struct, gc=False):
    """One call. Absent, null and blank ids are all ``None`` (domain.md 6.1).

    Times are integers, milliseconds since 1970 UTC: ``t`` by the clock of the sender (client clock in a browser),
    ``sent`` by the same clock, ``received`` by the collector's, ``time`` the corrected time that is comparable across
    lanes (domain.md 1.4). ``lane`` numbers the lane of a client event and is ``None`` for a server's. ``batch`` and
    ``position`` say which envelope carried the event and where in it; ``position`` orders equal milliseconds.

    Not frozen: half a million of these are made in a second or two, and the fields from ``lane`` on are filled in
    when the timelines are built, by the two modules that own them (``timelines`` and ``engine.classify``).
    """

    type: str
    event: str | None
    name: str | None
    user_id: str | None
    anonymous_id: str | None
    message_id: str | None
    t: int
    sent_at: datetime | None
    received_at: datetime | None
    side: str
    library: str | None
    path: str | None
    file: int
    line: int
    url: str | None = None
    referrer: str | None = None
    version: str | None = None
    category: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    write_key: str | None = None
    channel: str | None = None
    session: str | None = None
    session_start: bool = False
    device_id: str | None = None
    delivery: str | None = None
    retry: bool = False
    rudderstack: bool = False
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    raw: dict[str, Any] | None = None
    batch: int | None = None
    position: int = 0
    index: int = 0
    time: int = 0
    mask: int = 0
    lane: int | None = None
    device: int | None = None
    page_load: int | None = None
    after_reset: bool = False
    copied: bool = False

    @property
    def sent(self) -> int | None:
        """When the request left, ms; ``None`` where the log does not say."""
        return None if self.sent_at is None else milliseconds(self.sent_at)

    @property
    def received(self) -> int | None:
        """When the collector took it in, ms; ``None`` where the log does not say."""
        return None if self.received_at is None else milliseconds(self.received_at)

    @property
    def client(self) -> bool:
        """Whether a browser or a phone sent it, not a server."""
        return self.side != "server"


class Copies(msgspec.Struct, gc=False):
    """The further arrivals of one messageId.

    ``changed`` says that some copy's body differs from the call's in more than when it was sent or received.
    """

    call: Event
    others: list[Event]
    changed: bool = False
