"""Each event classified once: a bit mask of the predicates that hold for it.

A predicate asks for a field's value only through its conditions, so values that answer every condition alike are one
*class* (all ordinary userIds, say, against none, placeholders and e-mail addresses). What type, side, library and the
classes of the other plain fields decide is decided once per combination; only what reads inside traits and properties,
or compares two fields, is tested per event. Rules afterwards look at bits. ``logs.settle`` drives this as it reads.
"""

from collections.abc import Iterable
from typing import Any

from auditor.language.fields import DERIVED, INTERNED, NESTED, getter
from auditor.language.predicates import Condition, Constant, Every, Matcher, Not, Predicate, Reference
from auditor.model.event import Event

_ALWAYS = ("userId", "path", "event")
"""Fields whose classes the reader asks for one by one."""
_IN_KEY = (INTERNED | {"delivery"}) - {"event"}
"""Fields that stand in the reader's key themselves, or follow from it."""
_TESTED = DERIVED | {
    *("timestamp", "originalTimestamp", "sentAt", "receivedAt", "line", "url", "referrer"),
    *("messageId", "anonymousId", "previousId", "groupId", "identified"),
}
"""Fields with as many values as events, or known only once an event is settled: tested event by event."""
_MEMBERS = ("properties", "traits", "context.traits")
_NOT_YET = {"after_reset": False, "after_identify": False, "copied": False, "number_ids": False, "size": None}
"""What is false of every event until the whole log is read (``derive``)."""
_REMEMBERED = 200_000
"""Values of one field that are kept at the most."""


class _Classes:
    """The classes of one field's values under the conditions that predicates put on it."""

    def __init__(self, field: str) -> None:
        self.read = getter(field)
        self.conditions: dict[Condition, Matcher] = {}
        self.by_value: dict[Any, int] = {}
        self.numbers: dict[tuple[bool, ...], int] = {}

    def of(self, event: Event) -> int:
        """The class of the value that an event has."""
        value = self.read(event)
        known = self.by_value.get(value)
        if known is not None:
            return known
        answers = tuple(matches(event, None) for matches in self.conditions.values())
        if len(self.by_value) >= _REMEMBERED:
            self.by_value.clear()
        number = self.by_value[value] = self.numbers.setdefault(answers, len(self.numbers))
        return number


class Classifier:
    """Gives every predicate a bit and every event its mask. ``kept`` bits hold on to an event's nested members."""

    def __init__(self) -> None:
        self.bits: dict[Predicate, int] = {}
        self.kept = 0
        self._classes: dict[str, _Classes] = {name: _Classes(name) for name in _ALWAYS}
        self._late: list[tuple[int, Matcher]] | None = None

    def add(self, predicate: Predicate) -> int:
        """The bit of a predicate, a new one if it is new. All are added before the first event is classified."""
        bit = self.bits.get(predicate)
        if bit is None:
            bit = self.bits[predicate] = 1 << len(self.bits)
            for condition in _plain_conditions(predicate):
                classes = self._classes.setdefault(condition.field, _Classes(condition.field))
                classes.conditions.setdefault(condition, condition.matcher())
        return bit

    def keep(self, predicates: Iterable[Predicate]) -> None:
        """Events for which one of these holds keep properties, traits and context."""
        for predicate in predicates:
            self.kept |= self.add(predicate)

    def user_class(self, user: str | None) -> int:
        """The class of a userId."""
        return self._classes["userId"].of(Event(user_id=user))

    def path_class(self, path: str | None) -> int:
        """The class of a path."""
        return self._classes["path"].of(Event(path=path))

    def name_class(self, name: str | None) -> int:
        """The class of an event's name."""
        return self._classes["event"].of(Event(event=name))

    def others(self, event: Event) -> tuple[int, ...]:
        """The classes of the values of further fields that rules read."""
        return tuple(classes.of(event) for name, classes in self._classes.items() if name not in _ALWAYS)

    def decide(self, event: Event) -> tuple[int, tuple[tuple[int, Matcher], ...]]:
        """The bits that all events of these classes have, and what is to be tested of each of them."""
        known = {name: getter(name)(event) for name in (*_IN_KEY, *self._classes)}
        known |= _NOT_YET
        known |= {member: None for member in _MEMBERS if getter(member)(event) is None}
        mask = 0
        tests = []
        for predicate, bit in self.bits.items():
            left = predicate.reduced(known)
            if not isinstance(left, Constant):
                tests.append((bit, left.matcher()))
            elif left.value:
                mask |= bit
        return mask, tuple(tests)

    def derive(self, event: Event) -> None:
        """Decide anew the predicates on what is known only now that the log is read (copies, inferred resets)."""
        if self._late is None:
            self._late = [(bit, p.matcher()) for p, bit in self.bits.items() if p.fields & DERIVED]
        for bit, matches in self._late:
            event.mask = event.mask | bit if matches(event, None) else event.mask & ~bit


def _plain_conditions(predicate: Predicate) -> Iterable[Condition]:
    """The conditions on one plain field's value alone."""
    if isinstance(predicate, Every):
        for part in predicate.parts:
            yield from _plain_conditions(part)
    elif isinstance(predicate, Not):
        yield from _plain_conditions(predicate.part)
    elif isinstance(predicate, Condition) and not isinstance(predicate.operand, Reference):
        field = predicate.field
        if not NESTED.match(field) and field not in _TESTED and field not in _IN_KEY:
            yield predicate


def reads_nested(fields: Iterable[str]) -> bool:
    """Whether any of the fields lies inside properties, traits, context or raw."""
    return any(NESTED.match(field) for field in fields)
