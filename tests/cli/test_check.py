"""`auditor check` as a process: what people and CI see."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.hars import document, har

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_logs"
SWAPPED = SAMPLES / "identify-after-track.jsonl"
CLEAN = SAMPLES / "clean.jsonl"
USER, DEVICE = "u_42", "0d5e7f1a-53f5-4f1e-9d2c-3b6f5a8c7e10"


def call(kind: str, milliseconds: int, **members: Any) -> dict[str, Any]:
    moment = f"2026-01-05T10:00:{milliseconds // 1000:02}.{milliseconds % 1000:03}Z"
    return {
        "type": kind,
        "anonymousId": DEVICE,
        "messageId": f"m-{milliseconds}",
        "timestamp": moment,
        "context": {"library": {"name": "analytics.js", "version": "next-1.84.3"}, "page": {"path": "/welcome"}},
        **members,
    }


SIGNED_UP = call("track", 100, event="Signed Up")
IDENTIFIED = call("identify", 300, userId=USER, traits={"email": "ada@example.com"})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of one swapped signup, in a folder that no config reaches."""
    (tmp_path / ".git").mkdir()
    file = tmp_path / "log.jsonl"
    file.write_text(json.dumps(SIGNED_UP) + "\n" + json.dumps(IDENTIFIED) + "\n", encoding="utf-8")
    return file


# --- Exit codes -------------------------------------------------------------------------------------------


def test_a_clean_log_is_0_and_says_so(cli: Cli) -> None:
    done = cli("check", CLEAN)
    assert done.returncode == 0
    assert "0 errors, 0 warnings" in done.stdout
    assert done.stderr == ""


def test_an_error_is_1(cli: Cli) -> None:
    assert cli("check", SWAPPED).returncode == 1


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_fail_on_decides_what_a_warning_is_worth(fail_on: str, code: int, cli: Cli) -> None:
    done = cli("check", SAMPLES / "user-id-is-email.jsonl", "--fail-on", fail_on)
    assert done.returncode == code


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_exit_code_does_not_depend_on_the_format(form: str, cli: Cli) -> None:
    assert cli("check", SWAPPED, "--format", form).returncode == 1
    assert cli("check", CLEAN, "--format", form).returncode == 0


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_checked_is_3_with_the_reason_on_stderr(form: str, tmp_path: Path, cli: Cli) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    done = cli("check", empty, "--format", form)
    assert done.returncode == 3
    assert "nothing was checked" in done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "no-such-log.jsonl"), "no-such-log.jsonl: no such file"),
        (("check", SWAPPED, "--select", "identify-after-trck"), 'did you mean "identify-after-track"'),
        (("check", SWAPPED, "--ignore", "nothing-of-the-kind"), "there is no rule"),
        (("check", SWAPPED, "--config", "no-such-config.yml"), "no-such-config.yml"),
        (("check", SWAPPED, "--rules", "no-such-pack.yml"), "no-such-pack.yml: no such rule file"),
        (("check", SWAPPED, "--format", "pdf"), "pdf"),
        (("check",), "Usage"),
        (("chekc", SWAPPED), 'did you mean "check"'),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_2_with_a_sentence_and_no_report(
    arguments: tuple[Any, ...], said: str, cli: Cli
) -> None:
    done = cli(*arguments)
    assert done.returncode == 2
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_one_missing_log_among_several_checks_nothing(cli: Cli) -> None:
    done = cli("check", SWAPPED, "absent.jsonl")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "absent.jsonl" in done.stderr


def test_strict_turns_a_reject_into_2(log: Path, cli: Cli) -> None:
    log.write_text(log.read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
    lenient, strict = cli("check", log), cli("check", log, "--strict")
    assert lenient.returncode == 1
    assert "1 of 3 records could not be read" in " ".join(lenient.stdout.split())
    assert (strict.returncode, strict.stdout) == (2, "")
    assert "log.jsonl:3" in strict.stderr


def test_rejects_are_written_out_whole(log: Path, tmp_path: Path, cli: Cli) -> None:
    bad = '{"type": "track", "event": "Signed Up", "properties": [1]}'
    log.write_text(bad + "\n" + log.read_text(encoding="utf-8"), encoding="utf-8")
    cli("check", log, "--rejects", tmp_path / "rejects.jsonl")
    assert (tmp_path / "rejects.jsonl").read_text(encoding="utf-8") == bad + "\n"


def test_a_rejects_file_that_cannot_be_written_is_2(log: Path, tmp_path: Path, cli: Cli) -> None:
    done = cli("check", log, "--rejects", tmp_path / "no-such-folder" / "rejects.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr


def test_the_rejects_of_an_earlier_run_do_not_stay(log: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "rejects.jsonl").write_text("old\n", encoding="utf-8")
    cli("check", log, "--rejects", tmp_path / "rejects.jsonl")
    assert (tmp_path / "rejects.jsonl").read_text(encoding="utf-8") == ""


def test_a_bug_of_ours_is_70_and_asks_for_a_report(log: Path, tmp_path: Path, cli: Cli) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import auditor.runners.local as local\n"
        "def check(*_, **__):\n    raise ZeroDivisionError('planted')\n"
        "local.check = check\n",
        encoding="utf-8",
    )
    done = cli("check", log, PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert done.returncode == 70
    assert "this is a bug in Auditor" in done.stderr


# --- Inputs -----------------------------------------------------------------------------------------------


def test_stdin_is_a_log(log: Path, cli: Cli) -> None:
    done = cli("check", "-", "--format", "json", stdin=log.read_bytes())
    assert json.loads(done.stdout)["findings"][0]["event"]["file"] == "stdin"


def test_a_glob_is_expanded_where_the_shell_did_not(cli: Cli) -> None:
    done = cli("check", str(SAMPLES / "identify-*.jsonl"), "--format", "json")
    assert json.loads(done.stdout)["summary"]["inputs"] == 1


# --- What the flags do ------------------------------------------------------------------------------------


def test_select_and_ignore_choose_rules(log: Path, cli: Cli) -> None:
    only = json.loads(cli("check", log, "--select", "user-id-is-email", "--format", "json").stdout)
    without = json.loads(cli("check", log, "--ignore", "identify-after-track", "--format", "json").stdout)
    assert only["findings"] == without["findings"] == []
    reasons = {rule["id"]: rule["reason"] for rule in only["rules"]}
    assert reasons["identify-after-track"] == "not selected"


def test_the_nearest_config_upwards_is_used(log: Path, cli: Cli) -> None:
    (log.parent / "auditor.yml").write_text("params: {signup_events: [Joined]}\n", encoding="utf-8")
    inner = log.parent / "a" / "b"
    inner.mkdir(parents=True)
    done = cli("check", log, cwd=inner)
    assert 'did you mean "Signed Up" (1)?' in " ".join(done.stdout.split())
    assert done.returncode == 0


def test_names_that_only_look_like_a_signup_are_offered(log: Path, cli: Cli) -> None:
    log.write_text(log.read_text(encoding="utf-8").replace("Signed Up", "Member Signed Up"), encoding="utf-8")
    said = " ".join(cli("check", log).stdout.split())
    assert 'signups: none seen under the names in signup_events; did you mean "Member Signed Up" (1)?' in said


def test_destinations_seen_in_the_log_are_named_with_the_line_to_paste(log: Path, cli: Cli) -> None:
    lines = [
        json.dumps(e | {"_metadata": {"bundled": ["Segment.io"], "unbundled": ["Mixpanel"]}})
        for e in (SIGNED_UP, IDENTIFIED)
    ]
    log.write_text("\n".join(lines), encoding="utf-8")
    said = " ".join(cli("check", log).stdout.split())
    assert "the log names these destinations: Mixpanel" in said
    assert "destinations: [mixpanel-" in said


# --- Privacy ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json"])
def test_in_ci_ids_become_pseudonyms(form: str, log: Path, cli: Cli) -> None:
    redacted = cli("check", log, "--format", form, CI="true").stdout
    assert USER not in redacted
    assert DEVICE not in redacted
    assert re.search(r"user#[0-9a-f]{8}", redacted)
    assert USER in cli("check", log, "--format", form, "--no-redact", CI="true").stdout
    assert USER not in cli("check", log, "--format", form, "--redact").stdout
    assert USER in cli("check", log, "--format", form).stdout


def test_message_ids_and_places_are_never_redacted(log: Path, cli: Cli) -> None:
    finding = json.loads(cli("check", log, "--format", "json", "--redact").stdout)["findings"][0]
    assert finding["event"]["message_id"] == "m-100"
    assert finding["event"]["line"] == 1
    assert finding["event"]["file"].endswith("log.jsonl")


def test_an_email_as_user_id_is_redacted_everywhere(log: Path, cli: Cli) -> None:
    log.write_text(log.read_text(encoding="utf-8").replace(USER, "grace@example.com"), encoding="utf-8")
    for form in ("text", "json"):
        assert "grace" not in cli("check", log, "--format", form, "--redact").stdout


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_value_of_a_sensitive_trait_is_never_printed(form: str, log: Path, cli: Cli) -> None:
    leaking = json.dumps(IDENTIFIED | {"traits": {"password": "hunter2-hunter2", "card": "4111111111111111"}})
    log.write_text(leaking, encoding="utf-8")
    printed = cli("check", log, "--format", form, "--no-redact").stdout
    assert "password" in printed
    assert "hunter2" not in printed
    assert "4111" not in printed


# --- Looks ------------------------------------------------------------------------------------------------


def test_text_fits_80_columns_and_has_no_colour_in_a_pipe(cli: Cli) -> None:
    printed = cli("check", SAMPLES).stdout
    assert "\x1b" not in printed
    long = [line for line in printed.splitlines() if len(line) > 80 and " " in line.strip()]
    assert long == []


def test_colour_comes_when_asked_for_and_goes_with_no_color(cli: Cli) -> None:
    assert "\x1b[" in cli("check", SWAPPED, "--color", "always").stdout
    assert "\x1b[" in cli("check", SWAPPED, FORCE_COLOR="1").stdout
    assert "\x1b[" not in cli("check", SWAPPED, NO_COLOR="1", FORCE_COLOR="1").stdout
    assert "\x1b[" not in cli("check", SWAPPED, "--color", "never", FORCE_COLOR="1").stdout


def test_what_a_terminal_would_obey_does_not_come_through(log: Path, cli: Cli) -> None:
    hostile = "Signed \x1b[2J\u202eUp\x07"
    log.write_text(json.dumps(SIGNED_UP | {"event": hostile}) + "\n" + json.dumps(IDENTIFIED), encoding="utf-8")
    (log.parent / "auditor.yml").write_text(json.dumps({"params": {"signup_events": [hostile]}}), encoding="utf-8")
    printed = cli("check", log, "--config", log.parent / "auditor.yml").stdout
    assert "identify-after-track" in printed
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", printed)


def test_the_report_opens_with_the_signups_and_ends_with_what_to_type_next(log: Path, cli: Cli) -> None:
    lines = cli("check", log).stdout.splitlines()
    assert lines[0] == 'signups: 1 seen ("Signed Up", by default names): 0 right, 1 before identify'
    assert lines[-3] == "next: auditor rules show identify-after-track"
    assert lines[-2:] == [f"next: auditor timeline {log} \\", f"        --device {DEVICE}"]


# --- HAR ----------------------------------------------------------------------------------------------------


def test_a_har_can_come_from_stdin_and_be_named_in_the_configuration(cli: Cli, tmp_path: Path) -> None:
    data = (SAMPLES / "signup-on-redirecting-page.har").read_bytes()
    (tmp_path / "auditor.yml").write_text("dialect: har\n", encoding="utf-8")
    first, *others = [
        json.loads(cli("check", "-", "--format", "json", *options, stdin=data).stdout)["findings"]
        for options in ((), ("--dialect", "har"), ("--config", tmp_path / "auditor.yml"))
    ]
    assert [finding["rule"] for finding in first] == ["signup-on-redirecting-page"]
    assert others == [first, first]


def test_a_har_without_a_request_to_a_collector_is_not_green(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "session.har").write_bytes(har(document(0, "https://shop.example/")))
    done = cli("check", "session.har", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.endswith("session.har: 1 records, but no call (in a HAR: none to a collector)\n")


def test_a_redacted_report_on_a_har_names_nobody(cli: Cli) -> None:
    printed = cli("check", SAMPLES / "signup-on-redirecting-page.har", "--redact", "--format", "json").stdout
    assert json.loads(printed)["findings"]
    assert not re.search("rosa|u_1587|b7717371", printed, re.IGNORECASE)


def test_the_time_zone_of_a_mixpanel_project_is_a_flag_or_a_setting_and_must_be_one(cli: Cli, tmp_path: Path) -> None:
    record = {"event": "Paid", "properties": {"time": 1767610800, "distinct_id": "undefined"}}
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")

    def times(*options: str) -> str:
        done = cli("check", "log.jsonl", "--format", "json", *options, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        return str(json.loads(done.stdout)["findings"][0]["event"]["timestamp"])

    assert times() == "2026-01-05T11:00:00.000Z"
    assert times("--tz", "Europe/Berlin") == "2026-01-05T10:00:00.000Z"
    (tmp_path / "auditor.yml").write_text("tz: Europe/Berlin\n", encoding="utf-8")
    assert times() == "2026-01-05T10:00:00.000Z"
    assert times("--tz", "UTC") == "2026-01-05T11:00:00.000Z"
    for zone in ("Berlin", "../x", ""):
        done = cli("check", "log.jsonl", "--tz", zone, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert f'"{zone}" is no time zone' in done.stderr
    (tmp_path / "auditor.yml").write_text("tz: Berlin\n", encoding="utf-8")
    done = cli("check", "log.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert 'auditor.yml:1: "tz" is no time zone: "Berlin"' in done.stderr


def test_what_did_not_run_says_what_would_make_it(log: Path, cli: Cli) -> None:
    def not_run() -> str:
        said = " ".join(cli("events", log, cwd=log.parent).stdout.split())
        return said[said.index("not run:") :].partition("next:")[0]

    def in_short() -> str:
        said = " ".join(cli("check", log, cwd=log.parent).stdout.split())
        return said[said.index("nothing to look at") :].partition("next:")[0]

    config = log.parent / "auditor.yml"
    assert "missing-alias" in (said := not_run())
    assert "if you use one of these destinations, name it in auditor.yml: destinations: [NAME]" in said
    assert "identify-storm (switched off; in auditor.yml, rules: {identify-storm: true} turns it on)" in said
    said = in_short()
    assert re.search(r"; not run: \d+ rules \(for certain destinations only\), identify-storm \(switched off\);", said)
    assert said.endswith("; auditor events LOG says why ")
    config.write_text("destinations: [mixpanel-legacy]\nrules: {identify-storm: true}\n", encoding="utf-8")
    assert "missing-alias" not in (said := not_run())
    assert "identify-storm" not in said
    assert "runs only for the destinations mixpanel-original" in said
    config.write_text("rules: {identify-after-track: false}\n", encoding="utf-8")
    assert "identify-after-track (switched off; in auditor.yml, rules: {identify-after-track: true} turns" in not_run()
    assert "identify-after-track, identify-storm (switched off)" in in_short()


def test_the_end_of_the_report_on_a_small_log_is_short_and_says_nothing_of_rules_that_were_left_out(cli: Cli) -> None:
    printed = cli("check", SWAPPED).stdout
    end = printed[printed.index(" rules, 10 events") :].splitlines()
    assert len(end) <= 6
    alone = cli("check", SWAPPED, "--select", "identify-after-track").stdout
    assert "not run" not in alone
    assert "nothing to look at" not in alone
    other = cli("check", SWAPPED, "--select", "missing-signup").stdout
    assert "nothing to look at for missing-signup; auditor events LOG says why\n" in other


def test_a_command_to_type_names_the_log_with_single_slashes(cli: Cli) -> None:
    printed = cli("check", f"{SAMPLES}//identify-after-track.jsonl").stdout
    assert f"auditor timeline {SAMPLES}/identify-after-track.jsonl" in " ".join(printed.split())
