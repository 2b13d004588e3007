"""Calls made from a schema: most of what they hold fits it, and some of it does not."""

from random import Random
from typing import Any

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 1.0, 1.5, -0.0, 1e300, 2**53, 2**63, 2**70),
    *("", "a", "A1", "abc", " a", "a\n", "٣", "é", "0", "true", "2026-01-05T10:00:00Z", "2026-01-05", "10:00:00Z"),
    *("maya@example.com", "https://x.example/a?b=c", "::1", "10.0.0.1", "d23f0824-128b-4f33-ac5c-7fd0a6a3a450"),
    *([], {}, [1], ["a", "a"], [1, 1.0], [True, 1], {"a": 1}, {"": None}, [[1]], [{"a": "b"}]),
)  # fmt: skip
"""Values on which validators have disagreed: numbers that are equal, texts that regular expressions see differently."""
_WORDS = ("a", "b", "plan", "id", "name", "$x", "a b", "")


def calls(schema: dict[str, Any], rng: Random, count: int) -> list[Any]:
    """Instances of a schema over the whole call."""
    return [_value(schema, schema, rng, 0) for _ in range(count)]


def _value(schema: Any, root: dict[str, Any], rng: Random, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > 8 or rng.random() < 0.12:
        return rng.choice(ODD)
    target = schema.get("$ref")
    if isinstance(target, str):
        return _value(_at(root, target), root, rng, depth + 1)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema and rng.random() < 0.7:
            return _value(rng.choice(schema[word]), root, rng, depth + 1)
    if "enum" in schema and rng.random() < 0.7:
        return rng.choice(schema["enum"])
    if "const" in schema and rng.random() < 0.7:
        return schema["const"]
    said = schema.get("type")
    kind = rng.choice(said) if isinstance(said, list) else said
    if kind == "object" or (kind is None and "properties" in schema):
        return _object(schema, root, rng, depth)
    if kind == "array" or (kind is None and "items" in schema):
        items = schema.get("items", {})
        return [
            _value(rng.choice(items) if isinstance(items, list) and items else items, root, rng, depth + 1)
            for _ in range(rng.randrange(4))
        ]
    if kind == "integer":
        return rng.choice((0, 1, 5, -3, 10, 100, 3.0, 2**63))
    if kind == "number":
        return rng.choice((0, 1, 0.1, 0.3, 1.5, -2.25, 99.99, 7))
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "null":
        return None
    return rng.choice([value for value in ODD if isinstance(value, str)])


def _object(schema: dict[str, Any], root: dict[str, Any], rng: Random, depth: int) -> dict[str, Any]:
    held = {}
    for name, inner in schema.get("properties", {}).items():
        if rng.random() < 0.85:
            held[name] = _value(inner, root, rng, depth + 1)
    if rng.random() < 0.2:
        held[rng.choice(_WORDS)] = rng.choice(ODD)
    return held


def _at(root: Any, target: str) -> Any:
    for step in target.removeprefix("#/").split("/"):
        root = root.get(step.replace("~1", "/").replace("~0", "~"), {}) if isinstance(root, dict) else {}
    return root
