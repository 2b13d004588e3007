"""Segment Protocols by the Config API (V1), as Typewriter saved it too: ``rules`` with ``events`` and what all share.

``global`` is the common schema; ``identify`` and ``group`` plan traits, and so did the older ``identify_traits`` and
``group_traits``.
"""

from typing import Any

from auditor.model.plan import Plan, PlanError, PlannedEvent
from auditor.plans.drafts import DRAFT_7, known_draft
from auditor.plans.planning import planned
from auditor.plans.shape import SECTION, is_flat
from auditor.plans.source import Origins, Path, Source

NAME = "segment-v1"

_ALONE = {"global": "common", "identify": "identify", "group": "group"}
_MEMBERS = ("name", "description", "version", "rules")


def recognises(data: Any) -> bool:
    """Whether this is a plan of the Config API, alone or in the API's answer."""
    return any(_is_plan(inner) for _, inner in _plans(data))


def plan(source: Source, name: str) -> Plan:
    """The plan; what is no event of it is an invalid part. Raises ``PlanError`` where there are several plans."""
    found = [(path, inner) for path, inner in _plans(source.data) if _is_plan(inner)]
    if len(found) > 1:
        names = ", ".join(str(inner.get("display_name") or inner.get("name")) for _, inner in found)
        raise PlanError(f"{source.file}: holds {len(found)} tracking plans ({names}); give one in a file of its own")
    [(path, head)] = found
    nested = isinstance(head.get("rules"), dict)
    rules, at = (head["rules"], (*path, "rules")) if nested else (head, path)
    common = rules.get("global")
    draft = (known_draft(common.get("$schema")) if isinstance(common, dict) else None) or DRAFT_7
    events = [
        event
        for number, said in enumerate(rules["events"])
        if (event := _event(source, (*at, "events", number), said, draft)) is not None
    ]
    for member, call in _ALONE.items():
        if isinstance(rules.get(member), dict):
            events.append(_alone(source, (*at, member), rules[member], call, draft))
    for call in ("identify", "group"):
        listed = rules.get(f"{call}_traits")
        if isinstance(listed, list) and listed and not isinstance(rules.get(call), dict):
            events.append(_listed(source, (*at, f"{call}_traits"), listed, call, draft))
    taken = {"display_name", "description", *({"rules"} if nested else rules)}
    said_name = head.get("display_name") or head.get("name")
    return Plan(
        format=NAME,
        name=said_name if isinstance(said_name, str) else name,
        description=head["description"] if isinstance(head.get("description"), str) else None,
        events=tuple(events),
        files=(source.file,),
        invalid=tuple(source.invalid),
        extra={key: value for key, value in head.items() if key not in taken}
        | {key: value for key, value in rules.items() if key not in {"events", *_ALONE, *head}},
    )


def _plans(data: Any) -> list[tuple[Path, Any]]:
    """What may be a plan in a document, with where it stands."""
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("tracking_plans"), list):
        return [(("tracking_plans", number), inner) for number, inner in enumerate(data["tracking_plans"])]
    if isinstance(data.get("tracking_plan"), dict):
        return [(("tracking_plan",), data["tracking_plan"])]
    return [((), data)]


def _is_plan(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    rules = data.get("rules", data)
    events = rules.get("events") if isinstance(rules, dict) else None
    if not isinstance(events, list):
        return False
    if not events:
        return rules is not data and not {"eventType", "id"} & data.keys()
    return any(
        isinstance(said, dict)
        and {"name", "rules"} <= said.keys()
        and not {"eventType", "identitySection", "triggers", "sources", "actions", "categories"} & said.keys()
        for said in events
    )


def _event(source: Source, path: Path, said: Any, draft: str) -> PlannedEvent | None:
    if not isinstance(said, dict) or not isinstance(said.get("name"), str) or not said["name"]:
        source.refuse(None, path, "no event: an event has a name and rules", said)
        return None
    schema = said.get("rules")
    return planned(
        source,
        (*path, "rules"),
        {} if schema is None else schema,
        type="track",
        name=said["name"],
        version=said.get("version"),
        description=said.get("description"),
        draft=draft,
        section="properties" if is_flat(schema) else None,
        extra={key: value for key, value in said.items() if key not in _MEMBERS},
    )


def _alone(source: Source, path: Path, schema: dict[str, Any], call: str, draft: str) -> PlannedEvent:
    section = SECTION.get(call) if call != "common" and is_flat(schema) else None
    return planned(source, path, schema, type=call, name=None, draft=draft, section=section, at=path)


def _listed(source: Source, path: Path, traits: list[Any], call: str, draft: str) -> PlannedEvent:
    """Traits in the older form: a list of names, each with its own schema."""
    held: dict[str, Any] = {}
    origins: Origins = {}
    for number, trait in enumerate(traits):
        named = trait.get("name") if isinstance(trait, dict) else trait
        if not isinstance(named, str) or not named:
            source.refuse(call, (*path, number), "no trait: a trait has a name", trait)
            continue
        rules = trait.get("rules") if isinstance(trait, dict) else None
        held[named] = {} if rules is None else rules
        origins[("properties", named)] = (source, (*path, number, "rules"))
    schema = {"type": "object", "properties": held}
    return planned(source, path, schema, type=call, name=None, draft=draft, section="traits", at=path, origins=origins)
