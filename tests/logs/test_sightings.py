"""A HAR beside the lines of its collector: what both show is one call."""

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.logs.reader import read_log
from auditor.model.log import Log
from tests.hars import START, call, document, har, request
from tests.logs.made import accounted
from tests.stories import iso

SITE = "https://shop.example"
GONE = {"status": 0, "response": {"_error": "net::ERR_ABORTED"}}


def received(body: dict[str, Any], at: int, **changed: Any) -> dict[str, Any]:
    """The line of a collector; a member given as ``None`` is left out."""
    line = {**body, "receivedAt": iso(START + at), **changed}
    return {key: value for key, value in line.items() if value is not None}


def sent(body: dict[str, Any], at: int) -> dict[str, Any]:
    """The same call sent at another time."""
    return {**body, "sentAt": iso(START + at)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def both(folder: Path, entries: list[dict[str, Any]], lines: list[dict[str, Any]], *, har_first: bool = True) -> Log:
    files = {"session.har": har(*entries), "server.jsonl": b"".join(json.dumps(e).encode() + b"\n" for e in lines)}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    names = sorted(files, reverse=har_first)
    return accounted(read_log([str(folder / name) for name in names]))


@pytest.mark.parametrize("har_first", [True, False])
def test_a_call_that_both_show_is_one_call_and_the_line_of_the_collector(folder: Path, har_first: bool) -> None:
    body = call(1, 300)
    entries = [document(0, f"{SITE}/"), request(305, body)]
    log = both(folder, entries, [received(body, 340)], har_first=har_first)
    (event,) = log.events
    assert log.files[event.file].endswith("server.jsonl")
    assert (event.received, event.delivery) == (START + 340, None)
    assert event.page_load is not None
    assert not event.copied
    assert log.copies == {}
    assert (log.records, log.skipped, log.sighted) == (3, 2, 1)


def test_what_the_collector_received_is_delivered_whatever_the_har_says(folder: Path) -> None:
    body = call(1, 300, "/signup")
    entries = [document(0, f"{SITE}/signup"), document(320, f"{SITE}/welcome"), request(305, body, **GONE),
               request(9000, call(2, 8995, "/welcome"))]  # fmt: skip
    alone = both(folder, entries, [])
    assert next(event.delivery for event in alone.events if event.message_id == "m1") == "aborted"
    log = both(folder, entries, [received(body, 340)])
    assert next(event.delivery for event in log.events if event.message_id == "m1") is None
    assert log.left_by["m1"].path == "/welcome"


def test_an_attempt_that_the_collector_never_saw_stays_the_first_of_its_call(folder: Path) -> None:
    body = call(1, 300, "/signup")
    entries = [document(0, f"{SITE}/signup"), document(320, f"{SITE}/welcome"), request(305, body, **GONE),
               request(800, call(2, 795, "/welcome")), request(900, sent(body, 900))]  # fmt: skip
    log = both(folder, entries, [received(sent(body, 900), 930)])
    copies = log.copies["m1"]
    assert (copies.call.delivery, copies.call.received) == ("aborted", None)
    assert [(copy.delivery, copy.received) for copy in copies.others] == [(None, START + 930)]
    assert copies.call.page_load == copies.others[0].page_load is not None


def test_two_receipts_of_one_request_are_two_arrivals(folder: Path) -> None:
    body = call(1, 300)
    log = both(folder, [request(305, body)], [received(body, 340), received(body, 370)])
    assert [copy.received for copy in log.copies["m1"].others] == [START + 370]
    assert not log.copies["m1"].changed
    assert log.sighted == 1


def test_a_receipt_that_does_not_say_when_it_was_sent_is_the_answered_request(folder: Path) -> None:
    body = call(1, 300)
    entries = [request(305, body, **GONE), request(900, sent(body, 900))]
    log = both(folder, entries, [received(body, 930, sentAt=None)])
    assert log.sighted == 1
    assert [event.delivery for event in (log.copies["m1"].call, *log.copies["m1"].others)] == ["aborted", None]


def test_a_request_without_sent_at_is_the_receipt_of_its_message_id(folder: Path) -> None:
    body = {key: value for key, value in call(1, 300).items() if key != "sentAt"}
    log = both(folder, [request(305, body)], [received(body, 340)])
    assert (len(log.events), log.copies, log.sighted) == (1, {}, 1)


def test_a_receipt_sent_at_another_time_is_another_arrival(folder: Path) -> None:
    body = call(1, 300)
    log = both(folder, [request(305, body)], [received(sent(body, 700), 730)])
    assert len(log.copies["m1"].others) == 1
    assert log.sighted == 0


def test_what_only_the_collector_has_is_placed_among_the_page_loads(folder: Path) -> None:
    """What is sent as a page closes is in no HAR."""
    entries = [document(0, f"{SITE}/a"), document(1000, f"{SITE}/b"), request(305, call(1, 300, "/a")),
               request(1305, call(2, 1300, "/b"))]  # fmt: skip
    flushed = call(3, 990, "/a")
    log = both(folder, entries, [received(flushed, 1020), received(call(1, 300, "/a"), 330)])
    loads = {event.message_id: event.page_load for event in log.events}
    assert loads["m1"] == loads["m3"] != loads["m2"]
    assert log.left_by["m3"].path == "/b"


def test_another_browser_of_the_collectors_lines_has_no_page_loads_of_the_har(folder: Path) -> None:
    entries = [document(0, f"{SITE}/"), request(305, call(1, 300))]
    log = both(folder, entries, [received(call(2, 300, anonymousId="a2"), 330), received(call(1, 300), 330)])
    assert [event.page_load is None for event in sorted(log.events, key=lambda e: e.message_id or "")] == [False, True]


def test_a_collector_that_drops_the_write_key_splits_no_lane(folder: Path) -> None:
    lost = request(505, call(2, 500), **GONE)
    log = both(folder, [request(305, call(1, 300)), lost], [received(call(1, 300), 330, writeKey=None)])
    assert {event.write_key for event in log.events} == {None}
    assert len(log.events) == 2


def test_two_exports_of_one_session_are_one_session(folder: Path) -> None:
    entries = [document(0, f"{SITE}/"), request(305, call(1, 300)), request(405, call(2, 400), **GONE)]
    for name in ("one.har", "two.har"):
        (folder / name).write_bytes(har(*entries))
    log = accounted(read_log([str(folder)]))
    assert sorted(event.message_id or "" for event in log.events) == ["m1", "m2"]
    assert (log.copies, log.sighted) == ({}, 2)


@pytest.mark.parametrize("worker_first", [True, False])
def test_what_a_service_worker_sends_on_is_the_request_of_the_page(folder: Path, worker_first: bool) -> None:
    by_page = request(305, call(1, 300), took=40, **({} if worker_first else GONE))
    by_worker = request(311, call(1, 300), took=30, **(GONE if worker_first else {}))
    log = both(folder, [by_page, by_worker], [])
    assert [(event.delivery, event.copied) for event in log.events] == [("ok", False)]
    assert (log.copies, log.sighted) == ({}, 1)


def test_the_same_body_sent_again_later_is_another_request(folder: Path) -> None:
    log = both(folder, [request(305, call(1, 300)), request(805, call(1, 300))], [])
    assert len(log.copies["m1"].others) == 1
