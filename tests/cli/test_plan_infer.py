"""`auditor plan infer` as a process: what it infers from a log, that log keeps to."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from benchmarks.simulate.clock import stamp
from benchmarks.simulate.planned import broken
from benchmarks.simulate.run import plans, play_all, stored
from tests.conftest import CAPTURED, ROOT, SAMPLE_LOGS, Cli

EAGER = ("--min-count", "1")


def violations(cli: Cli, log: Path, plan: Path) -> dict[str, Any]:
    """How the rule plan-violation fared."""
    done = cli("check", log, "--plan", plan, "--select", "plan-violation", "--format", "json", "--fail-on", "never")
    assert done.returncode == 0, done.stderr
    (rule,) = [rule for rule in json.loads(done.stdout)["rules"] if rule["id"] == "plan-violation"]
    assert isinstance(rule, dict)
    return rule


@pytest.mark.parametrize("log", [*CAPTURED, *SAMPLE_LOGS], ids=lambda path: f"{path.parent.name}-{path.name}")
@pytest.mark.parametrize("target", ["auditor", "segment"])
def test_a_log_keeps_to_the_plan_that_was_inferred_from_it(cli: Cli, tmp_path: Path, log: Path, target: str) -> None:
    plan = tmp_path / "plan.txt"
    done = cli("plan", "infer", log, "--to", target, "-o", plan, *EAGER)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    rule = violations(cli, log, plan)
    assert rule["status"] == "evaluated"
    assert rule["findings"] == 0


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People on a simulated site, some of whose events break its plan."""
    log = tmp_path_factory.mktemp("simulated") / "log.jsonl"
    calls, _ = broken(stored(play_all(plans(80, "inferred"), "segment", "inferred")), "inferred")
    log.write_text(
        "".join(json.dumps({**body, "receivedAt": stamp(at)}) + "\n" for at, body in calls), encoding="utf-8"
    )
    return log


@pytest.mark.slow
@pytest.mark.parametrize("flags", [(), EAGER, ("--max-values", "0")], ids=str)
def test_a_simulated_log_keeps_to_the_plan_inferred_from_it(
    cli: Cli, tmp_path: Path, simulated: Path, flags: tuple[str, ...]
) -> None:
    plan = tmp_path / "plan.yml"
    assert cli("plan", "infer", simulated, "-o", plan, *flags).returncode == 0
    rule = violations(cli, simulated, plan)
    assert rule["candidates"] > 500
    assert rule["findings"] == 0


@pytest.mark.slow
def test_neither_the_order_of_lines_nor_of_files_makes_a_difference(cli: Cli, tmp_path: Path, simulated: Path) -> None:
    lines = simulated.read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    one, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    one.write_text("".join(lines[:200]), encoding="utf-8")
    other.write_text("".join(lines[200:]), encoding="utf-8")
    assert cli("plan", "infer", other, one).stdout == cli("plan", "infer", simulated).stdout


# What comes out -------------------------------------------------------------------------------------------

CALL = {"type": "track", "event": "Paid", "anonymousId": "a", "timestamp": "2026-01-05T10:00:00Z"}
HELD: list[dict[str, Any]] = [{"plan": "free", "n": 1}] * 10 + [{"plan": "pro", "n": 2, "email": "a@b.co"}] * 10
CALLS = [{**CALL, "messageId": f"m{number}", "properties": held} for number, held in enumerate(HELD)]
LOG = "".join(json.dumps(each) + "\n" for each in [*CALLS, {**CALL, "event": "$autocapture"}])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log.jsonl"
    file.write_text(LOG, encoding="utf-8")
    return file


def test_the_plan_is_short_yaml_with_comments(cli: Cli, log: Path) -> None:
    done = cli("plan", "infer", log, "--name", "Shop")
    assert (
        done.stdout
        == """schema: auditor/tracking-plan/1
name: Shop
events:
  Paid: # seen 20 times
    properties:
      email: email # 50 % (10 of 20)
      n: integer! # always (20 of 20)
      plan: {type: string, required: true, values: [free, pro]} # always (20 of 20)
"""
    )
    assert done.stderr == "auditor: left out: 1 event of names that SDKs and vendors send by themselves\n"


def test_the_plan_as_segment_has_it_says_how_sure_it_is_in_comments(cli: Cli, log: Path) -> None:
    (rule,) = json.loads(cli("plan", "infer", log, "--to", "segment").stdout)["rules"]
    Draft7Validator.check_schema(rule["jsonSchema"])
    held = rule["jsonSchema"]["properties"]["properties"]
    assert (rule["key"], rule["type"], rule["version"], held["required"]) == ("Paid", "TRACK", 1, ["n", "plan"])
    assert held["properties"]["email"] == {"type": "string", "format": "email", "$comment": "50 % (10 of 20)"}


def test_a_plan_is_added_to_in_place(cli: Cli, log: Path) -> None:
    plan = log.parent / "plan.yml"
    text = "schema: auditor/tracking-plan/1   # ours\nevents:\n  Paid:\n    properties:\n      plan: string  # hm\n"
    plan.write_text(text, encoding="utf-8")
    done = cli("plan", "infer", log, "--into", plan, "-o", plan)
    assert "added Paid: properties.email\nadded Paid: properties.n\n" in done.stderr
    assert plan.read_text(encoding="utf-8") == text + (
        "      email: email # inferred: 50 % (10 of 20)\n      n: integer! # inferred: always (20 of 20)\n"
    )
    again = cli("plan", "infer", log, "--into", plan)
    assert "plans all of it already" in again.stderr
    assert again.stdout == plan.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["absent.jsonl"], 2, "absent.jsonl"),
        (["LOG", "--into", "absent.yml"], 2, "absent.yml"),
        (["LOG", "--into", "PLAN", "--to", "segment"], 2, "leave out --to"),
        (["LOG", "--into", "PLAN"], 2, "this plan is in the format segment-v2"),
        (["LOG", "--to", "avro"], 2, 'there is no "avro"'),
        (["EMPTY"], 3, "there are no events"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    cli: Cli, log: Path, arguments: list[str], code: int, said: str
) -> None:
    named = {"LOG": log, "PLAN": log.parent / "plan.json", "EMPTY": log.parent / "empty.jsonl"}
    named["PLAN"].write_text('{"rules": [{"key": "Paid", "type": "TRACK", "jsonSchema": {}}]}', encoding="utf-8")
    named["EMPTY"].write_text("", encoding="utf-8")
    done = cli("plan", "infer", *[named.get(each, each) for each in arguments])
    assert done.returncode == code
    assert said in done.stderr
    assert done.stdout == ""


def test_without_ruamel_the_plan_has_no_comments_and_says_so(log: Path) -> None:
    code = "import sys; sys.modules['ruamel.yaml'] = None; from auditor.cli.main import run; run()"
    command = [sys.executable, "-c", code, "plan", "infer", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "email: email\n" in done.stdout
    assert "written without comments" in done.stderr
    assert "pip install 'tracking-auditor[infer]'" in done.stderr
