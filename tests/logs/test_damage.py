"""Damage costs the record it stands in, says why, and costs nothing else."""

import gzip
import json
import random
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.logs.pieces import LARGEST
from auditor.logs.reader import KEPT_REJECTS, read_log
from auditor.model.log import Log
from tests.logs.made import accounted, call, encoded, lines, names

Read = Callable[..., Log]
ONE, TWO, THREE = call(1), call(2), call(3)
TEXT = encoded(TWO)


def with_property(value: bytes) -> bytes:
    return encoded(call(2, properties={"x": "@"})).replace(b'"@"', value)


def with_context(value: bytes) -> bytes:
    """A member that nothing reads, and so nothing decodes."""
    return encoded(call(2, context={"x": "@"})).replace(b'"@"', value)


DEEP = b"[" * 10_000 + b"]" * 10_000
BAD_LINES = {
    "a NUL byte": (TEXT.replace(b"Event", b"Ev\x00ent"), "NUL"),
    "a NUL byte before it": (b"\x00" * 500 + TEXT, "NUL"),
    "a NUL byte in a member that nobody reads": (with_context(b'"\x00"'), "NUL"),
    "binary garbage": (bytes(range(128, 256)) * 3, "UTF-8"),
    "binary garbage with NULs": (random.Random(1).randbytes(400).replace(b"\n", b"\x00"), "UTF-8|NUL|JSON"),
    "a byte that is no UTF-8": (TEXT.replace(b"Event", b"Ev\xffent"), "not valid UTF-8: byte 0xff"),
    "a byte that is no UTF-8 in a member that nobody reads": (with_context(b'"\xe4"'), "not valid UTF-8"),
    "a surrogate as bytes": (with_property(b'"\xed\xa0\x80"'), "not valid UTF-8"),
    "a lone surrogate": (with_property(b'"\\ud83d"'), r"\\ud83d is half of a character"),
    "a lone surrogate in a member that nobody reads": (with_context(b'"\\ud83d"'), "half of a character"),
    "a lone low surrogate": (with_property(b'"\\udc00 x"'), "half of a character"),
    "a huge integer": (with_property(b"9" * 5000), "too large"),
    "a huge float": (with_property(b"1e999"), "too large"),
    "a deep nest": (with_property(DEEP), "nested too deeply"),
    "a deep nest in a member that nobody reads": (with_context(DEEP), "nested too deeply"),
    "nothing but a deep nest": (b"[" * 10_000, "nested too deeply"),
    "NaN": (with_property(b"NaN"), "NaN is no number"),
    "Infinity": (with_property(b"-Infinity"), "-Infinity is no number"),
    "single quotes": (b"{'type': 'track'}", "not valid JSON"),
    "a trailing comma": (TEXT[:-1] + b",}", "trailing comma"),
    "garbage behind it": (TEXT + b" garbage", "trailing characters"),
    "its first half": (TEXT[: len(TEXT) // 2], "cut off"),
    "its second half": (TEXT[len(TEXT) // 2 :], "JSON"),
    "text": (b"127.0.0.1 - - [05/Jan/2026] GET /", "an event begins with {"),
    "a number": (b"12", "a number, not an object"),
    "a string": (b'"track"', "a string, not an object"),
    "null": (b"null", "null, not an object"),
    "an object that is no event": (b'{"hello": "world"}', "no type"),
    "an unknown type": (encoded(call(2, type="purchase\x1b[31m")), 'type is "purchase\ufffd'),
    "a type that is no string": (encoded(call(2, type=["track"])), "type is a list"),
    "a user that is an object": (encoded(call(2, userId={"id": 1})), "userId is an object, not a string"),
    "a device that is a list": (encoded(call(2, anonymousId=["a"])), "anonymousId is a list, not a string"),
    "a name that is a number": (encoded(call(2, event=7)), "event is a number, not a string"),
    "properties that are a list": (encoded(call(2, properties=[1])), "properties is a list, not an object"),
    "traits that are a string": (encoded(call(2, traits="x")), "traits is a string, not an object"),
    "no time": (encoded(call(2, timestamp=None)), "no time"),
    "a time that is none": (encoded(call(2, timestamp="yesterday")), "no time"),
    "a batch that is no list": (b'{"batch": {"type": "track"}}', "batch is an object, not a list"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_one_reject_with_its_place_and_reason(read: Read, bad: bytes, reason: str) -> None:
    data = lines(ONE, bad, THREE)
    log = read(data)
    assert names(log) == ["Event 1", "Event 3"]
    (reject,) = log.rejects
    assert (reject.line, reject.offset) == (2, len(lines(ONE)))
    assert re.search(reason, reject.reason), reject.reason
    assert reject.reason.isprintable()


@pytest.mark.parametrize(("bad", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_costs_nothing_else_wherever_it_stands(read: Read, bad: bytes, reason: str) -> None:
    del reason
    for data in (lines(bad, ONE, THREE), lines(ONE, THREE, bad), lines(ONE, THREE, bad)[:-1]):
        log = read(data)
        assert names(log) == ["Event 1", "Event 3"]
        assert log.rejected == 1
    assert read(lines(bad, bad, ONE, bad)).rejected == 3


def test_a_file_of_nothing_but_bad_lines_is_all_rejects(read: Read) -> None:
    log = read(lines(*(bad for bad, _ in BAD_LINES.values() if not bad.startswith(b"\x00"))))
    assert log.events == []
    assert log.rejected >= len(BAD_LINES) - 3


def test_of_two_members_of_one_name_the_last_counts(read: Read) -> None:
    row = TEXT[:-1] + b',"event":"Last","userId":"u9"}'
    for data in (lines(row), b"[" + row + b"]", b'{"batch":[' + row + b"]}"):
        (event,) = read(data).events
        assert (event.event, event.user_id) == ("Last", "u9")


def test_large_numbers_that_can_be_read_are_no_damage(read: Read) -> None:
    (event,) = read(lines(with_property(b"123456789012345678901234567890"))).events
    assert event.properties == {"x": 123456789012345678901234567890}


# --- Arrays and documents ---------------------------------------------------------------------------------


def test_an_array_of_numbers_is_rejected_element_by_element(read: Read) -> None:
    for data in (b"[1, 2, 3]", b"[1,\n2,\n3]\n", b"[[1], [2, [3]]]"):
        log = read(data)
        assert (log.records, log.rejected, log.events) == (3, 3, [])
        assert log.rejects[0].reason == "a number, not an object: an event is a JSON object"


def test_elements_of_an_array_that_are_no_events_cost_only_themselves(read: Read) -> None:
    log = read(json.dumps([ONE, 5, None, "x", {"type": "nonsense"}, TWO, {**THREE, "userId": {}}, THREE]).encode())
    assert names(log) == ["Event 1", "Event 2", "Event 3"]
    assert (log.records, log.rejected) == (8, 5)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_damaged_element_of_an_array_costs_only_itself(read: Read, indent: int | None) -> None:
    flat = [call(number, properties=None, context=None) for number in range(6)]
    data = json.dumps(flat, indent=indent).encode().replace(b'"Event 2"', b"Event 2")
    log = read(data)
    assert names(log) == ["Event 0", "Event 1", "Event 3", "Event 4", "Event 5"]
    (reject,) = log.rejects
    assert "not valid JSON: expecting value at byte" in reject.reason
    assert data[reject.offset :].startswith(b"{")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.999])
def test_a_truncated_array_gives_what_is_whole_and_one_reject(read: Read, keep: float) -> None:
    flat = [call(number) for number in range(40)]
    dumped = (json.dumps(flat, indent=indent).encode() for indent in (None, 2))
    for whole in (*dumped, b"[\n" + b",\n".join(map(encoded, flat))):
        data = whole[: int(len(whole) * keep)]
        log = read(data)
        assert log.rejected == 1
        assert "cut off" in log.rejects[0].reason
        assert len(log.events) == len(re.findall(rb'"path": ?"/"\s*\}\s*\}\s*\}', data))


def test_an_array_that_is_never_closed_is_said_to_be_cut_off(read: Read) -> None:
    log = read(json.dumps([ONE, TWO]).encode()[:-1])
    assert names(log) == ["Event 1", "Event 2"]
    assert log.rejects[0].reason == "the JSON array is never closed: the file is cut off"


def test_a_truncated_batch_gives_one_reject(read: Read) -> None:
    log = read(encoded({"batch": [ONE, TWO]})[:-20])
    assert (log.records, log.rejected) == (1, 1)


def test_items_of_a_batch_that_are_no_calls_cost_only_themselves(read: Read) -> None:
    log = read(lines({"batch": [ONE, 5, None, [], {"type": "x"}, TWO, {**THREE, "properties": 3}]}))
    assert names(log) == ["Event 1", "Event 2"]
    assert (log.records, log.rejected, log.skipped) == (7, 4, 1)
    assert {reject.line for reject in log.rejects} == {1}


def test_a_damaged_object_among_pretty_printed_ones_costs_only_itself(read: Read) -> None:
    texts = [json.dumps(call(number), indent=2).encode() for number in range(4)]
    texts[1] = texts[1].replace(b'"type":', b'"type"')
    log = read(b"\n".join(texts) + b"\n")
    assert {"Event 0", "Event 2", "Event 3"} == set(names(log))


# --- Large records ----------------------------------------------------------------------------------------

HUGE = b'{"type":"track","event":"Huge","properties":{"x":"' + b"y" * 60_000_000 + b'"}}'


@pytest.mark.slow
@pytest.mark.parametrize("packed", [False, True])
def test_a_line_of_60_mb_is_one_reject_and_is_not_held_in_memory(tmp_path: Path, packed: bool) -> None:
    file = tmp_path / "log"
    data = lines(ONE, HUGE, THREE)
    file.write_bytes(gzip.compress(data, 1) if packed else data)
    tracemalloc.start()
    log = accounted(read_log([str(file)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert names(log) == ["Event 1", "Event 3"]
    (reject,) = log.rejects
    assert (reject.line, reject.offset) == (2, len(lines(ONE)))
    assert reject.reason == "the record is 60.0 MB; the largest that is read is 32 MiB"
    assert peak < 3 * LARGEST


@pytest.mark.slow
def test_a_line_of_60_mb_is_written_out_whole_where_that_is_asked_for(tmp_path: Path) -> None:
    for data in (lines(ONE, HUGE), lines(ONE, HUGE)[:-1], lines(HUGE, ONE)):
        (tmp_path / "log").write_bytes(data)
        written: list[bytes] = []
        keep = written.append
        log = accounted(read_log([str(tmp_path / "log")], on_reject=lambda _, record, keep=keep: keep(record)))
        assert (len(log.events), log.rejected) == (1, 1)
        assert written == [HUGE]


@pytest.mark.slow
def test_an_element_of_60_mb_in_an_array_is_one_reject(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"[" + b",\n".join((encoded(ONE), HUGE, encoded(THREE))) + b"]")
    log = accounted(read_log([str(tmp_path / "log")]))
    assert names(log) == ["Event 1", "Event 3"]
    (reject,) = log.rejects
    assert "the largest that is read" in reject.reason


@pytest.mark.slow
@pytest.mark.parametrize("filling", [b" ", b"[", b"x", b"\n", lines(b'{"series":[]}')], ids=str)
def test_a_gigabyte_out_of_a_small_archive_streams_in_bounded_memory(tmp_path: Path, filling: bytes) -> None:
    """200 MB here, so that the tests stay quick; memory does not grow with the length."""
    size = 200_000_000 if filling in b" [x" else 20_000_000 if filling == b"\n" else 500_000
    piece = filling * (200_000 // len(filling))
    with gzip.open(tmp_path / "log", "wb", compresslevel=1) as file:
        file.write(lines(ONE))
        for _ in range(size // len(piece)):
            file.write(piece)
        file.write(b"\n" + lines(THREE))
    tracemalloc.start()
    log = accounted(read_log([str(tmp_path / "log")]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert names(log) == ["Event 1", "Event 3"]
    assert log.rejected == (filling in (b"[", b"x"))
    assert peak < 4 * LARGEST


@pytest.mark.slow
def test_a_large_batch_is_read(read: Read) -> None:
    log = read(encoded({"batch": [call(number) for number in range(20_000)]}))
    assert len(log.events) == 20_000


# --- Rejects ----------------------------------------------------------------------------------------------


def test_rejects_are_handed_over_whole_so_that_repaired_they_can_be_read_again(tmp_path: Path) -> None:
    broken = [TEXT.replace(b'"type":"track",', b'"type":"trick",'), b"x" + TEXT, TEXT[:-1]]
    pretty = json.dumps({**THREE, "userId": {"id": 1}}, indent=2).encode()
    (tmp_path / "a").write_bytes(lines(ONE, *broken))
    (tmp_path / "b").write_bytes(json.dumps(call(4), indent=2).encode() + b"\n" + pretty)
    (tmp_path / "c").write_bytes(encoded({"batch": [ONE, {**TWO, "userId": []}], "sentAt": "2026-01-05T11:00:00Z"}))
    written: list[bytes] = []
    log = read_log([str(tmp_path / name) for name in "abc"], on_reject=lambda _, record: written.append(record))
    assert (len(log.events), log.rejected) == (2, 5)
    assert written[:3] == broken
    assert json.loads(written[3]) == {**THREE, "userId": {"id": 1}}
    assert json.loads(written[4]) == {**TWO, "userId": [], "sentAt": "2026-01-05T11:00:00Z"}
    written[0] = written[0].replace(b"trick", b"track")
    written[1] = written[1][1:]
    written[2] += b"}"
    written[3] = re.sub(rb"\{ +.id.: 1 +\}", b"1", written[3])
    written[4] = written[4].replace(b"[]", b"null", 1)
    (tmp_path / "again").write_bytes(b"\n".join(written))
    again = accounted(read_log([str(tmp_path / "again")]))
    assert (again.arrivals, again.rejected) == (5, 0)


def test_more_rejects_than_are_kept_are_still_counted_and_handed_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(lines(*[b"x"] * 5000, ONE))
    written: list[bytes] = []
    log = read_log([str(tmp_path / "log")], on_reject=lambda _, record: written.append(record))
    assert (log.records, log.rejected, len(log.rejects), len(written)) == (5001, 5000, KEPT_REJECTS, 5000)


def test_odd_destinations_in_metadata_do_no_harm(read: Read) -> None:
    metadata = [
        {"bundled": ["Mixpanel", 5, None], "unbundled": None},
        {"bundled": 5, "unbundled": {"a": 1}},
        [],
        "x",
        {"bundled": ["Segment.io"], "unbundled": ["Amplitude"]},
    ]
    rows = [call(number, _metadata=value) for number, value in enumerate(metadata)]
    for data in (lines(*rows), encoded({"batch": rows})):
        log = read(data)
        assert len(log.events) == 5
        assert log.destinations_seen == {"Mixpanel", "Amplitude"}


def test_metadata_that_differs_in_every_event_is_not_kept(read: Read) -> None:
    rows = (call(n, properties=None, _metadata={"bundled": ["Mixpanel"], "request": n}) for n in range(5000))
    assert read(lines(*rows)).destinations_seen == {"Mixpanel"}
