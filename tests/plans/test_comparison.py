"""Two plans compared: each kind of change, and the law that what is called harmless breaks no event."""

from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.plan_diff import Change
from auditor.plans.comparison.plans import changes
from auditor.plans.from_data import read_data


def compared(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    return changes(read_data(old, "old"), read_data(new, "new"))


def paid(**properties: Any) -> dict[str, Any]:
    return {"events": {"Paid": {"properties": properties}}}


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, bool, str]]:
    return [(change.kind, change.breaking, change.property) for change in compared(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (paid(plan="string"), paid(plan="string"), []),
        (paid(plan="string"), paid(plan="string!"), [("required-added", True, "properties.plan")]),
        (paid(plan="string!"), paid(plan="string"), [("required-dropped", False, "properties.plan")]),
        (paid(), paid(plan="string"), [("property-added", False, "properties.plan")]),
        (paid(), paid(plan="string!"), [("required-added", True, "properties.plan")]),
        (paid(plan="string"), paid(), [("property-removed", False, "properties.plan")]),
        (paid(plan="string"), paid(plan="string | null"), [("type", False, "properties.plan")]),
        (paid(plan="string | null"), paid(plan="string"), [("type", True, "properties.plan")]),
        (paid(n="integer"), paid(n="number"), [("type", False, "properties.n")]),
        (paid(n="number"), paid(n="integer"), [("type", True, "properties.n")]),
        (paid(n="any"), paid(n="integer"), [("type", True, "properties.n")]),
        (paid(n="integer"), paid(n="any"), [("type", False, "properties.n")]),
        (paid(p={"values": ["a", "b"]}), paid(p={"values": ["b", "c"]}),
         [("value-removed", True, "properties.p"), ("value-added", False, "properties.p")]),
        (paid(p="string"), paid(p={"type": "string", "values": ["b"]}), [("values-listed", True, "properties.p")]),
        (paid(p={"type": "string", "values": ["b"]}), paid(p="string"), [("values-freed", False, "properties.p")]),
        (paid(p={"type": "string", "pattern": "a"}), paid(p="string"), [("pattern", False, "properties.p")]),
        (paid(p="string"), paid(p="email"), [("format", True, "properties.p")]),
        (paid(n={"minimum": 1}), paid(n={"minimum": 0}), [("limit", False, "properties.n")]),
        (paid(n={"maximum": 1}), paid(n={"maximum": 0}), [("limit", True, "properties.n")]),
        (paid(n={"maximum": 1}), paid(n={}), [("limit", False, "properties.n")]),
        (paid(l="string[]"), paid(l="integer[]"), [("type", True, "properties.l.[]")]),
        (paid(o={"type": "object", "properties": {"a": "string"}}),
         paid(o={"type": "object", "properties": {"a": "string!", "b": "any"}}),
         [("property-added", False, "properties.o.b"), ("required-added", True, "properties.o.a")]),
        (paid(p={"type": "string", "description": "Old."}), paid(p={"type": "string", "description": "New."}),
         [("description", False, "properties.p")]),
        (paid(p={"schema": {"anyOf": [{"type": "string"}]}}), paid(p={"schema": {"anyOf": [{"type": "null"}]}}),
         [("keyword", True, "properties.p")]),
        ({"events": {"Paid": {}}}, {"events": {"Paid": {}, "Sent": {}}}, [("event-added", False, "")]),
        ({"events": {"Paid": {}, "Sent": {}}}, {"events": {"Paid": {}}}, [("event-removed", True, "")]),
        ({"events": {"Paid": {"additional": True}}}, {"events": {"Paid": {"additional": False}}},
         [("closed", True, "properties")]),
        ({"events": {"Paid": {"additional": False, "properties": {"a": "any"}}}},
         {"events": {"Paid": {"additional": False, "properties": {}}}}, [("property-removed", True, "properties.a")]),
        ({"events": {"Paid": {"description": "Old."}}}, {"events": {"Paid": {"description": "New."}}},
         [("description", False, "")]),
        ({"events": {"Paid": [{"version": 1}]}}, {"events": {"Paid": [{"version": 1}, {"version": 2}]}},
         [("version-added", False, "")]),
        ({"events": {"Paid": [{"version": 1}, {"version": 2}]}}, {"events": {"Paid": {"version": 2}}},
         [("version-removed", True, "")]),
        ({"identify": {"traits": {"plan": "string"}}}, {"identify": {"traits": {"plan": "object"}}},
         [("type", True, "traits.plan")]),
    ],
)  # fmt: skip
def test_a_change_is_told_by_its_kind(old: Any, new: Any, expected: list[tuple[str, bool, str]]) -> None:
    assert told(old, new) == expected


def test_a_renamed_event_is_told_as_one() -> None:
    added, removed = compared({"events": {"Signed Up": {}}}, {"events": {"signed_up": {}}})
    assert added.text == 'is planned anew; it may be "Signed Up" by another name'
    assert (removed.kind, removed.event) == ("event-removed", "Signed Up")


def test_plans_in_two_formats_are_compared_by_what_they_say() -> None:
    said = {"type": "object", "properties": {"plan": {"type": "string"}}, "required": ["plan"]}
    segment = {"rules": [{"key": "Paid", "type": "TRACK", "jsonSchema": said}]}
    assert told(segment, paid(plan="string!")) == []


# The law --------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["x", "y", "", 0, 1, 7, 1.5, True, None])
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.lists(st.sampled_from(["string", "integer", "number", "boolean", "null"]), min_size=1, unique=True),
        "enum": st.lists(VALUES, min_size=1, max_size=3, unique_by=repr),
        "minimum": st.integers(0, 2),
        "maximum": st.integers(3, 8),
        "minLength": st.integers(0, 1),
        "pattern": st.sampled_from(["^x", "x|y"]),
    },
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=3)},
            optional={"required": st.lists(NAMES, min_size=1, unique=True), "additionalProperties": st.booleans()},
        ),
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
    ),
    max_leaves=6,
)
OBJECTS = st.fixed_dictionaries(
    {}, optional={"required": st.lists(NAMES, min_size=1, unique=True), "additionalProperties": st.booleans()}
)


def nodes(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return [schema, *(node for each in inner for node in nodes(each))]


@st.composite
def edited(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with a keyword or two taken out, or put in."""
    schema = deepcopy(schema)
    for _ in range(draw(st.integers(1, 2))):
        node = draw(st.sampled_from(nodes(schema)))
        if keywords := sorted(node.keys() - {"properties", "items"}):
            node.pop(draw(st.sampled_from(keywords)))
        if draw(st.booleans()):
            node.update(draw(OBJECTS if "properties" in node else LEAVES))
        if "properties" in node and draw(st.booleans()):
            node["properties"].pop(draw(NAMES), None)
    return schema


@st.composite
def instances(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value of what the schema plans: what is planned anew may be of any kind in an event of today."""
    if "properties" in schema:
        return {name: draw(instances(inner)) for name, inner in schema["properties"].items() if draw(st.booleans())}
    if "items" in schema:
        return [draw(instances(schema["items"])) for _ in range(draw(st.integers(0, 2)))]
    return draw(VALUES)


PAIRS = SCHEMAS.flatmap(
    lambda old: st.tuples(st.just(old), edited(old), st.lists(instances(old), min_size=8, max_size=8))
)


def whole(schema: Any) -> dict[str, Any]:
    event = {"type": "object", "properties": {"properties": {"type": "object", "properties": {"p": deepcopy(schema)}}}}
    return {"rules": [{"key": "Paid", "type": "TRACK", "jsonSchema": event}]}


@settings(max_examples=600)
@given(PAIRS)
def test_no_event_breaks_by_changes_that_are_called_harmless(pair: tuple[Any, Any, list[Any]]) -> None:
    old, new, values = pair
    one, other = read_data(whole(old), "old"), read_data(whole(new), "new")
    if any(change.breaking for change in changes(one, other)):
        return
    before, after = (jsonschema_rs.Draft7Validator(plan.events[0].schema) for plan in (one, other))
    for value in values:
        event = {"properties": {"p": value}}
        assert not before.is_valid(event) or after.is_valid(event), (event, old, new)


@given(SCHEMAS)
def test_a_plan_does_not_differ_from_itself(schema: Any) -> None:
    assert compared(whole(schema), whole(schema)) == []
