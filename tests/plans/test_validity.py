"""What of a schema means something: the rest is named and is no constraint."""

from typing import Any

import pytest

from auditor.model.plan import followed
from auditor.plans.drafts import DRAFT_4, DRAFT_7, DRAFT_2019, DRAFT_2020, DRAFTS, known_draft, validator
from auditor.plans.validity import cleaned


def clean(schema: dict[str, Any], draft: str = DRAFT_7) -> tuple[dict[str, Any], list[str]]:
    """What is left of a schema, and the pointers of what was refused."""
    refused: list[str] = []
    left = cleaned(schema, draft, lambda path, reason, part: refused.append("/".join(map(str, path))))
    validator(draft, left)
    return left, refused


VALID: list[dict[str, Any]] = [
    {},
    {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]},
    {"$ref": "#/definitions/a", "definitions": {"a": {"properties": {"again": {"$ref": "#/definitions/a"}}}}},
    {"properties": {"pattern": {"type": "string"}, "$ref": {"type": "string"}, "id": {"type": "integer"}}},
    {"items": [{"type": "string"}, {}], "additionalItems": False},
    {"dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
]


@pytest.mark.parametrize("schema", VALID, ids=str)
def test_a_valid_schema_is_the_same_object_afterwards(schema: dict[str, Any]) -> None:
    left, refused = clean(schema)
    assert refused == []
    assert left is schema


INVALID: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"type": "strng", "minLength": 2}, {"minLength": 2}, ["type"]),
    ({"type": ["string", "strng"]}, {}, ["type"]),
    ({"properties": {"a": "string", "b": {"type": "date"}}}, {"properties": {"a": {}, "b": {}}},
     ["properties/a", "properties/b/type"]),
    ({"properties": {"a": {"type": "string", "required": True}}}, {"properties": {"a": {"type": "string"}}},
     ["properties/a/required"]),
    ({"required": ["a", 5, "a"]}, {"required": ["a"]}, ["required/1", "required/2"]),
    ({"pattern": "[("}, {}, ["pattern"]),
    ({"patternProperties": {"[(": {}, "^x": {}}, "additionalProperties": False}, {"patternProperties": {"^x": {}}},
     ["patternProperties/[("]),
    ({"properties": [], "additionalProperties": False}, {}, ["properties"]),
    ({"properties": {"a": {"type": "x"}}, "additionalProperties": False},
     {"properties": {"a": {}}, "additionalProperties": False}, ["properties/a/type"]),
    ({"not": {"type": "x"}}, {}, ["not/type"]),
    ({"oneOf": [{"type": "x"}, {"type": "string"}]}, {}, ["oneOf/0/type"]),
    ({"anyOf": [{"type": "x"}, {"type": "string"}]}, {"anyOf": [{}, {"type": "string"}]}, ["anyOf/0/type"]),
    ({"anyOf": []}, {}, ["anyOf"]),
    ({"items": True, "additionalItems": {"items": {"type": "x"}}},
     {"items": True, "additionalItems": {"items": {}}}, ["additionalItems/items/type"]),
    ({"additionalItems": False, "items": {"type": "x"}}, {"additionalItems": False, "items": {}}, ["items/type"]),
    ({"$ref": "#/definitions/none"}, {}, ["$ref"]),
    ({"$ref": "https://example.com/other.json"}, {}, ["$ref"]),
    ({"$ref": "#"}, {}, ["$ref"]),
    ({"properties": {"a": {"allOf": [{"$ref": "#/properties/a"}]}}}, {"properties": {"a": {"allOf": [{}]}}},
     ["properties/a/allOf/0/$ref"]),
    ({"description": None, "minLength": "2", "maximum": 3}, {"maximum": 3}, ["description", "minLength"]),
    ({"exclusiveMinimum": True, "minimum": 0}, {"minimum": 0}, ["exclusiveMinimum"]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "left", "refused"), INVALID, ids=str)
def test_what_means_nothing_is_named_and_left_out(
    schema: dict[str, Any], left: dict[str, Any], refused: list[str]
) -> None:
    assert clean(schema) == (left, refused)


def reason(schema: dict[str, Any]) -> str:
    found: list[str] = []
    cleaned(schema, DRAFT_7, lambda path, reason, part: found.append(reason))
    return found[0]


def test_the_reason_says_what_to_write_instead() -> None:
    assert reason({"type": "String"}).startswith('"String" is no type (write "string"): JSON Schema has string, number')
    assert reason({"type": ["null", "date"]}).startswith('["null", "date"] is no type (write "string" with the format')
    assert reason({"type": "strng"}).startswith('"strng" is no type: JSON Schema has')
    assert reason({"pattern": "(?i)x"}).endswith("(ECMA-262); it has no flags such as (?i): (?i)x")
    assert reason({"required": True}).startswith("required is a list of names beside properties")
    assert reason({"exclusiveMinimum": True}).startswith("exclusiveMinimum is a number since draft-06")
    assert reason({"minLength": -1}).startswith("minLength cannot be -1: -1 is less than")
    assert reason({"properties": {"x": [1]}}) == "a schema is an object, not [1]"


def test_each_draft_has_its_own_rules() -> None:
    assert clean({"minimum": 0, "exclusiveMinimum": True}, DRAFT_4)[1] == []
    assert clean({"exclusiveMinimum": 0}, DRAFT_4)[1] == ["exclusiveMinimum"]
    assert clean({"required": []}, DRAFT_4)[1] == ["required"]
    assert clean({"properties": {"a": True}}, DRAFT_4)[1] == ["properties/a"]
    assert clean({"items": [{}]}, DRAFT_2019)[1] == []
    assert clean({"items": [{}]}, DRAFT_2020)[1] == ["items"]
    assert clean({"if": "anything", "unevaluatedProperties": "x"}, DRAFT_4)[1] == []
    assert clean({"if": "anything"}, DRAFT_7)[1] == ["if"]
    assert clean({"unevaluatedProperties": "x"}, DRAFT_2019)[1] == ["unevaluatedProperties"]


def test_an_id_is_an_annotation_and_no_address() -> None:
    schema = {"id": "/a b", "properties": {"id": {"id": "/x y", "type": "string"}}}
    assert clean(schema, DRAFT_4)[0] == {"properties": {"id": {"type": "string"}}}
    named = {"$ref": "#thing", "definitions": {"x": {"$id": "#thing", "type": "string"}}}
    assert clean(named)[0] == {"$ref": "#/definitions/x", "definitions": {"x": {"type": "string"}}}


def test_a_reference_is_spelled_as_uris_are() -> None:
    schema = {"properties": {"x": {"$ref": "#/definitions/a b|%"}}, "definitions": {"a b|%": {"type": "string"}}}
    left, refused = clean(schema)
    assert refused == []
    assert validator(DRAFT_7, left).is_valid({"x": "text"})
    assert not validator(DRAFT_7, left).is_valid({"x": 5})
    assert followed({"$ref": "#/definitions/a%20b%7C%25"}, schema) == {"type": "string"}


def test_unevaluated_properties_do_not_outlive_what_they_depend_on() -> None:
    schema = {"allOf": [{"$ref": "#/$defs/none"}], "unevaluatedProperties": False}
    assert clean(schema, DRAFT_2019)[0] == {"allOf": [{}]}


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_draft_is_known_however_it_is_spelled(draft: str) -> None:
    plain = draft.rstrip("#")
    for said in (plain, f"{plain}#", plain.replace("https:", "http:"), plain.replace("http:", "https:")):
        assert known_draft(said) == draft
    assert known_draft("http://json-schema.org/schema#") is None
    assert known_draft(7) is None
