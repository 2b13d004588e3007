"""What can be told of a timeline at a glance: that a clause cannot hold there, or certainly does.

Most timelines break no rule, and most of them show it without any thought about order: there is no identify at all, or
one that certainly came first. This looks at masks and at the sorted order only, and says nothing where it would have
to think.
"""

from auditor.engine.evaluate import Compiled, CompiledConditions
from auditor.model.event import Event
from auditor.timelines.order import precedes


class Outlook:
    """A timeline's outlook for one rule: ``held`` are the bits that some event has, ``end`` is when the log ends."""

    def __init__(self, events: list[Event], held: int, end: int) -> None:
        self.events = events
        self.held = held
        self.end = end
        self._only: dict[int, object] = {}
        self._first: dict[int, Event | None] = {}

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
        if self.held & compiled.bit and not (compiled.differs and self._all_alike(compiled, flagged)):
            return False
        if clause.position == "before" or clause.within is None:
            return True
        return self.end >= flagged.time + clause.within

    def _all_alike(self, compiled: Compiled, flagged: Event) -> bool:
        """Whether every event of the clause has the value that it must not have."""
        read = compiled.differs[0]
        only = self._only.get(id(compiled), _UNKNOWN)
        if only is _UNKNOWN:
            values = {read(event) for event in self.events if event.mask & compiled.bit}
            only = self._only[id(compiled)] = values.pop() if len(values) == 1 else _SEVERAL
        return only is not _SEVERAL and only == read(flagged)

    def _certain(self, compiled: Compiled, index: int) -> bool:
        """Whether the clause holds under every order: an event that certainly came before, and nothing else asked."""
        clause = compiled.clause
        plain = clause.by is None and clause.within is None and clause.where is None and clause.at_least == 1
        if not plain or clause.received or clause.same or clause.differs or clause.position == "after":
            return False
        if compiled.since and self.held & compiled.since:
            return False
        first = self._first_of(compiled.bit)
        return first is not None and precedes(first, self.events[index])

    def _first_of(self, bit: int) -> Event | None:
        if bit not in self._first:
            self._first[bit] = next((event for event in self.events if event.mask & bit), None)
        return self._first[bit]


_UNKNOWN, _SEVERAL = object(), object()
