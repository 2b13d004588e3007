"""`auditor baseline` and `check --baseline`: only what is new is reported, and the file only shrinks by itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.config.baseline_file import baseline_text, read_baseline
from auditor.engine.baselining import baseline_of, pruned, without_baselined
from auditor.model.baseline import Accepted, Baseline
from auditor.model.event import Event
from auditor.model.finding import Finding
from tests.conftest import ROOT, Cli

SAMPLES = ROOT / "sample_logs"


def signed_up(user: str, second: int, late: bool = True) -> list[dict[str, Any]]:
    """A signup on a device of its own, tracked before identify or after it."""
    same = {"anonymousId": f"anon-{user}", "context": {"page": {"path": "/welcome"}}}
    track = {"type": "track", "event": "Signed Up", **same}
    identify = {"type": "identify", "userId": user, **same}
    calls = [track, identify] if late else [identify, track | {"userId": user}]
    return [
        {**call, "messageId": f"{user}-{place}", "timestamp": f"2026-01-05T10:00:{second:02d}.{place}00Z"}
        for place, call in enumerate(calls)
    ]


def write(path: Path, *calls: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(call) + "\n" for group in calls for call in group), encoding="utf-8")
    return path


def test_a_check_against_the_baseline_of_the_same_log_is_clean(cli: Cli, tmp_path: Path) -> None:
    done = cli("baseline", SAMPLES, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = re.fullmatch(r"auditor-baseline.json: (\d+) findings of (\d+) kinds are accepted\n", done.stdout)
    assert told is not None
    count, kinds = map(int, told.groups())
    assert count > kinds > 20
    done = cli("check", SAMPLES, "--baseline", "auditor-baseline.json", "-f", "json", cwd=tmp_path)
    summary = json.loads(done.stdout)["summary"]
    assert (done.returncode, summary["baselined"], summary["problems"]) == (0, count, 0)
    said = cli("check", SAMPLES, "--baseline", "auditor-baseline.json", cwd=tmp_path).stdout
    assert f"{count} in the baseline" in " ".join(said.split())


def test_another_day_and_other_people_are_not_new_but_one_more_is(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "monday.jsonl", signed_up("u1", 1), signed_up("u2", 2))
    assert cli("baseline", "monday.jsonl", cwd=tmp_path).returncode == 0
    held = (tmp_path / "auditor-baseline.json").read_text(encoding="utf-8")
    assert "u1" not in held
    assert "2026" not in held
    check = ("check", "tuesday.jsonl", "--baseline", "auditor-baseline.json", "-f", "concise")
    write(tmp_path / "tuesday.jsonl", signed_up("u8", 31), signed_up("u9", 32))
    assert cli(*check, cwd=tmp_path).returncode == 0
    write(tmp_path / "tuesday.jsonl", signed_up("u7", 30), signed_up("u8", 31), signed_up("u9", 32))
    done = cli(*check, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("tuesday.jsonl:5:1: error[identify-after-track]")
    assert len(done.stdout.splitlines()) == 2


def test_prune_takes_out_what_is_mended_and_accepts_nothing(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", signed_up("u1", 1), signed_up("u2", 2))
    cli("baseline", "log.jsonl", cwd=tmp_path)
    write(tmp_path / "log.jsonl", signed_up("u1", 1), signed_up("u2", 2, late=False))
    done = cli("baseline", "log.jsonl", "--prune", cwd=tmp_path)
    assert "1 findings of 1 kinds" in done.stdout
    write(tmp_path / "log.jsonl", signed_up("u1", 1), signed_up("u2", 2))
    cli("baseline", "log.jsonl", "--prune", cwd=tmp_path)
    held = read_baseline(tmp_path / "auditor-baseline.json")
    assert [one.count for one in held.accepted.values()] == [1]
    write(tmp_path / "log.jsonl", signed_up("u1", 1, late=False))
    cli("baseline", "log.jsonl", "--prune", cwd=tmp_path)
    assert read_baseline(tmp_path / "auditor-baseline.json") == Baseline()


def test_an_empty_log_leaves_the_file_as_it_is(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "log.jsonl", signed_up("u1", 1))
    cli("baseline", "log.jsonl", cwd=tmp_path)
    before = (tmp_path / "auditor-baseline.json").read_bytes()
    (tmp_path / "log.jsonl").write_text("[1]\n", encoding="utf-8")
    done = cli("baseline", "log.jsonl", cwd=tmp_path)
    assert done.returncode == 3
    assert "is left as it is" in done.stderr
    assert (tmp_path / "auditor-baseline.json").read_bytes() == before


ENTRY = {"rule": "r", "where": "track a", "fingerprint": "f", "count": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "this is no baseline"),
        ('{"schema": "auditor/baseline/1"}', "this is no baseline"),
        ({"findings": [{**ENTRY, "count": 0}]}, "entry 1"),
        ({"findings": [ENTRY, {**ENTRY, "count": True}]}, "entry 2"),
        ({"findings": [ENTRY, ENTRY]}, "twice"),
        ({"findings": ["x"]}, "entry 1"),
    ],
)
def test_what_is_no_baseline_is_refused(text: Any, said: str, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    written = text if isinstance(text, str) else json.dumps({"schema": "auditor/baseline/1", **text})
    path.write_text(written, encoding="utf-8")
    done = cli("check", SAMPLES / "clean.jsonl", "--baseline", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_missing_baseline_says_how_to_make_one(cli: Cli) -> None:
    done = cli("check", SAMPLES / "clean.jsonl", "--baseline", "no-such.json")
    assert done.returncode == 2
    assert "make one with `auditor baseline LOG`" in done.stderr


# Laws -----------------------------------------------------------------------------------------------------


def findings(prints: str) -> list[Finding]:
    event = Event(type="track", event="a")
    return [Finding("r", None, "error", "high", "m", "f", name, ("lane", "a"), event) for name in prints]


KINDS = st.text("abc", max_size=12)


@given(KINDS)
def test_nothing_is_new_against_its_own_baseline(prints: str) -> None:
    new, suppressed = without_baselined(findings(prints), baseline_of(findings(prints)))
    assert (new, len(suppressed)) == ([], len(prints))


@given(KINDS, KINDS)
def test_new_is_what_there_is_more_of(before: str, after: str) -> None:
    new, suppressed = without_baselined(findings(after), baseline_of(findings(before)))
    for name in "abc":
        assert sum(f.fingerprint == name for f in new) == max(after.count(name) - before.count(name), 0)
    assert len(new) + len(suppressed) == len(after)


@given(KINDS, KINDS)
def test_pruning_only_shrinks_and_hides_no_less_of_what_is_left(before: str, after: str) -> None:
    old, now = baseline_of(findings(before)), baseline_of(findings(after))
    small = pruned(old, now)
    assert all(held.count <= old.accepted[name].count for name, held in small.accepted.items())
    assert without_baselined(findings(after), small) == without_baselined(findings(after), old)


@given(st.dictionaries(st.text("0123456789abcdef", min_size=1), st.integers(1, 9)))
def test_a_baseline_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, counts: dict[str, int]) -> None:
    baseline = Baseline({name: Accepted("rule", 'track "ä" on /x', count) for name, count in counts.items()})
    path = tmp_path_factory.mktemp("baseline") / "b.json"
    path.write_text(baseline_text(baseline), encoding="utf-8")
    assert read_baseline(path) == baseline
