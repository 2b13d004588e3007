"""Every subschema of a planned event, with the way to it."""

from collections.abc import Iterator
from typing import Any

from auditor.model.plan import EACH, SECTIONS, PlannedEvent, followed

_DEEPEST = 40
_IN_MAPS = ("patternProperties",)
_IN_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("not", "if", "then", "else", "additionalProperties", "unevaluatedProperties", "contains")


def nodes(event: PlannedEvent) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Pairs of (way, subschema), the whole event's first; references are followed. A way names properties only."""
    yield from _below(event.schema, (), event.schema, 0)


def _below(
    schema: Any, path: tuple[str, ...], root: dict[str, Any], depth: int
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    schema = followed(schema, root)
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return
    yield path, schema
    members = schema.get("properties")
    if isinstance(members, dict):
        for name, inner in members.items():
            yield from _below(inner, (*path, name), root, depth + 1)
    items = schema.get("items")
    for inner in items if isinstance(items, list) else [items]:
        yield from _below(inner, (*path, EACH), root, depth + 1)
    for key in _IN_MAPS:
        held = schema.get(key)
        for inner in held.values() if isinstance(held, dict) else ():
            yield from _below(inner, path, root, depth + 1)
    for key in _IN_LISTS:
        held = schema.get(key)
        for inner in held if isinstance(held, list) else ():
            yield from _below(inner, path, root, depth + 1)
    for key in _SINGLE:
        yield from _below(schema.get(key), path, root, depth + 1)


def is_section(path: tuple[str, ...]) -> bool:
    """Whether a way ends at the whole of properties, traits or context, or above."""
    return len(path) < 2 and (not path or path[0] in SECTIONS)


def types_of(schema: Any) -> frozenset[str]:
    """The JSON types a schema names; none where it names none."""
    given = schema.get("type") if isinstance(schema, dict) else None
    held = [given] if isinstance(given, str) else given
    return frozenset(one for one in held if isinstance(one, str)) if isinstance(held, list) else frozenset()
