"""The format ``json`` of `auditor plan diff`: one object, `auditor/plan-diff/1`."""

from typing import Any

from auditor.model.plan_diff import PlanDiff, Replay
from auditor.reports.json import indented

SCHEMA = "auditor/plan-diff/1"


def render(diff: PlanDiff) -> str:
    """The difference as one JSON object, indented, with a newline at the end."""
    return indented(document(diff))


def document(diff: PlanDiff) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": diff.version},
        "old": diff.old,
        "new": diff.new,
        "summary": {
            "breaking": diff.breaking,
            "harmless": len(diff.changes) - diff.breaking,
            "exit_code": diff.exit_code,
        },
        "changes": [
            {
                "kind": change.kind,
                "breaking": change.breaking,
                "event": change.event,
                "type": change.type,
                "property": change.property or None,
                "text": change.text,
                "place": {"file": change.place.file, "line": change.place.line, "pointer": change.place.pointer},
            }
            for change in diff.changes
        ],
        "log": None if diff.replay is None else _replay(diff.replay),
        "notes": diff.notes,
    }


def _replay(replay: Replay) -> dict[str, Any]:
    return {
        "files": list(replay.files),
        "events": replay.events,
        "starting": replay.starting,
        "stopping": replay.stopping,
        "violating": replay.violating,
        "by_event": [
            {"type": call, "event": name, "starting": count, "of": total}
            for (call, name), (count, total) in replay.by_event.items()
        ],
        "violations": [
            {
                "type": one.type,
                "event": one.event,
                "kind": one.kind,
                "property": one.property or None,
                "text": one.words,
                "count": one.count,
                "examples": [{"file": file, "line": line} for file, line in one.examples],
            }
            for one in replay.started
        ],
    }
