"""The examples of rules over plans as their tests: each is read and linted like any other plan."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from auditor.config.settings import Settings
from auditor.engine.examples import Failure
from auditor.engine.plan_linting import Chosen, lint_plan
from auditor.language.plan_rules import PlanExample, PlanRule
from auditor.model.plan import PlanError
from auditor.model.plan_finding import PlanFinding
from auditor.plans.from_data import read_data

_DAY = date(2026, 1, 5)
Reload = Callable[[Settings], tuple[PlanRule, ...]]
"""Loads the rules over plans with other settings: an example may set parameters and destinations."""


def run_plan_examples(rule: PlanRule, settings: Settings, reload: Reload) -> list[Failure]:
    """Run a rule's examples and say which fail."""
    failures = []
    for number, example in enumerate(rule.examples):
        try:
            text = judge_plan(rule, example, settings, reload)
        except PlanError as error:
            text = str(error)
        if text is not None:
            failures.append(Failure(rule.id, example.name or f"number {number + 1}", text, rule.source))
    return failures


def judge_plan(
    rule: PlanRule,
    example: PlanExample,
    settings: Settings,
    reload: Reload,
    change: Callable[[PlanRule], PlanRule] = lambda rule: rule,
) -> str | None:
    """What is wrong with how an example comes out, or ``None``. ``change`` is made to the rule first."""
    settings = replace(settings, min_confidence="low", params={**settings.params, **example.params}, ignore=())
    if example.destinations:
        settings = replace(settings, destinations=example.destinations)
    if example.params or example.destinations:
        rule = next(other for other in reload(settings) if other.id == rule.id)
    plan = read_data(example.plan, "example")
    return compared(example, lint_plan(plan, (change(rule),), settings, _DAY, Chosen((rule.id,))).findings)


def compared(example: PlanExample, findings: list[PlanFinding]) -> str | None:
    """What is wrong with what came out, or ``None``."""
    places = sorted(place_of(finding) for finding in findings)
    if example.outcome == "pass":
        return f"expected to pass, but blames {_named(places)}" if findings else None
    if not findings:
        return "expected to fail, but nothing is found"
    if places != sorted(example.finds):
        return f"expected to blame {_named(sorted(example.finds))}, but it is {_named(places)}"
    said: Mapping[str, Any] = {"kind": example.kind, "severity": example.severity, "message": example.message}
    for word, wanted in said.items():
        held = [getattr(finding, word) for finding in findings]
        if wanted is not None and wanted not in held:
            return f'expected the {word} "{wanted}", but it is "{held[0]}"'
    return None


def place_of(finding: PlanFinding) -> str:
    """A finding's place as examples name it: ``Signed Up: properties.plan``, ``Signed Up``, or "" for the plan."""
    return ": ".join(part for part in (finding.event, finding.property) if part)


def _named(places: list[str]) -> str:
    return ", ".join(f'"{place}"' for place in places) or "nothing"
