"""jsonschema-rs, which decides, against jsonschema, which words: on real plans, and on every keyword by every draft.

What they see differently is listed with its reason; anything else is a failure. Formats are not compared: what one
means is asked of jsonschema-rs alone (``plans.wording``).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans import read
from auditor.plans.conformance import Judge
from auditor.plans.drafts import DRAFT_2019, DRAFT_2020, DRAFTS
from auditor.plans.fitting import fitted
from auditor.plans.wording import Wording, reference
from tests.plans.instances import ODD, calls
from tests.plans.planned import plan_of

REAL = (
    "segment/typewriter-v1-24.json",
    "segment/typewriter-v2-flattened-25.json",
    "segment/contentful-v1-104.json",
    "rudderstack/api-v2.json",
    "rudderstack/typer-v1.json",
    "rudderstack/v0.1",
    "rudderstack/v1",
)
PER_EVENT = 80

KEYWORDS: tuple[dict[str, Any], ...] = (
    *({"type": name} for name in ("integer", "number", "string", "boolean", "null", "array", "object")),
    {"type": ["integer", "null"]},
    {"enum": [1, "a", None, True, [1], {"a": 1}]},
    {"enum": [0]},
    {"enum": [False]},
    {"const": 1},
    {"const": True},
    {"const": {"a": 1}},
    {"multipleOf": 0.1},
    {"multipleOf": 2},
    {"minimum": 1},
    {"maximum": 1},
    {"exclusiveMinimum": 0},
    {"minLength": 2},
    {"maxLength": 1},
    {"pattern": "^a$"},
    {"pattern": r"^\d+$"},
    {"pattern": r"\w"},
    {"pattern": "^[a-z]+$"},
    {"pattern": "a|b"},
    {"pattern": "^(?!a)"},
    {"uniqueItems": True},
    {"minItems": 2},
    {"maxItems": 1},
    {"contains": {"type": "integer"}},
    {"items": {"type": "integer"}},
    {"items": [{"type": "string"}], "additionalItems": False},
    {"prefixItems": [{"type": "string"}], "items": False},
    {"minProperties": 1},
    {"maxProperties": 0},
    {"required": ["a"]},
    {"propertyNames": {"pattern": "^a"}},
    {"properties": {"a": {"type": "string"}}, "additionalProperties": False},
    {"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": False},
    {"properties": {"a": {}}, "unevaluatedProperties": False},
    {"dependencies": {"a": ["b"]}},
    {"dependentRequired": {"a": ["b"]}},
    {"not": {"type": "string"}},
    {"if": {"type": "string"}, "then": {"minLength": 2}},
    {"oneOf": [{"type": "integer"}, {"type": "number"}]},
    {"anyOf": [{"type": "integer"}, {"maxLength": 2}]},
    {"allOf": [{"type": "string"}, {"maxLength": 2}]},
    *({"format": name} for name in ("date-time", "date", "email", "uri", "uuid", "ipv4", "hostname", "no such")),
)

REASONS = {
    "pattern": "JSON Schema's expressions are those of ECMA-262: \\d and \\w are ASCII, and $ is the very end. "
    "jsonschema has Python's, to which any Unicode digit is one and $ may stand before a last line end.",
    "dependencies": "2019-09 split it into dependentRequired and dependentSchemas. jsonschema-rs still asserts it, as "
    "ajv does; jsonschema takes it for an annotation.",
}


def listed(schema: dict[str, Any], draft: str, value: Any) -> bool:
    """Whether a difference is one of those that have a reason."""
    if "dependencies" in schema:
        return draft in (DRAFT_2019, DRAFT_2020) and isinstance(value, dict)
    return "pattern" in schema and isinstance(value, str) and (value.endswith("\n") or not value.isascii())


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_keyword_by_every_draft(draft: str) -> None:
    compared = 0
    met = set()
    for schema in KEYWORDS:
        try:
            fast = getattr(jsonschema_rs, DRAFTS[draft])(schema, validate_formats=True)
        except jsonschema_rs.ValidationError:
            continue  # no schema of this draft; a plan's would be an invalid part
        slow = reference(schema, draft)
        for value in ODD:
            compared += 1
            if fast.is_valid(value) != slow.is_valid(value):
                assert listed(schema, draft, value), (schema, value)
                met.update(schema.keys() & REASONS.keys())
    assert compared > 1500
    assert met == ({"pattern", "dependencies"} if draft in (DRAFT_2019, DRAFT_2020) else {"pattern"})


@pytest.mark.parametrize("name", REAL)
def test_real_plans(shared: Path, name: str) -> None:
    plan = read(shared / "fixtures" / "plans" / name)
    differences, fitting, broken = compared_on(plan)
    assert differences == []
    assert fitting > len(plan.events)
    assert broken > len(plan.events)


def test_a_plan_of_our_own() -> None:
    item = {"type": "object", "properties": {"sku": {"type": "string"}, "price": {"type": "number", "minimum": 0}}}
    inner = {
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "plan": {"type": ["string", "null"], "enum": ["free", "pro", None]},
            "items": {"type": "array", "items": {**item, "required": ["sku"]}, "minItems": 1},
            "either": {"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 3}]},
            "when": {"type": "string", "format": "date-time"},
            "held": {"$ref": "#/definitions/item"},
        },
        "required": ["id", "items"],
        "additionalProperties": False,
    }
    schema = {"definitions": {"item": item}, "properties": {"properties": inner}}
    drafts = [{**schema, "$schema": draft} for draft in DRAFTS]
    plan = plan_of(*({"type": "TRACK", "key": f"E{n}", "jsonSchema": one} for n, one in enumerate(drafts)))
    differences, fitting, broken = compared_on(plan)
    assert differences == []
    assert min(fitting, broken) > 20


def test_what_is_worded_is_what_was_decided(shared: Path) -> None:
    """A call breaks its schema exactly where the wording finds something to say."""
    wording = Wording(None)
    for event in read(shared / "fixtures" / "plans" / "segment" / "typewriter-v1-24.json").events:
        judge = Judge(event, fitted(event, None))
        for instance in instances(event, judge):
            found = list(judge.fast.iter_errors(instance))
            assert bool(list(wording._worded(judge, instance, found))) != judge.fast.is_valid(instance)


def compared_on(plan: Plan) -> tuple[list[str], int, int]:
    """What the two see differently; how many instances fit, and how many do not."""
    differences, fitting, broken = [], 0, 0
    for event in plan.events:
        judge = Judge(event, fitted(event, None))
        slow = reference(judge.schema, event.draft)
        for instance in instances(event, judge):
            fits = judge.fast.is_valid(instance)
            fitting, broken = fitting + fits, broken + (not fits)
            if fits != slow.is_valid(instance) and not _only_patterns(judge, slow, instance):
                differences.append(f"{event.label}: {json.dumps(instance)}")
    return differences, fitting, broken


def instances(event: PlannedEvent, judge: Judge) -> Iterator[Any]:
    yield from calls(judge.schema, Random(event.label), PER_EVENT)


def _only_patterns(judge: Judge, slow: Any, instance: Any) -> bool:
    """Whether all that the two disagree about are patterns over texts that have a reason to differ."""
    errors = list(judge.fast.iter_errors(instance)) or list(slow.iter_errors(instance))
    draft = judge.planned.draft
    return all("pattern" in error.schema_path and listed({"pattern": ""}, draft, error.instance) for error in errors)
