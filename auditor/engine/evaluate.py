"""One candidate under one order of its timeline: the semantics of rule-language.md, point 3 to 6.

Matches are looked for outward from the candidate, nearest first, and no further than the answer needs, so that a
long timeline is not gone through once per candidate.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice, takewhile
from operator import attrgetter

from auditor.engine.values import reader
from auditor.engine.views import ANYTHING, Order
from auditor.language.rule import Clause, Conditions
from auditor.model.event import Event
from auditor.timelines.order import SLACK

_TIME = attrgetter("time")
YES, NO, OPEN = "yes", "no", "open"
"""A clause holds, does not, or the log ends before its window has closed."""

Elsewhere = Callable[[Clause, Event], list[Event]]
"""The timeline of a clause with its own key, for a candidate."""


class Compiled:
    """A clause with its bits and readers. ``counted``: the message tells how many matches there are."""

    def __init__(
        self,
        clause: Clause,
        bit: int,
        since: int,
        until: int,
        where: Callable[[Event, dict[str, Event]], bool] | None,
        counted: bool = False,
    ) -> None:
        self.clause, self.bit, self.since, self.until, self.where = clause, bit, since, until, where
        self.same = [reader(name) for name in clause.same]
        self.differs = [reader(name) for name in clause.differs]
        far = clause.name is not None and clause.pick != "nearest"
        self.limit = None if counted or far else clause.at_least
        ends = {"before": "first", "after": "last"}.get(clause.position) == clause.pick
        self.from_far = far and ends and not counted and clause.at_least == 1 and clause.within is None
        """One match is enough, and it is the one furthest away."""


@dataclass(slots=True)
class Outcome:
    """What a set of conditions says of a candidate, the evidence its clauses picked, and what each of them said."""

    state: str
    evidence: dict[str, Event]
    counts: dict[str, int]
    said: tuple[str, ...] = ()


def evaluate(groups: "CompiledConditions", order: Order, rank: int, elsewhere: Elsewhere) -> Outcome:
    """The state of conditions for the event at ``rank``: every ``if``, some ``if_any``, no ``unless``."""
    evidence: dict[str, Event] = {"": order.at(rank)}
    counts: dict[str, int] = {}
    said = [_clause(compiled, order, rank, evidence, counts, elsewhere) for compiled in groups.clauses]
    ifs, unlesses = len(groups.all), len(said) - len(groups.unless)
    state = YES
    for held in said[:ifs]:
        state = _both(state, held)
    if groups.any:
        state = _both(state, reduce(_either, said[ifs:unlesses]))
    for held in said[unlesses:]:
        state = _both(state, {YES: NO, NO: YES, OPEN: OPEN}[held])
    return Outcome(state, evidence, counts, tuple(said))


@dataclass(slots=True)
class CompiledConditions:
    """Conditions with their clauses compiled."""

    all: list[Compiled]
    any: list[Compiled]
    unless: list[Compiled]

    @property
    def clauses(self) -> list[Compiled]:
        """All of them."""
        return [*self.all, *self.any, *self.unless]


def compile_conditions(conditions: Conditions, compiled: Callable[[Clause], Compiled]) -> CompiledConditions:
    """Compile the clauses of conditions."""
    return CompiledConditions(
        [compiled(c) for c in conditions.all],
        [compiled(c) for c in conditions.any],
        [compiled(c) for c in conditions.unless],
    )


def _both(one: str, other: str) -> str:
    if NO in (one, other):
        return NO
    return OPEN if OPEN in (one, other) else YES


def _either(one: str, other: str) -> str:
    if YES in (one, other):
        return YES
    return OPEN if OPEN in (one, other) else NO


def _clause(
    compiled: Compiled,
    order: Order,
    rank: int,
    evidence: dict[str, Event],
    counts: dict[str, int],
    elsewhere: Elsewhere,
) -> str:
    clause = compiled.clause
    flagged = order.at(rank)
    stopped = False
    if clause.by is not None:
        early, late = _elsewhere(compiled, elsewhere(clause, flagged), flagged, evidence)
    else:
        early, late, stopped = _sides(compiled, order, rank, evidence)
    count = len(early) + len(late)
    if count >= clause.at_least:
        if clause.name is not None:
            evidence[clause.name] = _picked(clause.pick, early, late, flagged)
            counts[clause.name] = count
        return YES
    looks_ahead = clause.position != "before" and clause.within is not None and not stopped
    if looks_ahead and order.view.end < flagged.time + (clause.within or 0):
        return OPEN
    return NO


def _elsewhere(
    compiled: Compiled, others: list[Event], flagged: Event, evidence: dict[str, Event]
) -> tuple[list[Event], list[Event]]:
    """Matches in another timeline, before and after the flagged event, nearest first and no more than are needed."""
    middle = bisect_right(others, flagged.time, key=_TIME)

    def matching(places: range) -> Iterator[Event]:
        for place in places:
            event = others[place]
            if event is not flagged and event.mask & compiled.bit and agrees(compiled, event, flagged, evidence):
                yield event

    early = list(islice(matching(range(middle - 1, -1, -1)), compiled.limit))
    late = list(islice(matching(range(middle, len(others))), compiled.limit))
    return early, late


def _sides(
    compiled: Compiled, order: Order, rank: int, evidence: dict[str, Event]
) -> tuple[list[Event], list[Event], bool]:
    """Matches before and after the flagged event, nearest first and no more than are needed on each side, and whether
    an ``until`` event has closed the window."""
    clause, view = compiled.clause, order.view
    flagged = order.at(rank)
    low, high = -1, len(view.events)
    if compiled.since:
        low = next(order.before(view.group(compiled.since), rank), low)
    if compiled.until:
        high = next(order.after(view.group(compiled.until), rank), high)
    stopped = high < len(view.events)
    early: list[Event] = []
    late: list[Event] = []
    group = view.group(compiled.bit, compiled.same, compiled.differs, flagged)
    other = compiled.differs[0](flagged) if compiled.differs else ANYTHING

    def matches(ranks: Iterable[int]) -> Iterator[Event]:
        for at in ranks:
            if at <= low or at >= high:
                return
            event = order.at(at)
            if clause.within is not None and abs(event.time - flagged.time) > clause.within + SLACK:
                return  # whatever stands still further away is at most the slack nearer in time
            if clause.received and _received_first(event, flagged, at < rank) is not (clause.position == "before"):
                continue
            if agrees(compiled, event, flagged, evidence):
                yield event

    if compiled.from_far and not clause.received:
        if clause.position == "before":
            return list(islice(matches(takewhile(rank.__gt__, order.after(group, low, other))), 1)), late, stopped
        return early, list(islice(matches(takewhile(rank.__lt__, order.before(group, high, other))), 1)), stopped
    if clause.position != "after" or clause.received:
        early = list(islice(matches(order.before(group, rank, other)), compiled.limit))
    if clause.position != "before" or clause.received:
        late = list(islice(matches(order.after(group, rank, other)), compiled.limit))
    return early, late, stopped


def agrees(compiled: Compiled, event: Event, flagged: Event, evidence: dict[str, Event]) -> bool:
    """Whether an event has what a match needs besides its predicate and its position."""
    within = compiled.clause.within
    if within is not None and abs(event.time - flagged.time) > within:
        return False
    for read in compiled.same:
        if read(event) != read(flagged):
            return False
    for read in compiled.differs:
        if read(event) == read(flagged):
            return False
    return compiled.where is None or compiled.where(event, evidence)


def _received_first(event: Event, flagged: Event, by_order: bool) -> bool:
    """Whether a destination got ``event`` first: across sides the collector's clock decides (design.md 4)."""
    if event.client != flagged.client and event.received_at is not None and flagged.received_at is not None:
        if event.received_at == flagged.received_at:
            return by_order
        return event.received_at < flagged.received_at
    return by_order


def _picked(pick: str, early: list[Event], late: list[Event], flagged: Event) -> Event:
    """The evidence. Nearest is the last before or the first after, whichever is closer in time; before on a tie."""
    if pick == "first":
        return early[-1] if early else late[0]
    if pick == "last":
        return late[-1] if late else early[0]
    if early and late:
        before, after = abs(flagged.time - early[0].time), abs(late[0].time - flagged.time)  # clocks may disagree
        return early[0] if before <= after else late[0]
    return early[0] if early else late[0]
