"""Segment's shape: a schema over the whole event. Formats that plan only properties are lifted into it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

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


def is_flat(schema: Any) -> bool:
    """Whether a schema plans properties (or traits) and not the whole event, which has them as a member."""
    members = schema.get("properties") if isinstance(schema, dict) else None
    return isinstance(members, dict) and bool(members) and not members.keys() & _OVER_ALL


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


def fragment(pointer: str) -> str:
    """A local reference to a JSON pointer, as URIs are spelled."""
    return "#" + quote(pointer, safe="/~!$&'()*+,;=:@-._")


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
