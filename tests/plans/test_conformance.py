"""Calls held against a plan: which schema holds, what is not planned, and how a violation is worded."""

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import load
from auditor.model.finding import Report
from auditor.model.plan import Plan
from auditor.model.violation import Policy
from auditor.plans.conformance import Conformance
from auditor.runners.local import Request, check
from tests.conftest import TODAY
from tests.plans.planned import call, plan_of, track, whole

RULES = load(Settings(), options_of)


class Checker:
    """Checks calls against a plan, through the whole of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def report(self, plan: Plan, *calls: dict[str, Any], policy: Policy | None = None, **asked: Any) -> Report:
        log = self.folder / "log.jsonl"
        log.write_text("".join(json.dumps(one) + "\n" for one in calls), encoding="utf-8")
        request = Request(
            (str(log),), Settings(), TODAY, select=("plan-violation",), tracking_plan=Conformance(plan, policy), **asked
        )
        return check(request, RULES)

    def found(self, plan: Plan, *calls: dict[str, Any], **asked: Any) -> list[tuple[str | None, str]]:
        """Kind and place of each finding."""
        return [
            (finding.kind, finding.violation.place if finding.violation is not None else "")
            for finding in self.report(plan, *calls, **asked).findings
        ]

    def message(self, plan: Plan, *calls: dict[str, Any], **asked: Any) -> str:
        (finding,) = self.report(plan, *calls, **asked).findings
        return finding.message


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    return Checker(tmp_path)


PAID = track("Paid", {"total": {"type": "number"}, "plan": {"enum": ["free", "pro"]}}, required=["total"])


def test_every_way_of_one_call_is_told_once(checker: Checker) -> None:
    items = {"type": "array", "items": {"properties": {"price": {"type": "number"}}, "required": ["sku"]}}
    plan = plan_of(track("Bought", {"items": items, "plan": {"enum": ["free"]}}, required=["total"]))
    bad = {"items": [{"price": "1"}, {"price": "2"}], "plan": "Team"}
    assert sorted(checker.found(plan, call(event="Bought", properties=bad)), key=str) == [
        ("Datatype-Mismatch", "properties.items[].price"),
        ("Required-Missing", "properties.items[].sku"),
        ("Required-Missing", "properties.total"),
        ("Value-Not-Permitted", "properties.plan"),
    ]


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "string"}, 7, "is an integer, but the plan says string"),
        ({"type": ["string", "null"]}, True, "is a boolean, but the plan says string or null"),
        ({"type": "integer"}, None, "is null, but the plan says integer"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1.5, "is a number, but the plan says string or null"),
        ({"pattern": "^a"}, "b", "does not match the planned pattern ^a"),
        ({"format": "date-time"}, "5.1.2026", "is no date-time, which is the planned format"),
        ({"minimum": 3}, 2, "is less than 3, the least that the plan permits"),
        ({"maxLength": 3}, "abcd", "is longer than 3 characters"),
        ({"const": "x"}, "Pro", 'is "Pro", which is none of the planned values (x)'),
        ({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}, "Pro", 'is "Pro", which is none of the planned values (a)'),
        ({"not": {"type": "string"}}, "b", 'does not fit what the plan says under "not"'),
    ],
)
def test_words(checker: Checker, schema: dict[str, Any], value: Any, words: str) -> None:
    plan = plan_of(track("Paid", {"x": schema}))
    assert checker.message(plan, call(event="Paid", properties={"x": value})) == f'track "Paid": properties.x {words}.'


@pytest.mark.parametrize("value", ["maya@example.com", "4111111111111111", "usr_0017", "a" * 90, 17])
def test_a_value_that_may_be_anybodys_is_not_shown(checker: Checker, value: Any) -> None:
    plan = plan_of(track("Paid", {"plan": {"enum": ["free"]}}))
    assert str(value) not in checker.message(plan, call(event="Paid", properties={"plan": value}))


def test_the_value_of_a_sensitive_key_is_not_shown(checker: Checker) -> None:
    plan = plan_of(track("Paid", {"secret": {"enum": ["none"]}}))
    assert "swordfish" not in checker.message(plan, call(event="Paid", properties={"secret": "swordfish"}))


def test_the_same_mistake_of_many_calls_is_one_group(checker: Checker) -> None:
    swift = {"library": {"name": "analytics-swift", "version": "1.5"}, "app": {"version": "2.3.1"}}
    calls = [call(number=n, event="Paid", properties={"total": "1"} if n < 3 else {"total": 1}) for n in range(4)]
    calls[0]["context"] = swift
    report = checker.report(plan_of(PAID), *calls)
    assert len(report.findings) == 3
    assert report.tracking_plan is not None
    (group,) = report.tracking_plan.violations
    assert (group.count, group.calls, group.share) == (3, 4, 0.75)
    assert group.last - group.first == 2000
    assert group.app_versions == {"2.3.1": 1}
    assert group.libraries == {"analytics.js next-1.84.3": 2, "analytics-swift 1.5": 1}
    assert {finding.fingerprint for finding in report.findings} == {group.fingerprint}


def test_the_fingerprint_is_the_same_on_another_page_by_another_person(checker: Checker) -> None:
    here = call(event="Paid", properties={"total": "1"})
    there = {**here, "anonymousId": "anon-2", "userId": "u2", "timestamp": "2026-02-05T10:00:00Z"}
    there["context"] = {"page": {"path": "/other"}, "library": {"name": "analytics-node"}}
    one, other = (checker.report(plan_of(PAID), made).findings[0].fingerprint for made in (here, there))
    assert one == other


def test_a_repeated_arrival_is_no_second_violation(checker: Checker) -> None:
    bad = call(event="Paid", properties={"total": "1"}, sentAt="2026-01-05T10:00:01Z")
    assert len(checker.found(plan_of(PAID), bad, {**bad, "sentAt": "2026-01-05T10:00:09Z"})) == 1


def test_candidates_are_the_calls_that_the_plan_speaks_of(checker: Checker) -> None:
    calls = (call(event="Paid", properties={"total": 1}), call("page", 1), call("identify", 2, userId="u1", traits={}))
    (result,) = [rule for rule in checker.report(plan_of(PAID), *calls).rules if rule.id == "plan-violation"]
    assert (result.status, result.candidates) == ("evaluated", 1)


# What is not planned -------------------------------------------------------------------------------------------------


def test_a_site_may_allow_unplanned_events(checker: Checker) -> None:
    assert checker.found(plan_of(PAID), call(event="Other")) == [("Unplanned-Event", "")]
    assert checker.found(plan_of(PAID), call(event="Other"), policy=Policy(events="allow")) == []


def test_a_site_may_forbid_unplanned_properties_of_a_plan_that_says_nothing(checker: Checker) -> None:
    made = call(event="Paid", properties={"total": 1, "extra": 1})
    assert checker.found(plan_of(PAID), made) == []
    assert checker.found(plan_of(PAID), made, policy=Policy(properties="forbid")) == [
        ("Additional-Properties", "properties.extra")
    ]


def test_a_site_may_allow_what_its_plan_forbids(checker: Checker) -> None:
    inner = {"type": "object", "properties": {"a": {}}, "additionalProperties": False}
    plan = plan_of(track("Paid", {"held": inner}, additionalProperties=False))
    made = call(event="Paid", properties={"extra": 1, "held": {"b": 1}})
    assert len(checker.found(plan, made)) == 2
    assert checker.found(plan, made, policy=Policy(properties="allow")) == []


def test_what_a_library_adds_by_itself_is_not_additional(checker: Checker) -> None:
    inner = {"properties": {"variant": {}}, "additionalProperties": False}
    plan = plan_of({"type": "PAGE", "key": "Home", "jsonSchema": {"properties": {"properties": inner}}})
    own = {"path": "/", "url": "https://x.example/", "title": "", "search": "", "referrer": "", "$current_url": "/"}
    assert checker.found(plan, call("page", name="Home", properties={**own, "variant": "b"})) == []
    assert checker.found(plan, call("page", name="Home", properties={**own, "colour": "b"})) == [
        ("Additional-Properties", "properties.colour")
    ]


def test_a_plan_for_pages_of_any_name(checker: Checker) -> None:
    plan = plan_of({"type": "PAGE", "jsonSchema": {"properties": {"properties": {"required": ["path"]}}}})
    made = call("page", name="Whatever", properties={})
    assert checker.found(plan, made) == [("Required-Missing", "properties.path")]


def test_a_version_that_the_plan_does_not_have(checker: Checker) -> None:
    plan = plan_of(track("Paid", {}, version=1), track("Paid", {}, version=2))
    context = {"protocols": {"event_version": 7}, "library": {"name": "analytics.js"}}
    assert checker.message(plan, call(event="Paid", context=context)) == (
        'track "Paid" is sent as version 7, but the plan has the versions 1, 2.'
    )


# Beside properties and traits ----------------------------------------------------------------------------------------


COMMON = {
    "type": "COMMON",
    "jsonSchema": {
        "required": ["userId"],
        "properties": {
            "context": {
                "required": ["locale"],
                "properties": {"page": {"properties": {"title": {"type": "string"}}, "required": ["title"]}},
            },
            "integrations": {"properties": {"Mixpanel": {"type": "boolean"}}},
        },
    },
}


@pytest.mark.parametrize("spelling", ["as the SDKs", "as other tools"])
def test_the_common_schema_sees_the_whole_context_on_every_road(checker: Checker, spelling: str) -> None:
    plan = plan_of(COMMON, PAID)
    good = call(event="Paid", properties={"total": 1}, userId="u1", integrations={"Mixpanel": True})
    good["context"] |= {"locale": "en", "page": {"path": "/", "title": "Home"}}
    bad = call(number=1, event="Paid", properties={"total": 1}, integrations={"Mixpanel": "yes"})
    bad["context"] |= {"page": {"path": "/", "title": 7}}
    if spelling == "as other tools":
        for made in (good, bad):
            made["anonymous_id"] = made.pop("anonymousId")
    assert sorted(checker.found(plan, good, bad)) == [
        ("Datatype-Mismatch", "context.page.title"),
        ("Datatype-Mismatch", "integrations.Mixpanel"),
        ("Required-Missing", "context.locale"),
        ("Required-Missing", "userId"),
    ]


def test_the_common_schema_has_its_own_code_at_segment(checker: Checker) -> None:
    report = checker.report(plan_of(COMMON, PAID), call(event="Paid", properties={"total": "1"}, userId="u1"))
    codes = {finding.violation.place: finding.violation.segment for finding in report.findings if finding.violation}
    assert codes == {"context.locale": "common_schema_violation", "properties.total": "schema_violation"}


def test_a_schema_over_the_whole_event_with_alternatives_at_its_root(checker: Checker) -> None:
    guest = {"properties": {"properties": {"required": ["guest"]}}}
    plan = whole("track", "Paid", {"anyOf": [{"required": ["userId"]}, guest]})
    named, told = call(event="Paid", userId="u1"), call(number=1, event="Paid", properties={"guest": 1})
    assert checker.found(plan, named, told) == []
    assert len(checker.found(plan, call(event="Paid"))) == 1


def test_numbers_that_no_computer_word_holds(checker: Checker) -> None:
    plan = plan_of(track("Paid", {"total": {"type": "integer"}}))
    totals = (2**70, -(2**64), 1e300)
    large = (call(number=n, event="Paid", properties={"total": total}) for n, total in enumerate(totals))
    assert checker.found(plan, *large) == []


def test_a_redacted_report_names_no_address(checker: Checker) -> None:
    bad = call(event="Paid by maya@example.com", properties={})
    report = checker.report(plan_of(PAID), bad, redact=True)
    assert report.tracking_plan is not None
    assert "maya" not in report.findings[0].message + report.tracking_plan.violations[0].violation.label
