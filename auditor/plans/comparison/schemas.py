"""Two schemas of one event compared: what the new one forbids that the old one let pass, and the reverse."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model.plan import EACH, followed
from auditor.plans.lints.nodes import types_of

Difference = tuple[str, bool, tuple[str, ...], str]
"""Kind, whether it breaks, the way to the property, and a sentence."""

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_TEXTS = frozenset({"description", "title", "$comment", "examples", "default", "id", "$id", "$schema", "deprecated"})
_COMPARED = frozenset({"type", "enum", "const", "properties", "required", "items", "additionalProperties",
                       "unevaluatedProperties", "pattern", "format", "$ref", "$defs", "definitions", *_LOWER, *_UPPER,
                       *_TEXTS})  # fmt: skip
_DEEPEST = 40


def differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    """Every difference between two schemas over a whole event, in the order of the old one's properties."""
    yield from _Comparison(old, new).node(old, new, (), 0)


class _Comparison:
    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old, self.new = old, new

    def node(self, old: Any, new: Any, way: tuple[str, ...], depth: int) -> Iterator[Difference]:
        old, new = followed(old, self.old), followed(new, self.new)
        if depth > _DEEPEST or (old == new and not _refers(old)):
            return
        if isinstance(old, bool) or isinstance(new, bool):
            if old != new and (old is not True or new != {}) and (old != {} or new is not True):
                yield "schema", new is False or old is True, way, "the whole schema of it is another"
            return
        yield from self.types(old, new, way)
        yield from _values(old, new, way)
        yield from _limits(old, new, way)
        yield from _texts(old, new, way)
        for key in sorted((old.keys() | new.keys()) - _COMPARED):
            if old.get(key) != new.get(key):
                what = "is gone" if key not in new else "is new" if key not in old else "is another"
                yield "keyword", key in new, way, f'"{key}" {what}'
        yield from self.members(old, new, way, depth)
        if "items" in old or "items" in new:
            yield from self.items(old.get("items", {}), new.get("items", {}), way, depth)

    def types(self, old: dict[str, Any], new: dict[str, Any], way: tuple[str, ...]) -> Iterator[Difference]:
        before, after = types_of(old), types_of(new)
        if before == after or len(way) <= 1:  # properties and traits are objects, whether a plan says so or not
            return
        said = f"the type was {_any_of(before)} and is {_any_of(after)}"
        lost = {one for one in before if one not in after and not (one == "integer" and "number" in after)}
        yield "type", bool(after) and (not before or bool(lost)), way, said

    def members(
        self, old: dict[str, Any], new: dict[str, Any], way: tuple[str, ...], depth: int
    ) -> Iterator[Difference]:
        before, after = _map(old.get("properties")), _map(new.get("properties"))
        must, now = _names(old), _names(new)
        closed, shut = _closed(old), _closed(new)
        if shut and not closed:
            yield "closed", True, way, "properties that are not planned are forbidden now"
        elif closed and not shut:
            yield "opened", False, way, "properties that are not planned are allowed now"
        for name, schema in before.items():
            if name in after:
                yield from self.node(schema, after[name], (*way, name), depth + 1)
            else:
                said = "is no longer planned" + (", and others are forbidden" if shut else "")
                yield "property-removed", shut, (*way, name), said
        for name in (each for each in after if each not in before):
            if not way:
                yield from self.node({}, after[name], (name,), depth + 1)
            elif name in now:
                yield "required-added", True, (*way, name), "is planned anew, and required"
            else:
                yield "property-added", False, (*way, name), "is planned anew"
        if not way:  # properties as a whole are required where one of them is
            return
        for name in [*now, *(each for each in must if each not in now)]:
            known = name in before or name not in after
            if name in now and name not in must and known:
                yield "required-added", True, (*way, name), "is required now"
            elif name in must and name not in now and not (name in before and name not in after and shut):
                yield "required-dropped", False, (*way, name), "is no longer required"

    def items(self, old: Any, new: Any, way: tuple[str, ...], depth: int) -> Iterator[Difference]:
        if isinstance(old, list) or isinstance(new, list):
            if old != new:
                yield "items", True, (*way, EACH), "the items are described otherwise"
            return
        yield from self.node(old, new, (*way, EACH), depth + 1)


def _values(old: Mapping[str, Any], new: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[Difference]:
    before, after = _listed(old), _listed(new)
    if before is not None and after is not None:
        gone = [value for value in before if value not in after]
        added = [value for value in after if value not in before]
        if gone:
            yield "value-removed", True, way, f"no longer permits {', '.join(gone)}"
        if added:
            yield "value-added", False, way, f"permits {', '.join(added)} too"
    elif after is not None:
        yield "values-listed", True, way, f"permits only {', '.join(after)} now"
    elif before is not None:
        yield "values-freed", False, way, "permits any value of its type now"


def _limits(old: Mapping[str, Any], new: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[Difference]:
    for key in (*_LOWER, *_UPPER):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if isinstance(before, bool) or isinstance(after, bool):
            yield "limit", True, way, f"{key} is another"
        elif after is None:
            yield "limit", False, way, f"{key} is gone (it was {before})"
        elif before is None:
            yield "limit", True, way, f"{key} is {after} now"
        else:
            narrower = after > before if key in _LOWER else after < before
            yield "limit", narrower, way, f"{key} was {before} and is {after}"
    for key in ("pattern", "format"):
        before, after = old.get(key), new.get(key)
        if before != after:
            said = f"the {key} {before!r} is gone" if after is None else f"the {key} is {after!r} now"
            yield key, after is not None, way, said


def _texts(old: Mapping[str, Any], new: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[Difference]:
    if old.get("description") != new.get("description"):
        yield "description", False, way, "is described otherwise"


def _listed(schema: Mapping[str, Any]) -> list[str] | None:
    """The values a schema permits, as JSON, where it lists them."""
    if "const" in schema:
        return [json.dumps(schema["const"], sort_keys=True, ensure_ascii=False)]
    values = schema.get("enum")
    return (
        [json.dumps(value, sort_keys=True, ensure_ascii=False) for value in values]
        if isinstance(values, list)
        else None
    )


def _any_of(types: frozenset[str]) -> str:
    return " or ".join(sorted(types)) if types else "any"


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(schema: Mapping[str, Any]) -> list[str]:
    held = schema.get("required")
    return [name for name in held if isinstance(name, str)] if isinstance(held, list) else []


def _closed(schema: Mapping[str, Any]) -> bool:
    return schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False


def _refers(schema: Any) -> bool:
    """Whether equal schemas may differ still, because they refer to parts of two documents."""
    if isinstance(schema, dict):
        return "$ref" in schema or any(_refers(inner) for inner in schema.values())
    return isinstance(schema, list) and any(_refers(inner) for inner in schema)
