"""RudderStack's JSON: the Data Catalog API's tracking plan with schemas, and the older one that RudderTyper reads.

``events`` (or ``rules.events``) holds calls of every type, each with a schema over the whole event.
"""

from typing import Any

from auditor.model.plan import NAMED, Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_7
from auditor.plans.planning import planned
from auditor.plans.shape import SECTION, is_flat
from auditor.plans.source import Path, Source

NAME = "rudderstack-json"

ALSO_EVENTS = ("identify", "group")
"""Calls without a name that RudderStack counts among its events."""

_MEMBERS = ("name", "description", "eventType", "rules", "version")


def recognises(data: Any) -> bool:
    """Whether this is a tracking plan of RudderStack's API."""
    return any(isinstance(said, dict) and "eventType" in said for said in _events(data)[1])


def plan(source: Source, name: str) -> Plan:
    """The plan; what is no event of it is an invalid part."""
    path, listed = _events(source.data)
    head: dict[str, Any] = source.data if isinstance(source.data, dict) else {}
    events = [
        event for number, said in enumerate(listed) if (event := _event(source, (*path, number), said)) is not None
    ]
    said_name = head.get("name")
    total = head.get("total")
    rest = total - len(listed) if isinstance(total, int) else 0
    return Plan(
        format=NAME,
        name=said_name if isinstance(said_name, str) and said_name else name,
        description=head["description"] if isinstance(head.get("description"), str) else None,
        events=tuple(events),
        files=(source.file,),
        invalid=tuple(source.invalid),
        notes=(f"one page of an API's answer: {rest} more events are on others",) if rest > 0 else (),
        also_events=ALSO_EVENTS,
        extra={
            key: value for key, value in head.items() if key not in {"name", "description", "events", "rules", "data"}
        },
    )


def _events(data: Any) -> tuple[Path, list[Any]]:
    """The list of events in a document, and where it stands."""
    if isinstance(data, list):
        return (), data
    if isinstance(data, dict):
        for path in (("events",), ("rules", "events"), ("data",), ("data", "events")):
            held: Any = data
            for step in path:
                held = held.get(step) if isinstance(held, dict) else None
            if isinstance(held, list):
                return path, held
    return (), []


def _event(source: Source, path: Path, said: Any) -> PlannedEvent | None:
    if not isinstance(said, dict):
        source.refuse(None, path, "no event: an event is an object", said)
        return None
    kind = said.get("eventType")
    call = kind.lower() if isinstance(kind, str) else ""
    if call not in {*NAMED, *ALSO_EVENTS}:
        source.refuse(None, path, f"{kind!r} is no type of an event", said)
        return None
    named = said.get("name")
    named = named if isinstance(named, str) and named and call in NAMED else None
    if call == "track" and named is None:
        source.refuse(None, path, "a track event needs a name", said)
        return None
    if "rules" not in said:
        source.refuse(named or call, path, "no rules: ask the API for the plan with its schemas", None)
    schema = said.get("rules", {})
    section = None
    if is_flat(schema):
        identity = said.get("identitySection")
        section = identity if identity in ("properties", "traits") else SECTION.get(call, "properties")
    return planned(
        source,
        (*path, "rules"),
        schema,
        type=call,
        name=named,
        version=said.get("version"),
        description=said.get("description"),
        draft=DRAFT_7,
        section=section,
        extra={key: value for key, value in said.items() if key not in _MEMBERS},
    )
