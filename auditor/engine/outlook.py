"""What can be told of a timeline at a glance: that a clause cannot hold there, or certainly does.

Most timelines break no rule, and most of them show it without any thought about order: there is no identify at all, or
one that certainly came first. This looks at masks and at the sorted order only, and says nothing where it would have
to think.
"""

from auditor.engine.evaluate import Compiled, CompiledConditions
from auditor.model.event import Event
from auditor.timelines.order import precedes


class Outlook:
    """A timeline's outlook for one rule: ``held`` are the bits that some event has, ``end`` is when the log ends;
    ``lane`` says that the timeline is one."""

    def __init__(self, events: list[Event], held: int, end: int, lane: bool = False) -> None:
        self.lane = lane
        self.events = events
        self.held = held
        self.end = end
        self._values: dict[int, tuple[set[tuple[object, ...]], object]] = {}
        self._first: dict[int, Event | None] = {}
        self._alike: dict[str, bool] = {}

    def hopeless(self, conditions: CompiledConditions) -> bool:
        """Whether these conditions cannot hold for any event of the timeline."""
        if any(self._never_holds(compiled) for compiled in conditions.all):
            return True
        return bool(conditions.any) and all(self._never_holds(compiled) for compiled in conditions.any)

    def _never_holds(self, compiled: Compiled) -> bool:
        clause = compiled.clause
        if clause.by is not None or (clause.position != "before" and clause.within is not None):
            return False
        return not self.held & compiled.bit or (bool(compiled.differs) and self._all_alike(compiled))

    def _all_alike(self, compiled: Compiled) -> bool:
        """Whether all events of the timeline, the flagged ones too, have one value where a match must have another."""
        name = compiled.clause.differs[0]
        if name not in self._alike:
            self._alike[name] = len({compiled.differs[0](event) for event in self.events}) == 1
        return self._alike[name]

    def clean(self, conditions: CompiledConditions, index: int) -> bool:
        """Whether these conditions cannot hold for the event at ``index`` under any order."""
        flagged = self.events[index]
        if any(self._cannot_hold(compiled, flagged) for compiled in conditions.all):
            return True
        if conditions.any and all(self._cannot_hold(compiled, flagged) for compiled in conditions.any):
            return True
        return any(self._certain(compiled, index) for compiled in conditions.unless)

    def _cannot_hold(self, compiled: Compiled, flagged: Event) -> bool:
        clause = compiled.clause
        if clause.by is not None:
            return False
        if self.held & compiled.bit and not self._none_fits(compiled, flagged):
            return False
        if clause.position == "before" or clause.within is None:
            return True
        return self.end >= flagged.time + clause.within

    def _none_fits(self, compiled: Compiled, flagged: Event) -> bool:
        """Whether no event of the clause has the values that it must have, or each the one that it must not have."""
        if not compiled.differs and not compiled.same:
            return False
        sames, only = self._values_of(compiled)
        if compiled.same and tuple(read(flagged) for read in compiled.same) not in sames:
            return True
        return bool(compiled.differs) and only is not _SEVERAL and only == compiled.differs[0](flagged)

    def _values_of(self, compiled: Compiled) -> tuple[set[tuple[object, ...]], object]:
        found = self._values.get(id(compiled))
        if found is None:
            held = [event for event in self.events if event.mask & compiled.bit]
            others = {compiled.differs[0](event) for event in held} if compiled.differs else set()
            only = others.pop() if len(others) == 1 else _SEVERAL
            found = {tuple(read(event) for read in compiled.same) for event in held}, only
            self._values[id(compiled)] = found
        return found

    def _certain(self, compiled: Compiled, index: int) -> bool:
        """Whether the clause holds under every order: an event that certainly came before, and nothing else asked."""
        clause = compiled.clause
        plain = clause.within is None and clause.where is None and clause.at_least == 1
        if not plain or clause.received or clause.same or clause.differs or clause.position == "after":
            return False
        if clause.by is not None:
            # The events of a lane share its anonymousId: what stands on the lane need not be looked for elsewhere.
            own = self.lane and clause.by == "anonymousId" and clause.position == "anywhere"
            return own and self._other(compiled.bit, index)
        if compiled.since and self.held & compiled.since:
            return False
        first = self._first_of(compiled.bit)
        return first is not None and precedes(first, self.events[index])

    def _other(self, bit: int, index: int) -> bool:
        return any(event.mask & bit and at != index for at, event in enumerate(self.events))

    def _first_of(self, bit: int) -> Event | None:
        if bit not in self._first:
            self._first[bit] = next((event for event in self.events if event.mask & bit), None)
        return self._first[bit]


_SEVERAL = object()
