"""What a log is, told from its content alone: every dialect beside every other, and the captures of real SDKs."""

import csv
import gzip
import io
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from auditor.logs.reader import read_log
from auditor.model.event import Event
from auditor.model.log import Log
from tests.conftest import ROOT
from tests.logs.made import accounted, lines
from tests.logs.test_dialects import SAMPLES

CAPTURES = ROOT / "tests" / "captures"
RECORDED = {
    "segment": ("01-clean-signup-logout-second-user", "02-clean-spa"),
    "rudderstack": ("71-rudder-clean-default-reset", "70-rudder-clean-reset-true"),
    "posthog": ("81-posthog-two-users-no-reset", "80-posthog-clean-two-users"),
}
"""Captures to take the lines from, and the HAR."""


def table(record: dict[str, Any]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, record)
    writer.writeheader()
    writer.writerow(record)
    return out.getvalue().encode()


def forms() -> dict[str, bytes]:
    """A file of each dialect in each of its layouts, with real records where there are any."""
    held = {f"{name}, as documented": lines(*records) for name, records in SAMPLES.items()}
    for name, (folder, other) in RECORDED.items():
        held[f"{name}, recorded"] = (CAPTURES / folder / "events.jsonl").read_bytes()
        held[f"{name}, in a HAR"] = (CAPTURES / other / "session.har").read_bytes()
    held["posthog, a request of posthog-node"] = (ROOT / "tests" / "logs" / "posthog-node.json").read_bytes()
    held["warehouse, a table"] = table(SAMPLES["warehouse"][0])
    held["amplitude, packed"] = gzip.compress(lines(*SAMPLES["amplitude"]))
    return held


FORMS = forms()


def told(log: Log, file: int) -> list[tuple[Any, ...]]:
    """What was read of a file: of which vendor each event was taken to be shows in these members."""
    return sorted((shown(event) for event in log.events if event.file == file), key=repr)


def shown(event: Event) -> tuple[Any, ...]:
    return (
        event.type, event.event, event.user_id, event.anonymous_id, event.message_id, event.t, event.side,
        event.library, event.rudderstack, event.identified, event.line,
    )  # fmt: skip


def test_every_form_of_a_dialect_is_told_right_beside_every_other(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{number}.log" for number, name in enumerate(FORMS)}
    for name, data in FORMS.items():
        files[name].write_bytes(data)
    alone = {name: accounted(read_log([str(file)])) for name, file in files.items()}
    assert {name for name, log in alone.items() if log.rejected or not log.events} == set()
    wrong = []
    for first, second in permutations(FORMS, 2):
        log = read_log([str(files[first]), str(files[second])])
        expected = alone[first].arrivals + alone[second].arrivals
        if log.rejected or log.arrivals != expected or told(log, 0) != told(alone[first], 0):
            wrong.append((first, second))
    assert wrong == []


def test_records_of_every_dialect_are_told_right_between_those_of_every_other(tmp_path: Path) -> None:
    for first, second in permutations(SAMPLES, 2):
        (tmp_path / "one").write_bytes(lines(*SAMPLES[first]))
        (tmp_path / "mixed").write_bytes(lines(*SAMPLES[first], *SAMPLES[second]))
        alone, mixed = read_log([str(tmp_path / "one")]), read_log([str(tmp_path / "mixed")])
        here = [event for event in mixed.events if event.line <= len(SAMPLES[first])]
        assert sorted(map(shown, here), key=repr) == told(alone, 0), (first, second)
        assert mixed.rejected == 0


@pytest.mark.parametrize("file", sorted(CAPTURES.glob("*/events.jsonl")), ids=lambda file: file.parent.name)
def test_a_capture_is_told_without_being_named(file: Path) -> None:
    dialect = next((name for name in ("posthog", "rudder") if name in file.parent.name), "segment")
    named = read_log([str(file)], dialect="rudderstack" if dialect == "rudder" else dialect)
    found = accounted(read_log([str(file)]))
    assert told(found, 0) == told(named, 0)
    assert found.rejected == named.rejected == 0
