"""A plan from what was seen: every event that it was made of meets it, and nobody's data gets into it."""

import random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config.yaml_source import read as read_yaml
from auditor.plans.formats.own import SCHEMA
from auditor.plans.from_data import read_data
from auditor.plans.inference.annotated import annotated, merged
from auditor.plans.inference.formats import FORMATS
from auditor.plans.inference.planning import Gathering, Inferred, Wanted

USUAL = Wanted()
EAGER = Wanted(required=1, values=8, each=1, formats=1)
"""Plans whatever is seen once: nothing is left out by being rare."""


def inferred(events: list[dict[str, Any]], wanted: Wanted = USUAL, name: str = "Paid") -> Inferred:
    gathering = Gathering()
    for properties in events:
        gathering.add("track", name, "properties", properties)
    return gathering.plan(wanted, "Inferred")


def planned(events: list[dict[str, Any]], wanted: Wanted = USUAL) -> dict[str, Any]:
    (event,) = inferred(events, wanted).plan.events
    found: dict[str, Any] = event.schema["properties"]["properties"]
    return found


def only(values: list[Any], wanted: Wanted = USUAL, key: str = "p") -> Any:
    return planned([{key: value} for value in values], wanted)["properties"][key]


# What is planned ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        (["a b", "c d"], {"type": "string"}),
        ([1, 2], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([1.0, 2.0], {"type": "number"}),
        ([True, False], {"type": "boolean"}),
        ([None, 1], {"type": ["integer", "null"]}),
        (["a", 1, None], {"type": ["integer", "null", "string"]}),
        ([[1], [], [2.5]], {"type": "array", "items": {"type": "number"}}),
        ([[]], {"type": "array"}),
        ([{"a": 1}, {"a": "x", "b": None}],
         {"type": "object", "properties": {"a": {"type": ["integer", "string"]}, "b": {"type": "null"}}}),
        (["2026-01-05T10:00:00Z"] * 5, {"type": "string", "format": "date-time"}),
        (["2026-01-05T10:00:00Z"] * 4, {"type": "string"}),
        (["2026-01-05"] * 5 + ["soon"], {"type": "string"}),
        (["free"] * 5 + ["pro"] * 5, {"type": "string", "enum": ["free", "pro"]}),
        (["free"] * 5 + ["pro"] * 4, {"type": "string"}),
        (["free"] * 20, {"type": "string"}),
        (["free"] * 5 + ["pro"] * 5 + [None], {"type": ["null", "string"], "enum": ["free", "pro", None]}),
    ],
)  # fmt: skip
def test_a_property_is_planned_as_it_was_seen(values: list[Any], schema: dict[str, Any]) -> None:
    assert only(values) == schema


def test_what_was_always_there_is_required_once_it_was_seen_often_enough() -> None:
    assert "required" not in planned([{"a": 1}] * 19)
    assert planned([{"a": 1, "b": 1}] * 19 + [{"a": None}])["required"] == ["a"]
    assert planned([{"o": {"a": 1}}] * 20)["properties"]["o"]["required"] == ["a"]


def test_money_may_have_fractions_although_none_was_seen() -> None:
    assert only([5], key="revenue") == only([5], key="unitPrice") == {"type": "number"}
    assert only([5], key="count") == {"type": "integer"}


PRIVATE = Wanted(private=(r"(?i)^e-?mail$", r"(?i)^password$"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("email", "ann"), ("Password", "secret"), ("user_id", "a"), ("orderId", "a"), ("name", "Ann"),
        ("pageUrl", "a"), ("p", "ann@example.com"), ("p", "12345"), ("p", "a\nb"), ("p", "https://a"), ("p", "x" * 41),
    ],
)  # fmt: skip
def test_ids_names_and_private_values_never_become_a_list_of_values(key: str, value: str) -> None:
    said = only([value] * 9 + ["other"] * 9, PRIVATE, key)
    assert "enum" not in said
    assert only(["free"] * 9 + ["pro"] * 9, PRIVATE, "plan")["enum"] == ["free", "pro"]


def test_keys_that_are_values_are_not_planned() -> None:
    events = [{f"item-{number}": 1, "kind": "a"} for number in range(150)]
    assert list(planned(events)["properties"]) == ["kind"]


def test_what_libraries_add_to_a_page_by_themselves_is_not_planned() -> None:
    gathering = Gathering()
    gathering.add("page", None, "properties", {"path": "/", "url": "https://a.example/", "tab": 1})
    (event,) = gathering.plan(EAGER, "x").plan.events
    assert list(event.schema["properties"]["properties"]["properties"]) == ["tab"]


# The law --------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "plan", "revenue", "", "$ref", "type", "properties", "a.b", "x/y~z", "null", "1"])
TEXTS = st.one_of(
    st.sampled_from(
        ["free", "pro", "yes", "2026-01-05", "2026-01-05T10:00:00.123Z", "2026-02-30T10:00:00Z", "ann@example.com",
         "https://a.example/b?c=d", "1f0c2a5e-5b5a-4e6c-9a53-0f5d3c9d1c11"]
    ),
    st.text(max_size=6),
)  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
EVENTS = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), min_size=1, max_size=8)


@settings(max_examples=300)
@given(EVENTS)
def test_every_event_meets_the_plan_that_was_inferred_from_it(events: list[dict[str, Any]]) -> None:
    (event,) = inferred(events, EAGER).plan.events
    valid = jsonschema_rs.Draft7Validator(event.schema, validate_formats=True).is_valid
    assert [one for one in events if not valid({"properties": one})] == []


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_makes_no_difference(events: list[dict[str, Any]], chance: random.Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert annotated(inferred(events, EAGER)) == annotated(inferred(shuffled, EAGER))


@given(EVENTS)
def test_the_text_says_the_same_as_the_plan(events: list[dict[str, Any]]) -> None:
    found = inferred(events, EAGER)
    back = read_data(read_yaml(annotated(found), "plan.yml").data, "plan.yml")
    assert back.invalid == ()
    assert [(event.key, event.schema) for event in back.events] == [(e.key, e.schema) for e in found.plan.events]


MOMENTS = st.from_regex(
    r"[012]\d{3}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d{1,9})?(Z|[+-][012]\d:[0-6]\d)", fullmatch=True
)
ADDRESSES = st.from_regex(r"[A-Za-z0-9._+-]{1,9}@[A-Za-z0-9.-]{1,12}\.[A-Za-z]{2,4}", fullmatch=True)
URLS = st.from_regex(r"https?://[a-z0-9.-]{1,9}(:\d{1,6})?(/[a-z%~.]{0,9})?(\?[a-z=&%]{0,9})?", fullmatch=True)
IDS = st.from_regex(r"[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", fullmatch=True)


@settings(max_examples=400)
@given(
    st.one_of(MOMENTS, ADDRESSES, URLS, IDS, st.dates().map(str), st.datetimes().map(lambda at: f"{at.isoformat()}Z"))
)
def test_a_format_is_told_only_where_the_validator_agrees(text: str) -> None:
    for name, has in FORMATS.items():
        if has(text):
            assert jsonschema_rs.Draft7Validator({"format": name}, validate_formats=True).is_valid(text), (name, text)


# Into a plan that somebody wrote --------------------------------------------------------------------------

WRITTEN = f"""# Ours. Ask Kim before you change anything here.
schema: {SCHEMA}
name: "Shop"   # quoted, for a reason

events:

    # --- money ---
    Paid:        # the one that counts
        description: >-
            Sent by the server,
            once the bank has answered.
        owners:
            - billing   # not growth
        properties:
            plan: string!     # free or pro

            item:
                type: object
                properties:
                    sku: string   # as printed
    Sent: {{}}
    Opened:
        - {{version: 1, properties: {{a: string}}}}
        - {{version: 2, properties: {{a: integer}}}}
    Raw: {{schema: {{type: object}}}}
"""


def into(text: str, found: Inferred) -> tuple[str, list[str]]:
    return merged(text, read_data(read_yaml(text, "plan.yml").data, "plan.yml"), found, "plan.yml")


def seen(**events: dict[str, Any]) -> Inferred:
    gathering = Gathering()
    for name, properties in events.items():
        gathering.add("track", name, "properties", properties)
    gathering.add("identify", None, "traits", {"age": 5})
    return gathering.plan(EAGER, "x")


def test_what_a_person_wrote_stays_and_what_was_seen_stands_beside_it() -> None:
    text, added = into(WRITTEN, seen(Paid={"plan": 1, "way": "card", "item": {"sku": 1, "size": 2}}, Left={}))
    assert added == [
        "Left: the event, seen once", "Paid: properties.item.size", "Paid: properties.way",
        "identify: the event, seen once",
    ]  # fmt: skip
    rows = iter(text.splitlines())
    assert [row for row in WRITTEN.splitlines() if row not in rows] == [], "a line was changed, or moved"
    plan = read_data(read_yaml(text, "plan.yml").data, "plan.yml")
    paid = next(event for event in plan.events if event.name == "Paid").schema["properties"]["properties"]
    assert paid["properties"]["plan"] == {"type": "string"}, "what was seen changes nothing that is planned"
    assert paid["properties"]["item"]["properties"] == {"sku": {"type": "string"}, "size": {"type": "integer"}}
    assert "way: string! # inferred: always (1 of 1)" in text


def test_of_uneven_indentation_only_blanks_change() -> None:
    uneven = WRITTEN.replace("        - {version", "    - {version")
    text, _ = into(uneven, seen(Left={}))
    rows = iter(row.strip() for row in text.splitlines())
    assert [row for row in uneven.splitlines() if row.strip() not in rows] == []


def test_a_plan_that_has_it_all_is_left_as_it_is() -> None:
    first, _ = into(WRITTEN, seen(Paid={"way": "card"}))
    assert into(first, seen(Paid={"way": "card"})) == (first, [])


def test_versions_and_schemas_written_out_are_left_alone() -> None:
    text, added = into(WRITTEN, seen(Opened={"b": 1}, Raw={"b": 1}, Sent={"b": 1}))
    assert added == ["Sent: properties", "identify: the event, seen once"]
    assert "        - {version: 1, properties: {a: string}}\n" in text
    assert "    Raw: {schema: {type: object}}\n" in text


@given(EVENTS)
def test_whatever_was_seen_nothing_that_was_written_is_lost(events: list[dict[str, Any]]) -> None:
    text, _ = into(WRITTEN, inferred(events, EAGER))
    before, after = read_yaml(WRITTEN, "a").data, read_yaml(text, "b").data
    assert holds(after, before)
    comments = [row.partition("#")[2] for row in WRITTEN.splitlines() if "#" in row]
    assert all(comment in text for comment in comments)


def holds(after: Any, before: Any) -> bool:
    """Whether everything of the one stands in the other."""
    if isinstance(before, dict) and before:
        return isinstance(after, dict) and all(name in after and holds(after[name], before[name]) for name in before)
    return before in (after, None, {})
