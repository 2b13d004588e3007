"""A planned schema made ready for recorded calls: what is not planned is judged by the policy in force.

A plan says what a team sends. What a library adds by itself to every page call (its path, its title), or a vendor under
names that begin with ``$``, is nobody's mistake, even where the plan forbids what it does not name.
"""

from typing import Any

from auditor.model.plan import PlannedEvent
from auditor.model.violation import ALLOW, FORBID
from auditor.plans.shape import SECTION

AUTOMATIC = {
    "page": (
        *("path", "referrer", "search", "title", "url", "name", "category"),
        *("tab_url", "referring_domain", "initial_referrer", "initial_referring_domain"),
    ),
    "screen": ("name", "category"),
}
"""Properties that the libraries fill in: analytics.js (domain.md 1.10, 2.5), and RudderStack's the second line."""
_VENDORS_OWN = r"^\$"
_LEFT_OVER = ("additionalProperties", "unevaluatedProperties")
_INSIDE_ROOT = frozenset(
    {"$schema", "id", "$id", "type", "properties", "required", "title", "description", "$comment", "labels", "version"}
    | {"definitions", "$defs", "examples", "default", *_LEFT_OVER}
)
"""Keywords beside which ``properties`` and ``required`` name every member that the schema looks at."""


def fitted(event: PlannedEvent, properties: str | None) -> dict[str, Any]:
    """The schema to judge calls by. ``properties`` is the policy for unplanned ones: "allow", "forbid", or ``None``
    where the schema alone decides. The call itself may have members that no plan names."""
    schema = {key: value for key, value in event.schema.items() if key not in _LEFT_OVER}
    if event.type == "common":
        return schema
    members = schema.get("properties")
    sections = dict(members) if isinstance(members, dict) else {}
    own = SECTION.get(event.type, "properties")
    if properties == FORBID and own not in sections:
        sections[own] = {}
    for name in ("properties", "traits"):
        section = sections.get(name)
        if isinstance(section, dict):
            sections[name] = _section(section, event.type, properties)
    if sections:
        schema["properties"] = sections
    return schema


def members_of(schema: dict[str, Any]) -> frozenset[str] | None:
    """The members of a call that a schema looks at; ``None`` where only the whole call would do."""
    if not schema.keys() <= _INSIDE_ROOT:
        return None
    named = schema.get("properties")
    held = [name for name, inner in named.items() if inner not in ({}, True)] if isinstance(named, dict) else []
    return frozenset(held).union(schema.get("required", ()))


def _section(section: dict[str, Any], kind: str, policy: str | None) -> dict[str, Any]:
    if policy == ALLOW:
        loose: dict[str, Any] = _without_left_over(section)
        return loose
    forbids = any(section.get(word) is False for word in _LEFT_OVER)
    if not forbids and (policy != FORBID or any(word in section for word in (*_LEFT_OVER, "$ref"))):
        return section
    held = section.get("properties")
    named = held if isinstance(held, dict) else {}
    patterns = section.get("patternProperties")
    automatic: dict[str, Any] = {name: {} for name in AUTOMATIC.get(kind, ())}
    strict = section if forbids else {**section, "additionalProperties": False}
    own = {_VENDORS_OWN: {}, **(patterns if isinstance(patterns, dict) else {})}
    return {**strict, "properties": {**automatic, **named}, "patternProperties": own}


def _without_left_over(schema: Any) -> Any:
    """A schema that forbids no property for being unplanned, at any depth."""
    if not isinstance(schema, dict):
        return schema
    changed = {key: value for key, value in schema.items() if key not in _LEFT_OVER or value is not False}
    named = changed.get("properties")
    if isinstance(named, dict):
        changed["properties"] = {name: _without_left_over(inner) for name, inner in named.items()}
    if isinstance(changed.get("items"), dict):
        changed["items"] = _without_left_over(changed["items"])
    return changed
