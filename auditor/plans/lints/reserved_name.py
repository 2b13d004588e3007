"""Names of properties and traits that the spec, or the warehouse, has its own meaning for."""

from collections.abc import Iterator

from auditor.model.plan import Plan, properties
from auditor.plans.lints.nodes import types_of
from auditor.plans.lints.problem import Options, Problem

OPTIONS: dict[str, str] = {}
SUBJECT = "property"
COLUMNS = {
    "id", "anonymous_id", "user_id", "sent_at", "timestamp", "received_at", "original_timestamp", "event", "event_text",
    "channel", "context_ip", "context_request_ip", "context_passed_ip", "group_id", "previous_id",
}  # fmt: skip
"""Columns of a warehouse table, whose namesakes among the properties are discarded (domain.md 1.10)."""
_TEXT, _NUMBER, _OBJECT = frozenset({"string"}), frozenset({"number", "integer"}), frozenset({"object"})
_SAID = {_TEXT: "a string", _NUMBER: "a number", _OBJECT: "an object", frozenset({"array"}): "a list"}
_USER = {
    "address": _OBJECT, "age": _NUMBER, "avatar": _TEXT, "birthday": _TEXT, "company": _OBJECT, "createdAt": _TEXT,
    "created_at": _TEXT, "email": _TEXT, "firstName": _TEXT, "first_name": _TEXT, "gender": _TEXT, "lastName": _TEXT,
    "last_name": _TEXT, "name": _TEXT, "phone": _TEXT, "title": _TEXT, "username": _TEXT, "website": _TEXT,
}  # fmt: skip
_GROUP = {
    "address": _OBJECT, "avatar": _TEXT, "createdAt": _TEXT, "created_at": _TEXT, "email": _TEXT, "name": _TEXT,
    "industry": _TEXT, "phone": _TEXT, "website": _TEXT, "plan": _TEXT,
}  # fmt: skip
_TRACK = {"revenue": _NUMBER, "currency": _TEXT, "value": _NUMBER}
_PAGE = {
    "name": _TEXT, "path": _TEXT, "referrer": _TEXT, "search": _TEXT, "title": _TEXT, "url": _TEXT,
    "keywords": frozenset({"array"}),
}  # fmt: skip
_MEANT = {
    ("identify", "traits"): _USER, ("group", "traits"): _GROUP, ("track", "properties"): _TRACK,
    ("page", "properties"): _PAGE, ("screen", "properties"): {"name": _TEXT},
}  # fmt: skip
"""Types by the call and its member (domain.md 1.10)."""


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge the names at the top of properties and traits, one problem for each name of an event."""
    del options
    told: set[tuple[str, str, str]] = set()
    for event in plan.events:
        for one in properties(event):
            if len(one.path) != 1 or one.section == "context" or (event.label, one.section, one.path[0]) in told:
                continue
            told.add((event.label, one.section, one.path[0]))
            name, way = one.path[0], (one.section, one.path[0])
            if name in COLUMNS and not (one.section == "traits" and name == "id"):
                yield Problem(event, way, "column", {"name": name, "event": event.label})
                continue
            meant = _MEANT.get((event.type, one.section), {}).get(name)
            types = types_of(one.schema) - {"null"}
            if meant is not None and types and not types & meant:
                fields = {"name": name, "type": " or ".join(sorted(types)), "meant": _SAID[meant],
                          "event": event.label}  # fmt: skip
                yield Problem(event, way, "type", fields)
