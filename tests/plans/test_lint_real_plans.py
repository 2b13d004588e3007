"""What the rules say of real plans, pinned to the finding; each was looked at and is true."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from auditor.cli.plan_rules import plan_rules_in_force
from auditor.config.settings import Settings
from auditor.engine.plan_linting import lint_plan
from auditor.plans import read

DEFAULTS = Settings()
FOUND = {
    "segment/contentful-v1-104.json": {
        ("plan-loose-pattern", "open"): 4,
        ("plan-missing-description", "event"): 55,
        ("plan-missing-description", "property"): 102,
        ("plan-near-duplicate-property", "over-events"): 3,
        ("plan-property-case", "other"): 3,
        ("plan-property-types", None): 2,
        ("plan-reserved-name", "column"): 1,
    },
    "segment/typewriter-v1-24.json": {
        ("plan-event-case", "other"): 2,
        ("plan-loose-pattern", "open"): 14,
        ("plan-missing-description", "property"): 14,
        ("plan-near-duplicate-event", "spelling"): 1,
        ("plan-near-duplicate-property", "one-event"): 1,
        ("plan-property-case", "other"): 5,
    },
}


@pytest.mark.parametrize("plan", FOUND)
def test_the_findings_of_a_real_plan(plan: str, shared: Path) -> None:
    report = lint_plan(
        read(shared / "fixtures/plans" / plan), plan_rules_in_force(DEFAULTS), DEFAULTS, date(2026, 1, 5)
    )
    assert Counter((finding.rule, finding.kind) for finding in report.findings) == FOUND[plan]
    assert all(finding.place.line for finding in report.findings if finding.event is not None)


def test_no_rule_breaks_on_any_real_plan(shared: Path) -> None:
    folder = shared / "fixtures/plans"
    plans = [*folder.glob("*/*.json"), *folder.glob("rudderstack/v*")]
    assert len(plans) >= 7
    rules = plan_rules_in_force(DEFAULTS)
    for path in plans:
        report = lint_plan(read(path), rules, DEFAULTS, date(2026, 1, 5))
        assert report.versions
        assert report.count("error") == 0, path
