"""Schemas in words, for people: ``string``, ``list of object``, ``one of free, pro``."""

from typing import Any

from auditor.model.plan import EACH, Property, Schema

_VALUES = 8
"""Permitted values that are named."""

_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "{} characters or more",
    "maxLength": "at most {} characters",
    "minItems": "{} items or more",
    "maxItems": "at most {} items",
    "pattern": "matches {}",
    "const": "is {}",
}

_SAID = frozenset(
    {"type", "format", "items", "enum", "description", "title", "properties", "required", "additionalProperties", "id"}
    | {"$id", "$schema", "default", "examples", "$comment", "$ref", "key", "uniqueItems"}
    | set(_LIMITS)
)


def kind(schema: Schema) -> str:
    """What a value is, in a few words."""
    if not isinstance(schema, dict):
        return "any" if schema else "nothing"
    said = schema.get("type")
    words = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    if words == ["array"] and isinstance(schema.get("items"), dict):
        inner = kind(schema["items"])
        return "list" if inner == "any" else f"list of {inner}"
    if words == ["string"] and isinstance(schema.get("format"), str):
        return str(schema["format"])
    shown = [{"array": "list"}.get(str(word), str(word)) for word in words]
    return " or ".join(shown) if shown else "any"


def constraints(schema: Schema) -> list[str]:
    """What else is asked of a value, each in a few words."""
    if not isinstance(schema, dict):
        return []
    found = []
    for holder in (schema, schema.get("items")):
        if not isinstance(holder, dict):
            continue
        if isinstance(holder.get("enum"), list):
            found.append(_one_of(holder["enum"]))
        found += [words.format(holder[keyword]) for keyword, words in _LIMITS.items() if keyword in holder]
    if schema.get("uniqueItems") is True:
        found.append("no item twice")
    if schema.get("additionalProperties") is False:
        found.append("nothing else in it")
    return found


def unsaid(schema: Schema) -> list[str]:
    """The keywords that neither ``kind`` nor ``constraints`` puts into words."""
    return sorted(schema.keys() - _SAID) if isinstance(schema, dict) else []


def named(found: Property) -> str:
    """A property's name from its section on: ``address.city``, ``products[].sku``."""
    text = ""
    for step in found.path:
        text += step if step == EACH else f".{step}" if text else step
    return text


def _one_of(values: list[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:_VALUES])
    return f"one of {shown}" + (f" and {len(values) - _VALUES} more" if len(values) > _VALUES else "")
