"""Versions of an event that cannot be told from another, or that nothing can ask for."""

import json
from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans.lints.problem import Options, Problem

OPTIONS: dict[str, str] = {}
SUBJECT = "version"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """One problem for each version that plans exactly what an earlier one does, or has its number a second time."""
    del options
    for versions in plan.distinct.values():
        by_schema: dict[str, PlannedEvent] = {}
        by_number: dict[str | None, PlannedEvent] = {}
        for event in versions:
            number = event.version
            if number in by_number:
                fields = {"name": event.label, "version": number or "none"}
                yield Problem(event, kind="again", fields=fields, others=(by_number[number],))
                continue
            by_number[number] = event
            key = json.dumps(_meaning(event.schema), sort_keys=True)
            if key in by_schema:
                earlier = by_schema[key]
                fields = {"name": event.label, "version": number or "none", "other": earlier.version or "none"}
                yield Problem(event, kind="same", fields=fields, others=(earlier,))
            by_schema.setdefault(key, event)


def _meaning(schema: object) -> object:
    """A schema without the words in it."""
    if isinstance(schema, dict):
        words = ("description", "title", "$id", "id", "$schema", "$comment", "labels")
        return {
            key: {name: _meaning(inner) for name, inner in value.items()}
            if key in ("properties", "patternProperties") and isinstance(value, dict)
            else sorted(map(str, value))
            if key in ("required", "type") and isinstance(value, list)
            else _meaning(value)
            for key, value in schema.items()
            if key not in words
        }
    return [_meaning(inner) for inner in schema] if isinstance(schema, list) else schema
