"""`auditor plan lint` as a process."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, Cli

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "plan-findings-1.json").read_text(encoding="utf-8"))
PLAN = """schema: auditor/tracking-plan/1
name: Shop
events:
  Signed Up:
    properties:
      method: string
  signed_up: {}
  Paid:
    properties:
      plan: {type: string, pattern: '^free|pro$'}
      amount: {type: number, values: ['1', '2']}
identify:
  traits: {email: email}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.yml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def linted(cli: Cli, *arguments: object, **more: Any) -> tuple[dict[str, Any], int]:
    done = cli("plan", "lint", *arguments, "--format", "json", **more)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)] == []
    assert report["summary"]["exit_code"] == done.returncode
    return report, done.returncode


def test_findings_come_with_rule_place_and_words(cli: Cli, plan: Path) -> None:
    report, code = linted(cli, plan)
    found = [(f["rule"], f["severity"], f["event"], f["property"], f["place"]["line"]) for f in report["findings"]]
    assert found == [
        ("plan-near-duplicate-event", "warning", "signed_up", None, 7),
        ("plan-loose-pattern", "warning", "Paid", "properties.plan", 8),
        ("plan-unreachable-value", "error", "Paid", "properties.amount", 8),
    ]
    assert code == 1
    assert report["plan"] == {"file": str(plan), "format": "auditor", "name": "Shop", "events": 3, "versions": 3}
    assert report["findings"][0]["others"] == [{"file": str(plan), "line": 4, "pointer": "/events/Signed Up"}]


def test_the_text_says_the_same(cli: Cli, plan: Path) -> None:
    done = cli("plan", "lint", plan)
    assert "error[plan-unreachable-value]" in done.stdout
    assert f"{plan}:7:" in done.stdout
    assert "why: " in done.stdout
    assert "fix: Anchor the whole of it," in done.stdout
    assert "3 events planned (auditor): 1 error, 2 warnings, 0 info findings" in " ".join(done.stdout.split())
    assert "next: auditor rules show plan-unreachable-value" in done.stdout
    assert max(map(len, done.stdout.replace(str(plan), "plan.yml").splitlines())) <= 110


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--ignore", "plan-unreachable-value"], 0),
        (["--ignore", "plan-unreachable-value", "--fail-on", "warning"], 1),
        (["--select", "plan-loose-pattern"], 0),
        (["--select", "plan-loose-pattern,plan-unreachable-value"], 1),
        (["--select", "plan-event-case", "--fail-on", "info"], 0),
    ],
)
def test_the_exit_code_follows_from_what_is_asked(cli: Cli, plan: Path, flags: list[str], code: int) -> None:
    assert linted(cli, plan, *flags)[1] == code


def test_the_configuration_sets_severities_parameters_destinations_and_ignores(cli: Cli, plan: Path) -> None:
    config = plan.parent / "auditor.yml"
    config.write_text(
        """
params: {event_case: snake_case}
destinations: [ga4]
rules:
  plan-unreachable-value: off
  plan-loose-pattern: {severity: info}
ignore:
  - {rule: plan-near-duplicate-event, where: {event: signed_up}, reason: moving, expires: 2099-01-01}
  - {rule: plan-event-case, where: {event: [Paid]}, reason: the bank's name}
  - {rule: plan-blank-in-name, reason: old}
""",
        encoding="utf-8",
    )
    report, code = linted(cli, plan, cwd=plan.parent)
    assert [(f["rule"], f["severity"], f["event"]) for f in report["findings"]] == [
        ("plan-destination-limit", "warning", "Signed Up"),
        ("plan-event-case", "warning", "Signed Up"),
        ("plan-loose-pattern", "info", "Paid"),
    ]
    assert (code, report["summary"]["ignored"]) == (0, 2)
    assert report["notes"] == ["auditor.yml:10: this ignore of plan-blank-in-name meets no finding; it can go"]
    off = next(rule for rule in report["rules"] if rule["id"] == "plan-unreachable-value")
    assert (off["status"], off["reason"]) == ("not-evaluated", "off")
    log = ROOT / "sample_logs" / "clean.jsonl"
    assert cli("check", log, cwd=plan.parent).returncode == 0, "the same configuration serves a log"


def test_without_a_destination_the_rule_about_them_says_why_it_did_not_run(cli: Cli, plan: Path) -> None:
    (rule,) = [rule for rule in linted(cli, plan)[0]["rules"] if rule["id"] == "plan-destination-limit"]
    assert rule["status"] == "not-evaluated"
    assert rule["reason"] == "no destination is configured (destinations: in auditor.yml)"


def test_a_plan_without_events_is_no_clean_plan(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text("schema: auditor/tracking-plan/1\n", encoding="utf-8")
    done = cli("plan", "lint", file)
    assert done.returncode == 3
    assert "plans no event" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.json"], "absent.json: cannot be read"),
        (["README.md"], "README.md:"),
        (["sample_logs/clean.jsonl"], "log"),
        (["plan.yml", "--select", "plan-lose-pattern"], 'did you mean "plan-loose-pattern"?'),
        (["plan.yml", "--select", "missing-alias"], 'there is no rule over plans "missing-alias"'),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(cli: Cli, plan: Path, arguments: list[str], said: str) -> None:
    done = cli("plan", "lint", *[str(plan) if each == "plan.yml" else each for each in arguments])
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_an_ignore_by_what_a_plan_has_not_is_refused(cli: Cli, plan: Path) -> None:
    config = plan.parent / "auditor.yml"
    config.write_text("ignore: [{rule: plan-event-case, where: {path: /x}, reason: y}]\n", encoding="utf-8")
    done = cli("plan", "lint", plan, cwd=plan.parent)
    assert done.returncode == 2
    assert 'auditor.yml:1: "where" of a rule over plans is a map of event, property, kind; not "path"' in done.stderr


def test_the_value_of_what_is_personal_is_never_shown(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text(
        "schema: auditor/tracking-plan/1\nevents:\n  Paid: {description: 'By ann.b@shop.com, 4539 1488 0343 6467.'}\n",
        encoding="utf-8",
    )
    for form in ("text", "json"):
        done = cli("plan", "lint", file, "--format", form)
        assert "an e-mail address" in done.stdout
        assert "ann.b" not in done.stdout
        assert "4539" not in done.stdout
