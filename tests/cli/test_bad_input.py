"""Bad input through the real command: a clear sentence, never a traceback, and the good lines are still checked."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli

MISTAKE = [
    {"type": "track", "event": "Signed Up", "messageId": "m1", "timestamp": "2026-01-05T10:00:00.000Z"},
    {"type": "identify", "userId": "u1", "messageId": "m2", "timestamp": "2026-01-05T10:00:00.200Z"},
]
"""`identify-after-track`: what the good lines of every log here must still lead to."""


def record(**members: Any) -> bytes:
    context = {"library": {"name": "analytics.js", "version": "next-1.84.3"}, "page": {"path": "/welcome"}}
    return json.dumps({"anonymousId": "a1", "context": context, **members}).encode()


GOOD = b"\n".join(record(**members) for members in MISTAKE) + b"\n"
BEFORE, AFTER = GOOD.splitlines(keepends=True)


def clean(done: Any, code: int) -> None:
    """No traceback and the exit code that the design names for it."""
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == code, done.stderr
    if code == 2:
        assert done.stdout == ""
    if code in (2, 3):
        assert done.stderr.startswith("auditor: ")
        assert done.stderr.count("\n") == 1


# --- A sentence and exit code 2 ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("image.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary data, not an event log"),
        ("zeros", bytes(100_000), "binary data, not an event log"),
        ("packed-zeros.gz", gzip.compress(bytes(100_000)), "binary data, not an event log"),
        ("log.zip", b"PK\x03\x04" + bytes(50), "a zip archive that is damaged or cut off"),
        ("events.parquet", b"PAR1" + bytes(50), "a damaged Parquet file"),
        ("wide.jsonl", GOOD.decode().encode("utf-16"), "UTF-16 text: save it as UTF-8"),
    ],
)
def test_a_file_that_can_be_no_log_is_refused_with_a_sentence(
    cli: Cli, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    done = cli("check", "good.jsonl", name, cwd=tmp_path)
    clean(done, 2)
    assert done.stderr.startswith(f"auditor: {name}: {said}")


@pytest.mark.parametrize("missing", ["gone.jsonl", "*.gone", "gone/", "good.jsonl/x"])
def test_one_missing_log_among_several_is_a_mistake_and_nothing_is_checked(
    cli: Cli, tmp_path: Path, missing: str
) -> None:
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    for form in ("text", "json"):
        done = cli("check", "good.jsonl", missing, "--format", form, cwd=tmp_path)
        clean(done, 2)
        assert done.stderr == f"auditor: {missing}: no such file or folder; nothing was checked\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_with_a_sentence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "locked.jsonl").write_bytes(GOOD)
    (tmp_path / "locked.jsonl").chmod(0)
    done = cli("check", "locked.jsonl", cwd=tmp_path)
    clean(done, 2)
    assert done.stderr == "auditor: locked.jsonl: cannot be opened (Permission denied)\n"


def test_rejects_under_strict_are_a_sentence_and_no_report(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(GOOD + b"garbage\n")
    for form in ("text", "json"):
        done = cli("check", "log.jsonl", "--strict", "--format", form, cwd=tmp_path)
        clean(done, 2)
        assert "1 of 3 records were rejected" in done.stderr
        assert "log.jsonl:3: not JSON" in done.stderr
    (tmp_path / "log.jsonl").write_bytes(GOOD)
    clean(cli("check", "log.jsonl", "--strict", cwd=tmp_path), 1)


# --- Nothing checked: exit code 3 -------------------------------------------------------------------------

NO_TIMES = b"\n".join(record(type="track", event="X", messageId=str(n)) for n in range(3))


@pytest.mark.parametrize(
    ("data", "said", "rejected"),
    [
        (b"", "there are no events in log", 0),
        (b" \n\n\t\n", "there are no events in log", 0),
        (b"[]", "there are no events in log", 0),
        (gzip.compress(b""), "there are no events in log", 0),
        (b'{"batch": []}', "there are no events in log", 0),
        (b'{"series": [{"type": "Counter"}]}', "there are no events in log", 0),
        (b"[1, 2, 3]", "log:1: a number, not an object: an event is a JSON object", 3),
        (NO_TIMES, "log:1: no time", 3),
        (b"id,created\nu1,2026\n", "log:1: not JSON: an event begins with {", 2),
        (b'{"type": "tr', "log:1: not valid JSON: cut off in the middle", 1),
        (gzip.compress(GOOD)[:9], "log:1: the gzip archive ends early: the file is cut off", 1),
    ],
    ids=["empty", "blank", "an empty array", "an empty archive", "an empty batch", "metrics", "numbers", "no times",
         "CSV", "half a record", "a truncated archive"],
)  # fmt: skip
def test_a_log_without_events_is_never_green(cli: Cli, tmp_path: Path, data: bytes, said: str, rejected: int) -> None:
    (tmp_path / "log").write_bytes(data)
    done = cli("check", "log", "--format", "json", cwd=tmp_path)
    clean(done, 3)
    assert done.stderr.startswith("auditor: nothing was checked: ")
    assert said in done.stderr
    summary = json.loads(done.stdout)["summary"]
    assert (summary["events"], summary["rejected"], summary["exit_code"]) == (0, rejected, 3)
    assert summary["records"] == summary["events"] + summary["rejected"] + summary["skipped"]


def test_a_folder_without_logs_is_never_green(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    clean(cli("check", "empty", cwd=tmp_path), 3)
    (tmp_path / "empty" / "README.md").write_text("# No logs here\n", encoding="utf-8")
    (tmp_path / "empty" / ".hidden.jsonl").write_bytes(GOOD)
    done = cli("check", "empty", cwd=tmp_path)
    clean(done, 3)
    assert "empty/README.md" in done.stdout


# --- The good lines are still checked: exit code 1 --------------------------------------------------------

HUGE = record(type="track", event="Huge", timestamp="2026-01-05T09:00:00Z", properties={"x": "y" * 60_000_000})
DEEP = record(type="track", event="Deep", properties="@").replace(b'"@"', b"[" * 10_000 + b"]" * 10_000)
DAMAGE = {
    "a line of 60 MB": (BEFORE + HUGE + b"\n" + AFTER, "60.0 MB; the largest that is read is 32 MiB"),
    "invalid UTF-8": (BEFORE + record(type="track", event="@").replace(b"@", b"\xff") + b"\n" + AFTER, "UTF-8"),
    "a NUL byte": (BEFORE + BEFORE.replace(b"Signed", b"Sig\x00ned") + AFTER, "a NUL byte"),
    "a NUL byte in the first line": (b"\x00\x00\x00\n" + GOOD, "NUL"),
    "binary garbage": (BEFORE + bytes(range(11, 256)) + b"\n" + AFTER, "UTF-8"),
    "a deep nest": (BEFORE + DEEP + b"\n" + AFTER, "nested too deeply"),
    "a lone surrogate": (BEFORE + BEFORE.replace(b"Signed", b"\\ud83d") + AFTER, "half of a character"),
    "a huge number": (BEFORE + record(n=1).replace(b"1}", b"9" * 5000 + b"}") + b"\n" + AFTER, "too large"),
    "a record without a time": (GOOD + record(type="track", event="X"), "no time"),
    "a truncated archive": (gzip.compress(GOOD + os.urandom(200_000).hex().encode())[:-100_000], "ends early"),
    "garbage behind an archive": (gzip.compress(GOOD) + b"garbage", "damaged from here on"),
    "a truncated array": (b"[" + BEFORE + b"," + AFTER + b"," + BEFORE[:50], "cut off"),
    "an array with a number": (b"[" + BEFORE + b", 5," + AFTER + b"]", "a number, not an object"),
}


@pytest.mark.parametrize(("data", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_one_counted_reject_and_the_good_lines_are_checked(
    cli: Cli, tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "log").write_bytes(data)
    done = cli("check", "log", "--format", "json", "--rejects", "bad", cwd=tmp_path)
    clean(done, 1)
    report = json.loads(done.stdout)
    assert report["summary"]["rejected"] == 1
    assert report["summary"]["records"] == 3
    assert [finding["rule"] for finding in report["findings"]] == ["identify-after-track"]
    (reject,) = report["rejects"]
    assert (reject["file"], reject["line"] >= 1, reject["offset"] >= 0) == ("log", True, True)
    assert reason in reject["reason"]
    assert (tmp_path / "bad").exists() or reason == "damaged from here on"


def test_the_text_report_counts_the_rejects_and_shows_where_they_are(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(BEFORE + b"garbage\n" + AFTER)
    done = cli("check", "log", cwd=tmp_path)
    clean(done, 1)
    assert "rejected: 1 of 3 records could not be read" in done.stdout
    assert f"log:2 (byte {len(BEFORE)}): not JSON" in done.stdout
    assert "[identify-after-track]" in done.stdout


def test_rejects_are_written_out_so_that_repaired_they_can_be_checked(cli: Cli, tmp_path: Path) -> None:
    broken = [line.replace(b'"type":', b'"type"') for line in GOOD.splitlines()]
    (tmp_path / "log").write_bytes(b"\n".join(broken))
    clean(cli("check", "log", "--rejects", "bad", cwd=tmp_path), 3)
    assert (tmp_path / "bad").read_bytes().splitlines() == broken
    (tmp_path / "bad").write_bytes((tmp_path / "bad").read_bytes().replace(b'"type"', b'"type":'))
    done = cli("check", "bad", "--format", "json", cwd=tmp_path)
    clean(done, 1)
    assert json.loads(done.stdout)["summary"]["rejected"] == 0


@pytest.mark.parametrize("data", [GOOD, gzip.compress(GOOD), b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n")])
def test_stdin_is_checked_like_a_file(cli: Cli, data: bytes) -> None:
    done = cli("check", "-", "--format", "json", stdin=data)
    clean(done, 1)
    report = json.loads(done.stdout)
    assert report["findings"][0]["event"]["file"] == "stdin"
    assert report["summary"]["events"] == 2
    clean(cli("check", "-", stdin=b""), 3)


def test_odd_times_do_no_harm(cli: Cli, tmp_path: Path) -> None:
    odd = [
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999-12:00",
        1e300,
        "0002-01-01T00:00:00Z",
    ]
    rows = [
        record(
            type="track",
            event="Signed Up",
            messageId=f"o{n}",
            timestamp=time,
            sentAt=time,
            receivedAt="2026-01-05T10:00:01Z",
        )
        for n, time in enumerate(odd)
    ]
    (tmp_path / "log").write_bytes(GOOD + b"\n".join(rows))
    for form in ("text", "json"):
        done = cli("check", "log", "--format", form, cwd=tmp_path)
        clean(done, 1)


def test_a_file_name_of_any_bytes_can_be_reported(cli: Cli, tmp_path: Path) -> None:
    name = b"caf\xe9.jsonl"
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(GOOD + b"garbage\n")
    for form in ("text", "json"):
        done = cli("check", ".", "--format", form, cwd=tmp_path)
        clean(done, 1)
        assert "caf\ufffd.jsonl" in done.stdout
