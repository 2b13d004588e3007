"""The format json: a contract."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.logs.reader import read_log
from auditor.reports.json import document as document_of
from auditor.reports.json import timestamp
from auditor.reports.text import render
from tests.conftest import SAMPLE_LOGS, Cli, Judge
from tests.hars import COLLECTOR, call, document, har, request

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "findings-1.json").read_text(encoding="utf-8"))


def mistakes(report: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sample", SAMPLE_LOGS, ids=lambda path: path.name)
def test_every_sample_gives_an_object_of_the_schema(sample: Path, cli: Cli) -> None:
    done = cli("check", sample, "--format", "json")
    report = json.loads(done.stdout)
    assert mistakes(report) == []
    assert report["summary"]["exit_code"] == done.returncode
    summary = report["summary"]
    assert summary["records"] == summary["events"] + summary["rejected"] + summary["skipped"]


def test_the_schema_refuses_what_lacks_a_member() -> None:
    assert mistakes({"schema": "auditor/findings/1"})


def test_a_rejected_record_and_an_empty_log_fit_the_schema(tmp_path: Path, cli: Cli) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("[1, 2]\n", encoding="utf-8")
    done = cli("check", log, "--format", "json")
    report = json.loads(done.stdout)
    assert mistakes(report) == []
    assert done.returncode == 3
    assert report["summary"]["rejected"] == 2
    assert "nothing was checked" in done.stderr


def test_stdout_is_one_object_under_every_flag(cli: Cli) -> None:
    flags = ["--redact", "--color", "always", "--fail-on", "never", "--select", "identify-after-track"]
    done = cli("check", ROOT / "sample_logs", "--format", "json", *flags)
    assert json.loads(done.stdout)["schema"] == "auditor/findings/1"
    assert done.returncode == 0


def test_times_are_utc_with_milliseconds() -> None:
    assert timestamp(1_767_607_200_005) == "2026-01-05T10:00:00.005Z"
    assert timestamp(-1) == "1969-12-31T23:59:59.999Z"


def test_every_rule_is_listed_and_counts_its_findings(judge: Any) -> None:
    report = document_of(judge(ROOT / "sample_logs" / "identify-after-track.jsonl"))
    counted = {rule["id"]: rule["findings"] for rule in report["rules"] if rule["findings"]}
    found: dict[str, int] = {}
    for finding in report["findings"]:
        found[finding["rule"]] = found.get(finding["rule"], 0) + 1
    assert counted == found
    assert {rule["status"] for rule in report["rules"]} == {"evaluated", "no-candidates", "not-evaluated"}


@pytest.mark.parametrize("indent", [None, 1])
def test_an_event_of_a_har_says_in_which_entry_it_stands(tmp_path: Path, judge: Judge, indent: int | None) -> None:
    first, second = call(1, event="Signed Up"), call(2, 40, type="identify", event=None, userId="u1")
    batch = {"batch": [call(3, 50), call(4, 60)], "sentAt": second["sentAt"]}
    site, picture = document(0, "https://shop.example/"), request(50, url="https://shop.example/a.png")
    entries = [site, request(5, first), request(45, second), picture, request(65, batch, url=f"{COLLECTOR[:-1]}b")]
    (tmp_path / "session.har").write_bytes(har(*entries, indent=indent))
    (tmp_path / "server.jsonl").write_text(json.dumps(call(5, anonymousId=None, userId="u1")) + "\n", encoding="utf-8")
    report = judge([tmp_path / "session.har", tmp_path / "server.jsonl"])
    held = document_of(report)
    assert mistakes(held) == []
    finding = next(one for one in held["findings"] if one["rule"] == "identify-after-track")
    assert (finding["event"]["entry"], [event["entry"] for event in finding["evidence"]]) == (2, [3])
    assert f"session.har:{report.findings[0].event.line} (entry 2)" in " ".join("".join(render(report)).split())
    read = read_log([str(tmp_path / "session.har"), str(tmp_path / "server.jsonl")])
    numbers = {event.message_id: report.entry(event) for event in read.events}
    assert numbers == {"m1": 2, "m2": 3, "m3": 5, "m4": 5, "m5": None}


def test_an_entry_that_cannot_be_read_counts_as_one(tmp_path: Path, judge: Judge) -> None:
    broken = har(request(5, call(1)), request(45, call(2)), request(60, call(3))).replace(
        b'"method": "POST"', b'"method": 1', 1
    )
    (tmp_path / "session.har").write_bytes(broken)
    report = judge(tmp_path / "session.har")
    assert report.rejected == 1
    read = read_log([str(tmp_path / "session.har")])
    assert [report.entry(event) for event in read.events] == [2, 3]
