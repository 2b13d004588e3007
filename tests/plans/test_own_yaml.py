"""Our own YAML: short, exact, and nothing of any plan is lost in it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.model.plan import Plan, PlanError, PlannedEvent, Unplanned
from auditor.plans import read
from auditor.plans.drafts import DRAFTS
from auditor.plans.patch import patch_between, patched, same
from auditor.plans.planning import planned
from auditor.plans.short import NOWHERE, long, settled, short
from auditor.plans.source import Source
from auditor.plans.writers.own import document, render
from documenting.pages import block
from tests.plans.conftest import PLANS, by_name, held, sample

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "tracking-plan-1.json").read_text(encoding="utf-8"))


def mistakes(plan: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(plan)]


# --- In short -----------------------------------------------------------------------------------------------

SHORT: list[tuple[Any, Any, bool]] = [
    ("string", {"type": "string"}, False),
    ("string!", {"type": "string"}, True),
    ("any", {}, False),
    ("any!", {}, True),
    ("string | null", {"type": ["string", "null"]}, False),
    ("string | null!", {"type": ["string", "null"]}, True),
    ("integer[]", {"type": "array", "items": {"type": "integer"}}, False),
    ("date-time[]!", {"type": "array", "items": {"type": "string", "format": "date-time"}}, True),
    ("email", {"type": "string", "format": "email"}, False),
    ({"type": "string", "required": True, "values": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}, True),
    ({"type": "object", "additional": False, "properties": {"a": "string!", "b": "any"}},
     {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "string"}, "b": {}},
      "required": ["a"]}, False),
    ({"type": "array", "items": {"type": "object", "properties": {"sku": "string!"}}},
     {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}},
     False),
    ({"schema": True}, True, False),
    ({"schema": {"required": ["x"]}, "required": True}, {"required": ["x"]}, True),
    ({"schema": {"enum": [1], "values": 2}}, {"enum": [1], "values": 2}, False),
    ({"schema": {"type": "email"}}, {"type": "email"}, False),
    ({"type": ["string"]}, {"type": ["string"]}, False),
    ("strng", {"type": "strng"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("said", "schema", "required"), SHORT, ids=str)
def test_a_property_is_said_in_short(said: Any, schema: Any, required: bool) -> None:
    meant = long(said, NOWHERE, (), {}, ())
    assert same(meant[0], schema)
    assert meant[1] is required
    assert same(short(schema, required), said)


# --- Any plan -----------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
TYPES = ("string", "integer", "number", "boolean", "object", "array", "null", "strng", "email", "any", "string!", "a[]")
types = st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), max_size=3)
keywords = st.sampled_from(
    ("required", "values", "enum", "format", "pattern", "minimum", "$ref", "id", "description", "labels", "additional",
     "items", "anyOf", "$schema", "schema", "title", "properties", "default", "const")
)  # fmt: skip


def schemas(depth: int) -> st.SearchStrategy[Any]:
    inner = values if depth == 0 else schemas(depth - 1)
    members = {
        "type": types,
        "enum": st.lists(values, max_size=3),
        "required": st.lists(texts, max_size=3) | values,
        "properties": st.dictionaries(texts, inner, max_size=3),
        "items": inner,
        "additionalProperties": st.booleans() | values,
        "format": st.sampled_from(("email", "date", "other")) | values,
        "description": texts | values,
    }
    plain = st.fixed_dictionaries({}, optional=members)
    return st.tuples(plain, st.dictionaries(keywords, values, max_size=1)).map(lambda both: both[0] | both[1])


wholes = st.fixed_dictionaries(
    {},
    optional={
        "$schema": st.sampled_from((*DRAFTS, "http://json-schema.org/schema#")),
        "type": st.just("object"),
        "required": st.just(["properties"]),
        "properties": st.fixed_dictionaries({}, optional={s: schemas(2) for s in ("properties", "traits", "context")}),
        "labels": values,
        "description": values,
    },
)


@st.composite
def events(draw: st.DrawFn) -> PlannedEvent:
    call = draw(st.sampled_from(("track", "page", "screen", "identify", "group", "common")))
    named = call == "track" or (call in ("page", "screen") and draw(st.booleans()))
    source = Source(NOWHERE.text)
    return planned(
        source,
        (),
        draw(wholes | schemas(2)),
        type=call,
        name=draw(texts.filter(bool)) if named else None,
        draft=draw(st.sampled_from(tuple(DRAFTS))),
        at=(),
        version=draw(st.none() | st.integers(0, 20) | st.sampled_from(("1", "1.0", "v2", "007"))),
        description=draw(st.none() | texts),
        status=draw(st.none() | texts),
        owners=tuple(draw(st.lists(texts, max_size=2))),
        tags=tuple(draw(st.lists(texts, max_size=2))),
        labels=draw(st.none() | st.dictionaries(texts, values, max_size=2)),
        extra=draw(st.dictionaries(texts, values, max_size=2)),
    )


policies = st.sampled_from((None, "allow", "forbid"))
plans = st.builds(
    lambda events, **more: Plan(format="segment-v2", events=tuple(events), **more),
    st.lists(events(), max_size=4),
    name=texts.filter(bool),
    description=st.none() | texts,
    unplanned=st.builds(Unplanned, policies, policies),
    also_events=st.sampled_from(((), ("identify", "group"))),
    extra=st.dictionaries(texts, values, max_size=2),
)


@given(plan=plans)
def test_any_plan_through_yaml_and_back_is_the_same(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("plan") / "plan.yml"
    text, lost = render(plan)
    file.write_text(text, encoding="utf-8")
    assert lost == []
    assert held(read(file)) == held(plan)
    assert mistakes(document(plan)) == []


objects = st.dictionaries(texts, values, max_size=4)


@given(old=objects, new=objects)
def test_a_patch_makes_one_of_the_other_or_there_is_none(old: dict[str, Any], new: dict[str, Any]) -> None:
    patch = patch_between(old, new)
    if patch is None:
        assert "null" in json.dumps(new)
    else:
        assert same(patched(old, patch), new)


# --- Every sample -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_every_sample_through_our_yaml_and_back_loses_nothing(path: Path, write: Any) -> None:
    plan = read(path)
    text, lost = render(plan)
    assert lost == []
    again = read(write(text, "plan.yml"))
    assert held(again) == held(plan)
    assert again.distinct.keys() == plan.distinct.keys()
    assert again.names("properties") == plan.names("properties")


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_what_is_written_fits_the_published_schema_and_other_readers_of_yaml(path: Path) -> None:
    plan = read(path)
    assert mistakes(document(plan)) == []
    assert same(yaml.safe_load(render(plan)[0]), document(plan))


def test_the_published_schema_is_a_schema_and_takes_the_plan_written_by_hand() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert mistakes(yaml.safe_load(sample("auditor.yml").read_text(encoding="utf-8"))) == []


def test_a_plan_written_by_hand_stays_as_short_as_it_was() -> None:
    path = sample("auditor.yml")
    assert same(document(read(path)), yaml.safe_load(path.read_text(encoding="utf-8")))


def test_invalid_parts_survive_and_are_reported_again(write: Any) -> None:
    schema = {"properties": {"properties": {"properties": {"a": {"type": "strng"}, "b": {"pattern": "[("}}}}}
    plan = read(write({"rules": [{"key": "A", "type": "TRACK", "jsonSchema": schema}]}))
    again = read(write(render(plan)[0], "plan.yml"))
    assert [part.reason for part in again.invalid] == [part.reason for part in plan.invalid]
    assert [part.pointer for part in again.invalid] == [
        "/events/A/properties/a", "/events/A/properties/b/pattern",
    ]  # fmt: skip


HEAD = "schema: auditor/tracking-plan/1\n"
MISTAKES = [
    ("events: [A]", r"plan\.yml:2: events is a map"),
    ("events: {A: {propertys: {}}}", r'plan\.yml:2: there is no "propertys" here; did you mean "properties"\?'),
    ("events:\n  A: {properties: {x: 5}}", r"plan\.yml:3: a property is given by its type"),
    ("events:\n  A:\n    properties: {x: {type: string, required: [y]}}", r"plan\.yml:4: required is true or false"),
    ("events:\n  A: {schema: {}, properties: {}}", r"plan\.yml:3: schema says it all; properties has no place"),
    ("events:\n  A:\n    properties: {x: 'string | | null'}", r'plan\.yml:4: "string \| \| null" is no type'),
    ("unplanned: {events: forbidden}", r"plan\.yml:2: 'forbidden' is no policy; it is allow or forbid"),
    ("draft: 3", r"plan\.yml:2: 3 is no draft of JSON Schema"),
    ("events: {A: {version: [1]}}", r"plan\.yml:2: version is a number or text"),
    ("events: {A: {owners: 5}}", r"plan\.yml:2: owners is a list of names"),
    ("evnts: {}", r'plan\.yml:2: there is no "evnts" here; did you mean "events"\?'),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_named_with_its_line(text: str, said: str, write: Any) -> None:
    with pytest.raises(PlanError, match=said):
        read(write(HEAD + text + "\n", "plan.yml"))


def test_another_version_of_the_format_is_refused(write: Any) -> None:
    with pytest.raises(PlanError, match=r"this version of Auditor reads auditor/tracking-plan/1"):
        read(write("schema: auditor/tracking-plan/2\n", "plan.yml"))


def test_required_names_are_compared_without_their_order() -> None:
    assert settled({"required": ["b", "a"]}) == settled({"required": ["a", "b"]})
    assert settled({"required": "b"}) == {"required": "b"}


def test_the_plan_in_the_documentation_is_one(write: Any) -> None:
    text = block("docs/tracking-plans.md", "plan")
    plan = read(write(text, "plan.yml"))
    assert plan.invalid == ()
    assert mistakes(yaml.safe_load(text)) == []
    assert [event.label for event in plan.events] == [
        "Signed Up", "Order Completed", "Order Completed", "Home", "identify", "common",
    ]  # fmt: skip
