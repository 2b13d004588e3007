"""Lanes: the client events of one (source, library family, anonymousId), and the clock they share.

The offset of a lane's clock is the least difference between received and sent over the lane: delays in the network
or a queue only ever add to it (some mobile SDKs stamp ``sentAt`` long before a request succeeds, domain.md 1.4).
"""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter

from auditor.model.event import Event
from auditor.timelines.order import sort_key

_MILLISECOND = timedelta(milliseconds=1)
_FAMILIES = {"@segment/analytics-next": "analytics.js"}
_CLOCK = attrgetter("t")


class Lane:
    """One lane. ``events`` are in order of the client clock; ``mask`` has every bit that some of them has; ``users``
    are the userIds that they carry, ``aliases`` the events that link another id to one."""

    __slots__ = ("aliases", "events", "mask", "number", "paged", "rudderstack", "users")

    def __init__(self, number: int, events: list[Event]) -> None:
        self.number = number
        self.events = events
        self.mask = 0
        self.users: set[str] = set()
        self.aliases: list[Event] = []
        self.rudderstack = False
        self.paged = False
        self._settle()

    def _settle(self) -> None:
        events, users = self.events, self.users
        offset = clock_offset(events)
        number, mask, last, straight, user = self.number, 0, -(1 << 62), True, None
        for event in events:
            if event.rudderstack:
                self.rudderstack = True
            t = event.t
            event.lane = number
            event.time = t + offset
            mask |= event.mask
            if event.previous_id is not None and is_link(event):
                self.aliases.append(event)
            if t <= last:
                straight = False
            last = t
            if event.user_id is not user:
                user = event.user_id
                if user is not None:
                    users.add(user)
        self.mask = mask
        if straight:
            return
        events.sort(key=_CLOCK)
        if any(first.t == second.t for first, second in pairwise(events)):
            events.sort(key=sort_key)


def build_lanes(events: list[Event]) -> tuple[list[Lane], list[Event]]:
    """The lanes, each in order, and the events that are on none; ``lane`` and ``time`` of every event are set."""
    grouped: dict[tuple[str | None, str | None, str], list[Event]] = defaultdict(list)
    alone: list[Event] = []
    for event in events:
        anonymous = event.anonymous_id
        if anonymous is None or event.side == "server":
            event.lane = None
            event.time = event.t + clock_offset([event])
            alone.append(event)
        else:
            grouped[event.write_key, event.library, anonymous].append(event)
    for write_key, library, anonymous in [key for key in grouped if key[1] in _FAMILIES]:
        family = _FAMILIES[library or ""]
        grouped[write_key, family, anonymous] += grouped.pop((write_key, library, anonymous))
    return [Lane(number, held) for number, held in enumerate(grouped.values())], alone


def clock_offset(events: list[Event]) -> int:
    """How far the collector's clock is ahead of the sender's, ms; 0 where the log does not say."""
    ahead = [e.received_at - e.sent_at for e in events if e.sent_at is not None and e.received_at is not None]
    return round(min(ahead) / _MILLISECOND) if ahead else 0


def mark_resets(events: list[Event]) -> list[Event]:
    """Set ``after_reset`` where a lane's ids show that reset was called just before (sorted events of one lane).

    Returns the events that were marked.

    RudderStack keeps the anonymousId: an event without userId in a new session, after events with one, shows it
    (domain.md 3.2, RS1); where sessions are switched off, the missing userId alone. analytics.js rotates the
    anonymousId on reset, so a lane of it never holds one.
    """
    session: str | None = None
    known = False
    marked = []
    for event in events:
        if event.type == "reset":
            known = False
        elif event.user_id is not None:
            known, session = True, event.session
        elif known and event.rudderstack and (event.session is None or event.session != session):
            event.after_reset = True
            marked.append(event)
            known = False
    return marked


def mark_identified(events: list[Event]) -> list[Event]:
    """Set ``after_identify`` where a lane's ids show that identify ran just before (sorted events of one lane).

    Returns the events that were marked.

    For SDKs whose identify may send nothing (``Event.identified``): the first event with a user, or with another one
    (domain.md 3.2, PH2, AM1, MX1). A ``$identify`` of PostHog's for another user says more: it is sent only where the
    id before it was anonymous, so reset has run.
    """
    user: str | None = None
    marked = []
    for event in events:
        if event.type == "reset" or event.after_reset:
            user = None
        if not event.identified or event.user_id in (user, None) or event.type == "alias":
            continue
        if event.type != "identify":
            event.after_identify = True
            marked.append(event)
        elif user is not None and event.rudderstack and event.previous_id not in (user, None):
            event.after_reset = True
            marked.append(event)
        user = event.user_id
    return marked


def users_by_anonymous_id(lanes: list[Lane], alone: list[Event]) -> dict[str, set[str]]:
    """The userIds each anonymousId was seen with, alias included (its previousId is another name of its user)."""
    found: dict[str, set[str]] = defaultdict(set)
    for lane in lanes:
        if lane.users:
            anonymous = lane.events[0].anonymous_id or ""
            found[anonymous] = found[anonymous] | lane.users if anonymous in found else lane.users
        for event in lane.aliases:
            found[event.previous_id or ""] = found[event.previous_id or ""] | {event.user_id or ""}
    for event in alone:
        if event.user_id is None:
            continue
        if event.anonymous_id is not None:
            found[event.anonymous_id] = found[event.anonymous_id] | {event.user_id}
        if is_link(event):
            found[event.previous_id or ""] = found[event.previous_id or ""] | {event.user_id}
    return found


def is_link(event: Event) -> bool:
    """Whether an event gives its user a previous id: what an alias does that is none of the user to itself."""
    return event.previous_id is not None and event.user_id is not None and event.previous_id != event.user_id
