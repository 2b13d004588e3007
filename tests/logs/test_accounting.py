"""Whatever the bytes: all records are accounted for, and nothing is raised but ``InputError``."""

import gzip
import json
import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.logs.lenient import mended
from auditor.logs.reader import read_log
from auditor.model.event import Event
from auditor.model.log import InputError, Log
from auditor.reports.json import timestamp
from tests.logs.made import accounted, call, encoded, lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
WIRE = [name for name in Event.__struct_encode_fields__ if name.isascii()]
MEMBERS = st.sampled_from([*WIRE, "series", "user_id", "sent_at", "event_text"])
ODD = st.dictionaries(MEMBERS, JSON, max_size=6)
RECORDS = ODD.map(lambda odd: {**call(1), **odd}) | ODD
ANYTHING = st.recursive(
    RECORDS | JSON,
    lambda inner: (
        st.lists(inner, max_size=3)
        | inner.map(lambda value: {"batch": [value, value]})
        | inner.map(lambda value: {"message": value})
    ),
    max_leaves=6,
)


def read(data: bytes) -> Log | None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "log").write_bytes(data)
        written: list[bytes] = []
        try:
            log = accounted(read_log([os.path.join(folder, "log")], on_reject=lambda _, record: written.append(record)))
        except InputError:
            return None
        assert len(written) <= log.rejected
        met = accounted(read_log([folder]))
        assert met.records == log.records or met.skipped_files
    for event in log.events:
        assert timestamp(event.t)
        assert event.user_id is None or event.user_id.strip()
        json.dumps(event.properties)
    return log


@given(st.binary(max_size=300))
@example(b"{" * 500)
@example(b'{"type":' * 500)
@example(b"[[[]]]")
@example(b'{}\n{"a":1}')
def test_any_bytes_are_accounted_for(data: bytes) -> None:
    read(data)
    read(gzip.compress(data))
    read(b"\x1f\x8b" + data)
    read(lines(call(1)) + data)


@given(st.lists(ANYTHING, max_size=4), st.sampled_from([None, 1]))
def test_any_json_is_accounted_for_in_every_layout(values: list[object], indent: int | None) -> None:
    for data in (
        b"\n".join(json.dumps(value).encode() for value in values),
        json.dumps(values, indent=indent).encode(),
        b"\n".join(json.dumps(value, indent=indent).encode() for value in values),
        json.dumps({"batch": values}, indent=indent).encode(),
    ):
        read(data)


@given(st.lists(ANYTHING, min_size=1, max_size=4))
def test_records_number_the_same_in_lines_and_in_an_array(values: list[object]) -> None:
    """Unless the only value is a list: as a line it is a record, as an array it is the log."""
    in_lines = read(lines({"series": []}, *values))
    in_array = read(encoded([{"series": []}, *values]))
    assert in_lines is not None
    assert in_array is not None
    assert len(in_lines.events) == len(in_array.events)
    assert in_lines.rejected == in_array.rejected


@settings(max_examples=300)
@given(st.data())
def test_a_bent_byte_costs_at_most_the_record_it_stands_in(data: st.DataObject) -> None:
    records = [call(number, context=None) for number in range(5)]
    form = data.draw(st.sampled_from([lines(*records), b"[\n" + b",\n".join(map(encoded, records)) + b"\n]"]))
    at = data.draw(st.integers(0, len(form) - 1))
    bent = form[:at] + bytes([data.draw(st.integers(0, 255))]) + form[at + 1 :]
    log = read(bent)
    assert log is not None
    if form[at : at + 1] not in b"\n[],":
        hit = form.count(b"\n", 0, at)
        whole = {event.event for event in log.events}
        untouched = {f"Event {n}" for n in range(5) if n != hit - (form[:1] == b"[")}
        assert len(untouched - whole) <= (b"\n" in bent[at : at + 1])


@given(RECORDS)
def test_mending_changes_nothing_that_was_mended(record: dict[str, object]) -> None:
    try:
        once = mended(record)
    except Exception as error:
        assert type(error).__name__ == "Unreadable"  # noqa: PT017
        return
    assert mended(once) == once


@pytest.mark.parametrize("seed", range(5))
def test_a_log_with_one_per_cent_of_bad_lines_keeps_all_the_good_ones(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    rows = [encoded(call(number)) for number in range(4000)]
    bad = [n for n in range(4000) if rng.random() < 0.01]
    for n in bad:
        rows[n] = rng.choice([rows[n][:100], b"\x00" + rows[n], b"garbage", rows[n].replace(b"Event", b"\xff")])
    (tmp_path / "log").write_bytes(b"\n".join(rows))
    log = accounted(read_log([str(tmp_path / "log")]))
    assert [reject.line - 1 for reject in log.rejects] == bad
    assert len(log.events) == 4000 - len(bad)
