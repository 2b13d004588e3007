"""Segment's shape: a schema over the whole event. Formats that plan only properties are lifted into it."""

from collections.abc import Callable, Mapping
from typing import Any

from auditor.model.plan import SECTIONS

SECTION = {"identify": "traits", "group": "traits"}
"""The member of a call that a plan describes; "properties" for all others."""

ABOUT = ("$schema", "description", "labels", "eventMetadata")
"""Members of a rule's schema that speak of the whole event rather than of what it holds."""

_OVER_ALL = frozenset(SECTIONS)

MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies"})
"""Keywords whose value holds a schema under each name."""

LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords whose value is a list of schemas."""

SINGLES = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""Keywords whose value is a schema; ``items`` may be a list of them (to 2019-09)."""


def is_whole(schema: Mapping[str, Any]) -> bool:
    """Whether a schema speaks of the whole event: it plans nothing but properties, traits and context."""
    members = schema.get("properties")
    return isinstance(members, dict) and bool(members) and members.keys() <= _OVER_ALL


def lifted(schema: dict[str, Any], section: str) -> dict[str, Any]:
    """A schema of properties (or traits) as one over the whole event; local references follow."""
    prefix = f"#/properties/{section}"
    inner = {key: value for key, value in schema.items() if key not in ABOUT}
    inner = referring(inner, lambda target: prefix + target[1:] if target.startswith("#") else target)
    whole: dict[str, Any] = {key: schema[key] for key in ABOUT if key in schema}
    whole |= {"type": "object", "properties": {section: inner}}
    if inner.get("required"):
        whole["required"] = [section]
    return whole


def referring(schema: Any, turned: Callable[[str], str]) -> Any:
    """A schema whose references are turned; where there are none it is the same object."""
    if not isinstance(schema, dict):
        return schema
    changed: dict[str, Any] = {}
    for key, value in schema.items():
        new = value
        if key in MAPS and isinstance(value, dict):
            new = {name: referring(inner, turned) for name, inner in value.items()}
        elif (key in LISTS or key == "items") and isinstance(value, list):
            new = [referring(inner, turned) for inner in value]
        elif key in SINGLES:
            new = referring(value, turned)
        elif key == "$ref" and isinstance(value, str):
            new = turned(value)
        changed[key] = new
    return changed
