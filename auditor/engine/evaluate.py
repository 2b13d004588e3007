"""One candidate under one order of its timeline: the semantics of rule-language.md, point 3 to 6."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from auditor.language.fields import getter
from auditor.language.rule import Clause, Conditions
from auditor.model.event import Event

YES, NO, OPEN = "yes", "no", "open"
"""A clause holds, does not, or the log ends before its window has closed."""

Elsewhere = Callable[[Clause, Event], list[Event]]
"""The timeline of a clause with its own key, for a candidate."""


@dataclass(slots=True)
class Compiled:
    """A clause with its bits and readers."""

    clause: Clause
    bit: int
    since: int
    until: int
    where: Callable[[Event, dict[str, Event]], bool] | None
    same: list[Callable[[Event], object]] = field(init=False)
    differs: list[Callable[[Event], object]] = field(init=False)

    def __post_init__(self) -> None:
        self.same = [getter(name) for name in self.clause.same]
        self.differs = [getter(name) for name in self.clause.differs]


class View:
    """A timeline in one order, with the positions of each clause's events found once."""

    __slots__ = ("_positions", "_values", "end", "events")

    def __init__(self, events: list[Event], end: int) -> None:
        self.events = events
        self.end = end
        self._positions: dict[int, list[int]] = {}
        self._values: dict[int, dict[object, list[int]]] = {}

    def positions(self, bit: int) -> list[int]:
        """Where events with this bit stand."""
        found = self._positions.get(bit)
        if found is None:
            found = self._positions[bit] = [i for i, e in enumerate(self.events) if e.mask & bit]
        return found

    def by_value(self, compiled: Compiled) -> dict[object, list[int]]:
        """Positions of a clause's events by the first field it compares, so that no clause is quadratic."""
        key = id(compiled)
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = {}
            read = (compiled.same or compiled.differs)[0]
            for position in self.positions(compiled.bit):
                found.setdefault(read(self.events[position]), []).append(position)
        return found


@dataclass(slots=True)
class Outcome:
    """What a set of conditions says of a candidate, and the evidence its clauses picked."""

    state: str
    evidence: dict[str, Event]
    counts: dict[str, int]


def evaluate(groups: "CompiledConditions", view: View, index: int, elsewhere: Elsewhere) -> Outcome:
    """The state of conditions for the event at ``index``: every ``if``, some ``if_any``, no ``unless``."""
    evidence: dict[str, Event] = {"": view.events[index]}
    counts: dict[str, int] = {}
    state = YES
    for compiled in groups.all:
        state = _both(state, _clause(compiled, view, index, evidence, counts, elsewhere))
    if groups.any:
        found = NO
        for compiled in groups.any:
            found = _either(found, _clause(compiled, view, index, evidence, counts, elsewhere))
        state = _both(state, found)
    for compiled in groups.unless:
        held = _clause(compiled, view, index, evidence, counts, elsewhere)
        state = _both(state, {YES: NO, NO: YES, OPEN: OPEN}[held])
    return Outcome(state, evidence, counts)


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
    view: View,
    index: int,
    evidence: dict[str, Event],
    counts: dict[str, int],
    elsewhere: Elsewhere,
) -> str:
    clause = compiled.clause
    flagged = view.events[index]
    if clause.by is not None:
        others = elsewhere(clause, flagged)
        matches = [
            e for e in others if e is not flagged and e.mask & compiled.bit and _agrees(compiled, e, flagged, evidence)
        ]
        early: list[Event] = []
        late = matches
        stopped = True
    else:
        early, late, stopped = _sides(compiled, view, index, evidence)
    found = early + late
    if len(found) >= clause.at_least:
        if clause.name is not None:
            evidence[clause.name] = _picked(clause.pick, early, late, flagged)
            counts[clause.name] = len(found)
        return YES
    looks_ahead = clause.position != "before"
    if looks_ahead and not stopped and clause.within is not None and view.end < flagged.time + clause.within:
        return OPEN
    return NO


def _sides(
    compiled: Compiled, view: View, index: int, evidence: dict[str, Event]
) -> tuple[list[Event], list[Event], bool]:
    """Matches before and after the flagged event, both from far to near resp. near to far in time's order, and
    whether an ``until`` event closed the window."""
    clause, events = compiled.clause, view.events
    flagged = events[index]
    candidates = _candidates(compiled, view, flagged)
    early: list[Event] = []
    late: list[Event] = []
    low, high, stopped = -1, len(events), False
    if compiled.since:
        held = view.positions(compiled.since)
        at = bisect_left(held, index)
        if at:
            low = held[at - 1]
    if compiled.until:
        held = view.positions(compiled.until)
        at = bisect_right(held, index)
        if at < len(held):
            high = held[at]
            stopped = clause.within is None or events[high].time - flagged.time <= clause.within
    if clause.received:
        for position in candidates:
            if position != index and _agrees(compiled, events[position], flagged, evidence):
                first = _received_first(events[position], flagged, position < index)
                if first is not None:
                    (early if first else late).append(events[position])
    else:
        for position in candidates[: bisect_left(candidates, index)] if clause.position != "after" else ():
            if position > low and _agrees(compiled, events[position], flagged, evidence):
                early.append(events[position])
        for position in candidates[bisect_right(candidates, index) :] if clause.position != "before" else ():
            if position >= high:
                break
            if _agrees(compiled, events[position], flagged, evidence):
                late.append(events[position])
    if clause.position == "before":
        late = []
    elif clause.position == "after":
        early = []
    return early, late, stopped


def _candidates(compiled: Compiled, view: View, flagged: Event) -> list[int]:
    if not compiled.same and not compiled.differs:
        return view.positions(compiled.bit)
    values = view.by_value(compiled)
    if compiled.same:
        return values.get(compiled.same[0](flagged), [])
    if len(values) == 1 and compiled.differs[0](flagged) in values:
        return []
    return view.positions(compiled.bit)


def _agrees(compiled: Compiled, event: Event, flagged: Event, evidence: dict[str, Event]) -> bool:
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


def _received_first(event: Event, flagged: Event, by_order: bool) -> bool | None:
    """Whether a destination got ``event`` first: across sides the collector's clock decides (design.md 4)."""
    if event.client != flagged.client and event.received_at is not None and flagged.received_at is not None:
        if event.received_at == flagged.received_at:
            return by_order
        return event.received_at < flagged.received_at
    return by_order


def _picked(pick: str, early: list[Event], late: list[Event], flagged: Event) -> Event:
    if pick == "first":
        return (early or late)[0]
    if pick == "last":
        return (late or early)[-1]
    if early and late:
        return early[-1] if flagged.time - early[-1].time <= late[0].time - flagged.time else late[0]
    return early[-1] if early else late[0]
