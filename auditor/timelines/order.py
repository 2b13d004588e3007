"""Which of two events came first, and every order that a set of them may have had.

Within a lane the client's clock decides to the millisecond, equal milliseconds by position in one batch, else the
two are *unordered*. Across lanes, and between client and server, the corrected time decides, and what lies closer
than the clock slack is unordered (design.md 4).

``Event.time`` of a lane's events is their client clock plus one offset for the whole lane, so this relation is a
strict partial order: it is transitive, and every set of events has at least one order that respects it.
"""

from bisect import bisect_left
from collections.abc import Iterator

from auditor.model.event import Event

SLACK = 1000
"""Clock slack between lanes, ms."""
MOST_ORDERS = 5040
"""Orders tried for one verdict (seven events in every order); past that the verdict is unsure."""


def precedes(first: Event, second: Event) -> bool:
    """Whether ``first`` certainly came before ``second``."""
    if first.lane is not None and first.lane == second.lane:
        if first.t != second.t:
            return first.t < second.t
        return first.batch is not None and first.batch == second.batch and first.position < second.position
    return second.time - first.time >= SLACK


def unordered(first: Event, second: Event) -> bool:
    """Whether either may have come first."""
    return not precedes(first, second) and not precedes(second, first)


def sort_key(event: Event) -> tuple[int, int, int, int, str, int]:
    """A total order that respects the partial one and depends on nothing but the events themselves."""
    sent = event.sent
    received = event.received
    return (
        event.time,
        -1 if sent is None else sent,
        event.position if event.batch is not None else 0,
        -1 if received is None else received,
        event.message_id or "",
        event.line,
    )


def index_of(events: list[Event], event: Event) -> int:
    """Where an event stands in its sorted timeline."""
    at = bisect_left(events, event.time, key=lambda other: other.time)
    while events[at] is not event:
        at += 1
    return at


def clusters(events: list[Event]) -> list[list[Event]]:
    """Sorted events, cut wherever all before the cut certainly came before all behind it."""
    found: list[list[Event]] = []
    for event in events:
        merged = [event]
        back = len(found) - 1
        open_from = len(found)
        while back >= 0 and event.time - found[back][-1].time < SLACK:
            if any(not precedes(earlier, event) for earlier in found[back]):
                open_from = back
            back -= 1
        for group in reversed(found[open_from:]):
            merged = group + merged
        found[open_from:] = [merged]
    return found


def has_unordered(events: list[Event]) -> bool:
    """Whether some pair of the sorted events is unordered."""
    for index, event in enumerate(events):
        back = index - 1
        while back >= 0 and event.time - events[back].time < SLACK:
            if not precedes(events[back], event):
                return True
            back -= 1
    return False


def orders(events: list[Event]) -> Iterator[list[Event]]:
    """Every order of a cluster that respects what is certain."""
    if len(events) <= 1:
        yield list(events)
        return
    for index, event in enumerate(events):
        rest = events[:index] + events[index + 1 :]
        if not any(precedes(other, event) for other in rest):
            for tail in orders(rest):
                yield [event, *tail]
