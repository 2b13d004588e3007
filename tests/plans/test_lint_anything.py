"""Whatever a plan holds, linting, comparing and showing what was found works."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.cli.plan_rules import plan_rules_in_force
from auditor.config.settings import Settings
from auditor.engine.plan_linting import lint_plan
from auditor.plans.comparison.plans import changes
from auditor.plans.from_data import read_data
from auditor.reports.plan_lint_json import render as as_json
from auditor.reports.plan_lint_text import render as as_text

SETTINGS = Settings(destinations=("ga4", "mixpanel-legacy"))
RULES = plan_rules_in_force(SETTINGS)
NAMES = st.one_of(
    st.sampled_from(["Signed Up", "signed_up", "email", "id", "a", "{{x}}", "Step 1", ""]), st.text(max_size=5)
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 9), st.floats(allow_nan=False, allow_infinity=False), NAMES
)
JSON = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3))
)
KEYWORDS = st.sampled_from(
    ["type", "enum", "const", "required", "pattern", "format", "minimum", "maximum", "minLength", "minItems",
     "description", "$ref", "additionalProperties", "default", "examples", "$comment", "title"]
)  # fmt: skip
TYPES = st.sampled_from(["string", "number", "integer", "object", "array", "null", ["string", "null"], "date"])


def _node(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists, maps = st.lists(inner, max_size=2), st.dictionaries(NAMES, inner, max_size=3)
    held = {
        "type": TYPES, "properties": maps, "items": st.one_of(inner, lists), "anyOf": lists, "allOf": lists,
        "not": inner, "if": inner, "then": inner, "patternProperties": maps, "definitions": maps,
        "additionalProperties": inner,
        "enum": st.lists(LEAVES, max_size=4), "required": st.lists(NAMES, max_size=3), "pattern": NAMES,
        "minimum": LEAVES, "maximum": LEAVES, "minLength": LEAVES, "$ref": st.sampled_from(["#", "#/properties/a"]),
    }  # fmt: skip
    return st.fixed_dictionaries({}, optional=held)


SCHEMAS = st.recursive(st.one_of(st.booleans(), st.dictionaries(KEYWORDS, JSON, max_size=4)), _node, max_leaves=8)
RULE = st.fixed_dictionaries(
    {"key": NAMES, "type": st.sampled_from(["TRACK", "PAGE", "IDENTIFY", "GROUP", "COMMON"]), "jsonSchema": SCHEMAS},
    optional={"version": st.integers(1, 3)},
)
PLANS = st.fixed_dictionaries({"rules": st.lists(RULE, min_size=1, max_size=4)})


@settings(max_examples=300)
@given(PLANS)
def test_any_plan_can_be_linted_and_the_report_written(data: Any) -> None:
    report = lint_plan(read_data(data, "plan"), RULES, SETTINGS, date(2026, 1, 5))
    assert all(finding.message and "{" not in finding.fix.replace("{{", "") for finding in report.findings)
    assert as_json(report).startswith("{")
    assert "planned" in as_text(report)


@settings(max_examples=200)
@given(PLANS, PLANS)
def test_any_two_plans_can_be_compared(one: Any, other: Any) -> None:
    old, new = read_data(one, "old"), read_data(other, "new")
    assert all(change.text and change.event is not None for change in changes(old, new))
    assert changes(new, new) == []
