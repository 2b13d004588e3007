"""`auditor check --plan` and `auditor plan check`, as commands."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT, Cli
from tests.plans.planned import call, track

SCHEMAS = ROOT / "auditor" / "schemas"
RULES = (
    track("Paid", {"total": {"type": "number"}, "plan": {"enum": ["free", "pro"]}, "tip": {}}, required=["total"]),
    track("Signed Up", {}),
    track("Never Called", {"x": {}}),
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    calls = (
        call(number=0, event="Paid", properties={"total": 1, "plan": "pro", "tip": None}),
        call(number=1, event="Paid", properties={"total": "1", "plan": "pro"}),
        call(number=2, event="Paid", properties={"colour": "red"}),
        call(number=3, event="Signed Up", userId="u1"),
        call(number=4, event="signed_up", userId="u1"),
        call(number=5, event="Application Opened"),
        call(number=6, event="Invented"),
        call(number=6, event="Invented"),
    )
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in calls), encoding="utf-8")
    return file


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"name": "Ours", "rules": RULES}), encoding="utf-8")
    return file


def valid(name: str, held: Any) -> None:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(held)


# check --plan --------------------------------------------------------------------------------------------------------


def test_check_tells_every_violation_in_json(cli: Cli, log: Path, plan: Path) -> None:
    done = cli("check", log, "--plan", plan, "--select", "plan-violation", "--format", "json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    valid("findings-1.json", report)
    told = [(found["event"]["line"], found["kind"], found["violation"]["property"]) for found in report["findings"]]
    assert told == [
        (2, "Datatype-Mismatch", "properties.total"),
        (3, "Required-Missing", "properties.total"),
        (5, "Unplanned-Event", None),
        (7, "Unplanned-Event", None),
    ]
    assert report["tracking_plan"]["name"] == "Ours"
    assert report["tracking_plan"]["events"] == 3
    groups = report["tracking_plan"]["violations"]
    assert sum(group["count"] for group in groups) == len(told)
    assert {group["fingerprint"] for group in groups} == {found["fingerprint"] for found in report["findings"]}


def test_selected_alone_the_rule_says_what_it_says_among_all(cli: Cli, log: Path, plan: Path) -> None:
    def of_the_plan(*words: Any) -> Any:
        report = json.loads(cli("check", log, "--plan", plan, "--format", "json", *words).stdout)
        findings = [found for found in report["findings"] if found["rule"] == "plan-violation"]
        rule = next(rule for rule in report["rules"] if rule["id"] == "plan-violation")
        counts = {name: report["summary"][name] for name in ("records", "events", "copies", "devices", "users")}
        return findings, rule, report["tracking_plan"], counts

    alone, among_all = of_the_plan("--select", "plan-violation"), of_the_plan()
    assert alone == among_all
    assert alone[0]


def test_check_shows_whom_a_violation_concerns(cli: Cli, log: Path, plan: Path) -> None:
    done = cli("check", log, "--plan", plan, "--select", "plan-violation")
    assert 'track "signed_up" is not in the plan; did you mean "Signed Up"?' in done.stdout
    assert "1 of 3 such calls (33.3 %), 2026-01-05; analytics.js next-1.84.3 (1)" in done.stdout


def test_the_configuration_may_name_the_plan_and_its_policy(cli: Cli, log: Path, plan: Path, tmp_path: Path) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("tracking_plan: {file: plan.json, unplanned_events: allow, unplanned_properties: forbid}\n")
    done = cli("check", log, "--config", config, "--select", "plan-violation", "--format", "json")
    kinds = [found["kind"] for found in json.loads(done.stdout)["findings"]]
    assert kinds == ["Datatype-Mismatch", "Additional-Properties", "Required-Missing"]
    config.write_text("tracking_plan: plan.json\n")
    done = cli("check", log, "--config", config, "--select", "plan-violation", "--format", "json")
    assert len(json.loads(done.stdout)["findings"]) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tracking_plan: 7\n", 'auditor.yml:1: "tracking_plan" is the path of a plan'),
        ("tracking_plan: {file: plan.json, unplaned_events: allow}\n", 'did you mean "unplanned_events"?'),
        ("tracking_plan: {file: plan.json, unplanned_events: yes}\n", "must be one of forbid, allow"),
        ("tracking_plan: nowhere.json\n", "nowhere.json: cannot be read (No such file or directory)"),
    ],
)
@pytest.mark.usefixtures("plan")
def test_a_bad_setting_is_said_with_its_place(cli: Cli, log: Path, tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text(text)
    done = cli("check", log, "--config", config)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("content", ["", "{", "just words", '{"a": 1}', "[]", '{"rules": 7}'])
def test_what_is_no_plan_ends_in_a_sentence(cli: Cli, log: Path, tmp_path: Path, content: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(content)
    done = cli("check", log, "--plan", bad)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"auditor: {bad}")
    assert "Traceback" not in done.stderr


def test_without_a_plan_the_rule_says_what_it_needs_and_nothing_of_plans_is_loaded(cli: Cli, log: Path) -> None:
    done = cli("check", log, "--format", "json", PYTHONPROFILEIMPORTTIME="1", PYTHONWARNINGS="ignore")
    (result,) = [rule for rule in json.loads(done.stdout)["rules"] if rule["id"] == "plan-violation"]
    assert (result["status"], result["reason"][:26]) == ("not-evaluated", "no tracking plan is given:")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "auditor.engine.run" in loaded
    assert not {name for name in loaded if name.startswith(("auditor.plans", "jsonschema", "auditor.model.violation"))}


def test_invalid_parts_of_a_plan_are_counted_in_a_note(cli: Cli, log: Path, tmp_path: Path) -> None:
    file = tmp_path / "dirty.json"
    file.write_text(json.dumps({"rules": [track("Paid", {"total": {"type": "decimal"}}), track("Invented", {})]}))
    done = cli("check", log, "--plan", file, "--select", "plan-violation", "--format", "json")
    report = json.loads(done.stdout)
    assert report["tracking_plan"]["invalid"] == 1
    assert any("constrain nothing: 1" in note for note in report["notes"])
    assert not [found for found in report["findings"] if found["kind"] != "Unplanned-Event"]


def test_the_timeline_has_the_same_findings(cli: Cli, log: Path, plan: Path, tmp_path: Path) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("tracking_plan: plan.json\n")
    del plan
    done = cli("timeline", log, "--device", "anon-1", "--config", config)
    assert "plan-violation" in done.stdout


# plan check ----------------------------------------------------------------------------------------------------------


def test_coverage_both_ways_in_json(cli: Cli, log: Path, plan: Path) -> None:
    done = cli("plan", "check", log, "--plan", plan, "--format", "json")
    assert done.returncode == 0, done.stderr
    held = json.loads(done.stdout)
    valid("coverage-1.json", held)
    assert held["summary"]["planned"] == 3
    assert held["summary"]["seen"] == 2
    assert held["summary"]["percent"] == 66.67
    calls = {event["event"]: event["calls"] for event in held["events"]}
    assert calls == {"Paid": 3, "Signed Up": 1, "Never Called": 0}
    paid = held["events"][0]
    assert [(p["property"], p["required"], p["holders"], p["seen"], p["null"]) for p in paid["properties"]] == [
        ("properties.total", True, 3, 2, 0),
        ("properties.plan", False, 3, 2, 0),
        ("properties.tip", False, 3, 1, 1),
    ]
    assert paid["properties"][1]["unseen_values"] == ["free"]
    assert paid["unplanned_properties"] == {"colour": 1}
    assert held["unplanned"] == [
        {"type": "track", "event": "Invented", "calls": 1, "meant": None},
        {"type": "track", "event": "signed_up", "calls": 1, "meant": '"Signed Up"'},
    ]


def test_coverage_as_a_table(cli: Cli, log: Path, plan: Path) -> None:
    shown = cli("plan", "check", log, "--plan", plan).stdout
    assert shown.startswith("2 of 3 planned events seen (66.7 %)")
    assert "planned, never seen\n  track    Never Called" in shown
    assert "total (required)" in shown
    assert "66.7 %" in shown
    assert "values never seen: free" in shown
    assert 'track    signed_up  did you mean "Signed Up"?' in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_items_of_lists_are_counted_by_themselves(cli: Cli, tmp_path: Path) -> None:
    item = {"type": "object", "properties": {"sku": {}, "size": {"properties": {"width": {}}}}}
    file, log = tmp_path / "plan.json", tmp_path / "log.jsonl"
    file.write_text(json.dumps({"rules": [track("Bought", {"items": {"type": "array", "items": item}})]}))
    bought = {"items": [{"sku": 1}, {"sku": None, "size": {"width": 3}}, {"size": {}}]}
    log.write_text(json.dumps(call(event="Bought", properties=bought)) + "\n")
    (event,) = json.loads(cli("plan", "check", log, "--plan", file, "--format", "json").stdout)["events"]
    assert [(p["property"], p["holders"], p["seen"], p["null"]) for p in event["properties"]] == [
        ("properties.items", 1, 1, 0),
        ("properties.items[].sku", 3, 2, 1),
        ("properties.items[].size", 3, 2, 0),
        ("properties.items[].size.width", 2, 1, 0),
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--min-coverage", 60), 0, ""),
        (("--min-coverage", 90), 1, "--min-coverage 90 does not hold: 2 of 3 planned events were seen (66.7 %)"),
        (("--min-properties", 100), 0, ""),
        (("--max-unplanned", 1), 1, "--max-unplanned 1 does not hold: 2 events are not planned"),
        (("--max-unplanned", 2), 0, ""),
        (("--min-coverage", 101), 2, "101"),
    ],
)
def test_thresholds(cli: Cli, log: Path, plan: Path, words: tuple[Any, ...], code: int, said: str) -> None:
    done = cli("plan", "check", log, "--plan", plan, *words, COLUMNS="200")
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    if code < 2:
        done = cli("plan", "check", log, "--plan", plan, *words, "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["failed"]) == (code, [said] if said else [])


def test_coverage_needs_a_plan_and_events(cli: Cli, log: Path, plan: Path, tmp_path: Path) -> None:
    done = cli("plan", "check", log)
    assert (done.returncode, done.stdout) == (2, "")
    assert "which tracking plan? Give --plan PLAN" in done.stderr
    empty = tmp_path / "empty.jsonl"
    empty.write_text("{}\n")
    done = cli("plan", "check", empty, "--plan", plan, "--format", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["summary"]["calls"] == 0
