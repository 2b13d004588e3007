"""Lanes: the client events of one (source, library family, anonymousId), and the clock they share.

The offset of a lane's clock is the least difference between received and sent over the lane: delays in the network
or a queue only ever add to it (some mobile SDKs stamp ``sentAt`` long before a request succeeds, domain.md 1.4).
"""

from collections import defaultdict
from datetime import timedelta

from auditor.model.event import Event

_SECOND = timedelta(milliseconds=1)
_FAMILIES = {"@segment/analytics-next": "analytics.js"}


class Lane:
    """One lane. ``events`` are in order of the client clock."""

    __slots__ = ("events", "mask", "number", "ordered", "paged")

    def __init__(self, number: int) -> None:
        self.number = number
        self.events: list[Event] = []
        self.mask = 0
        self.ordered = False
        self.paged = False


def build_lanes(events: list[Event]) -> list[Lane]:
    """Put every client event with an anonymousId on its lane, and set ``lane`` and ``time`` of every event."""
    lanes: dict[tuple[str | None, str | None, str], Lane] = {}
    ordered: list[Lane] = []
    for event in events:
        anonymous = event.anonymous_id
        if anonymous is None or event.side == "server":
            event.lane = None
            _correct_alone(event)
            continue
        key = (event.write_key, event.library, anonymous)
        lane = lanes.get(key)
        if lane is None:
            lane = lanes[key] = Lane(len(ordered))
            ordered.append(lane)
        lane.events.append(event)
        lane.mask |= event.mask
        event.lane = lane.number
    for lane in ordered:
        _correct(lane.events)
    return ordered


def _correct(events: list[Event]) -> None:
    offset = _offset(events)
    for event in events:
        event.time = event.t + offset


def _offset(events: list[Event]) -> int:
    least: timedelta | None = None
    for event in events:
        if event.sent_at is not None and event.received_at is not None:
            difference = event.received_at - event.sent_at
            if least is None or difference < least:
                least = difference
    return 0 if least is None else round(least / _SECOND)


def _correct_alone(event: Event) -> None:
    if event.sent_at is not None and event.received_at is not None:
        event.time = event.t + round((event.received_at - event.sent_at) / _SECOND)
    else:
        event.time = event.t


def mark_resets(events: list[Event]) -> list[Event]:
    """Set ``after_reset`` where a lane's ids show that reset was called just before (sorted events of one lane).

    Returns the events that were marked.

    RudderStack keeps the anonymousId: an event without userId in a new session, after events with one, shows it
    (domain.md 3.2, RS1). analytics.js rotates the anonymousId on reset, so a lane of it never holds one.
    """
    session: str | None = None
    known = False
    marked = []
    for event in events:
        if event.type == "reset":
            known = False
        elif event.user_id is not None:
            known, session = True, event.session
        elif known and event.rudderstack and event.session is not None and event.session != session:
            event.after_reset = True
            marked.append(event)
            known = False
    return marked


def anonymous_users(events: list[Event]) -> dict[str, set[str]]:
    """The userIds each anonymousId was seen with, alias included (its previousId is another name of its user)."""
    found: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event.user_id is not None:
            if event.anonymous_id is not None:
                found[event.anonymous_id].add(event.user_id)
            if event.previous_id is not None and event.previous_id != event.user_id:
                found[event.previous_id].add(event.user_id)
    return found
