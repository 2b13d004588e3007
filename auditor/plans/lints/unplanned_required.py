"""Required properties that the plan does not describe, or does not even allow."""

from collections.abc import Iterator

from auditor.model.plan import EACH, Plan
from auditor.plans.lints.nodes import is_section, nodes
from auditor.plans.lints.problem import Options, Problem
from auditor.plans.lints.words import folded

OPTIONS: dict[str, str] = {}
SUBJECT = "property"
_COMBINED = ("allOf", "anyOf", "oneOf", "$ref", "if", "patternProperties", "dependentSchemas")
"""Where one of these stands, what is required may be described there."""


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge each name under ``required``."""
    del options
    for event in plan.events:
        inside = {id(part) for _, schema in nodes(event) for key in ("allOf", "anyOf", "oneOf") if isinstance(
            schema.get(key), list) for part in schema[key]} | {id(schema.get(key)) for _, schema in nodes(event)
            for key in ("if", "then", "else", "not") if isinstance(schema.get(key), dict)}  # fmt: skip
        for path, schema in nodes(event):
            names, members = schema.get("required"), schema.get("properties", {})
            if id(schema) in inside or not isinstance(names, list) or not isinstance(members, dict) or not path:
                continue
            if any(key in schema for key in _COMBINED):
                continue
            for name in names:
                if not isinstance(name, str) or name in members:
                    continue
                near = next((other for other in members if folded(other) == folded(name)), None)
                closed = schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False
                if not members and not closed and is_section(path):
                    continue  # a plan that only says what must be there
                kind = "impossible" if closed else "misspelt" if near is not None else "undescribed"
                hint = f'; "{near}" is' if near is not None else ""
                where = ".".join(step for step in path if step != EACH)
                yield Problem(event, (*path, name), kind, {"name": name, "hint": hint, "where": where})
