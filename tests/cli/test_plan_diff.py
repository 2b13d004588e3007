"""`auditor plan diff` as a process: what a change of the plan would break, and what a log says of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, Cli

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "plan-diff-1.json").read_text(encoding="utf-8"))
OLD = """schema: auditor/tracking-plan/1
unplanned: {events: forbid}
events:
  Paid: {properties: {plan: string, amount: number!}}
  Sent: {}
identify: {traits: {plan: string}}
"""


def call(number: int, name: str, **properties: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"type": "track", "event": name, "properties": properties}
    if name == "identify":
        said = {"type": "identify", "userId": "u", "traits": properties}
    return {"anonymousId": "a", "messageId": f"m{number}", "timestamp": "2026-01-05T10:00:00Z", **said}


CALLS = [
    call(0, "Paid", amount=1, plan="free"),
    call(1, "Paid", amount=1, plan="pro"),
    call(2, "Paid", amount=2),
    call(3, "Paid", plan="free"),
    call(4, "Sent"),
    call(5, "Other"),
    call(6, "identify", plan="free"),
    call(7, "identify", plan=3),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.yml").write_text(OLD, encoding="utf-8")
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(each) + "\n" for each in CALLS), encoding="utf-8")
    return tmp_path


def diff(cli: Cli, folder: Path, new: str, *flags: str) -> tuple[dict[str, Any], int]:
    (folder / "new.yml").write_text(new, encoding="utf-8")
    done = cli("plan", "diff", "old.yml", "new.yml", "--format", "json", *flags, cwd=folder)
    assert done.stderr == ""
    held = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(held)] == []
    assert held["summary"]["exit_code"] == done.returncode
    return held, done.returncode


def test_plans_that_say_the_same_have_no_difference(cli: Cli, folder: Path) -> None:
    held, code = diff(cli, folder, OLD + "# a comment\n", "--log", "log.jsonl")
    assert (held["changes"], held["log"]["starting"], code) == ([], 0, 0)
    assert held["log"]["violating"] == 3, "one without amount, one with plan 3, one unplanned"


def test_a_breaking_change_makes_1_and_a_harmless_one_0(cli: Cli, folder: Path) -> None:
    held, code = diff(cli, folder, OLD.replace("plan: string, ", "plan: string!, "))
    assert [(c["event"], c["property"], c["kind"], c["breaking"]) for c in held["changes"]] == [
        ("Paid", "properties.plan", "required-added", True)
    ]
    assert (held["log"], held["changes"][0]["place"]["line"], code) == (None, 4, 1)
    held, code = diff(cli, folder, OLD.replace("amount: number!", "amount: number, way: string"))
    assert {c["kind"] for c in held["changes"]} == {"required-dropped", "property-added"}
    assert (held["summary"], code) == ({"breaking": 0, "harmless": 2, "exit_code": 0}, 0)


def test_a_log_says_which_events_would_start_to_violate(cli: Cli, folder: Path) -> None:
    new = OLD.replace("plan: string, ", "plan: {type: string, values: [free], required: true}, ").replace(
        "  Sent: {}\n", ""
    )
    held, code = diff(cli, folder, new, "--log", "log.jsonl")
    log = held["log"]
    assert (log["events"], log["starting"], log["stopping"], log["violating"], code) == (8, 3, 0, 3, 1)
    assert log["by_event"] == [
        {"type": "track", "event": "Paid", "starting": 2, "of": 4},
        {"type": "track", "event": "Sent", "starting": 1, "of": 1},
    ]
    told = [(one["event"], one["kind"], one["property"], one["count"], one["examples"]) for one in log["violations"]]
    assert told == [
        ("Paid", "Required-Missing", "properties.plan", 1, [{"file": "log.jsonl", "line": 3}]),
        ("Paid", "Value-Not-Permitted", "properties.plan", 1, [{"file": "log.jsonl", "line": 2}]),
        ("Sent", "Unplanned-Event", None, 1, [{"file": "log.jsonl", "line": 5}]),
    ]


def test_in_ci_addresses_of_people_are_pseudonyms(cli: Cli, folder: Path) -> None:
    (folder / "log.jsonl").write_text(json.dumps(call(0, "Mailed ann@shop.example")) + "\n", encoding="utf-8")
    (folder / "old.yml").write_text(OLD.replace("events: forbid", "events: allow"), encoding="utf-8")
    (folder / "new.yml").write_text(OLD, encoding="utf-8")
    command = ("plan", "diff", "old.yml", "new.yml", "--log", "log.jsonl")
    assert "ann@shop.example" in cli(*command, cwd=folder).stdout
    for done in (cli(*command, cwd=folder, CI="true"), cli(*command, "--redact", cwd=folder)):
        assert "ann@" not in done.stdout
        assert "email#" in done.stdout


def test_traits_are_held_against_both_plans_too(cli: Cli, folder: Path) -> None:
    held, _ = diff(cli, folder, OLD.replace("traits: {plan: string}", "traits: {plan: integer}"), "--log", "log.jsonl")
    log = held["log"]
    assert (log["starting"], log["stopping"]) == (1, 1)
    assert log["by_event"] == [{"type": "identify", "event": "identify", "starting": 1, "of": 2}]


def test_the_text_begins_with_what_the_log_says(cli: Cli, folder: Path) -> None:
    new = OLD.replace("plan: string, ", "plan: string!, ")
    (folder / "new.yml").write_text(new, encoding="utf-8")
    done = cli("plan", "diff", "old.yml", "new.yml", "--log", "log.jsonl", cwd=folder)
    assert done.stdout.startswith(
        "1 of 8 recorded events would start to violate\n  Paid: 1 of 4\n    1x Required-Missing:"
    )
    assert "log.jsonl:3" in done.stdout
    assert "  breaking  properties.plan is required now\n" in done.stdout
    assert done.stdout.endswith("1 breaking change, 0 harmless\n")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--fail-on", "violations", "--log", "log.jsonl"], 0),
        (["--log", "log.jsonl"], 1),
    ],
)
def test_what_fails_can_be_chosen(cli: Cli, folder: Path, flags: list[str], code: int) -> None:
    limited = OLD.replace("amount: number!", "amount: {type: number, required: true, maximum: 100}")
    assert diff(cli, folder, limited, *flags)[1] == code


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["old.yml", "absent.yml"], 2, "absent.yml: cannot be read"),
        (["old.yml", "old.yml", "--fail-on", "violations"], 2, "needs a log"),
        (["old.yml", "old.yml", "--log", "absent.jsonl"], 2, "absent.jsonl"),
        (["old.yml", "old.yml", "--log", "empty.jsonl"], 3, "there are no events"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    cli: Cli, folder: Path, arguments: list[str], code: int, said: str
) -> None:
    (folder / "empty.jsonl").write_text("", encoding="utf-8")
    done = cli("plan", "diff", *arguments, cwd=folder)
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""
