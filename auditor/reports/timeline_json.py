"""`auditor timeline --format json`: one object, `auditor/timeline/1`, validated by `schemas/timeline-1.json`."""

from typing import Any

from auditor.model.timeline import Row, Timeline
from auditor.reports.json import event_members, finding_members, indented, reject_members

SCHEMA = "auditor/timeline/1"


def render(timeline: Timeline) -> str:
    """The timeline as one JSON object, indented, with a newline at the end."""
    return indented(document(timeline))


def document(timeline: Timeline) -> dict[str, Any]:
    """The timeline as plain data."""
    name, value = timeline.key
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": timeline.version},
        "summary": {
            "inputs": len(timeline.files),
            "records": timeline.records,
            "events": timeline.events,
            "rejected": timeline.rejected,
            "skipped": timeline.skipped,
            "devices": timeline.of_devices,
        },
        "key": {"name": name, "value": value},
        "devices": list(timeline.devices),
        "users": list(timeline.users),
        "clocks": [{"device": device, "behind_ms": behind} for device, behind in timeline.skewed],
        "events": [_row(row, timeline.files) for row in timeline.rows],
        "findings": [finding_members(finding, timeline.files) for finding in timeline.findings],
        "rejects": reject_members(timeline.rejects),
    }


def _row(row: Row, files: list[str]) -> dict[str, Any]:
    event = row.event
    return {
        **event_members(event, files),
        "side": event.side,
        "library": event.library,
        "path": event.path,
        "name": event.name,
        "device": row.device,
        "page_load": row.page_load,
        "gap_ms": row.gap,
        "in_order": row.sure,
        "after_reset": event.after_reset,
        "copies": row.copies,
        "changes": [{"id": change.name, "before": change.before, "after": change.after} for change in row.changes],
        "findings": [{"finding": mark.finding, "role": mark.role} for mark in row.marks],
    }
