"""`auditor funnel` as a process: three formats, exit codes, and a first screen that answers."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import CAPTURED, ROOT, SAMPLE_LOGS, Cli

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "funnel-1.json").read_text(encoding="utf-8"))


def funnel(cli: Cli, *arguments: object, **variables: str) -> dict[str, Any]:
    done = cli("funnel", *arguments, "--format", "json", **variables)
    assert done.returncode == 0, done.stderr
    held: dict[str, Any] = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(held)] == []
    return held


def test_the_schema_is_a_schema_and_refuses_what_lacks_a_member() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": "auditor/funnel/1"}))


@pytest.mark.parametrize("log", SAMPLE_LOGS + CAPTURED[::7], ids=lambda path: path.name + path.parent.name)
def test_every_log_gives_an_object_of_the_schema_that_adds_up(log: Path, cli: Cli) -> None:
    held = funnel(cli, log)
    summary, signups = held["summary"], held["signups"]
    assert summary["records"] == summary["events"] + summary["rejected"] + summary["skipped"]
    added = sum(len(loss["user_ids"]) for loss in held["losses"] if not loss["counted"] and loss["proved"])
    assert signups["actual"] == signups["measured"] - signups["extra"] + added
    if log.name.startswith("clean"):
        assert held["losses"] == []
        assert held["conversion"]["measured"] == held["conversion"]["corrected"]
    shares = [held["conversion"][name] for name in ("low", "corrected", "high")]
    assert None in shares or shares == sorted(shares)


def test_the_text_answers_first_and_fits_80_columns(cli: Cli) -> None:
    printed = cli("funnel", ROOT / "sample_logs").stdout
    first = printed.splitlines()[:12]
    assert first[0].startswith("signups: ")
    assert any(line.startswith("conversion: ") for line in first)
    assert any(line.startswith("lost because of") for line in first)
    assert "\x1b" not in printed
    assert [line for line in printed.splitlines() if len(line) > 80 and not line.startswith("next: ")] == []


def test_csv_has_one_row_for_each_step_and_loss(cli: Cli) -> None:
    done = cli("funnel", ROOT / "sample_logs" / "identify-after-track.jsonl", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["name"] for row in rows if row["kind"] == "step"][:2] == ["visit", "signup page"]
    assert [(row["name"], row["people"], row["rule"]) for row in rows if row["kind"] == "loss"] == [
        ("identify-after-track", "1", "identify-after-track")
    ]
    (whole,) = [row for row in rows if row["kind"] == "signups"]
    assert (whole["measured"], whole["actual"], whole["visitors"]) == ("1", "1", "1")


def test_without_events_there_is_no_funnel(cli: Cli, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("[1]\n", encoding="utf-8")
    done = cli("funnel", log, "--format", "json")
    assert done.returncode == 3
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(done.stdout))] == []
    assert "is an event" in done.stderr
    assert "no events were read" in cli("funnel", log).stdout
    assert cli("funnel", log, "--strict").returncode == 2
    assert cli("funnel", tmp_path / "absent.jsonl").returncode == 2


def test_a_mistake_in_the_configuration_is_said_with_its_line(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("funnel:\n  steps: [vist]\n", encoding="utf-8")
    done = cli("funnel", ROOT / "sample_logs" / "clean.jsonl", "--config", config)
    assert done.returncode == 2
    assert done.stdout == ""
    assert 'auditor.yml:2: there is no default step "vist"; did you mean "visit"?' in done.stderr


def test_where_no_signup_is_seen_a_near_name_is_offered(cli: Cli, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    record = {"type": "track", "event": "user_signed_up_v2", "anonymousId": "a", "timestamp": "2026-01-05T10:00:00Z"}
    log.write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert "user_signed_up_v2" in cli("funnel", log).stdout


def test_ids_are_pseudonyms_where_ci_is_set(cli: Cli) -> None:
    log = ROOT / "sample_logs" / "missing-signup.jsonl"
    assert "u_1377" in cli("funnel", log).stdout
    for form in ("text", "json", "csv"):
        printed = cli("funnel", log, "--format", form, CI="true").stdout
        assert "u_1377" not in printed
    assert "user#" in cli("funnel", log, CI="true").stdout
