"""`auditor events` as a process: what is in a log, and what it cannot show."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import CAPTURED, ROOT, SAMPLE_LOGS, Cli

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "events-1.json").read_text(encoding="utf-8"))
SWAPPED = ROOT / "sample_logs" / "identify-after-track.jsonl"
GOLDEN = ROOT / "tests" / "golden" / "events.txt"


def inventory(cli: Cli, *arguments: object, **variables: str) -> dict[str, Any]:
    done = cli("events", *arguments, "--format", "json", **variables)
    assert done.returncode == 0, done.stderr
    held: dict[str, Any] = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(held)] == []
    return held


def gaps(held: dict[str, Any]) -> dict[str, list[str]]:
    return {gap["lacks"]: gap["silent"] for gap in held["gaps"]}


def test_the_schema_is_a_schema_and_refuses_what_lacks_a_member() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": "auditor/events/1"}))


@pytest.mark.parametrize("log", SAMPLE_LOGS + CAPTURED[::7], ids=lambda path: path.name + path.parent.name)
def test_every_log_gives_an_object_of_the_schema_that_adds_up(log: Path, cli: Cli) -> None:
    held = inventory(cli, log)
    summary = held["summary"]
    calls = summary["events"] - summary["copies"]
    assert summary["records"] == summary["events"] + summary["rejected"] + summary["skipped"]
    for key in ("senders", "sources"):
        assert sum(each["count"] for each in held[key]) == calls
    assert sum(held["calls"].values()) == calls
    assert sum(each["count"] for each in held["events"]) == held["calls"].get("track", 0)
    assert summary["first"] <= min((each["first"] for each in held["events"]), default=summary["first"])
    assert all(sum(each["sides"].values()) == each["count"] for each in held["events"])


def test_the_text_of_one_sample_is_pinned(cli: Cli, pytestconfig: pytest.Config) -> None:
    printed = cli("events", SWAPPED.relative_to(ROOT)).stdout
    if pytestconfig.getoption("--update-golden"):
        GOLDEN.write_text(printed, encoding="utf-8")
    assert printed == GOLDEN.read_text(encoding="utf-8")


def test_text_fits_80_columns_and_has_no_colour_in_a_pipe(cli: Cli) -> None:
    printed = cli("events", ROOT / "sample_logs").stdout
    assert "\x1b" not in printed
    assert [line for line in printed.splitlines() if len(line) > 80 and not line.startswith("next: ")] == []
    assert "\x1b[" in cli("events", SWAPPED, "--color", "always").stdout


def test_the_order_of_lines_and_the_way_in_change_nothing(tmp_path: Path, cli: Cli) -> None:
    plain = inventory(cli, ROOT / "sample_logs" / "clean.jsonl")
    lines = (ROOT / "sample_logs" / "clean.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(7).shuffle(lines)
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    assert inventory(cli, tmp_path / "log.jsonl") == plain
    piped = cli("events", "-", "--format", "json", stdin="".join(lines).encode())
    assert json.loads(piped.stdout) == plain


# --- What it says -----------------------------------------------------------------------------------------


def write(tmp_path: Path, records: list[dict[str, Any]]) -> Path:
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def call(kind: str, second: int, **members: Any) -> dict[str, Any]:
    library = {"name": "analytics.js", "version": "next-1.84.3"}
    return {
        "type": kind,
        "anonymousId": "a-1",
        "messageId": f"m-{second}-{kind}",
        "timestamp": f"2026-01-05T10:00:{second:02}.000Z",
        "context": {"library": library, "page": {"path": "/x"}},
        **members,
    }


def test_a_name_that_reads_like_a_signup_is_offered_with_the_line_to_paste(tmp_path: Path, cli: Cli) -> None:
    log = write(tmp_path, [call("track", n, event="Portal User Signed Up", userId="u") for n in range(3)])
    held = inventory(cli, log)
    assert held["events"][0]["reads_like"] == ["signup"]
    assert held["roles"][0]["similar"] == {"Portal User Signed Up": 3}
    said = " ".join(cli("events", log).stdout.split())
    assert 'did you mean "Portal User Signed Up" (3)? params: {signup_events: [Portal User Signed Up]}' in said
    assert "no signup (if it goes by another name, perhaps Portal User Signed Up: set signup_events)" in said


def test_a_configured_name_is_the_signup_and_says_by_what(tmp_path: Path, cli: Cli) -> None:
    log = write(tmp_path, [call("track", 1, event="Joined"), call("track", 2, event="Signed Up")])
    config = tmp_path / "auditor.yml"
    config.write_text("params: {signup_events: [Joined]}\n", encoding="utf-8")
    signup = inventory(cli, log, "--config", config)["roles"][0]
    assert (signup["names"], signup["similar"], signup["default"]) == ({"Joined": 1}, {"Signed Up": 1}, False)


def test_what_is_lacking_silences_the_rules_that_need_it(tmp_path: Path, cli: Cli) -> None:
    server = [
        {
            "type": "track",
            "event": "Signed Up",
            "userId": "u-1",
            "messageId": "m",
            "timestamp": "2026-01-05T10:00:00Z",
            "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        }
    ]
    held = gaps(inventory(cli, write(tmp_path, server)))
    without_identify = [*held.get("identify calls", ()), *held.get("identify", ())]
    assert {"missing-signup", "signup-on-redirecting-page"} <= set(held["client events"])
    assert "two-users-on-one-device" in without_identify
    assert "missing-identify-on-page-load" in held["page calls"]
    assert "missing-reset-on-logout" in held["client events"]


def test_a_mistake_that_is_not_there_is_no_gap(cli: Cli) -> None:
    """No placeholder id, no secret and no repeated messageId: those rules listen, and hear nothing."""
    held = gaps(inventory(cli, ROOT / "sample_logs" / "clean.jsonl"))
    silent = {rule for rules in held.values() for rule in rules}
    listening = {"placeholder-user-id", "user-id-is-email", "sensitive-trait-client-side", "duplicate-message-id"}
    assert not silent & listening


def test_a_log_without_the_collectors_clock_says_which_rules_are_less_sure(tmp_path: Path, cli: Cli) -> None:
    log = write(tmp_path, [call("identify", 1, userId="u"), call("alias", 2, userId="u", previousId="a-1")])
    held = {gap["lacks"]: gap["less_sure"] for gap in inventory(cli, log)["gaps"]}
    assert "alias-after-identify" in held["receivedAt"]
    assert "two-users-on-one-device" in held["sentAt"]


def test_sources_and_destinations_are_named(tmp_path: Path, cli: Cli) -> None:
    metadata = {"bundled": ["Mixpanel (Actions)"], "unbundled": []}
    record = call("track", 1, event="X", writeKey="wk_1", _metadata=metadata)
    held = inventory(cli, write(tmp_path, [record]))
    assert held["sources"] == [{"write_key": "wk_1", "count": 1}]
    assert held["destinations"][0]["name"] == "Mixpanel (Actions)"
    assert "mixpanel-simplified" in held["destinations"][0]["profiles"]


# --- Exit codes, rejects, privacy -------------------------------------------------------------------------


def test_no_events_is_3_with_the_reason_on_stderr(tmp_path: Path, cli: Cli) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("[1, 2]\n", encoding="utf-8")
    for form in ("text", "json"):
        done = cli("events", log, "--format", form)
        assert done.returncode == 3
        assert done.stderr.startswith("auditor: no record of ")
    assert [e.message for e in Draft202012Validator(SCHEMA).iter_errors(json.loads(done.stdout))] == []


def test_rejects_are_counted_written_out_and_refused_under_strict(tmp_path: Path, cli: Cli) -> None:
    log = write(tmp_path, [call("track", 1, event="X")])
    log.write_text(log.read_text(encoding="utf-8") + "garbage\n", encoding="utf-8")
    done = cli("events", log, "--rejects", tmp_path / "bad")
    assert done.returncode == 0
    assert "rejected: 1 of 2 records could not be read" in done.stdout
    assert (tmp_path / "bad").read_text(encoding="utf-8") == "garbage\n"
    strict = cli("events", log, "--strict")
    assert (strict.returncode, strict.stdout) == (2, "")
    assert "log.jsonl:2: not JSON" in strict.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("events", "absent.jsonl"), "absent.jsonl: no such file"),
        (("events", SWAPPED, "--format", "jsn"), 'there is no "jsn"; did you mean "json"?'),
        (("events", SWAPPED, "--dialect", "segmnt"), 'did you mean "segment"?'),
        (("events",), "Usage"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_2_with_a_sentence(arguments: tuple[Any, ...], said: str, cli: Cli) -> None:
    done = cli(*arguments)
    assert done.returncode == 2
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_what_could_be_somebodys_becomes_a_pseudonym(tmp_path: Path, cli: Cli) -> None:
    place = {"page": {"path": "/a@b.io"}}
    record = call("track", 1, event="Mail to ada@example.com", writeKey="wk_secret", context=place)
    log = write(tmp_path, [record, call("page", 2, context={"page": {"path": "/u/ada@example.com"}})])
    for form in ("text", "json"):
        for flags, variables in ((["--redact"], {}), ([], {"CI": "true"})):
            printed = cli("events", log, "--format", form, *flags, **variables).stdout
            assert not re.search("ada@|wk_secret", printed)
            assert re.search(r"email#[0-9a-f]{8}", printed)
        assert "wk_secret" in cli("events", log, "--format", form, "--no-redact", CI="true").stdout


def test_help_is_a_page_with_examples_and_exit_codes(cli: Cli) -> None:
    for command in ("events", "timeline", "init", "config"):
        page = cli(command, "--help").stdout
        assert "Exit codes:" in page
        assert f"auditor {command} " in page.split("Usage:", 1)[1].split("Options:")[0]
