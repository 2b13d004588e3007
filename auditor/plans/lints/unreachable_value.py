"""Values that a plan permits and forbids at once, and events that no payload can satisfy."""

import json
import re
from collections.abc import Iterator
from typing import Any

from auditor.model.plan import Plan
from auditor.plans.lints.nodes import nodes, types_of
from auditor.plans.lints.problem import Options, Problem, listed

OPTIONS: dict[str, str] = {}
SUBJECT = "property"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Enum values of another type or outside of what stands beside the enum; values twice; bounds that exclude all."""
    del options
    for event in plan.events:
        for path, schema in nodes(event):
            values = schema.get("enum")
            if isinstance(values, list):
                dead = [value for value in values if not _reachable(value, schema)]
                if dead:
                    kind = "nothing" if len(dead) == len(values) else "value"
                    yield Problem(event, path, kind, {"values": listed(map(_shown, dead)), "why": _why(dead, schema)})
                yield from (
                    Problem(event, path, "twice", {"values": listed(group)}, trait=" ".join(group))
                    for group in _alike(values)
                )
            for low, high in _BOUNDS:
                if _number(schema.get(low)) and _number(schema.get(high)) and schema[low] > schema[high]:
                    yield Problem(event, path, "nothing", {"values": "any value", "why": f"{low} is above {high}"})


_BOUNDS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"),
           ("minProperties", "maxProperties"))  # fmt: skip


def _reachable(value: Any, schema: dict[str, Any]) -> bool:
    return not _barred(value, schema)


def _barred(value: Any, schema: dict[str, Any]) -> str:
    """What keeps a value out, in words, or nothing."""
    types = types_of(schema)
    if types and not any(_is(value, name) for name in types):
        return f"the type is {' or '.join(sorted(types))}"
    if "const" in schema and json.dumps(schema["const"]) != json.dumps(value):
        return "there is a const beside it"
    if isinstance(value, str):
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and _searched(pattern, value) is False:
            return f"the pattern is {pattern}"
        if len(value) < schema.get("minLength", 0) or len(value) > schema.get("maxLength", len(value)):
            return "its length is out of bounds"
    if _number(value) and (value < schema.get("minimum", value) or value > schema.get("maximum", value)):
        return "it is out of bounds"
    return ""


def _why(dead: list[Any], schema: dict[str, Any]) -> str:
    return _barred(dead[0], schema)


def _searched(pattern: str, value: str) -> bool | None:
    """Whether a pattern is found; ``None`` where Python cannot tell (another dialect of expressions)."""
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return None


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, int | float):
        return name == "number" or (name == "integer" and float(value).is_integer())
    held = {str: "string", type(None): "null", list: "array", dict: "object"}
    return held.get(type(value)) == name


def _alike(values: list[Any]) -> Iterator[list[str]]:
    """Values that stand there twice, or in two spellings that differ in case or spaces around them only."""
    groups: dict[str, list[str]] = {}
    for value in values:
        folded = value.strip().casefold() if isinstance(value, str) else json.dumps(value)
        groups.setdefault(f"{type(value).__name__} {folded}", []).append(_shown(value))
    yield from (group for group in groups.values() if len(group) > 1)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
