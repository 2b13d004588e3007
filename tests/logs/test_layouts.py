"""The shapes in which logs come, told by their content."""

import json
from collections.abc import Callable

import pytest

from auditor.model.log import Log
from tests.logs.made import call, encoded, lines, names

Read = Callable[..., Log]
ONE, TWO, THREE = call(1), call(2), call(3)
ALL = ["Event 1", "Event 2", "Event 3"]


def pretty(*records: object, indent: int = 2) -> bytes:
    return "\n".join(json.dumps(record, indent=indent) for record in records).encode()


LAYOUTS = {
    "JSON Lines": lines(ONE, TWO, THREE),
    "JSON Lines without an end of line at the end": lines(ONE, TWO, THREE).rstrip(),
    "JSON Lines with CRLF": lines(ONE, TWO, THREE).replace(b"\n", b"\r\n"),
    "JSON Lines with blank lines": b"\n \n" + lines(ONE, b"", TWO, b" \t", THREE) + b"\n\r\n\n",
    "JSON Lines with a byte order mark": b"\xef\xbb\xbf" + lines(ONE, TWO, THREE),
    "a byte order mark on a later line": lines(ONE) + b"\xef\xbb\xbf" + lines(TWO, THREE),
    "an array on one line": encoded([ONE, TWO, THREE]),
    "an array with a byte order mark": b"\xef\xbb\xbf" + encoded([ONE, TWO, THREE]),
    "a pretty-printed array": pretty([ONE, TWO, THREE]),
    "an array with one element a line": b"[" + b",\n".join(map(encoded, (ONE, TWO, THREE))) + b"]\n",
    "an array whose brackets have lines of their own": b"[\n" + b",\n".join(map(encoded, (ONE, TWO, THREE))) + b"\n]\n",
    "an array with commas first": b"[\n " + b"\n, ".join(map(encoded, (ONE, TWO, THREE))) + b"\n]\n",
    "a batch": encoded({"batch": [ONE, TWO, THREE]}),
    "a pretty-printed batch": pretty({"batch": [ONE, TWO, THREE], "sentAt": "2026-01-05T10:00:09Z"}),
    "a batch with one call a line": b'{"batch": [\n' + b",\n".join(map(encoded, (ONE, TWO, THREE))) + b"\n]}\n",
    "batches and calls as lines": lines({"batch": [ONE]}, TWO, {"batch": [THREE]}),
    "a list of batches as a line": lines([{"batch": [ONE, TWO]}, {"batch": [THREE]}]),
    "a batch in a batch": encoded({"batch": [ONE, {"batch": [TWO, THREE]}]}),
    "arrays as lines": lines([ONE, TWO], [THREE]),
    "calls before arrays": lines(ONE, [TWO, THREE]),
    "pretty-printed objects one after another": pretty(ONE, TWO, THREE),
    "one-line objects separated by commas": b",\n".join(map(encoded, (ONE, TWO, THREE))),
    "objects one after another on one line": b"".join(map(encoded, (ONE, TWO, THREE))),
    "objects separated by carriage returns": b"\r".join(map(encoded, (ONE, TWO, THREE))),
    "several objects on a later line": lines(ONE, encoded(TWO) + encoded(THREE)),
    "wrapped messages": lines(*({"message": record} for record in (ONE, TWO, THREE))),
    "wrapped messages in an array": encoded([{"message": record} for record in (ONE, TWO, THREE)]),
    "wrapped messages in a batch": encoded({"batch": [{"message": record} for record in (ONE, TWO, THREE)]}),
}  # fmt: skip


@pytest.mark.parametrize("data", LAYOUTS.values(), ids=LAYOUTS)
def test_a_log_is_read_completely_however_it_is_laid_out(read: Read, data: bytes) -> None:
    log = read(data)
    assert names(log) == ALL
    assert log.records == 3


@pytest.mark.parametrize("data", LAYOUTS.values(), ids=LAYOUTS)
def test_the_line_of_an_event_is_the_line_where_its_record_begins(read: Read, data: bytes) -> None:
    rows = data.replace(b"\r\n", b"\n").split(b"\n")
    for event in read(data).events:
        before, here = b"\n".join(rows[: event.line - 1]), b"\n".join(rows[event.line - 1 :])
        name = json.dumps(event.event).encode()
        assert name in here
        assert name not in before


@pytest.mark.parametrize("count", [1, 7, 3000])
def test_logs_larger_than_a_block_keep_lines_and_offsets(read: Read, count: int) -> None:
    """3000 records of about 400 bytes are more than a megabyte."""
    records = [call(number, properties={"note": "x" * (number % 700)}) for number in range(count)]
    damaged = records.copy()
    for number in range(0, count, 500):
        damaged[number] = b'{"type": '  # type: ignore[call-overload]
    data = lines(*damaged)
    log = read(data)
    assert (len(log.events), log.rejected) == (count - len(range(0, count, 500)), len(range(0, count, 500)))
    assert all(event.event == f"Event {event.line - 1}" for event in log.events)
    for reject in log.rejects:
        assert data[reject.offset :].startswith(b'{"type": \n')
        assert data.count(b"\n", 0, reject.offset) == reject.line - 1
    assert len(read(b"[" + b",\n".join(map(encoded, records)) + b"]").events) == count
    assert len(read(json.dumps(records, indent=1).encode()).events) == count
    assert len(read(b"".join(map(encoded, records))).events) == count


@pytest.mark.parametrize(
    "data", [b"", b"\n", b" \n\t\r\n   ", b"\xef\xbb\xbf", b"[]", b"[\n]\n"],
    ids=["empty", "a line end", "blanks", "a byte order mark", "an empty array", "an empty array on two lines"],
)  # fmt: skip
def test_a_log_of_nothing_holds_no_records(read: Read, data: bytes) -> None:
    assert read(data).records == 0


@pytest.mark.parametrize(
    "data",
    [{"batch": []}, {"series": [{"type": "Counter"}]}, {"batch": [{"series": []}]}, {"batch": [], "sentAt": "x"}],
    ids=str,
)  # fmt: skip
def test_what_is_known_to_be_no_call_is_skipped_and_counted(read: Read, data: object) -> None:
    for form in (encoded(data), lines(data), json.dumps(data, indent=2).encode()):
        log = read(form)
        assert (log.records, log.skipped, log.rejected) == (1, 1, 0)
    log = read(lines(ONE, data, TWO, []))
    assert (log.records, log.skipped, log.rejected) == (4, 2, 0)


def test_what_a_batch_says_holds_for_its_calls_unless_they_say_otherwise(read: Read) -> None:
    own = call(2, sentAt="2026-01-05T10:00:30Z", context={"library": {"name": "analytics-python"}})
    batch = {
        "batch": [call(1, context=None), own],
        "sentAt": "2026-01-05T10:00:20Z",
        "writeKey": "wk",
        "context": {"library": {"name": "analytics.js"}, "page": {"path": "/outer"}},
    }
    first, second = read(encoded(batch)).events
    assert (first.library, first.path, first.sent_at.second, first.write_key) == ("analytics.js", "/outer", 20, "wk")
    assert (second.library, second.path, second.sent_at.second) == ("analytics-python", "/outer", 30)


def test_calls_of_one_batch_know_their_order_and_their_batch(read: Read) -> None:
    data = lines({"batch": [call(1), call(2)]}, call(5), {"batch": [call(3), call(4)]})
    events = sorted(read(data).events, key=lambda event: event.t)
    assert [event.batch is None for event in events] == [False, False, False, False, True]
    assert events[0].batch == events[1].batch != events[2].batch == events[3].batch
    assert events[0].position < events[1].position
    assert events[2].position < events[3].position


def test_batches_in_a_list_stay_apart(read: Read) -> None:
    events = read(lines(call(9), [{"batch": [call(1), call(2)]}, {"batch": [call(3)]}])).events[1:]
    assert [event.batch for event in events] == [events[0].batch, events[0].batch, events[2].batch]
    assert events[0].batch != events[2].batch


def test_a_call_with_a_member_named_like_an_envelope_stays_one_call(read: Read) -> None:
    odd = [call(1, batch=[1, 2]), call(2, message="hello"), call(3, series=[]), call(4, batch=7)]
    assert len(read(lines(*odd)).events) == 4


def test_members_beside_a_wrapped_message_are_kept(read: Read) -> None:
    (event,) = read(lines({"message": call(1), "receivedAt": "2026-01-05T10:00:44Z", "destination": {}})).events
    assert event.received_at is not None
    assert event.received_at.second == 44


@pytest.mark.parametrize("dialect", [None, "segment", "rudderstack"])
def test_the_dialect_can_be_forced(read: Read, dialect: str | None) -> None:
    rudder = call(2, context={"library": {"name": "RudderLabs JavaScript SDK"}, "sessionId": 1})
    first, second = sorted(read(lines(call(1), rudder), dialect=dialect).events, key=lambda event: event.t)
    assert first.rudderstack is (dialect == "rudderstack")
    assert second.rudderstack is (dialect != "segment")


def test_rudderstack_keeps_the_traits_of_identify_in_the_context(read: Read) -> None:
    context = {
        "library": {"name": "rudder-ios-library"},
        "traits": {"email": "a@b.example"},
        "sessionId": 17,
        "sessionStart": True,
    }
    record = call(1, type="identify", event=None, userId="u1", properties=None, context=context, channel="mobile")
    for form in (lines(record), encoded({"batch": [record]})):
        (event,) = read(form).events
        assert event.rudderstack
        assert event.traits == {"email": "a@b.example"}
        assert (event.session, event.side) == ("17", "device")
