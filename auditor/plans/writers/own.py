"""A plan in our own YAML: as short as it can be said, and nothing lost."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from auditor.model.plan import SECTIONS, Plan, PlannedEvent
from auditor.plans.drafts import known_draft
from auditor.plans.formats.own import ALONE, BY_NAME, SCHEMA, SHORT_DRAFTS, canonical
from auditor.plans.patch import patch_between, patched
from auditor.plans.shape import SECTION
from auditor.plans.short import NOWHERE, settled, short_members
from auditor.plans.writers.yaml_out import dumped

_CANDIDATES = 16
"""The most frequent changes that are tried as changes of all events."""

_DRAFT_NAMES = {uri: name for name, uri in SHORT_DRAFTS.items()}


def document(plan: Plan) -> dict[str, Any]:
    """The plan as plain data in the shape of our YAML."""
    draft = _usual_draft(plan)
    said = [_sections(event) for event in plan.events]
    wholes = [
        (settled(_followed(sections, event)), settled(event.full))
        for sections, event in zip(said, plan.events, strict=True)
    ]
    default = _usual_patch(wholes)
    held: dict[str, Any] = {"schema": SCHEMA, "name": plan.name}
    if plan.description is not None:
        held["description"] = plan.description
    if draft != SHORT_DRAFTS["07"]:
        held["draft"] = _DRAFT_NAMES[draft]
    policies = {"events": plan.unplanned.events, "properties": plan.unplanned.properties}
    if any(policies.values()):
        held["unplanned"] = {what: policy for what, policy in policies.items() if policy is not None}
    if plan.also_events:
        held["also_events"] = list(plan.also_events)
    if default:
        held["defaults"] = {"patch": default}
    for (member, name), versions in _grouped(plan, said, wholes, default, draft).items():
        event: Any = versions[0] if len(versions) == 1 else versions
        if name is None:
            held[member] = event
        else:
            held.setdefault(member, {})[name] = event
    if plan.extra:
        held["extra"] = plan.extra
    return held


def render(plan: Plan) -> tuple[str, list[str]]:
    """The plan as YAML, and what it cannot hold: nothing but what belonged to no event."""
    lost = [f"{part.file}{part.pointer}: {part.reason}" for part in plan.invalid if part.event is None]
    return dumped(document(plan)), lost


def _grouped(
    plan: Plan, said: list[dict[str, Any]], wholes: list[tuple[Any, Any]], default: dict[str, Any], draft: str
) -> dict[tuple[str, str | None], list[dict[str, Any]]]:
    """What is written of each event, by the member and the name that it stands under."""
    by_call = {call: member for member, call in BY_NAME.items()}
    groups: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for event, sections, (follows, full) in zip(plan.events, said, wholes, strict=True):
        member = by_call[event.type] if event.name is not None else event.type
        assert member in BY_NAME or member in ALONE
        written = _about(event, draft)
        patch = patch_between(patched(follows, default), full)
        if patch is None:
            written["schema"] = event.full
        else:
            written |= sections
            if patch:
                written["patch"] = patch
        if event.extra.keys() - {"version_is_text"}:
            written["extra"] = {key: value for key, value in event.extra.items() if key != "version_is_text"}
        groups.setdefault((member, event.name), []).append(written)
    order = [*BY_NAME, *ALONE]
    return dict(sorted(groups.items(), key=lambda group: order.index(group[0][0])))


def _about(event: PlannedEvent, draft: str) -> dict[str, Any]:
    """What is said of an event beside what it holds."""
    held: dict[str, Any] = {}
    if event.description is not None:
        held["description"] = event.description
    if event.version is not None:
        plain = event.version.isdecimal() and str(int(event.version)) == event.version
        held["version"] = int(event.version) if plain and "version_is_text" not in event.extra else event.version
    if event.status is not None:
        held["status"] = event.status
    if event.owners:
        held["owners"] = list(event.owners)
    if event.tags:
        held["tags"] = list(event.tags)
    if event.labels is not None:
        held["labels"] = event.labels
    if event.draft != draft and known_draft(event.full.get("$schema")) is None:
        held["draft"] = _DRAFT_NAMES[event.draft]
    return held


def _sections(event: PlannedEvent) -> dict[str, Any]:
    """What of an event's schema can be said in short."""
    said: dict[str, Any] = {}
    planned = event.full.get("properties")
    main = SECTION.get(event.type, "properties")
    for section in sorted(SECTIONS, key=lambda name: name != main):
        inner = planned.get(section) if isinstance(planned, dict) else None
        if not isinstance(inner, dict):
            continue
        if section == main and isinstance(inner.get("additionalProperties"), bool):
            said["additional"] = inner["additionalProperties"]
        if members := short_members(inner):
            said[section] = members
    return said


def _followed(said: dict[str, Any], event: PlannedEvent) -> dict[str, Any]:
    return canonical(said, event.type, NOWHERE, (), {})


def _usual_draft(plan: Plan) -> str:
    """The draft of most events that do not name one themselves."""
    unnamed = Counter(event.draft for event in plan.events if known_draft(event.full.get("$schema")) is None)
    return unnamed.most_common(1)[0][0] if unnamed else SHORT_DRAFTS["07"]


def _usual_patch(wholes: list[tuple[Any, Any]]) -> dict[str, Any]:
    """The patch for all events that leaves least to be said of each: change by change, as long as one more helps."""
    patches = [patch_between(follows, full) for follows, full in wholes]
    frequent = Counter(change for patch in patches if patch for change in _changes(patch)).most_common(_CANDIDATES)

    def left(patch: dict[str, Any]) -> int:
        rest = (patch_between(patched(follows, patch), full) for follows, full in wholes)
        return len(json.dumps(patch)) + sum(len(json.dumps(change)) for change in rest if change != {})

    best: dict[str, Any] = {}
    least = left(best)
    for (path, text), count in frequent:
        tried = _with(best, path, json.loads(text))
        if count > 1 and (length := left(tried)) < least:
            best, least = tried, length
    return best


def _changes(patch: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The single changes that a patch makes: where, and what stands there then, as JSON."""
    for key, value in patch.items():
        if isinstance(value, dict) and value:
            yield from _changes(value, (*path, key))
        else:
            yield (*path, key), json.dumps(value, sort_keys=True)


def _with(patch: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A patch that makes one more change."""
    head, *rest = path
    inner = patch.get(head)
    return patch | {head: _with(inner if isinstance(inner, dict) else {}, tuple(rest), value) if rest else value}
