"""Amplitude's export and HTTP API as calls (domain.md 6.6)."""

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from auditor.model.event import Event
from auditor.model.log import Log
from tests.logs.made import encoded, lines

Read = Callable[..., Log]
One = Callable[..., Event]


def exported(event_type: str = "E", **members: Any) -> dict[str, Any]:
    record = {
        "uuid": "am1", "$insert_id": "i1", "event_type": event_type, "event_id": 5, "amplitude_id": 1,
        "client_event_time": "2026-01-05 10:00:00.123000", "event_time": "2026-01-05 10:00:00.223000",
        "client_upload_time": "2026-01-05 10:00:01.000000", "server_received_time": "2026-01-05 10:00:01.100000",
        "server_upload_time": "2026-01-05 10:00:02.000000", "user_id": "user-1", "device_id": "d1",
        "session_id": 1767607200000, "platform": "Web", "library": "amplitude-ts/2.11.1",
        "event_properties": {}, "user_properties": {}, "groups": {}, **members,
    }  # fmt: skip
    return {key: value for key, value in record.items() if value is not None}


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "any": (
        exported("Paid", event_properties={"amount": 3}),
        {
            "type": "track", "event": "Paid", "user_id": "user-1", "anonymous_id": "d1", "message_id": "am1",
            "properties": {"amount": 3}, "t": 1767607200123, "sent": 1767607201000, "received": 1767607201100,
            "session": "1767607200000", "side": "browser", "library": "amplitude-ts", "version": "2.11.1",
            "identified": True,
        },
    ),
    "a visitor's": (exported(user_id=None), {"user_id": None, "anonymous_id": "d1", "identified": False}),
    "without uuid": (exported(uuid=None), {"message_id": "i1"}),
    "out of a session": (exported(session_id=-1), {"session": None}),
    "a page view": (
        exported("[Amplitude] Page Viewed", event_properties={"[Amplitude] Page Location": "https://x.example/a",
                                                              "[Amplitude] Page Path": "/a"}),
        {"type": "page", "path": "/a", "url": "https://x.example/a", "event": None},
    ),
    "$identify": (
        exported("$identify", user_properties={"$set": {"plan": "pro"}, "$setOnce": {"since": 1}}),
        {"type": "identify", "user_id": "user-1", "traits": {"since": 1, "plan": "pro"}},
    ),
    "$groupidentify": (
        exported("$groupidentify", groups={"company": ["acme"]}, group_properties={"$set": {"size": 3}}),
        {"type": "group", "group_id": "acme", "traits": {"size": 3}},
    ),
    "a phone's": (
        exported(platform="iOS", library="amplitude-swift/1.2", os_name="ios"), {"side": "device", "device_id": "d1"},
    ),
    "a server's": (
        exported(platform=None, library="amplitude-node/1.3", device_id=None), {"side": "server", "identified": None},
    ),
    "by the HTTP API": (
        {"event_type": "E", "device_id": "d1", "time": 1767607200123, "insert_id": "i2", "platform": "Web"},
        {"t": 1767607200123, "message_id": "i2", "user_id": None, "anonymous_id": "d1", "side": "browser"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), KINDS.values(), ids=list(KINDS))
def test_each_kind_of_event_is_the_call_that_it_stands_for(
    one: One, record: dict[str, Any], expected: dict[str, Any]
) -> None:
    event = one(record)
    assert {name: getattr(event, name) for name in expected} == expected


def test_the_export_is_a_zip_of_packed_lines_and_its_parts_are_read_alike(read: Read) -> None:
    rows = [exported(uuid=f"am{number}") for number in range(20)]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("1/1_2026-01-05_10#0.json.gz", gzip.compress(lines(*rows[:10])))
        archive.writestr("1/1_2026-01-05_10#1.json.gz", gzip.compress(lines(*rows[10:])))
    for data in (held.getvalue(), gzip.compress(lines(*rows)), lines(*rows)):
        log = read(data)
        assert {event.message_id for event in log.events} == {f"am{number}" for number in range(20)}
    assert [file.rsplit("/", 1)[1] for file in read(held.getvalue()).files] == [
        "1_2026-01-05_10#0.json.gz",
        "1_2026-01-05_10#1.json.gz",
    ]


def test_a_request_holds_several_events(read: Read) -> None:
    events = [{"event_type": "E", "user_id": "user-1", "time": 1767607200123, "insert_id": str(n)} for n in range(3)]
    log = read(encoded({"api_key": "k", "events": events, "options": {"min_id_length": 1}}))
    assert (len(log.events), {event.write_key for event in log.events}) == (3, {"k"})
    assert {event.batch for event in log.events} == {0}


def test_an_event_without_any_time_is_a_reject(read: Read) -> None:
    (reject,) = read(lines({"event_type": "E", "user_id": "user-1"})).rejects
    assert reject.reason.startswith("no time")
