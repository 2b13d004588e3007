"""Plans and calls for tests: a plan from a few rules, and the calls that are held against it."""

import json
from typing import Any

from auditor.model.plan import Place, Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_7
from auditor.plans.formats import segment_v2
from auditor.plans.json_text import JsonText
from auditor.plans.source import Source


def plan_of(*rules: dict[str, Any]) -> Plan:
    """A plan in the form of Segment's Public API; none of its parts is invalid."""
    plan = segment_v2.plan(Source(JsonText(json.dumps({"name": "Ours", "rules": rules}), "plan.json")), "Ours")
    assert not plan.invalid
    return plan


def whole(kind: str, name: str | None, schema: dict[str, Any], draft: str = DRAFT_7) -> Plan:
    """A plan of one event, whose schema speaks of the whole call."""
    event = PlannedEvent(type=kind, name=name, place=Place("plan.json"), schema=schema, draft=draft)
    return Plan(format="auditor", name="Ours", events=(event,))


def track(event: str, properties: dict[str, Any], *, version: int | None = None, **schema: Any) -> dict[str, Any]:
    """A rule for a track call, whose properties have this schema."""
    inner = {"type": "object", "properties": properties, **schema}
    numbered = {} if version is None else {"version": version}
    return {"type": "TRACK", "key": event, **numbered, "jsonSchema": {"properties": {"properties": inner}}}


def call(kind: str = "track", number: int = 0, **members: Any) -> dict[str, Any]:
    """A call as analytics.js records it."""
    return {
        "type": kind,
        "messageId": f"m-{number}",
        "anonymousId": "anon-1",
        "timestamp": f"2026-01-05T10:00:{number % 60:02d}.000Z",
        "context": {"library": {"name": "analytics.js", "version": "next-1.84.3"}},
        **members,
    }
