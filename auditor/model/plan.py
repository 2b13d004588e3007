"""A tracking plan, whatever format it was written in: what should be sent, and what of it could not be read."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import msgspec

from auditor.model.log import InputError

Schema = dict[str, Any] | bool
"""A JSON Schema: a map, or one of the two booleans."""

NAMED = frozenset({"track", "page", "screen"})
"""Calls that are planned by name; identify, group and the common schema have none."""

FORMATS = (
    "segment-v1",
    "segment-v2",
    "rudderstack-yaml-v0.1",
    "rudderstack-yaml-v1",
    "rudderstack-json",
    "avo-json",
    "segment-csv",
    "avo-csv",
    "auditor",
)
"""The formats that are read."""

SECTIONS = ("properties", "traits", "context")
"""The members of a call that a plan describes."""

EACH = "[]"
"""The step of a property's path that stands for each item of a list."""

_DEEPEST = 40
"""Levels that are walked: a schema may refer to itself."""


class PlanError(InputError):
    """A file that is no tracking plan, or a plan that cannot be read at all; the text names it. Exit code 2."""


class Place(msgspec.Struct, frozen=True):
    """Where something stands: the file as it was named, the line (from 1, if known), the JSON pointer in the file."""

    file: str
    line: int | None = None
    pointer: str = ""


class InvalidPart(msgspec.Struct, frozen=True):
    """A part of a plan that means nothing: kept, reported, treated as no constraint.

    ``event`` names the planned event (``None``: the plan itself), ``text`` is the part as JSON, as far as it is short.
    """

    event: str | None
    pointer: str
    reason: str
    file: str
    line: int | None = None
    text: str = ""


class PlannedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one planned call.

    ``schema`` is a JSON Schema over the whole event in Segment's shape (``properties.properties``,
    ``properties.traits``, ``properties.context``), without its invalid parts and without ``id``, which is an annotation
    here; its references are local. ``written`` is the same with all that was written, or ``None`` where that is equal.
    ``draft`` is the URI of the meta-schema whose rules hold. ``extra`` is what only the plan's format holds.
    """

    type: str
    name: str | None
    place: Place
    schema: dict[str, Any]
    draft: str
    version: str | None = None
    description: str | None = None
    status: str | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    labels: dict[str, Any] | None = None
    written: dict[str, Any] | None = None
    extra: dict[str, Any] = {}

    @property
    def label(self) -> str:
        """How a report calls it: its name, or the call that it plans."""
        return self.name if self.name is not None else self.type

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes two versions one event."""
        return self.type, self.name

    @property
    def full(self) -> dict[str, Any]:
        """The schema with all that was written, invalid parts too."""
        return self.schema if self.written is None else self.written


class Unplanned(msgspec.Struct, frozen=True):
    """A plan's own policy for what it does not plan: "allow", "forbid", or ``None`` where it says nothing."""

    events: str | None = None
    properties: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A tracking plan.

    ``events`` holds every version of everything that is planned, in the plan's order; ``extra`` what only its format
    holds. Segment speaks of traits where it plans identify and group, RudderStack counts them among its events:
    ``also_events`` names such calls.
    """

    format: str
    name: str
    events: tuple[PlannedEvent, ...]
    files: tuple[str, ...] = ()
    description: str | None = None
    invalid: tuple[InvalidPart, ...] = ()
    unplanned: Unplanned = Unplanned()
    also_events: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    extra: dict[str, Any] = {}

    @property
    def distinct(self) -> dict[tuple[str, str | None], list[PlannedEvent]]:
        """What counts as planned events, each with its versions in the order of the plan."""
        found: dict[tuple[str, str | None], list[PlannedEvent]] = {}
        for event in self.events:
            if event.type in NAMED or event.type in self.also_events:
                found.setdefault(event.key, []).append(event)
        return found

    def names(self, section: str) -> set[tuple[str, ...]]:
        """The distinct names, as paths, of all properties (or traits) that are planned, nested ones too."""
        return {
            found.path
            for event in self.events
            for found in properties(event)
            if found.section == section and found.path[-1] != EACH
        }


class Property(msgspec.Struct, frozen=True):
    """A property or trait of a planned event.

    ``section`` is "properties", "traits" or "context"; ``path`` its names from there, with ``EACH`` for a list's items;
    ``schema`` what is said of it, a local reference followed; ``required`` whether whatever holds it must have it.
    """

    section: str
    path: tuple[str, ...]
    schema: Schema
    required: bool


def properties(event: PlannedEvent) -> Iterator[Property]:
    """Every property, trait and member of the context that an event plans, at any depth, in the plan's order.

    What alternatives (``anyOf``, ``if``, ...) plan is not among them: it holds only sometimes.
    """
    members = event.schema.get("properties")
    if not isinstance(members, dict):
        return
    for section in SECTIONS:
        if section in members:
            yield from _inside(members[section], section, (), event.schema, 0)


def _inside(
    schema: Schema, section: str, path: tuple[str, ...], root: dict[str, Any], depth: int
) -> Iterator[Property]:
    schema = followed(schema, root)
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return
    required = schema.get("required")
    must = set(required) if isinstance(required, list) else set()
    members = schema.get("properties")
    if isinstance(members, dict):
        for name, said in members.items():
            inner = followed(said, root)
            yield Property(section, (*path, name), inner, name in must)
            yield from _inside(inner, section, (*path, name), root, depth + 1)
    items = schema.get("items")
    if isinstance(items, dict):
        yield from _inside(items, section, (*path, EACH), root, depth + 1)


def followed(schema: Schema, root: dict[str, Any]) -> Schema:
    """What a schema's local reference leads to, if it has one that leads anywhere."""
    seen: set[str] = set()
    while isinstance(schema, dict) and isinstance(target := schema.get("$ref"), str):
        if target in seen or not target.startswith("#"):
            return schema
        seen.add(target)
        found = at(root, unquote(target[1:]))
        if not isinstance(found, dict | bool):
            return schema
        schema = found
    return schema


def at(held: Any, pointer: str) -> Any:
    """What stands at a JSON pointer; ``None`` where nothing does."""
    for step in steps(pointer):
        if isinstance(held, dict):
            held = held.get(step)
        elif isinstance(held, list) and step.isdigit() and int(step) < len(held):
            held = held[int(step)]
        else:
            return None
    return held


def steps(pointer: str) -> list[str]:
    """A JSON pointer (RFC 6901) as its steps."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def pointed(path: tuple[str | int, ...]) -> str:
    """Steps as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
