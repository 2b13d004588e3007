"""Each sample log tells one story: exactly its own mistake, pinned event by event."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from auditor.model.finding import Report
from tests.conftest import ROOT, Cli, Judge

FOLDER = ROOT / "sample_logs"
GOLDEN = ROOT / "tests" / "golden" / "sample_logs.json"
INCIDENTS = FOLDER / "incidents"
"""Logs with several findings each (tests/test_incidents.py)."""
LOGS = sorted(path for path in FOLDER.iterdir() if path.suffix != ".md" and path != INCIDENTS)


def told(report: Report) -> dict[str, Any]:
    """What is pinned of a report."""
    findings = [
        {
            "rule": finding.rule,
            "kind": finding.kind,
            "severity": finding.severity,
            "line": finding.event.line,
            "evidence": [f"{role}: {event.line}" for role, event in finding.evidence],
        }
        for finding in report.findings
    ]
    return {"events": report.events, "findings": findings}


def expected() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def updating(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--update-golden"))


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
@pytest.mark.xdist_group("golden")
def test_a_sample_log_yields_exactly_the_findings_of_its_story(path: Path, judge: Judge, updating: bool) -> None:
    found = told(judge(path))
    if updating:
        held = expected() if GOLDEN.exists() else {}
        kept = {log.name: held.get(log.name) for log in LOGS} | {path.name: found}
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    assert found == expected()[path.name]


def test_the_expectations_are_those_of_the_logs_that_are_there() -> None:
    assert sorted(expected()) == [path.name for path in LOGS]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_a_story_is_short_and_holds_no_mistake_but_the_one_it_is_named_after(path: Path) -> None:
    pinned = expected()[path.name]
    named = path.name.split(".")[0]
    assert 5 <= pinned["events"] <= 30
    assert {finding["rule"] for finding in pinned["findings"]} == (set() if named.startswith("clean") else {named})


def test_the_folder_as_a_whole_fails_with_the_findings_of_all_its_files(cli: Cli, judge: Judge) -> None:
    done = cli("check", "sample_logs/", "--format", "json")
    report = json.loads(done.stdout)
    found = Counter((Path(finding["event"]["file"]).name, finding["rule"]) for finding in report["findings"])
    alone = Counter((name, finding["rule"]) for name, held in expected().items() for finding in held["findings"])
    incidents = [told(judge(path)) for path in sorted(INCIDENTS.iterdir())]
    alone.update(("events.jsonl", finding["rule"]) for held in incidents for finding in held["findings"])
    assert done.returncode == 1, done.stderr
    assert found == alone
    assert report["summary"]["events"] == sum(held["events"] for held in (*expected().values(), *incidents))
    assert report["summary"]["rejected"] == 0


def test_the_stories_share_no_user_and_no_device() -> None:
    seen: Counter[str] = Counter()
    for path in LOGS:
        if path.suffix == ".jsonl":
            records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            ids = {record.get(key) for record in records for key in ("userId", "anonymousId", "distinct_id")}
            seen.update(ids - {None, ""})
    assert [value for value, count in seen.items() if count > 1] == []
    assert len(seen) > 30


def test_readme_tells_every_story() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in LOGS if f"| [{path.name}]({path.name}) |" not in text] == []
