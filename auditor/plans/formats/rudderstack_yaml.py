"""RudderStack's tracking plans in YAML (rudder-cli), v0.1 and v1: one file of rules, and the catalog they refer to."""

import re
from collections.abc import Iterator
from typing import Any

from auditor.model.plan import NAMED, Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_2019
from auditor.plans.formats.rudderstack_catalog import Catalog, Schemas
from auditor.plans.planning import planned
from auditor.plans.source import Origins, Path, Source

ALSO_EVENTS = ("identify", "group")

PLANS = frozenset({"tp", "tracking-plan"})
CATALOG = frozenset({"properties", "events", "custom-types", "categories"})

_INCLUDES = re.compile(r"#/tp/([\w-]+)/event_rule/([\w-]+|\*)")
_VERSION = re.compile(r"rudder/(v?0\.1|v1)")


def kind(data: Any) -> str | None:
    """What kind of file of RudderStack's this is ("properties", "tp", ...); ``None`` if it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("version"), str):
        return None
    said = data.get("kind")
    return said if _VERSION.fullmatch(data["version"]) and isinstance(said, str) else None


def plan(source: Source, others: list[Source], name: str) -> Plan:
    """The plan in one file, with the catalog in the others. What leads nowhere is an invalid part."""
    catalog = Catalog()
    for other in others:
        if kind(other.data) in CATALOG:
            catalog.add(other)
    spec = source.data.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    tracking_plans = [other for other in others if kind(other.data) in PLANS]
    events = tuple(_events(source, catalog, tracking_plans))
    said_name = spec.get("display_name")
    extra: dict[str, Any] = {key: value for key, value in spec.items() if key not in _TAKEN}
    extra |= {key: held for key, held in (("ids", catalog.ids()), ("catalog", catalog.unused())) if held}
    if isinstance(source.data.get("metadata"), dict):
        extra["metadata"] = source.data["metadata"]
    return Plan(
        format="rudderstack-yaml-v1" if source.data["version"] == "rudder/v1" else "rudderstack-yaml-v0.1",
        name=said_name if isinstance(said_name, str) and said_name else name,
        description=spec["description"] if isinstance(spec.get("description"), str) else None,
        events=events,
        files=tuple(dict.fromkeys([source.file, *(o.file for o in others if kind(o.data) in CATALOG)])),
        invalid=tuple(source.invalid),
        also_events=ALSO_EVENTS,
        extra=extra,
    )


_TAKEN = frozenset({"display_name", "description", "rules"})


def _events(source: Source, catalog: Catalog, plans: list[Source]) -> Iterator[PlannedEvent]:
    for path, rule in _rules(source):
        if isinstance(rule, dict) and isinstance(rule.get("includes"), dict) and "event" not in rule:
            yield from _included(source, path, rule["includes"].get("$ref"), catalog, plans)
        elif (event := _event(source, path, rule, catalog)) is not None:
            yield event


def _rules(source: Source) -> list[tuple[Path, Any]]:
    spec = source.data.get("spec")
    rules = spec.get("rules") if isinstance(spec, dict) else None
    return [(("spec", "rules", number), rule) for number, rule in enumerate(rules if isinstance(rules, list) else [])]


def _included(source: Source, path: Path, target: Any, catalog: Catalog, plans: list[Source]) -> Iterator[PlannedEvent]:
    """The rules of another plan that a rule includes, by its group or id: one of them, or all."""
    match = _INCLUDES.fullmatch(target) if isinstance(target, str) else None
    found = False
    for other in plans if match is not None else []:
        assert match is not None
        spec, metadata = other.data.get("spec"), other.data.get("metadata")
        names = {held.get(key) for held, key in ((spec, "id"), (metadata, "name")) if isinstance(held, dict)}
        if match[1] not in names:
            continue
        for there, rule in _rules(other):
            wanted = isinstance(rule, dict) and "event" in rule and match[2] in ("*", rule.get("id"))
            if wanted and (event := _event(other, there, rule, catalog)) is not None:
                found = True
                yield event
    if not found:
        source.refuse(None, (*path, "includes"), "leads to no rule of a tracking plan here", target)


def _event(source: Source, path: Path, rule: Any, catalog: Catalog) -> PlannedEvent | None:
    said = rule.get("event") if isinstance(rule, dict) else None
    about = said if isinstance(said, dict) else {}
    target = about.get("$ref", said)
    entry = catalog.found(target, "events")
    if entry is None:
        reason = "a rule needs a reference to an event" if target is None else f"leads nowhere: no event {target} here"
        source.refuse(None, path, f"{reason}; give the folder of the whole project" if target else reason, rule)
        return None
    call = entry.said.get("event_type")
    if call not in {*NAMED, *ALSO_EVENTS}:
        entry.source.refuse(None, (*entry.path, "event_type"), f"{call!r} is no type of an event", entry.said)
        return None
    name = entry.said.get("name")
    name = name if isinstance(name, str) and name and call in NAMED else None
    if call == "track" and name is None:
        entry.source.refuse(None, entry.path, "a track event needs a name", entry.said)
        return None
    identity = about.get("identity_section", rule.get("identity_section"))
    origins: Origins = {}
    extra = {"rule": rule.get("id"), "event": entry.said["id"], "category": entry.said.get("category")}
    return planned(
        source,
        path,
        _whole(source, path, rule, catalog, _section(identity, call), name or call, origins),
        type=call,
        name=name,
        at=path,
        origins=origins,
        description=entry.said.get("description"),
        draft=DRAFT_2019,
        extra={key: value for key, value in (*extra.items(), ("identity_section", identity)) if value is not None},
    )


def _section(identity: Any, call: str) -> Path:
    """The member of a call that a rule plans; where RudderStack's default is followed, by its documentation."""
    if isinstance(identity, str) and identity in ("properties", "traits", "context.traits"):
        return tuple(identity.split("."))
    return ("traits",) if call in ALSO_EVENTS else ("properties",)


def _whole(
    source: Source, path: Path, rule: dict[str, Any], catalog: Catalog, section: Path, event: str, origins: Origins
) -> dict[str, Any]:
    """The schema over the whole event that a rule and the catalog make."""
    at: Path = tuple(step for name in section for step in ("properties", name))
    schemas = Schemas(catalog, event, origins)
    origins[at] = (source, path)
    said = rule.get("event")
    allowed = said.get("allow_unplanned") if isinstance(said, dict) else rule.get("additional_properties")
    inner: dict[str, Any] = {"type": "object"}
    inner |= schemas.members(rule.get("properties"), source, (*path, "properties"), at)
    inner |= schemas.variants(rule.get("variants"), source, (*path, "variants"), at)
    inner["unevaluatedProperties"] = bool(allowed)
    for name in reversed(section):
        inner = {"type": "object", "properties": {name: inner}}
    whole: dict[str, Any] = {"$schema": DRAFT_2019, **inner}
    if schemas.defs:
        whole["$defs"] = schemas.defs
    return whole
