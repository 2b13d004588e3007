"""`auditor identities` as a process: formats, destinations, mends, redaction, exit codes."""

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.identities.catalogue import DESTINATIONS
from auditor.identities.mends import MENDABLE
from tests.conftest import CAPTURED, ROOT, SAMPLE_LOGS, Cli
from tests.stories import Story, again

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "identities-1.json").read_text(encoding="utf-8"))
FOLDER = ROOT / "sample_logs"
LATE = FOLDER / "alias-after-identify.jsonl"
LEGACY = ("--destination", "mixpanel-legacy")


def told(cli: Cli, *arguments: object, **variables: str) -> Any:
    done = cli("identities", *arguments, "--format", "json", **variables)
    assert done.returncode == 0, done.stderr
    held = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(held)] == []
    return held


def write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_the_schema_is_a_schema_and_asks_for_the_contract() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": "auditor/identities/1"}))
    asked = {
        "schema",
        "destination",
        "profiles",
        "people",
        "orphaned_events",
        "split_people",
        "merged_people",
        "refused",
    }
    assert asked <= set(SCHEMA["$defs"]["identities"]["required"])


@pytest.mark.parametrize("log", SAMPLE_LOGS + CAPTURED[::9], ids=lambda path: path.name + path.parent.name)
def test_every_log_goes_through_every_destination(log: Path, cli: Cli) -> None:
    options = [word for name in DESTINATIONS for word in ("--destination", name)]
    found = told(cli, log, *options)
    assert [one["destination"] for one in found] == list(DESTINATIONS)
    for one in found:
        held = sum(size["events"] * size["profiles"] for size in one["events_per_profile"])
        assert held == one["replayed_events"] - one["unstored_events"], one["destination"]
        assert sum(size["profiles"] for size in one["events_per_profile"]) == one["profiles"]
        assert one["split_people"] == len(one["split"])
        assert one["orphaned_events"] == sum(person["orphaned_events"] for person in one["split"])


def test_one_destination_is_one_object_and_a_mend_says_what_was_before(cli: Cli) -> None:
    as_it_is = told(cli, LATE, *LEGACY)
    assert (as_it_is["destination"], as_it_is["named_by"], as_it_is["order"]) == (
        LEGACY[1],
        "--destination",
        "received",
    )
    assert (as_it_is["people"], as_it_is["profiles"], as_it_is["split_people"]) == (1, 2, 1)
    assert as_it_is["orphaned_events"] == 3
    assert as_it_is["refused"][0]["reason"] == "self_alias"
    mended = told(cli, LATE, *LEGACY, "--fix", "alias-after-identify")
    assert (mended["profiles"], mended["split_people"], mended["orphaned_events"]) == (1, 0, 0)
    fix = mended["fix"]
    assert (fix["rule"], fix["findings"], fix["mended"], fix["people_restored"]) == ("alias-after-identify", 1, 1, 1)
    assert fix["before"] == {key: as_it_is[key] for key in fix["before"]}


def test_the_table_has_every_event_once_in_each_destination(cli: Cli) -> None:
    for destination in ("mixpanel-legacy", "posthog"):
        done = cli("identities", FOLDER, "--destination", destination, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        held = told(cli, FOLDER, "--destination", destination)
        assert sum(int(row["events"]) for row in rows) == held["replayed_events"]
        assert sum(int(row["orphaned_events"]) for row in rows) == held["orphaned_events"]
        assert {row["destination"] for row in rows} == {destination}
        split = {(row["person"], row["person_is"]) for row in rows if row["split"] == "yes"}
        assert len(split) == held["split_people"]
        merged = {(row["person"], row["person_is"]) for row in rows if row["merged"] == "yes"}
        assert len(merged) == held["merged_people"]


def test_the_text_says_who_and_why_and_its_next_commands_work(cli: Cli) -> None:
    done = cli("identities", LATE, *LEGACY)
    assert "1 person makes 2 profiles" in done.stdout
    assert "u_1107: in 2 profiles, 3 of 6 events not in the user's own" in done.stdout
    assert "why: alias-after-identify" in done.stdout
    following = done.stdout.replace(" \\\n", " ")
    commands = [line.removeprefix("next: ") for line in following.splitlines() if line.startswith("next: ")]
    assert len(commands) == 2
    outputs = [cli(*shlex.split(command)[1:]) for command in commands]
    assert [output.returncode for output in outputs] == [0, 0]
    assert "if alias-after-identify were mended, 1 signup gets its history back" in outputs[0].stdout
    assert "user u_1107" in outputs[1].stdout


def test_whoever_is_whole_is_told_so(cli: Cli) -> None:
    done = cli("identities", FOLDER / "clean.jsonl", "--destination", "amplitude")
    assert "nobody is split, nobody is merged by mistake" in done.stdout
    assert "next: auditor check" in done.stdout


# --- Which destination --------------------------------------------------------------------------------------


def test_without_one_those_of_the_configuration_are_taken(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("destinations: [posthog, intercom]\n", encoding="utf-8")
    held = told(cli, LATE, "--config", config)
    assert (held["destination"], held["named_by"]) == ("posthog", "the configuration")
    assert len(held["notes"]) == 1
    assert "Intercom" in held["notes"][0]


def test_without_any_those_that_the_log_names(cli: Cli) -> None:
    held = told(cli, LATE)
    assert [one["destination"] for one in held] == ["mixpanel-original", "mixpanel-simplified"]
    assert {one["named_by"] for one in held} == {"the log"}


def test_where_nobody_names_one_a_sentence_says_what_to_do(cli: Cli) -> None:
    done = cli("identities", FOLDER / "clean.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--destination NAME" in done.stderr
    assert "mixpanel-legacy" in done.stderr


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("posthogg", 'did you mean "posthog"?'),
        ("mixpanel", "did you mean mixpanel-legacy or mixpanel-original or mixpanel-simplified?"),
        ("nothing-like-it", "it is one of mixpanel-legacy,"),
        ("segment", "unify"),
        ("intercom", "is not replayed"),
    ],
)
def test_another_name_is_answered_with_what_was_meant(given: str, answer: str, cli: Cli) -> None:
    done = cli("identities", LATE, "--destination", given)
    assert (done.returncode, done.stdout) == (2, "")
    assert answer in " ".join(done.stderr.split())


# --- What to mend -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("alias-after-identfy", 'did you mean "alias-after-identify"?'),
        ("pii-in-url", "no merge rule depends on this mistake"),
        ("alias-after-identify,missing-alias", "--fix takes one rule"),
    ],
)
def test_what_cannot_be_mended_is_said(given: str, answer: str, cli: Cli) -> None:
    done = cli("identities", LATE, *LEGACY, "--fix", given)
    assert (done.returncode, done.stdout) == (2, "")
    assert answer in " ".join(done.stderr.split())


def test_a_mend_says_who_is_parted_and_where_nobody_gains(cli: Cli) -> None:
    log = FOLDER / "placeholder-user-id.jsonl"
    parted = cli("identities", log, "--destination", "kissmetrics", "--fix", "placeholder-user-id").stdout
    assert "if placeholder-user-id were mended, 2 people are merged no more" in parted
    log = FOLDER / "identify-after-track.jsonl"
    same = cli("identities", log, "--destination", "posthog", "--fix", "identify-after-track").stdout
    assert "if identify-after-track were mended, nobody would be more whole than now" in same


def test_a_mend_of_what_the_destination_does_not_care_for_says_so(cli: Cli) -> None:
    held = told(cli, LATE, "--destination", "amplitude", "--fix", "alias-after-identify")
    assert held["fix"]["findings"] == 0
    assert "makes no difference to amplitude" in held["fix"]["reason"]
    shown = cli("identities", LATE, "--destination", "amplitude", "--fix", "alias-after-identify").stdout
    assert "nothing to mend: no finding of alias-after-identify" in shown


def test_findings_that_cannot_be_mended_are_counted_with_the_reason(cli: Cli) -> None:
    log = FOLDER / "signup-without-identify.jsonl"
    held = told(cli, log, "--destination", "posthog", "--fix", "signup-without-identify")
    assert held["fix"]["findings"] == 1
    assert held["fix"]["mended"] == 0
    assert held["fix"]["unmended"] == [{"reason": "the log does not say who it was", "count": 1}]


def test_a_rule_that_is_switched_off_can_be_mended_and_is_no_cause(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("rules: {alias-after-identify: off}\n", encoding="utf-8")
    assert "alias-after-identify" not in told(cli, LATE, *LEGACY, "--config", config)["findings"]
    mended = told(cli, LATE, *LEGACY, "--config", config, "--fix", "alias-after-identify")
    assert mended["fix"]["mended"] == 1


# --- What arrived, in which order ---------------------------------------------------------------------------


def test_the_order_of_arrival_decides_where_every_call_says_when(cli: Cli, tmp_path: Path) -> None:
    story = Story()
    browser, server = story.browser(), story.server()
    browser.load("/")
    story.wait(5000)
    browser.alias("u-1", browser.anonymous, sent=20_000)
    story.wait(2000)
    server.identify("u-1")
    story.wait(30_000)
    browser.track("Signed Up", user="u-1")
    late = write(tmp_path / "late.jsonl", story.records)
    held = told(cli, late, *LEGACY)
    assert (held["order"], held["split_people"]) == ("received", 1)
    for record in story.records:
        del record["receivedAt"], record["sentAt"]
    held = told(cli, write(tmp_path / "untold.jsonl", story.records), *LEGACY)
    assert (held["order"], held["split_people"]) == ("corrected", 0)


def test_what_did_not_arrive_is_not_replayed_and_copies_count_once(cli: Cli, tmp_path: Path) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    story.wait(5000)
    lost = browser.track("Lost", delivery="aborted")
    story.wait(5000)
    twice = browser.track("Twice", delivery="aborted")
    again(story, twice, after=900, delivery=None)
    again(story, twice, after=1900, delivery=None)
    held = told(cli, write(tmp_path / "log.jsonl", story.records), "--destination", "posthog")
    assert lost["event"] == "Lost"
    assert held["replayed_events"] == 2


# --- Redaction, exit codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "csv"])
@pytest.mark.parametrize("fix", [(), ("--fix", "alias-after-identify")])
def test_a_redacted_report_holds_no_id(form: str, fix: tuple[str, ...], cli: Cli) -> None:
    for variables, option in (({}, ["--redact"]), ({"CI": "1"}, [])):
        shown = cli("identities", FOLDER, *LEGACY, *fix, "--format", form, *option, **variables).stdout
        for value in ("u_1107", "u_1500", "a421be71", "110fb9f6", "@"):
            assert value not in shown, value
        assert "user#" in shown or "device#" in shown
    assert "u_1107" in cli("identities", LATE, *LEGACY, "--format", "csv", "--no-redact", CI="1").stdout


def test_a_placeholder_stays_readable(cli: Cli) -> None:
    log = FOLDER / "placeholder-user-id.jsonl"
    held = told(cli, log, "--destination", "kissmetrics", "--redact")
    assert held["merged"][0]["placeholder"] == "undefined"
    assert [name.split("#")[0] for name in held["merged"][0]["anonymous_ids"]] == ["device", "device"]


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_no_events_is_exit_code_3_with_the_report(form: str, cli: Cli, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", encoding="utf-8")
    done = cli("identities", empty, *LEGACY, "--format", form)
    assert done.returncode == 3
    assert "nothing was replayed" in done.stderr
    assert done.stdout
    if form == "json":
        assert json.loads(done.stdout)["profiles"] == 0
    assert cli("identities", empty, "--format", form).returncode == 3


def test_rejects_are_counted_and_under_strict_exit_code_2(cli: Cli, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(LATE.read_bytes() + b"{not json\n")
    held = told(cli, log, *LEGACY, "--rejects", tmp_path / "rejects")
    assert held["summary"]["rejected"] == len(held["rejects"]) == 1
    assert (tmp_path / "rejects").read_bytes() == b"{not json\n"
    assert "rejected: 1 of" in cli("identities", log, *LEGACY).stdout
    done = cli("identities", log, *LEGACY, "--strict")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_missing_log_is_exit_code_2(cli: Cli, tmp_path: Path) -> None:
    done = cli("identities", tmp_path / "none.jsonl", *LEGACY)
    assert (done.returncode, done.stdout) == (2, "")
    assert "none.jsonl" in done.stderr


def test_help_is_a_page_with_examples_and_exit_codes(cli: Cli) -> None:
    shown = cli("identities", "--help").stdout
    assert "Exit codes:" in shown
    assert "auditor identities capture.jsonl --destination mixpanel-legacy" in shown


def test_the_documentation_names_every_destination_and_every_rule_that_can_be_mended() -> None:
    page = (ROOT / "docs" / "identities.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([\w-]+)` \| ", page, flags=re.MULTILINE)[: len(DESTINATIONS)] == list(DESTINATIONS)
    assert {rule for rule in MENDABLE if f"`{rule}`" not in page} == set()
