"""Violations that the vendors document come out under the vendors' names.

RudderStack: the guide "Violation Management" and ``eventValidation.js`` of rudder-transformer, which goes by ajv's
keywords. Segment: "Forward Violations" (its sample call lacks ``properties.products``) and "Review and Resolve Event
Violations"; the codes are those of its delivery overview (domain.md 1.8).
"""

from typing import Any

import pytest

from auditor.model.event import Event
from auditor.model.violation import Violation
from auditor.plans.conformance import Conformance
from tests.plans.planned import plan_of, track

STRICT = track(
    "API Called",
    {"apiPath": {"type": "string"}, "ipAddress": {"type": "string"}, "status": {"type": "number", "minimum": 100}},
    required=["apiPath", "ipAddress"],
    additionalProperties=False,
)


def violations(rule: dict[str, Any], event: str, properties: dict[str, Any]) -> list[Violation]:
    return list(Conformance(plan_of(rule)).violations(Event("track", event, properties=properties)))


@pytest.mark.parametrize(
    ("event", "properties", "names"),
    [
        ("API Call", {}, ["Unplanned-Event"]),
        ("API Called", {"apiPath": "/v1"}, ["Required-Missing"]),
        ("API Called", {}, ["Required-Missing", "Required-Missing"]),
        ("API Called", {"apiPath": 7, "ipAddress": "::1"}, ["Datatype-Mismatch"]),
        ("API Called", {"apiPath": "/", "ipAddress": "::1", "userAgent": "x"}, ["Additional-Properties"]),
        ("API Called", {"apiPath": "/", "ipAddress": "::1", "status": 7}, ["Unknown-Violation"]),
    ],
)
def test_rudderstack(event: str, properties: dict[str, Any], names: list[str]) -> None:
    found = violations(STRICT, event, properties)
    assert [violation.rudderstack for violation in found] == names
    assert [violation.kind.replace("Value-Not-Permitted", "Unknown-Violation") for violation in found] == names


def test_segments_sample_of_a_forwarded_violation() -> None:
    rule = track("Order Completed", {"products": {"type": "array"}}, required=["products"])
    (found,) = violations(rule, "Order Completed", {"total": 20})
    assert (found.segment_type, found.place, found.segment) == ("Required", "properties.products", "schema_violation")


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({}, "Required-Missing"),  # "missing required properties"
        ({"step": "one"}, "Datatype-Mismatch"),  # "invalid property value data types"
        ({"step": 1, "method": "cash"}, "Value-Not-Permitted"),  # "values that do not pass conditional filtering"
    ],
)
def test_segments_three_kinds_of_violations(properties: dict[str, Any], kind: str) -> None:
    held = {"step": {"type": "integer"}, "method": {"pattern": "^(card|paypal)$"}}
    rule = track("Checkout Started", held, required=["step"])
    (found,) = violations(rule, "Checkout Started", properties)
    assert (found.kind, found.segment) == (kind, "schema_violation")


def test_segments_code_for_an_unplanned_event() -> None:
    (found,) = violations(STRICT, "Whatever", {})
    assert found.segment == "unplanned"
