"""A log that is counted part by part has the funnel that it has as a whole, in every field."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from auditor.model.log import InputError
from auditor.model.truth import TruthSource
from auditor.reports.funnel_json import document
from auditor.reports.missing_csv import render as missing
from auditor.runners.funnel import funnel_of
from auditor.runners.local import Request
from auditor.runners.parts import Parts
from benchmarks.generate import Log, lines
from benchmarks.simulate.forms import write_calls
from benchmarks.simulate.losses import households
from tests.conftest import DEFAULT_RULES, DEFAULTS, ROOT, TODAY

SAMPLES = sorted(path for path in (ROOT / "sample_logs").iterdir() if not path.name.startswith("."))


def funnel(request: Request, parts: int, by: str | None = None) -> tuple[object, ...]:
    """Everything that a funnel says, ids of missing users included, and what was rejected."""
    rejected: list[bytes] = []
    made = funnel_of(request, DEFAULT_RULES, lambda _, data: rejected.append(data), by, parts)
    return json.dumps(document(made)), missing(made), made.notes, rejected


def same(request: Request, by: str | None = None, parts: tuple[int, ...] = (2, 7)) -> None:
    whole = funnel(request, 1, by)
    for count in parts:
        assert funnel(request, count, by) == whole


@pytest.fixture
def divided(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many logs were counted in parts to their end, so that no test is content with the road back."""
    done: list[int] = []
    counted = Parts.funnel

    def noted(self: Parts, *arguments: object) -> object:
        made = counted(self, *arguments)  # type: ignore[arg-type]
        done.append(1)
        return made

    monkeypatch.setattr(Parts, "funnel", noted)
    return done


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_sample_logs_are_the_same_in_parts(path: Path) -> None:
    same(Request((str(path),), DEFAULTS, TODAY))


def truth_of(folder: Path, files: list[Path], rng: Random) -> Path:
    """A table that knows most users, some twice, some of long ago, some whom the log never shows, and a bad row."""
    users: dict[str, str] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("userId"):
                users.setdefault(record["userId"], record.get("originalTimestamp") or record["timestamp"])
    moments = sorted(users.values())
    rows = [(user, when) for user, when in users.items() if rng.random() < 0.9]
    rows += rng.sample(rows, len(rows) // 20)
    rows += [(f"never-{number}", rng.choice(moments)) for number in range(len(users) // 5)]
    rows += [("old", "2001-01-01T00:00:00Z"), ("", moments[0])]
    rng.shuffle(rows)
    table = folder / "users.csv"
    said = [f"{user},{when},{rng.choice(['password', 'oauth', ''])}\n" for user, when in rows]
    table.write_text("user_id,created_at,method\n" + "".join(said), encoding="utf-8")
    return table


@pytest.mark.parametrize("vendor", ["segment", "rudderstack"])
@pytest.mark.parametrize("seed", ["parts 1", "parts 2"])
def test_simulated_people_are_the_same_in_parts(vendor: str, seed: str, tmp_path: Path, divided: list[int]) -> None:
    files = write_calls(households(150, seed, vendor), tmp_path)
    request = Request(tuple(map(str, files)), DEFAULTS, TODAY)
    table = truth_of(tmp_path, files, Random(seed))
    same(request)
    same(replace(request, redact=True), "day", (3,))
    same(replace(request, truth=TruthSource(str(table))))
    same(replace(request, truth=TruthSource(str(table))), "method", (5,))
    assert len(divided) == 6


def test_a_log_with_copies_and_rejects_is_the_same_in_parts(tmp_path: Path, divided: list[int]) -> None:
    rng = Random(5)
    rows = list(lines(Log("many", 6_000, seed=11)))
    again = []
    for row in rng.sample(rows, 300):  # some as they were, some changed, some under another anonymousId
        record = json.loads(row)
        if rng.random() < 0.3:
            record["anonymousId"] = f"other-{rng.randrange(9)}"
        if rng.random() < 0.3:
            record["properties"] = {"other": rng.randrange(9)}
        again.append(json.dumps(record) + "\n")
    log, more = tmp_path / "log.jsonl", tmp_path / "more.jsonl"
    log.write_text("".join(rows), encoding="utf-8")
    batch = json.dumps({"batch": [json.loads(row) for row in again[:40]], "sentAt": "2026-01-05T09:00:00Z"})
    more.write_text("".join(again) + batch + '\n{"no": "call"}\nnot json\n', encoding="utf-8")
    request = Request((str(log), str(more)), DEFAULTS, TODAY)
    same(request)
    table = truth_of(tmp_path, [log], rng)
    same(replace(request, truth=TruthSource(str(table))))
    assert len(divided) == 4


def test_a_large_log_is_counted_in_parts_by_itself(
    tmp_path: Path, divided: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("".join(lines(Log("many", 500))), encoding="utf-8")
    request = Request((str(log),), DEFAULTS, TODAY)
    funnel_of(request, DEFAULT_RULES)
    assert divided == []
    monkeypatch.setattr("auditor.runners.parts.LARGE", 10_000)
    funnel_of(request, DEFAULT_RULES)
    assert divided == [1]


def test_nothing_stays_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    log = ROOT / "sample_logs" / "no-such-log.jsonl"
    with pytest.raises(InputError):
        funnel_of(Request((str(log),), DEFAULTS, TODAY), DEFAULT_RULES, parts=3)
    har = ROOT / "sample_logs" / "signup-on-redirecting-page.har"
    funnel_of(Request((str(har),), DEFAULTS, TODAY), DEFAULT_RULES, parts=3)
    assert list(tmp_path.iterdir()) == []
