"""Predicates: conditions joined by all, any, not. Immutable, comparable, and reducible by what is known already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.language.conditions import Test, compared, key_matcher, test_of
from auditor.language.fields import getter
from auditor.model.event import Event

Bindings = Mapping[str, Event]
"""Events by name: ``""`` is the flagged event, others are the evidence of earlier clauses."""
Matcher = Callable[[Event, Bindings | None], bool]


@dataclass(frozen=True)
class Reference:
    """``$.field`` (of the flagged event; without one, of the event itself) or ``$name.field``."""

    name: str
    field: str


@dataclass(frozen=True)
class Condition:
    """One operator on one field. ``operand`` is hashable: lists are tuples."""

    field: str
    operator: str
    operand: Any
    ignore_case: bool = False

    def matcher(self) -> Matcher:
        """The compiled test."""
        read = getter(self.field)
        if isinstance(self.operand, Reference):
            return self._referring(read, self.operand)
        if self.operator == "key_matches":
            return key_matcher(read, self.operand, self.ignore_case)
        test: Test = test_of(self.operator, self.operand, self.ignore_case)
        return lambda event, _: test(read(event))

    def _referring(self, read: Callable[[Event], Any], reference: Reference) -> Matcher:
        other = getter(reference.field)

        def match(event: Event, bindings: Bindings | None) -> bool:
            source = event if bindings is None else bindings.get(reference.name)
            value = None if source is None else other(source)
            if value is None:
                return False
            ours = read(event)
            if self.operator in ("gt", "gte", "lt", "lte"):
                return compared(self.operator, ours, value)
            return test_of(self.operator, value, self.ignore_case)(ours)

        return match

    def reduced(self, known: Mapping[str, Any]) -> "Predicate":
        """True or False if the known fields decide it, else itself."""
        if self.field not in known or isinstance(self.operand, Reference):
            return self
        return Constant(test_of(self.operator, self.operand, self.ignore_case)(known[self.field]))

    @property
    def fields(self) -> frozenset[str]:
        """The fields it reads."""
        named = {self.field}
        if isinstance(self.operand, Reference):
            named.add(self.operand.field)
        return frozenset(named)


@dataclass(frozen=True)
class Constant:
    """Always, or never."""

    value: bool
    fields: frozenset[str] = field(default=frozenset())

    def matcher(self) -> Matcher:
        """The compiled test."""
        return lambda _event, _bindings: self.value

    def reduced(self, known: Mapping[str, Any]) -> "Predicate":
        """Itself."""
        return self


@dataclass(frozen=True)
class Every:
    """All of the parts (``any`` false) or any of them (``any`` true)."""

    parts: "tuple[Predicate, ...]"
    any: bool = False

    def matcher(self) -> Matcher:
        """The compiled test, stopping at the first part that decides."""
        tests = [part.matcher() for part in self.parts]
        if len(tests) == 1:
            return tests[0]
        if len(tests) == 2:
            return _either(*tests) if self.any else _both(*tests)
        stop = self.any

        def match(event: Event, bindings: Bindings | None) -> bool:
            for test in tests:
                if test(event, bindings) is stop:
                    return stop
            return not stop

        return match

    def reduced(self, known: Mapping[str, Any]) -> "Predicate":
        """What remains to be tested once some fields are known."""
        left = []
        for part in self.parts:
            small = part.reduced(known)
            if isinstance(small, Constant):
                if small.value is self.any:
                    return small
                continue
            left.append(small)
        if not left:
            return Constant(not self.any)
        return left[0] if len(left) == 1 else Every(tuple(left), self.any)

    @property
    def fields(self) -> frozenset[str]:
        """The fields it reads."""
        return frozenset().union(*(part.fields for part in self.parts))


@dataclass(frozen=True)
class Not:
    """The opposite of a part."""

    part: "Predicate"

    def matcher(self) -> Matcher:
        """The compiled test."""
        test = self.part.matcher()
        return lambda event, bindings: not test(event, bindings)

    def reduced(self, known: Mapping[str, Any]) -> "Predicate":
        """What remains to be tested once some fields are known."""
        small = self.part.reduced(known)
        return Constant(not small.value) if isinstance(small, Constant) else Not(small)

    @property
    def fields(self) -> frozenset[str]:
        """The fields it reads."""
        return self.part.fields


Predicate = Condition | Constant | Every | Not


def _both(one: Matcher, other: Matcher) -> Matcher:
    return lambda event, bindings: one(event, bindings) and other(event, bindings)


def _either(one: Matcher, other: Matcher) -> Matcher:
    return lambda event, bindings: one(event, bindings) or other(event, bindings)
