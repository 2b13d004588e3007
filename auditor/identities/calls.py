"""The calls of a log as a destination takes them: which ids, in which order."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from auditor.model.delivery import UNDELIVERED
from auditor.model.event import CALLS, Event
from auditor.model.identities import AFTER_RESET
from auditor.timelines.order import sort_key
from auditor.timelines.timelines import Timelines

COUNTED = frozenset({"track", "page", "screen"})
"""Calls that say what somebody did. The others say who it was."""


class Call(NamedTuple):
    """What merge rules look at. ``kind`` is the call's type; ``time`` when it was taken in, ms since 1970 UTC.

    ``counted`` says that it is an event of somebody's history. ``email`` is filled in only for destinations that
    merge by it.
    """

    kind: str
    user: str | None = None
    anonymous: str | None = None
    previous: str | None = None
    client: bool = True
    time: int = 0
    email: str | None = None

    @property
    def counted(self) -> bool:
        """Whether it is an event of somebody's history."""
        return self.kind in COUNTED


@dataclass(frozen=True)
class Arrivals:
    """The calls that a destination got, in the order in which it got them.

    ``received`` says that the collector's clock decided: every call has ``receivedAt``. Else the corrected time did.
    ``copies`` has, by ``id`` of the call, the copy that arrived first where that is not the call itself.
    """

    events: list[Event]
    received: bool
    copies: dict[int, Event]

    def as_got(self, event: Event) -> Event:
        """What arrived of a call first."""
        return self.copies.get(id(event), event)

    def time(self, event: Event) -> int:
        """When it arrived, ms since 1970 UTC; without ``receivedAt``, when it was made."""
        got = self.as_got(event)
        return (got.received if self.received else None) or got.time


def arrivals(timelines: Timelines) -> Arrivals:
    """What arrived of a log, in order (design.md 4): by ``receivedAt`` where all calls have it, else by corrected time.

    Of a call that was received several times the first arrival counts: a destination drops the others. What is known
    not to have arrived at all is left out.
    """
    copies: dict[int, Event] = {}
    events = []
    for event in timelines.log.events:
        if event.type in CALLS:
            got = _first_arrival(event, timelines)
            if got is not None:
                events.append(event)
                if got is not event:
                    copies[id(event)] = got
    received = bool(events) and all(copies.get(id(event), event).received_at is not None for event in events)
    arrived = Arrivals(events, received, copies)
    keyed = [(arrived.time(event), event) for event in events]
    keyed.sort(key=itemgetter(0))
    events[:] = _ties_settled(keyed)
    return arrived


def _first_arrival(event: Event, timelines: Timelines) -> Event | None:
    copies = timelines.copies.get(event.message_id or "")
    if copies is None:
        return None if event.delivery in UNDELIVERED else event
    came = [one for one in (event, *copies.others) if one.delivery not in UNDELIVERED]
    if len(came) > 1 and all(one.received_at is not None for one in came):
        return min(came, key=_received_first)
    return came[0] if came else None


def _received_first(copy: Event) -> tuple[int, int, str, str, str]:
    """An order of copies that depends on nothing but the copies: not on the lines on which they stand."""
    ids = (copy.user_id or "", copy.anonymous_id or "", copy.previous_id or "")
    return (copy.received or 0, copy.sent or 0, *ids)


def _ties_settled(keyed: list[tuple[int, Event]]) -> Iterator[Event]:
    """The events; what has one moment (a batch, say) in the order in which it was made."""
    start = 0
    for stop in range(1, len(keyed) + 1):
        if stop == len(keyed) or keyed[stop][0] != keyed[start][0]:
            same = [event for _, event in keyed[start:stop]]
            yield from same if len(same) == 1 else sorted(same, key=sort_key)
            start = stop


class Visitors:
    """The anonymous id that an event was stored under. PostHog's device keeps its ``$device_id`` over a reset, which
    the log has as the anonymousId, and takes a new ``distinct_id`` (domain.md 3.1); so each reset begins another
    visitor."""

    def __init__(self, timelines: Timelines) -> None:
        self._resets: dict[int, list[int]] = {}
        for lane in timelines.lanes:
            if from_posthog(lane.events[0]):
                at = [event.t for event in lane.events if event.after_reset or event.type == "reset"]
                if at:
                    self._resets[lane.number] = at

    def of(self, event: Event) -> str | None:
        """The id; ``None`` where the event has none."""
        resets = self._resets.get(event.lane) if event.lane is not None else None
        if resets is None or event.anonymous_id is None:
            return event.anonymous_id
        number = bisect_right(resets, event.t)
        return f"{event.anonymous_id}{AFTER_RESET}{number}" if number else event.anonymous_id


def call_of(event: Event, visitor: str | None, *, time: int, email: bool = False) -> Call:
    """An event as a call. ``visitor`` is its anonymous id; ``email`` asks for the address that it names.

    What PostHog's SDK sends in place of ``$identify`` for a user who is known (``$set``) has no ``previousId``: it is
    of the kind ``set``, which says something of a user and links nothing (domain.md 4.4).
    """
    kind = event.type
    if kind == "identify" and from_posthog(event) and event.previous_id is None:
        kind = "set"
    address = email_of(event) if email else None
    return Call(kind, event.user_id, visitor, event.previous_id, event.client, time, address)


def from_posthog(event: Event) -> bool:
    """Whether an SDK of PostHog's made the call: the only one that keeps its device over a reset and stamps the
    user."""
    return event.rudderstack and event.identified is not None


def email_of(event: Event) -> str | None:
    """The e-mail address that an event names: ``traits.email``, ``context.traits.email``, ``properties.email``
    (domain.md 4.6)."""
    context = event.context
    for held in (event.traits, context.traits if context is not None else None, event.properties):
        value = held.get("email") if isinstance(held, dict) else None
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None
