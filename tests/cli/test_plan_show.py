"""`auditor plan show`: what was read, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import Cli
from tests.plans.conftest import PLANS, by_name, sample

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "plan-1.json").read_text(encoding="utf-8"))

DIRTY = {
    "name": "Kicks",
    "rules": [
        {"key": "A", "type": "TRACK", "version": 1, "jsonSchema": {"properties": {"properties": {"properties": {
            "x": {"type": "strng"}, "y": {"pattern": "[("}, "z": {"type": "string"}}, "required": ["x"]}}}},
        {"key": "A", "type": "TRACK", "version": 2, "jsonSchema": "none"},
        {"jsonSchema": {}, "type": "NOTHING"},
    ],
}  # fmt: skip


def shown(cli: Cli, path: Path) -> dict[str, Any]:
    done = cli("plan", "show", path, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    report: dict[str, Any] = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)] == []
    return report


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": "auditor/plan/1"}))


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_every_sample_gives_an_object_of_the_schema(path: Path, cli: Cli) -> None:
    assert shown(cli, path)["invalid"] == []


def test_programs_get_counts_and_what_is_invalid(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(DIRTY, indent=1), encoding="utf-8")
    report = shown(cli, path)
    assert {key: report[key] for key in ("schema", "format", "name", "events", "versions", "properties", "traits")} == {
        "schema": "auditor/plan/1", "format": "segment-v2", "name": "Kicks",
        "events": 1, "versions": 2, "properties": 3, "traits": 0,
    }  # fmt: skip
    assert [(part["event"], part["pointer"]) for part in report["invalid"]] == [
        ("A", "/rules/0/jsonSchema/properties/properties/properties/x/type"),
        ("A", "/rules/0/jsonSchema/properties/properties/properties/y/pattern"),
        ("A", "/rules/1/jsonSchema"),
        (None, "/rules/2"),
    ]
    assert report["invalid"][0]["reason"].startswith('"strng" is no type: JSON Schema has string,')
    lines = path.read_text(encoding="utf-8").splitlines()
    assert '"strng"' in lines[report["invalid"][0]["line"] - 1]


def test_people_get_a_page(cli: Cli) -> None:
    done = cli("plan", "show", sample("auditor.yml"), cwd=ROOT)
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "Kicks (Auditor's YAML)",
        "3 events in 4 versions, 10 properties, 3 traits",
        "events that are not planned: forbidden",
    ]
    assert "track     Signed Up  (live)" in done.stdout
    assert max(map(len, lines[4:-1])) <= 80


def test_people_see_what_is_invalid_with_its_line(tmp_path: Path, cli: Cli) -> None:
    text = json.dumps(DIRTY, indent=1)
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    line = text.partition('"strng"')[0].count("\n") + 1
    done = cli("plan", "show", "plan.json", cwd=tmp_path)
    assert "invalid: 4 parts of the plan; kept, and no constraint" in done.stdout
    assert f'plan.json:{line}: A: "strng" is no type' in done.stdout


def test_one_event_in_full(cli: Cli) -> None:
    done = cli("plan", "show", sample("auditor.yml"), "--event", "Signed Up", cwd=ROOT)
    assert done.stdout.splitlines()[:6] == [
        'track "Signed Up"',
        "  A person made an account",
        "  status: live; owners: growth; tags: funnel; labels: area: growth",
        "  properties",
        "    plan: string, required; one of free, pro. The plan that was chosen",
        "    seats: integer or null; at least 1",
    ]
    done = cli("plan", "show", sample("auditor.yml"), "--event", "signed up")
    assert done.returncode == 2
    assert 'the plan has no event "signed up"; did you mean "Signed Up"?' in done.stderr


def test_a_plan_may_come_from_stdin(cli: Cli) -> None:
    done = cli("plan", "show", "-", "--format", "json", stdin=sample("segment-v1.json").read_bytes())
    assert json.loads(done.stdout)["events"] == 2


def test_an_unknown_command_is_answered_with_a_guess(cli: Cli) -> None:
    done = cli("plan", "shwo", "x")
    assert done.returncode == 2
    assert 'there is no command "shwo"; did you mean "show"?' in done.stderr
