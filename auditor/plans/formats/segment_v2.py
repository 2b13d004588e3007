"""Segment Protocols by the Public API (V2): a list of rules, each with a key, a type and a JSON Schema.

The schema is over the whole event; Typewriter saves it flattened, over the properties alone. The list stands in a plan,
bare (``{"rules": [...]}``), or in a page of the API's answer (``{"data": {"rules": [...], "pagination": ...}}``).
"""

from collections.abc import Iterator
from typing import Any

from auditor.model.plan import NAMED, Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_7
from auditor.plans.planning import planned
from auditor.plans.shape import SECTION, is_flat
from auditor.plans.source import Path, Source

NAME = "segment-v2"

_MEMBERS = ("key", "type", "version", "jsonSchema")
_NEVER = "0001-01-01T00:00:00.000Z"
"""What the API says of a rule that was not deprecated."""


def recognises(data: Any) -> bool:
    """Whether this is a plan of the Public API, or a page of one."""
    if isinstance(data, dict) and data.get("rules") == [] and "name" in data:
        return True
    return any(_is_rule(rule) for _, rules in _pages(data) for rule in rules)


def plan(source: Source, name: str) -> Plan:
    """The plan; what is no rule of it is an invalid part."""
    head = source.data if isinstance(source.data, dict) else {}
    inner = head.get("data")
    if isinstance(inner, dict):
        head = inner.get("trackingPlan", {}) if isinstance(inner.get("trackingPlan"), dict) else {}
    events = [
        event
        for path, rules in _pages(source.data)
        for number, rule in enumerate(rules)
        if (event := _event(source, (*path, number), rule)) is not None
    ]
    said = head.get("name")
    rest = sum(_left_on_other_pages(source.data))
    notes = (f"one page of an API's answer: {rest} more rules are on others; save them all into one folder",)
    return Plan(
        format=NAME,
        name=said if isinstance(said, str) and said else name,
        description=head["description"] if isinstance(head.get("description"), str) else None,
        events=tuple(events),
        files=(source.file,),
        invalid=tuple(source.invalid),
        notes=notes if rest > 0 else (),
        extra={key: value for key, value in head.items() if key not in {"name", "description", "rules"}},
    )


def _pages(data: Any, path: Path = ()) -> list[tuple[Path, list[Any]]]:
    """The lists of rules in a document, with where they stand."""
    if isinstance(data, list):
        if any(_is_rule(item) for item in data):
            return [(path, data)]
        return [page for number, item in enumerate(data) for page in _pages(item, (*path, number))]
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("rules"), list):
        return [((*path, "rules"), data["rules"])]
    if isinstance(data.get("data"), dict):
        return _pages(data["data"], (*path, "data"))
    return []


def _left_on_other_pages(data: Any) -> Iterator[int]:
    """How many rules are on pages that are not here, as the pages say."""
    pages = data if isinstance(data, list) else [data]
    held = [page["data"] for page in pages if isinstance(page, dict) and isinstance(page.get("data"), dict)]
    totals = [page["pagination"].get("totalEntries") for page in held if isinstance(page.get("pagination"), dict)]
    if totals and isinstance(totals[0], int):
        yield totals[0] - sum(len(page["rules"]) for page in held if isinstance(page.get("rules"), list))


def _is_rule(rule: Any) -> bool:
    return isinstance(rule, dict) and "jsonSchema" in rule and ("key" in rule or "type" in rule)


def _is_flat(schema: Any) -> bool:
    """Whether a schema speaks of properties (or traits) alone, as Typewriter flattens it."""
    if not isinstance(schema, dict):
        return False
    return "eventMetadata" in schema or is_flat(schema)


def _event(source: Source, path: Path, rule: Any) -> PlannedEvent | None:
    if not _is_rule(rule):
        source.refuse(None, path, "no rule: a rule has a key, a type and a jsonSchema", rule)
        return None
    kind = rule.get("type", "TRACK")
    call = kind.lower() if isinstance(kind, str) else ""
    if call not in {*NAMED, "identify", "group", "common"}:
        source.refuse(None, path, f"{kind!r} is no type of a rule", rule)
        return None
    key = rule.get("key")
    named = key if isinstance(key, str) and key and call in NAMED else None
    if call == "track" and named is None:
        source.refuse(None, path, "a rule for track calls needs a key, the event's name", rule)
        return None
    schema = rule["jsonSchema"]
    deprecated = rule.get("deprecatedAt")
    return planned(
        source,
        (*path, "jsonSchema"),
        schema,
        type=call,
        name=named,
        version=rule.get("version"),
        draft=DRAFT_7,
        section=SECTION.get(call, "properties") if call != "common" and _is_flat(schema) else None,
        status="deprecated" if isinstance(deprecated, str) and deprecated not in ("", _NEVER) else None,
        extra={k: v for k, v in rule.items() if k not in _MEMBERS},
    )
