"""`auditor plan show --format json`: one object, `auditor/plan/1`, validated by `schemas/plan-1.json`."""

from typing import Any

from auditor.model.plan import InvalidPart, Plan
from auditor.reports.json import indented

SCHEMA = "auditor/plan/1"


def render(plan: Plan) -> str:
    """What was read, as one JSON object, indented, with a newline at the end."""
    return indented(document(plan))


def document(plan: Plan) -> dict[str, Any]:
    """What was read, as plain data."""
    events = plan.distinct
    return {
        "schema": SCHEMA,
        "format": plan.format,
        "name": plan.name,
        "files": list(plan.files),
        "events": len(events),
        "versions": sum(len(versions) for versions in events.values()),
        "properties": len(plan.names("properties")),
        "traits": len(plan.names("traits")),
        "unplanned": {"events": plan.unplanned.events, "properties": plan.unplanned.properties},
        "invalid": [_invalid(part) for part in plan.invalid],
        "notes": list(plan.notes),
    }


def _invalid(part: InvalidPart) -> dict[str, Any]:
    return {
        "event": part.event,
        "pointer": part.pointer,
        "reason": part.reason,
        "file": part.file,
        "line": part.line,
    }
