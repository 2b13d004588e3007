"""Payloads from the vendors' own documentation and tests, and what real SDKs sent."""

from pathlib import Path

import pytest

from auditor.logs.reader import read_log
from tests.logs.made import accounted


def test_every_payload_of_segments_documentation_is_accounted_for(shared: Path) -> None:
    """53 of the 88 are printed there without any time; eight repeat the same sample messageIds."""
    log = accounted(read_log([str(shared / "fixtures" / "events" / "segment-spec-payloads.jsonl")]))
    assert (log.records, log.arrivals, len(log.events), log.rejected, log.skipped) == (88, 35, 27, 53, 0)
    assert {reject.reason.split(":")[0] for reject in log.rejects} == {"no time"}


@pytest.mark.parametrize("dialect", [None, "rudderstack"])
def test_every_payload_of_rudderstacks_tests_is_an_event(shared: Path, dialect: str | None) -> None:
    log = accounted(read_log([str(shared / "fixtures" / "events" / "rudderstack")], dialect=dialect))
    assert (log.records, log.arrivals, log.rejected, log.skipped_files) == (40, 40, 0, [])
    events = [event for copies in log.copies.values() for event in (copies.call, *copies.others)]
    assert {event.side for event in events} == {"browser"}
    assert all(event.rudderstack for event in events)


def test_every_line_of_the_captures_is_an_event(shared: Path) -> None:
    files = sorted((shared / "fixtures" / "captures").glob("*/events.jsonl"))
    assert files
    for file in files:
        log = accounted(read_log([str(file)]))
        assert log.records == log.arrivals == file.read_bytes().count(b"\n")
    folder = accounted(read_log([str(shared / "fixtures" / "captures" / "*" / "events.jsonl")]))
    assert folder.rejected == 0
    assert len(folder.files) == len(files)
