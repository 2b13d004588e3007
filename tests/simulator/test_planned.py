"""Planted violations of the tracking plan: each one is found, and nothing else is."""

import json
from collections import Counter
from pathlib import Path

import pytest

from auditor.model.violation import KINDS
from benchmarks.simulate.clock import stamp
from benchmarks.simulate.planned import broken, plan
from benchmarks.simulate.record import Body
from benchmarks.simulate.run import plans, play_all, stored
from tests.conftest import Cli

PEOPLE = 150


def planned_calls(people: int, vendor: str, seed: str) -> list[tuple[int, Body]]:
    """What the collector stored, but for a mistake of the site's that no plan can hold: e-mail addresses in names."""
    calls = stored(play_all(plans(people, seed), vendor, seed))
    return [(at, body) for at, body in calls if "@" not in (body.get("event") or "")]


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["segment", "rudderstack"])
def test_each_planted_violation_is_found_and_nothing_else(cli: Cli, tmp_path: Path, vendor: str) -> None:
    calls, planted = broken(planned_calls(PEOPLE, vendor, "planned"), "planned")
    log, file = tmp_path / "log.jsonl", tmp_path / "plan.json"
    lines = (json.dumps({**body, "receivedAt": stamp(at)}) + "\n" for at, body in calls)
    log.write_text("".join(lines), encoding="utf-8")
    file.write_text(json.dumps(plan()), encoding="utf-8")
    done = cli("check", log, "--plan", file, "--select", "plan-violation", "--format", "json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    found = [(f["event"]["message_id"], f["kind"], f["violation"]["property"]) for f in report["findings"]]
    assert Counter(found) == Counter(planted)
    assert {kind for _, kind, _ in planted} == set(KINDS)
    assert len(planted) > 100


@pytest.mark.slow
def test_a_log_that_keeps_to_the_plan_has_no_violation(cli: Cli, tmp_path: Path) -> None:
    log, file = tmp_path / "log.jsonl", tmp_path / "plan.json"
    calls = planned_calls(60, "segment", "kept")
    log.write_text("".join(json.dumps({**b, "receivedAt": stamp(at)}) + "\n" for at, b in calls), encoding="utf-8")
    file.write_text(json.dumps(plan()), encoding="utf-8")
    done = cli("check", log, "--plan", file, "--select", "plan-violation", "--format", "json")
    assert done.returncode == 0, done.stdout[-2000:]
    (result,) = [rule for rule in json.loads(done.stdout)["rules"] if rule["id"] == "plan-violation"]
    assert result["candidates"] > 500
