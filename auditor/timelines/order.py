"""Which of two events came first, and every order that a set of them may have had.

Within a lane the client's clock decides to the millisecond, equal milliseconds by position in one batch, else the
two are *unordered*. Across lanes, and between client and server, the corrected time decides, and what lies closer
than the clock slack is unordered (design.md 4).

``Event.time`` of a lane's events is their client clock plus one offset for the whole lane, so this relation is a
strict partial order: it is transitive, and every set of events has at least one order that respects it.
"""

from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from operator import attrgetter, eq

from auditor.model.event import Event

SLACK = 1000
"""Clock slack between lanes, ms."""
CLOCK, TIME = attrgetter("t"), attrgetter("time")
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
    """A total order that respects the partial one and depends on nothing but the events themselves.

    The position stands before the times of sending: the members of one batch may each carry a ``sentAt`` of their own.
    """
    sent = event.sent
    received = event.received
    return (
        event.time,
        event.position if event.batch is not None else 0,
        -1 if sent is None else sent,
        -1 if received is None else received,
        event.message_id or "",
        event.line,
    )


def sort_events(events: list[Event], clock: Callable[[Event], int]) -> None:
    """Sort by ``sort_key`` events whose ``clock`` (``t`` within one lane, else ``time``) is what that key begins with.

    The whole key is made only for those that share a moment.
    """
    events.sort(key=clock)
    times = list(map(clock, events))
    if not any(map(eq, times, islice(times, 1, None))):
        return
    start = 0
    for stop in range(1, len(times) + 1):
        if stop == len(times) or times[stop] != times[start]:
            if stop - start > 1:
                events[start:stop] = sorted(events[start:stop], key=sort_key)
            start = stop


def has_unordered(events: list[Event]) -> bool:
    """Whether some pair of the sorted events is unordered. Where each precedes the next, all are in order."""
    return any(not precedes(first, second) for first, second in pairwise(events))


def spans(events: list[Event]) -> list[tuple[int, int]]:
    """For each of the sorted events where its cluster begins and ends. Whatever stands before a cluster certainly came
    before all that stands in it or behind it; a cluster cannot be cut any further."""
    lanes = {event.lane for event in events}
    reach = 1 if len(lanes) == 1 and None not in lanes else SLACK
    starts: list[int] = []
    for index, event in enumerate(events):
        first = index
        back = index - 1
        while back >= 0 and event.time - events[back].time < reach:
            if not precedes(events[back], event):
                first = back
            back -= 1
        while starts and starts[-1] > first:
            starts.pop()
        if first == index:
            starts.append(index)
    return [(start, stop) for start, stop in pairwise([*starts, len(events)]) for _ in range(start, stop)]


def orders(events: list[Event]) -> Iterator[list[Event]]:
    """Every order of some events that respects what is certain."""
    if len(events) <= 1:
        yield list(events)
        return
    for index, event in enumerate(events):
        rest = events[:index] + events[index + 1 :]
        if not any(precedes(other, event) for other in rest):
            for tail in orders(rest):
                yield [event, *tail]


def beginnings(events: list[Event]) -> Iterator[list[Event]]:
    """Every part of some events that may have come before some moment: with each event those that precede it."""
    found: set[frozenset[int]] = {frozenset()}
    waiting: list[frozenset[int]] = [frozenset()]
    while waiting:
        held = waiting.pop()
        yield [events[index] for index in sorted(held)]
        for index, event in enumerate(events):
            if index in held or any(
                precedes(other, event) for number, other in enumerate(events) if number not in held and number != index
            ):
                continue
            larger = held | {index}
            if larger not in found:
                found.add(larger)
                waiting.append(larger)
