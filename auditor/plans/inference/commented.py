"""JSON of Segment's Public API, with what was seen of each property as its ``$comment``."""

from typing import Any

import msgspec

from auditor.model.plan import EACH, PlannedEvent
from auditor.plans.inference.planning import Inferred, Key
from auditor.plans.writers.segment import render


def segment(inferred: Inferred) -> str:
    """The plan as a document of the API."""
    events = tuple(
        msgspec.structs.replace(event, schema=_event(event, inferred), version="1") for event in inferred.plan.events
    )
    return render(msgspec.structs.replace(inferred.plan, events=events))[0]


def _event(event: PlannedEvent, inferred: Inferred) -> dict[str, Any]:
    said: dict[str, Any] = {**event.schema, "$comment": inferred.notes[event.key, ()]}
    if (held := event.schema.get("properties")) is not None:
        said["properties"] = {name: _inside(inner, inferred, event.key, (name,)) for name, inner in held.items()}
    return said


def _inside(schema: dict[str, Any], inferred: Inferred, key: Key, way: tuple[str, ...]) -> dict[str, Any]:
    said = dict(schema)
    if (note := inferred.notes.get((key, way))) is not None:
        said["$comment"] = note
    if isinstance(schema.get("properties"), dict):
        members = schema["properties"].items()
        said["properties"] = {name: _inside(inner, inferred, key, (*way, name)) for name, inner in members}
    if isinstance(schema.get("items"), dict):
        said["items"] = _inside(schema["items"], inferred, key, (*way, EACH))
    return said
