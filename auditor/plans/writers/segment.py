"""A plan as Segment's Public API has it (V2): rules, each with a JSON Schema over the whole event."""

import json
from typing import Any

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_7
from auditor.plans.writers.losses import Losses

_OF_A_PLAN = frozenset({"id", "slug", "type", "resourceSchemaId", "createdAt", "createdBy", "updatedAt", "updatedBy"})
_OF_A_RULE = frozenset({"createdAt", "updatedAt", "deprecatedAt"})
_NOTED = frozenset({"version_is_text", "eventMetadata"})
"""Members of ``extra`` that say nothing of the event itself."""


def render(plan: Plan) -> tuple[str, list[str]]:
    """The plan as JSON, and what it cannot hold."""
    losses = Losses()
    held = document(plan, losses)
    return json.dumps(held, indent=2, ensure_ascii=False) + "\n", losses.lines()


def document(plan: Plan, losses: Losses) -> dict[str, Any]:
    """The plan as plain data in the shape of the Public API."""
    held: dict[str, Any] = {"name": plan.name}
    if plan.description is not None:
        held["description"] = plan.description
    held |= {key: value for key, value in plan.extra.items() if key in _OF_A_PLAN}
    held["rules"] = [_rule(event, losses) for event in plan.events]
    losses.members(f"{key} of the plan" for key in plan.extra if key not in _OF_A_PLAN)
    for what, policy in (("events", plan.unplanned.events), ("properties", plan.unplanned.properties)):
        if policy is not None:
            losses.add(f"that unplanned {what} are {policy} (Segment sets it per source)")
    for part in plan.invalid:
        if part.event is None:
            losses.add(f"{part.file}{part.pointer} ({part.reason})")
    return held


def _rule(event: PlannedEvent, losses: Losses) -> dict[str, Any]:
    schema: dict[str, Any] = dict(event.full)
    if event.description is not None:
        _put(schema, "description", event.description, event, losses)
    if event.labels is not None:
        _put(schema, "labels", event.labels, event, losses)
    schema.setdefault("$schema", event.draft)
    if event.draft != DRAFT_7:
        losses.add("that its schema follows another draft of JSON Schema than Segment reads (07)", event.label)
    rule: dict[str, Any] = {"key": event.name, "type": event.type.upper(), "jsonSchema": schema}
    if event.version is not None:
        plain = event.version.isdecimal() and "version_is_text" not in event.extra
        rule["version"] = int(event.version) if plain else event.version
    deprecated = "deprecatedAt" in event.extra and event.status == "deprecated"
    if event.status is not None and not deprecated:
        losses.add(f"status ({event.status})", event.label)
    for what, words in (("owners", event.owners), ("tags", event.tags)):
        if words:
            losses.add(what, event.label)
    losses.members((key for key in event.extra if key not in _OF_A_RULE | _NOTED), event.label)
    return rule | {key: value for key, value in event.extra.items() if key in _OF_A_RULE}


def _put(schema: dict[str, Any], key: str, value: Any, event: PlannedEvent, losses: Losses) -> None:
    """Say something in the schema, where another thing may stand already."""
    if key in schema and schema[key] != value:
        losses.add(f"the {key} inside the schema, beside the event's own,", event.label)
    schema[key] = value
