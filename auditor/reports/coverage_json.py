"""`auditor plan check --format json`: one object, ``auditor/coverage/1``, described by ``schemas/coverage-1.json``."""

from collections.abc import Sequence
from typing import Any

from auditor.model.coverage import Coverage, EventCoverage, PropertyCoverage
from auditor.reports.json import indented, reject_members

SCHEMA = "auditor/coverage/1"


def render(coverage: Coverage, failed: Sequence[str]) -> str:
    """The coverage as one JSON object. ``failed`` are sentences about thresholds that do not hold."""
    return indented(document(coverage, failed))


def document(coverage: Coverage, failed: Sequence[str]) -> dict[str, Any]:
    """The coverage as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": coverage.version},
        "plan": {"name": coverage.plan, "format": coverage.format},
        "summary": {
            "inputs": len(coverage.files),
            "records": coverage.records,
            "calls": coverage.calls,
            "rejected": coverage.rejected,
            "skipped": coverage.skipped,
            "planned": len(coverage.events),
            "seen": coverage.seen,
            "percent": round(coverage.percent, 2),
            "properties_percent": round(coverage.properties_percent, 2),
            "unplanned_events": len(coverage.unplanned),
            "unplanned_calls": coverage.unplanned_calls,
        },
        "failed": list(failed),
        "events": [_event(event) for event in coverage.events],
        "unplanned": [
            {"type": event.type, "event": event.name, "calls": event.calls, "meant": event.meant}
            for event in coverage.unplanned
        ],
        "rejects": reject_members(coverage.rejects),
    }


def _event(event: EventCoverage) -> dict[str, Any]:
    return {
        "type": event.type,
        "event": event.name,
        "calls": event.calls,
        "properties": [_property(held) for held in event.properties],
        "unplanned_properties": dict(event.unplanned),
    }


def _property(held: PropertyCoverage) -> dict[str, Any]:
    return {
        "property": held.place,
        "required": held.required,
        "holders": held.holders,
        "seen": held.seen,
        "null": held.null,
        "seen_percent": None if held.share is None else round(100 * held.share, 2),
        "null_percent": None if held.null_share is None else round(100 * held.null_share, 2),
        "unseen_values": list(held.unseen_values),
    }
