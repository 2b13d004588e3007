"""`auditor timeline` as a process: one device, user or anonymousId, with the findings in the margin."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import CAPTURED, ROOT, SAMPLE_LOGS, Cli
from tests.stories import Story

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "timeline-1.json").read_text(encoding="utf-8"))
FINDINGS = json.loads((ROOT / "auditor" / "schemas" / "findings-1.json").read_text(encoding="utf-8"))
FOLDER = ROOT / "sample_logs"
SWAPPED = FOLDER / "identify-after-track.jsonl"
USER, DEVICE = "u_1041", "692a8a2d-bbf1-4456-9583-aee994fc2421"
GOLDEN = ROOT / "tests" / "golden" / "timeline.txt"


def timeline(cli: Cli, *arguments: object, **variables: str) -> dict[str, Any]:
    done = cli("timeline", *arguments, "--format", "json", **variables)
    assert done.returncode == 0, done.stderr
    held: dict[str, Any] = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(held)] == []
    return held


def test_the_schema_is_a_schema_and_words_findings_as_a_check_does() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": "auditor/timeline/1"}))
    assert SCHEMA["$defs"]["finding"] == FINDINGS["$defs"]["finding"]
    assert SCHEMA["$defs"]["event"] == FINDINGS["$defs"]["event"]


@pytest.mark.parametrize("log", SAMPLE_LOGS + CAPTURED[::7], ids=lambda path: path.name + path.parent.name)
def test_the_devices_of_a_log_hold_its_client_events_and_its_findings(log: Path, cli: Cli) -> None:
    report = json.loads(cli("check", log, "--format", "json").stdout)
    found = [finding["fingerprint"] for finding in report["findings"] if finding["event"]["anonymous_id"]]
    shown: list[str] = []
    client = 0
    for number in range(1, report["summary"]["devices"] + 1):
        held = timeline(cli, log, "--device", number)
        assert held["devices"] == [number]
        client += len(held["events"])
        for at, event in enumerate(held["events"]):
            for mark in event["findings"]:
                finding = held["findings"][mark["finding"]]
                cited = [finding["event"], *finding["evidence"]]
                assert event["message_id"] in [each["message_id"] for each in cited]
                if mark["role"] is None:
                    shown.append(finding["fingerprint"])
            if at and event["in_order"]:
                assert event["corrected"] >= held["events"][at - 1]["corrected"]
    stock = json.loads(cli("events", log, "--format", "json").stdout)
    assert client == sum(each["count"] for each in stock["senders"] if each["side"] != "server")
    assert sorted(shown) == sorted(found)


def test_the_text_of_one_sample_is_pinned(cli: Cli, pytestconfig: pytest.Config) -> None:
    printed = cli("timeline", SWAPPED.relative_to(ROOT), "--device", DEVICE).stdout
    if pytestconfig.getoption("--update-golden"):
        GOLDEN.write_text(printed, encoding="utf-8")
    assert printed == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("log", SAMPLE_LOGS, ids=lambda path: path.name)
def test_text_fits_80_columns_and_has_no_colour_in_a_pipe(log: Path, cli: Cli) -> None:
    printed = cli("timeline", log, "--device", 1).stdout
    assert "\x1b" not in printed
    assert [line for line in printed.splitlines() if len(line) > 80 and " " in line.strip()] == []


def test_colour_comes_when_asked_for(cli: Cli) -> None:
    assert "\x1b[" in cli("timeline", SWAPPED, "--device", 1, "--color", "always").stdout


# --- Whose timeline ---------------------------------------------------------------------------------------


def test_a_device_is_found_by_number_and_by_each_anonymous_id_it_had(cli: Cli) -> None:
    log = FOLDER / "clean.jsonl"
    by_number = timeline(cli, log, "--device", 1)
    ids = {event["anonymous_id"] for event in by_number["events"]}
    assert len(ids) == 3
    for each in ids:
        assert timeline(cli, log, "--device", each)["events"] == by_number["events"]
        only = timeline(cli, log, "--anonymous", each)["events"]
        assert {event["anonymous_id"] for event in only} == {each}
        assert 0 < len(only) < len(by_number["events"])


def test_a_users_timeline_has_the_visits_before_signup_and_the_servers_events(cli: Cli) -> None:
    held = timeline(cli, FOLDER / "clean.jsonl", "--user", "u_1501")["events"]
    assert {event["side"] for event in held} == {"browser", "server"}
    assert {event["user_id"] for event in held} == {None, "u_1501"}
    assert [event["device"] for event in held if event["side"] == "server"] == [None]


def test_ids_are_shown_where_they_change(cli: Cli) -> None:
    changes = {event["line"]: event["changes"] for event in timeline(cli, SWAPPED, "--device", 1)["events"]}
    assert changes.pop(1) == [
        {"id": "anonymousId", "before": None, "after": DEVICE},
        {"id": "userId", "before": None, "after": None},
    ]
    later = {line: said for line, said in changes.items() if said}
    assert later == {7: [{"id": "userId", "before": None, "after": USER}]}


def test_page_loads_are_bands_and_a_route_change_is_none(cli: Cli) -> None:
    held = timeline(cli, FOLDER / "clean.jsonl", "--device", 1)["events"]
    loads = [event["page_load"] for event in held]
    assert loads == sorted(loads)
    assert {event["page_load"] for event in held if event["path"] in ("/app/orders",)} < set(loads)
    printed = cli("timeline", FOLDER / "clean.jsonl", "--device", 1).stdout
    assert printed.count("+-- page load") == max(loads)


def test_a_pseudonym_of_a_redacted_report_finds_the_timeline(cli: Cli) -> None:
    report = json.loads(cli("check", SWAPPED, "--format", "json", "--redact").stdout)
    device = report["findings"][0]["event"]["anonymous_id"]
    user = report["findings"][0]["evidence"][0]["user_id"]
    plain = timeline(cli, SWAPPED, "--device", DEVICE)
    assert timeline(cli, SWAPPED, "--device", device)["events"] == plain["events"]
    assert timeline(cli, SWAPPED, "--anonymous", device)["events"] == plain["events"]
    assert timeline(cli, SWAPPED, "--user", user)["events"] == plain["events"]


@pytest.mark.parametrize("flags", [(), ("--redact",)])
@pytest.mark.parametrize("log", [log for log in SAMPLE_LOGS if not log.name.startswith("clean")], ids=lambda p: p.name)
def test_a_check_ends_with_a_command_that_works(log: Path, flags: tuple[str, ...], cli: Cli) -> None:
    printed = cli("check", log, *flags).stdout
    command = shlex.split(re.split(r"^next: ", printed, flags=re.MULTILINE)[-1].replace("\\\n", ""))
    assert command[:2] == ["auditor", "timeline"]
    done = cli(*command[1:], *flags)
    assert done.returncode == 0, done.stderr
    first = re.search(r"\w+\[([\w-]+)\]", printed)
    assert first is not None
    assert f"[{first[1]}]" in done.stdout


def test_what_a_server_had_to_do_with_it_is_shown_or_named(cli: Cli) -> None:
    log = FOLDER / "server-identify-before-client-alias.jsonl"
    assert "--user u_" in cli("check", log).stdout.splitlines()[-1]
    by_device = " ".join(cli("timeline", log, "--device", 1).stdout.split())
    assert re.search(r"not on this timeline: server: identify u_\d+, server, \S+:\d+", by_device)
    user = re.search(r"--user (u_\d+)", cli("check", log).stdout)
    assert user is not None
    by_user = cli("timeline", log, "--user", user[1]).stdout
    assert "not on this timeline" not in by_user
    assert re.search(r"^   s .*identify .*\[1\] server$", by_user, flags=re.MULTILINE)


def test_the_command_to_type_names_the_configuration_and_no_more_than_three_logs(tmp_path: Path, cli: Cli) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("fail_on: never\n", encoding="utf-8")
    printed = cli("check", SWAPPED, "--config", config, "--dialect", "segment").stdout
    assert f"--config {config} --dialect segment" in printed
    assert "next: auditor timeline LOG... --device" in cli("check", *SAMPLE_LOGS[:4]).stdout


# --- Nobody of that name ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--user", "u_104"), 'no event of this log is by a user "u_104"; did you mean u_1041?'),
        (("--user", "zzz"), "there are 3, such as u_1041"),
        (("--user", DEVICE), f"is no userId in this log but an anonymousId: --device {DEVICE}"),
        (("--device", USER), f"is no anonymousId in this log but a userId: --user {USER}"),
        (("--device", "692a8a2d"), f"did you mean {DEVICE}?"),
        (("--anonymous", DEVICE.replace("a8", "8a")), f"did you mean {DEVICE}?"),
        (("--device", "900"), "there is no device 900: there are 2 devices in this log"),
        (("--device", "0"), "there is no device 0"),
        ((), "say whose timeline: one of --user ID, --device ID, --anonymous ID"),
        (("--user", USER, "--device", "1"), "say whose timeline"),
        (("--device", "1", "--format", "txt"), 'did you mean "text"?'),
    ],
    ids=str,
)
def test_an_unknown_id_is_2_with_near_ones(arguments: tuple[str, ...], said: str, cli: Cli) -> None:
    done = cli("timeline", SWAPPED, FOLDER / "clean.jsonl", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_near_ids_are_pseudonyms_in_a_redacted_run(cli: Cli) -> None:
    done = cli("timeline", FOLDER, "--user", "u_104", CI="true")
    assert USER not in done.stderr
    assert re.search(r"did you mean user#[0-9a-f]{8}\?", done.stderr)


# --- Exit codes, rejects, privacy -------------------------------------------------------------------------


def test_no_events_is_3_and_a_missing_file_2(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "empty").touch()
    done = cli("timeline", tmp_path / "empty", "--device", 1)
    assert (done.returncode, done.stderr) == (3, f"auditor: there are no events in {tmp_path / 'empty'}\n")
    assert cli("timeline", tmp_path / "absent", "--device", 1).returncode == 2


def test_rejects_are_counted_and_refused_under_strict(tmp_path: Path, cli: Cli) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(SWAPPED.read_text(encoding="utf-8") + "garbage\n", encoding="utf-8")
    done = cli("timeline", log, "--device", 1)
    assert "rejected: 1 of 11 records could not be read" in done.stdout
    assert cli("timeline", log, "--device", 1, "--strict").returncode == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_in_ci_ids_become_pseudonyms(form: str, cli: Cli) -> None:
    for key, value in (("--user", USER), ("--device", DEVICE), ("--anonymous", DEVICE), ("--device", 1)):
        printed = cli("timeline", SWAPPED, key, value, "--format", form, CI="true").stdout
        assert USER not in printed
        assert DEVICE not in printed
        assert re.search(r"device#[0-9a-f]{8}", printed)
        assert USER in cli("timeline", SWAPPED, key, value, "--format", form, "--no-redact", CI="true").stdout


def test_what_a_terminal_would_obey_does_not_come_through(tmp_path: Path, cli: Cli) -> None:
    log = tmp_path / "log.jsonl"
    hostile = json.loads(SWAPPED.read_text(encoding="utf-8").splitlines()[2]) | {"event": "Pay \x1b[2J\u202e\x07"}
    log.write_text(json.dumps(hostile), encoding="utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", cli("timeline", log, "--device", 1).stdout)


# --- Clocks, copies, resets -------------------------------------------------------------------------------


def write(tmp_path: Path, story: Story) -> Path:
    file = tmp_path / "story.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in story.records), encoding="utf-8")
    return file


def test_a_wrong_clock_is_named_and_its_times_are_corrected(tmp_path: Path, cli: Cli) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    browser.identify("u_1")
    for record in story.records:
        record["timestamp"], record["sentAt"] = (
            record[key].replace("2026-02-03T09", "2026-02-03T08") for key in ("timestamp", "sentAt")
        )
    story.wait(5000)
    story.server().track("Invoice Sent", "u_1")
    log = write(tmp_path, story)
    held = timeline(cli, log, "--user", "u_1")
    assert held["clocks"] == [{"device": 1, "behind_ms": 3_600_035}]
    assert [event["side"] for event in held["events"]] == ["browser", "browser", "server"]
    printed = cli("timeline", log, "--user", "u_1").stdout
    assert "the clock of device 1 is 60 min behind; its times are corrected" in printed
    assert "08:00" not in printed


def test_an_order_that_nobody_knows_is_marked(tmp_path: Path, cli: Cli) -> None:
    story = Story()
    story.browser().identify("u_1")
    story.wait(300)
    story.server().identify("u_1")
    log = write(tmp_path, story)
    assert [event["in_order"] for event in timeline(cli, log, "--user", "u_1")["events"]] == [True, False]
    assert re.search(r"s \S+ +~\+\d+ ms  identify u_1", cli("timeline", log, "--user", "u_1").stdout)


def test_copies_pauses_and_an_inferred_reset_are_said(tmp_path: Path, cli: Cli) -> None:
    story = Story()
    browser = story.rudder()
    browser.load("/")
    record = browser.identify("u_1")
    story.records.append({**record, "sentAt": record["receivedAt"]})
    story.wait(45 * 60_000)
    browser.reset()
    browser.track("Later")
    printed = cli("timeline", write(tmp_path, story), "--device", 1).stdout
    assert "u_1 (received 2 times)" in printed
    assert "... 45 min later" in printed
    assert "reset was called here, as the ids show" in printed
    assert "userId u_1 -> none" in printed


def test_a_phone_has_no_page_loads(tmp_path: Path, cli: Cli) -> None:
    story = Story()
    story.phone().screen("Home")
    log = write(tmp_path, story)
    assert timeline(cli, log, "--device", 1)["events"][0]["page_load"] is None
    assert "page load 1" not in cli("timeline", log, "--device", 1).stdout
