"""A plan as one JSON Schema over a recorded call: if it is this event, then that holds.

What is invalid in the plan is left out, so that any validator takes the result. An event of several versions is held
against the one that ``context.protocols.event_version`` names, else against the oldest, as Segment does.
"""

import json
from typing import Any

from auditor.model.plan import Plan, PlannedEvent, pointed
from auditor.plans.drafts import DRAFT_4, DRAFTS, knows
from auditor.plans.shape import fragment, referring
from auditor.plans.writers.losses import Losses

_NAME = {"track": "event", "page": "name", "screen": "name"}
"""The member of a call that holds its name."""


def render(plan: Plan) -> tuple[str, list[str]]:
    """The schema as JSON, and what it cannot hold."""
    losses = Losses()
    held = document(plan, losses)
    return json.dumps(held, indent=2, ensure_ascii=False) + "\n", losses.lines()


def document(plan: Plan, losses: Losses) -> dict[str, Any]:
    """The plan as one schema as plain data."""
    draft = max((event.draft for event in plan.events), key=list(DRAFTS).index, default=list(DRAFTS)[2])
    definitions = "$defs" if knows(draft, "dependentSchemas") else "definitions"
    held: dict[str, Any] = {"$schema": draft, "title": plan.name}
    if plan.description is not None:
        held["description"] = plan.description
    held["type"] = "object"
    schemas: dict[str, Any] = {}
    conditions: list[dict[str, Any]] = []
    planned: list[dict[str, Any]] = []
    for versions in _by_event(plan):
        if versions[0].type != "common":
            planned.append(_is_event(versions[0]))
        for event in versions:
            key = _key(event, schemas)
            schemas[key] = _placed(event, (definitions, key))
            then = {"$ref": fragment(pointed((definitions, key)))}
            others = [other for other in versions if other is not versions[0]]
            when = _when(event, [] if len(versions) == 1 else others, event is versions[0])
            conditions.append(then if when is None else {"anyOf": [{"not": when}, then]})
            _lost(event, draft, losses)
    if plan.unplanned.events == "forbid" and planned:
        conditions.append({"anyOf": planned})
    if conditions:
        held["allOf"] = conditions
        held[definitions] = schemas
    losses.members(f"{key} of the plan" for key in plan.extra)
    if plan.unplanned.properties is not None:
        losses.add(f"that unplanned properties are {plan.unplanned.properties}")
    for part in plan.invalid:
        losses.add(f"the invalid {part.file}{part.pointer}", part.event)
    return held


def _by_event(plan: Plan) -> list[list[PlannedEvent]]:
    found: dict[tuple[str, str | None], list[PlannedEvent]] = {}
    for event in plan.events:
        found.setdefault(event.key, []).append(event)
    return list(found.values())


def _key(event: PlannedEvent, taken: dict[str, Any]) -> str:
    words = " ".join(filter(None, (event.type, event.name, f"v{event.version}" if event.version else "")))
    key, number = words, 2
    while key in taken:
        key, number = f"{words} ({number})", number + 1
    return key


def _placed(event: PlannedEvent, path: tuple[str, str]) -> dict[str, Any]:
    """An event's schema as it stands below others: its references begin there."""
    prefix = fragment(pointed(path))
    schema = {key: value for key, value in event.schema.items() if key != "$schema"}
    placed: dict[str, Any] = referring(schema, lambda target: prefix + target[1:] if target[:1] == "#" else target)
    return ({"description": event.description} if event.description else {}) | placed


def _when(event: PlannedEvent, newer: list[PlannedEvent], oldest: bool) -> dict[str, Any] | None:
    """When a call is to be held against this version; ``None``: always."""
    if event.type == "common":
        return None
    when = _is_event(event)
    if not newer:
        return when
    if oldest:
        return {"allOf": [when, {"not": _of_version(newer)}]}
    return {"allOf": [when, _of_version([event])]}


def _is_event(event: PlannedEvent) -> dict[str, Any]:
    members: dict[str, Any] = {"type": {"enum": [event.type]}}
    if event.name is not None:
        members[_NAME[event.type]] = {"enum": [event.name]}
    return {"properties": members, "required": list(members)}


def _of_version(events: list[PlannedEvent]) -> dict[str, Any]:
    """That a call says it is of one of these versions, as a number or as text."""
    said = [value for event in events if event.version for value in _spelt(event.version)]
    schema: dict[str, Any] = {"enum": said or [None]}
    for member in ("event_version", "protocols", "context"):
        schema = {"properties": {member: schema}, "required": [member]}
    return schema


def _spelt(version: str) -> list[Any]:
    return [int(version), version] if version.isdecimal() else [version]


def _lost(event: PlannedEvent, draft: str, losses: Losses) -> None:
    if event.draft != draft:
        also = ", which had other rules for limits" if event.draft == DRAFT_4 else ""
        losses.add(f"that its schema follows another draft{also},", event.label)
    for what, held in (
        ("status", event.status), ("owners", event.owners), ("tags", event.tags), ("labels", event.labels)
    ):  # fmt: skip
        if held:
            losses.add(what, event.label)
    losses.members((key for key in event.extra if key != "version_is_text"), event.label)
