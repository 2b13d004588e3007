"""Counting, call by call, what of a plan a log holds. Calls are counted once, however often they arrived."""

from collections import Counter
from typing import Any

import msgspec

from auditor.model.coverage import EventCoverage, PropertyCoverage, UnplannedEvent
from auditor.model.event import Event
from auditor.model.plan import EACH, NAMED, PlannedEvent, Property, Schema, properties
from auditor.model.whole_context import WHOLE, whole
from auditor.plans.conformance import Conformance
from auditor.plans.fitting import AUTOMATIC
from auditor.plans.spelling import meant
from auditor.plans.wording import dotted

_SECTIONS = ("properties", "traits")
_NAMES = 200
"""Unplanned names that are counted of one event: a site may make up names without end."""


class _Node:
    """A planned property at one place: what was counted there, and the planned properties inside it."""

    __slots__ = ("each", "inside", "null", "required", "seen", "values", "visits")

    def __init__(self) -> None:
        self.visits = self.seen = self.null = 0
        self.required = False
        self.values: dict[str, bool] = {}
        self.inside: dict[str, _Node] = {}
        self.each: _Node | None = None

    def plan(self, planned: Property) -> None:
        """Add a planned property."""
        node = self
        for step in planned.path:
            if step == EACH:
                node.each = node.each or _Node()
                node = node.each
            else:
                node = node.inside.setdefault(step, _Node())
        node.required = node.required or planned.required
        for value in _enum(planned.schema):
            node.values.setdefault(_text(value), False)

    def visit(self, value: Any) -> None:
        """Count what a value holds."""
        if isinstance(value, dict):
            self.visits += 1
            for name, node in self.inside.items():
                if name in value:
                    node.meet(value[name])
        elif isinstance(value, list) and self.each is not None:
            for item in value:
                self.each.visit(item)

    def meet(self, value: Any) -> None:
        """Count a value that stands here."""
        self.seen += 1
        if value is None:
            self.null += 1
        elif self.values and isinstance(value, str | int | float | bool):
            text = _text(value)
            if text in self.values:
                self.values[text] = True
        if self.inside or self.each is not None:
            self.visit(value)


class _Event:
    """A planned event, all its versions together."""

    def __init__(self, versions: list[PlannedEvent]) -> None:
        self.versions = versions
        self.calls = 0
        self.unplanned: Counter[str] = Counter()
        self.sections: dict[str, _Node] = {}
        for version in versions:
            for planned in properties(version):
                self.sections.setdefault(planned.section, _Node()).plan(planned)
        self.automatic = frozenset(AUTOMATIC.get(versions[0].type, ()))

    def count(self, event: Event) -> None:
        """Count a call."""
        self.calls += 1
        context = self.sections.get("context")
        if context is not None:
            context.visit(whole(event.context))
        for name, held in (("properties", event.properties), ("traits", event.traits)):
            node = self.sections.get(name)
            if node is not None:
                node.visit(held or {})
            if held:
                planned = node.inside if node is not None else {}
                for key in held.keys() - planned.keys() - self.automatic:
                    if not key.startswith("$") and (key in self.unplanned or len(self.unplanned) < _NAMES):
                        self.unplanned[key] += 1

    def covered(self) -> EventCoverage:
        """What was counted."""
        kind, name = self.versions[0].key
        held = [one for section, node in self.sections.items() for one in _covered(node, (section,), node.visits)]
        unplanned = dict(sorted(self.unplanned.items(), key=lambda pair: (-pair[1], pair[0])))
        return EventCoverage(kind, name, self.calls, tuple(held), unplanned)


class Counting:
    """Everything that is counted of a log."""

    def __init__(self, plan: Conformance) -> None:
        self.plan = plan
        self._events = {key: _Event(versions) for key, versions in plan.planned.items()}
        self._unplanned: Counter[tuple[str, str]] = Counter()
        self._met: set[str] = set()

    @property
    def fields(self) -> frozenset[str]:
        """The fields that must be read beside properties and traits."""
        return frozenset({WHOLE} if any("context" in event.sections for event in self._events.values()) else ())

    def count(self, event: Event) -> None:
        """Count a call, unless it arrived before."""
        if event.message_id is not None:
            if event.message_id in self._met:
                return
            self._met.add(event.message_id)
        kind = event.type
        name = (event.event if kind == "track" else event.name) if kind in NAMED else None
        found = self._events.get((kind, name)) or self._events.get((kind, None))
        if found is not None:
            found.count(event)
        elif name is not None and self.plan.is_unplanned(kind, name):
            self._unplanned[kind, name] += 1

    def events(self) -> tuple[EventCoverage, ...]:
        """The planned events, in the order of the plan."""
        return tuple(event.covered() for event in self._events.values())

    def unplanned(self) -> tuple[UnplannedEvent, ...]:
        """The unplanned ones, the most frequent first."""
        names: dict[str, list[str]] = {}
        for kind, name in self._events:
            if name is not None:
                names.setdefault(kind, []).append(name)
        return tuple(
            UnplannedEvent(kind, name, calls, meant(name, names.get(kind, ())))
            for (kind, name), calls in sorted(self._unplanned.items(), key=lambda pair: (-pair[1], pair[0]))
        )


def _covered(node: _Node, path: tuple[str | int, ...], holders: int) -> list[PropertyCoverage]:
    found = []
    for name, inner in node.inside.items():
        here = (*path, name)
        unseen = tuple(text for text, met in inner.values.items() if not met)
        found.append(PropertyCoverage(dotted(here), inner.required, holders, inner.seen, inner.null, unseen))
        found += _covered(inner, here, inner.visits)
    if node.each is not None:
        found += _covered(node.each, (*path, 0), node.each.visits)
    return found


def _enum(schema: Schema) -> list[Any]:
    """The values that a schema lists, null left out."""
    values = schema.get("enum", ()) if isinstance(schema, dict) else ()
    return [value for value in values if isinstance(value, str | int | float | bool)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
