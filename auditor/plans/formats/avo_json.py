"""Avo's JSON export (the Export API and the publishing webhook): events with rules in JSON Schema.

A rule speaks of the event's own name as well, and of Avo's user properties; they have no place in a recorded call of
Segment's shape, so they are kept and not checked.
"""

from typing import Any

from auditor.model.plan import SECTIONS, Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_6
from auditor.plans.planning import planned
from auditor.plans.source import Path, Source

NAME = "avo-json"

_MARKS = frozenset({"triggers", "sources", "actions", "categories", "tags", "variants", "hash"})
_MEMBERS = ("name", "description", "tags", "rules")


def recognises(data: Any) -> bool:
    """Whether this is an export of Avo's."""
    return any(
        isinstance(said, dict) and "rules" in said and "eventType" not in said and len(_MARKS & said.keys()) >= 2
        for said in _events(data)
    )


def plan(source: Source, name: str) -> Plan:
    """The plan; what is no event of it is an invalid part."""
    head: dict[str, Any] = source.data
    kept: set[str] = set()
    events = [
        event
        for number, said in enumerate(_events(head))
        if (event := _event(source, ("events", number), said, kept)) is not None
    ]
    said_name = head.get("name")
    notes = [f"{', '.join(sorted(kept))}: kept, not checked; a recorded call holds them elsewhere"] if kept else []
    return Plan(
        format=NAME,
        name=said_name if isinstance(said_name, str) and said_name else name,
        description=head["description"] if isinstance(head.get("description"), str) else None,
        events=tuple(events),
        files=(source.file,),
        invalid=tuple(source.invalid),
        notes=tuple(notes),
        extra={key: value for key, value in head.items() if key not in {"name", "description", "events"}},
    )


def _events(data: Any) -> list[Any]:
    events = data.get("events") if isinstance(data, dict) else None
    return events if isinstance(events, list) else []


def _event(source: Source, path: Path, said: Any, kept: set[str]) -> PlannedEvent | None:
    if not isinstance(said, dict) or not isinstance(said.get("name"), str) or not said["name"]:
        source.refuse(None, path, "no event: an event has a name and rules", said)
        return None
    extra = {key: value for key, value in said.items() if key not in _MEMBERS}
    schema = said.get("rules", {})
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        schema, beside = _parted(schema)
        if beside:
            extra["rules"] = beside
            kept |= beside["properties"].keys() - {"name", "type", "id"}
    tags = said.get("tags")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        extra |= {"tags": tags} if "tags" in said else {}
        tags = []
    return planned(
        source,
        (*path, "rules"),
        schema,
        type=_call(said.get("actions")),
        name=said["name"],
        description=said.get("description"),
        draft=DRAFT_6,
        tags=tuple(tags),
        extra=extra,
    )


def _call(actions: Any) -> str:
    """What is called when an event of Avo's happens: its action "page" alone is a page call."""
    held = actions if isinstance(actions, list) else []
    return "page" if "page" in held and "skipLogEvent" in held else "track"


def _parted(schema: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A rule as far as it speaks of a recorded call, and the rest of it."""
    planned = schema["properties"]
    beside = {name: inner for name, inner in planned.items() if name not in SECTIONS}
    if not beside:
        return schema, {}
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    elsewhere = [name for name in required if isinstance(name, str) and name in beside]
    rest: dict[str, Any] = {"properties": beside}
    if elsewhere:
        rest["required"] = elsewhere
    own = schema | {"properties": {name: inner for name, inner in planned.items() if name in SECTIONS}}
    own["required"] = [name for name in required if name not in elsewhere]
    if not own["required"]:
        own.pop("required")
    if own.get("additionalProperties") is False:  # of Avo's envelope, not of a recorded call
        rest["additionalProperties"] = own.pop("additionalProperties")
    return own, rest
