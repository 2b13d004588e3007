"""The same messageId received again is one call with several copies."""

import gzip
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.logs.reader import read_log
from auditor.model.log import Log
from tests.logs.made import accounted, call, encoded, lines

Read = Callable[..., Log]


def sent(second: int, number: int = 1, **members: Any) -> dict[str, Any]:
    moment = f"2026-01-05T11:00:{second:02}.000Z"
    return call(number, sentAt=moment, receivedAt=moment, **members)


def outcome(log: Log) -> list[Any]:
    return [
        (key, copies.changed, copies.call.sent, copies.call.user_id, copies.call.properties, len(copies.others))
        for key, copies in sorted(log.copies.items())
    ]


def test_the_one_sent_first_is_the_call_whatever_the_order_of_lines(read: Read) -> None:
    records = [sent(5), sent(3, userId="u1"), sent(9, userId="u1"), sent(1, number=2), sent(2, number=2), call(7)]
    expected = None
    for seed in range(10):
        random.Random(seed).shuffle(records)
        log = read(lines(*records))
        assert len(log.events) == 3
        held = log.copies["m1"]
        assert (held.call.sent, held.call.user_id, held.changed, held.call.copied) == (1767610803000, "u1", True, True)
        assert [copy.sent for copy in held.others] == [1767610805000, 1767610809000]
        assert held.call in log.events
        assert not any(copy in log.events for copy in held.others)
        expected = expected or outcome(log)
        assert outcome(log) == expected


def test_copies_sent_at_one_moment_are_told_apart_by_what_they_say_not_by_where_they_stand(read: Read) -> None:
    records = [sent(1, properties={"n": n, "password": "x" if n == 3 else None}) for n in range(6)]
    calls = []
    for seed in range(6):
        random.Random(seed).shuffle(records)
        calls.append(read(lines(*records)).copies["m1"].call.properties)
    assert all(properties == calls[0] for properties in calls)


SAME = {
    "the very same": {},
    "sent and received later": {"sentAt": "2026-01-05T11:09:00.000Z", "receivedAt": "2026-01-05T11:09:01.000Z"},
    "other metadata": {"_metadata": {"retryCount": 2}},
    "an archived copy, with the corrected time": {
        "timestamp": "2026-01-05T10:00:33.000Z", "originalTimestamp": "2026-01-05T10:00:01.000Z", "version": 2,
    },
    "its time spelled otherwise": {"timestamp": "2026-01-05T10:00:01+00:00"},
    "what a collector adds": {"rudderId": "r", "request_ip": "1.2.3.4", "writeKey": "wk", "delivery": "aborted"},
    "an empty user for none": {"userId": ""},
}  # fmt: skip


@pytest.mark.parametrize("members", SAME.values(), ids=SAME)
def test_a_re_send_is_no_change(read: Read, members: dict[str, Any]) -> None:
    log = read(lines(sent(1), {**sent(1), **members}))
    assert not log.copies["m1"].changed


CHANGED = {
    "a user": {"userId": "u1"},
    "properties": {"properties": {"plan": "free"}},
    "a name": {"event": "Other"},
    "a type": {"type": "page"},
    "a context": {"context": {}},
    "a time": {"timestamp": "2026-01-05T10:00:02.000Z"},
}


@pytest.mark.parametrize("members", CHANGED.values(), ids=CHANGED)
def test_another_body_under_the_same_id_is_a_change(read: Read, members: dict[str, Any]) -> None:
    assert read(lines(sent(1), {**sent(1), **members})).copies["m1"].changed


def test_copies_are_compared_wherever_they_stand(tmp_path: Path) -> None:
    same, other = sent(4), sent(5, userId="u1")
    places: dict[str, Callable[[dict[str, Any]], bytes]] = {
        "line": lambda record: lines(call(8), record),
        "array": lambda record: encoded([call(8), call(9), record]),
        "batch": lambda record: encoded({"batch": [call(8), record], "context": {}}),
        "later in a batch": lambda record: lines(call(8), {"batch": [call(9), record]}),
        "on one line": lambda record: lines(call(8), encoded(call(9)) + encoded(record)),
        "wrapped": lambda record: lines({"message": record}),
        "archive": lambda record: gzip.compress(lines(call(8), call(9), record)),
    }
    for place in places.values():
        for second, changed in ((same, False), (other, True)):
            (tmp_path / "a").write_bytes(lines(sent(1)))
            (tmp_path / "b").write_bytes(place(second))
            log = accounted(read_log([str(tmp_path / "a"), str(tmp_path / "b")]))
            assert log.copies["m1"].changed is changed
            assert log.copies["m1"].call.file == 0


def test_copies_on_one_line_of_an_array_are_each_compared_with_their_own_body(read: Read) -> None:
    first = [sent(1, 1), sent(1, 2, userId="u"), sent(1, 3)]
    again = [sent(2, 1), sent(2, 2, userId="v"), sent(2, 3)]
    log = read(encoded([*first, 5, *again]))
    assert {key: copies.changed for key, copies in log.copies.items()} == {"m1": False, "m2": True, "m3": False}


def test_copies_inside_one_batch_are_copies(read: Read) -> None:
    log = read(encoded({"batch": [sent(1), sent(1), sent(1, userId="u")]}))
    assert (len(log.events), len(log.copies["m1"].others), log.copies["m1"].changed) == (1, 2, True)


def test_a_copy_with_damage_where_nobody_reads_is_compared_all_the_same(read: Read) -> None:
    odd = encoded(sent(2, context={"x": "@"})).replace(b'"@"', b"1e999")
    log = read(lines(sent(1), odd, sent(1, 2), odd.replace(b"m1", b"m2")))
    assert (log.rejected, log.copies["m1"].changed) == (0, True)
    assert not read(lines(odd, odd)).copies["m1"].changed


def test_long_ids_and_ids_that_are_numbers_are_ids_too(read: Read) -> None:
    ids = ("x" * 400, 5, "x" * 400, "5")
    log = read(lines(*(sent(second, messageId=value) for second, value in enumerate(ids))))
    assert sorted(log.copies) == ["5", "x" * 400]


def test_calls_without_an_id_are_no_copies(read: Read) -> None:
    for absent in (None, "", "  "):
        assert read(lines(*[{**sent(1), "messageId": absent}] * 3)).copies == {}


def test_copies_in_stretches_that_follow_damage_are_found_again(read: Read) -> None:
    log = read(lines(b"\x00", sent(1), b"{", sent(2), b"x" * 300_000, sent(1, 2), b"", sent(1, 2, userId="u")))
    assert {key: copies.changed for key, copies in log.copies.items()} == {"m1": False, "m2": True}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["lines", "array on one line"])
def test_many_copies_take_a_time_in_proportion(tmp_path: Path, form: str) -> None:
    """So many calls that were each received twice, and one that was received so many times; with room to spare."""
    many = 30_000 if form == "lines" else 10_000
    flat = [encoded(call(n, properties=None, context=None)) for n in range(many)]
    rows = [*flat, *flat, *[encoded(call(0, messageId="same", properties=None, context=None))] * many]
    data = b"\n".join(rows) if form == "lines" else b"[" + b",".join(rows) + b"]"
    (tmp_path / "log").write_bytes(data)
    start = time.process_time()
    log = accounted(read_log([str(tmp_path / "log")]))
    assert time.process_time() - start < 30
    assert (len(log.events), len(log.copies), len(log.copies["same"].others)) == (many + 1, many + 1, many - 1)
    assert not any(copies.changed for copies in log.copies.values())
