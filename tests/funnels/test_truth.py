"""The log against the database: missing, extra, duplicate and late signups, rates, and since when they hold."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.funnels.reconcile import reliable_since
from auditor.funnels.wilson import interval
from auditor.model.truth import Rate
from tests.conftest import Cli
from tests.funnels.lives import MINUTE, leave, sign_up, visit
from tests.stories import Record, Story, iso

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def shop() -> tuple[list[Record], list[tuple[str, str, str]]]:
    """A log and its table of users: two whose signup came, one late, one lost though seen, one unseen, one extra."""
    story = Story()
    rows = []
    for user, method in (("came", "password"), ("late", "password"), ("seen", "oauth"), ("extra", "")):
        browser = story.browser()
        visit(browser)
        made = iso(story.now - (45 * MINUTE if user == "late" else 0))
        if user == "late":
            story.records[0]["timestamp"] = iso(story.now - 60 * MINUTE)
        sign_up(browser, user, track=user != "seen")
        if user == "seen":
            own = {record["anonymousId"] for record in story.records if record.get("userId") == "seen"}
            for record in story.records:
                if record.get("anonymousId") in own:
                    record["context"]["userAgent"] = FIREFOX
        if user != "extra":
            rows.append((user, made, method))
        story.wait(2 * MINUTE)
    rows.append(("unseen", iso(story.now - MINUTE), "oauth"))
    rows.append(("came", rows[0][1], "password"))
    rows.append(("old", "2020-01-01T00:00:00Z", "password"))
    leave(story)
    for record in story.records:  # the accounts are known by the database alone
        record.get("traits", {}).pop("createdAt", None)
    return story.records, rows


def write(folder: Path, records: list[Record], rows: list[tuple[str, str, str]]) -> tuple[Path, Path]:
    log, users = folder / "log.jsonl", folder / "users.csv"
    log.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    with users.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("user_id", "created_at", "method"), *rows])
    return log, users


def report(cli: Cli, *arguments: object) -> dict[str, Any]:
    done = cli(*arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    held: dict[str, Any] = json.loads(done.stdout)
    return held


def rates(held: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {rate["value"]: (rate["captured"], rate["accounts"]) for rate in held}


def test_each_account_is_captured_missing_or_of_another_time(cli: Cli, tmp_path: Path) -> None:
    log, users = write(tmp_path, *shop())
    out = tmp_path / "missing.csv"
    held = report(cli, "funnel", log, "--truth", users, "--missing-out", out)
    truth = held["truth"]
    figures = ("rows", "accounts", "captured", "missing", "extra", "duplicate", "late", "outside", "uncertain")
    assert {name: truth[name] for name in figures} == {
        "rows": 6, "accounts": 4, "captured": 2, "missing": 2, "extra": 1, "duplicate": 1, "late": 1, "outside": 1,
        "uncertain": 0,
    }  # fmt: skip
    assert rates(truth["by_method"]) == {"password": (2, 2), "oauth": (0, 2)}
    assert rates(truth["by_browser"]) == {"Chrome": (2, 2), "Firefox": (0, 1), "(never seen)": (0, 1)}
    assert held["signups"] | {"events": 0} == {"measured": 3, "actual": 4, "extra": 1, "uncertain": 0, "events": 0}
    assert {loss["cause"]: loss["user_ids"] for loss in held["losses"]} == {
        "unknown": ["seen"], "blocked": ["unseen"], "no-account": ["extra"],
    }  # fmt: skip
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["user_id"], row["method"], row["cause"]) for row in rows] == [
        ("seen", "oauth", "unknown"),
        ("unseen", "oauth", "blocked"),
    ]


def test_the_text_says_it_and_csv_has_the_rates(cli: Cli, tmp_path: Path) -> None:
    log, users = write(tmp_path, *shop())
    printed = cli("funnel", log, "--truth", users).stdout
    assert "truth: 2 of 4 accounts have their signup: 50.0 %" in printed
    assert [line for line in printed.splitlines() if len(line) > 80 and not line.startswith("next: ")] == []
    rows = cli("funnel", log, "--truth", users, "--format", "csv").stdout.splitlines()
    assert sum(row.startswith("truth by method,") for row in rows) == 2


def test_check_blames_the_rows_that_the_log_does_not_show(cli: Cli, tmp_path: Path) -> None:
    records, rows = shop()
    records.append({**records[-1], "messageId": "m", "type": "identify", "userId": "seen", "anonymousId": "x",
                    "traits": {"createdAt": rows[2][1]}})  # fmt: skip
    log, users = write(tmp_path, records, rows)
    arguments = ("--select", "missing-signup")
    held = report(cli, "check", log, *arguments)
    assert [finding["event"]["user_id"] for finding in held["findings"]] == ["seen"]
    held = report(cli, "check", log, *arguments, "--truth", users)
    assert {f["event"]["user_id"]: Path(f["event"]["file"]).name for f in held["findings"]} == {
        "seen": "log.jsonl", "unseen": "users.csv",
    }  # fmt: skip
    (added,) = [finding for finding in held["findings"] if finding["event"]["user_id"] == "unseen"]
    assert added["event"]["line"] == 5
    assert "though the database has the account" in added["message"]
    assert any(note.startswith("truth: 2 of 4 accounts") for note in held["notes"])
    assert "users.csv:5" in cli("check", log, *arguments, "--truth", users).stdout


def test_check_tolerates_a_share_of_all_accounts(cli: Cli, tmp_path: Path) -> None:
    log, users = write(tmp_path, *shop())
    config = tmp_path / "auditor.yml"
    for share, findings in (("50%", 0), ("40%", 2)):
        config.write_text(f"rules: {{missing-signup: {{tolerate: {share}}}}}\n", encoding="utf-8")
        held = report(cli, "check", log, "--select", "missing-signup", "--truth", users, "--config", config)
        assert len(held["findings"]) == findings, share


def test_a_signup_two_days_after_its_account_is_late_and_not_extra(cli: Cli, tmp_path: Path) -> None:
    records, rows = shop()
    first = {**records[0], "timestamp": "2026-01-30T09:00:00.000Z", "messageId": "earlier", "anonymousId": "other"}
    first |= {"sentAt": "2026-01-30T09:00:00.012Z", "receivedAt": "2026-01-30T09:00:00.047Z"}
    rows[0] = ("came", "2026-01-31T09:00:00Z", "password")
    log, users = write(tmp_path, [first, *records], rows[:1])
    truth = report(cli, "funnel", log, "--truth", users)["truth"]
    assert (truth["accounts"], truth["captured"], truth["late"]) == (1, 1, 1)
    held = report(cli, "funnel", log, "--truth", users)["losses"]
    assert "came" not in [user for loss in held if loss["cause"] == "no-account" for user in loss["user_ids"]]


def test_a_file_for_the_missing_that_cannot_be_written_is_exit_code_2(cli: Cli, tmp_path: Path) -> None:
    log, _ = write(tmp_path, *shop())
    done = cli("funnel", log, "--missing-out", tmp_path / "absent" / "missing.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--missing-out" in done.stderr


def test_where_no_id_fits_it_is_said(cli: Cli, tmp_path: Path) -> None:
    records, rows = shop()
    log, users = write(tmp_path, records, [(f"db-{user}", made, method) for user, made, method in rows])
    held = report(cli, "funnel", log, "--truth", users)
    assert any("do both use the same ids?" in note for note in held["notes"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--truth", "absent.csv"], "absent.csv: cannot be read"),
        (["--truth-query", "SELECT 1"], "--truth-query goes with --truth URL"),
        (["--truth", "sqlite:///absent"], "a database needs --truth-query"),
    ],
)
@pytest.mark.parametrize("command", ["check", "funnel"])
def test_a_truth_that_cannot_be_read_is_exit_code_2(
    cli: Cli, tmp_path: Path, command: str, arguments: list[str], said: str
) -> None:
    log, _ = write(tmp_path, *shop())
    done = cli(command, log, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_log_of_the_server_alone_leaves_the_truth_unasked(cli: Cli, tmp_path: Path) -> None:
    story = Story()
    story.server().track("Paid", "u1")
    log, users = write(tmp_path, story.records, [("u1", iso(story.now), "")])
    held = report(cli, "check", log, "--truth", users)
    assert any("the truth was not asked" in note for note in held["notes"])


# --- Reliable since ---------------------------------------------------------------------------------------


def days(*counts: tuple[int, int]) -> list[Rate]:
    first = datetime(2026, 3, 1, tzinfo=UTC)
    found = []
    for number, (captured, accounts) in enumerate(counts):
        low, high = interval(captured, accounts) or (None, None)
        day = (first + timedelta(days=number)).date().isoformat()
        found.append(Rate(day, accounts, captured, captured / accounts if accounts else None, low, high))
    return found


def test_reliable_since_the_day_of_the_repair() -> None:
    assert reliable_since(days((40, 100), (45, 100), (98, 100), (97, 100), (99, 100))) == "2026-03-03"


def test_reliable_since_the_first_day_where_nothing_changes() -> None:
    assert reliable_since(days((88, 100), (91, 100), (92, 100))) == "2026-03-01"


def test_the_last_day_alone_is_not_enough() -> None:
    assert reliable_since(days((99, 100), (98, 100), (40, 100))) is None
    assert reliable_since(days((9, 10))) is None
    assert reliable_since([]) is None
