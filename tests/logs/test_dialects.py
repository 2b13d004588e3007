"""Every dialect is told by the content of its records: alone, mixed in one folder or one file, and forced by name."""

import io
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.logs import posthog
from auditor.logs.dialects import VENDORS
from auditor.logs.reader import read_log, read_sources
from auditor.logs.sources import Source
from auditor.model.dialects import DIALECTS
from auditor.model.log import InputError, Log
from tests.logs.made import accounted, call, encoded, lines

Read = Callable[..., Log]

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "segment": [
        call(1),
        {"type": "track", "event": "E", "user_id": "u", "timestamp": "2026-01-05T10:00:00Z", "properties": {}},
        {"event": "E", "userId": "u", "timestamp": "2026-01-05T10:00:00Z", "properties": {"distinct": 1, "time": 5}},
        {
            "type": "track", "event": "E", "userId": 42, "timestamp": "2026-01-05T10:00:00Z",
            "properties": {"distinct_id": "d", "time": 1767607200, "$insert_id": "x"},
        },
        {"type": "identify", "userId": 42, "traits": {"device_id": "d"}, "originalTimestamp": "2026-01-05 10:00:00"},
        {"batch": [call(2)], "sentAt": "2026-01-05T10:00:09Z", "writeKey": "w"},
    ],
    "rudderstack": [
        {
            "type": "track", "event": "E", "anonymousId": "a", "userId": "", "messageId": "r1", "channel": "web",
            "originalTimestamp": "2026-01-05T10:00:00.000Z", "rudderId": "x", "request_ip": "203.0.113.4",
            "context": {"library": {"name": "RudderLabs JavaScript SDK"}, "sessionId": 1, "traits": {}},
        },
        {
            "message": {
                "type": "page", "anonymousId": "a", "messageId": "r2", "originalTimestamp": "2026-01-05T10:00:01.000Z",
                "context": {"library": {"name": "RudderLabs JavaScript SDK"}, "sessionId": 1},
            }
        },
    ],
    "posthog": [
        {
            "uuid": "0195a000-0000-7000-8000-000000000001", "event": "Signed Up", "timestamp": "2026-01-05T10:00:00Z",
            "properties": {"distinct_id": "u1", "$device_id": "d1", "$lib": "web", "$is_identified": True},
        },
        {
            "uuid": "0195a000-0000-7000-8000-000000000002", "event": "$pageview", "distinct_id": "u1", "created_at":
            "2026-01-05 10:00:03", "timestamp": "2026-01-05 10:00:01",
            "properties": '{"$lib": "web", "$device_id": "d1"}', "person_id": "p", "person_properties": "{}",
        },
        {
            "api_key": "phc", "sent_at": "2026-01-05T10:00:05.000Z",
            "batch": [{"event": "E", "properties": {"distinct_id": "u1", "$device_id": "d"}, "offset": 5}],
        },
        {
            "type": "identify", "event": "$identify", "distinct_id": "u1", "library": "posthog-node", "timestamp":
            "2026-01-05T10:00:00Z", "properties": {"$lib": "posthog-node", "$set": {"email": "a@b.example"}},
        },
    ],
    "mixpanel": [
        {
            "event": "Signed Up",
            "properties": {"time": 1767607200, "distinct_id": "u1", "$device_id": "d", "mp_lib": "web"},
        },
        {"event": "Paid", "properties": {"time": 1767607200123, "distinct_id": "u1", "$insert_id": "i2"}},
    ],
    "amplitude": [
        {
            "event_type": "Signed Up", "user_id": "user-1", "device_id": "d1", "uuid": "am1", "platform": "Web",
            "client_event_time": "2026-01-05 10:00:00.123000", "event_time": "2026-01-05 10:00:00.223000",
        },
        {"api_key": "k", "events": [{"event_type": "E", "device_id": "d1", "insert_id": "am2", "time": 1767607200123}]},
    ],
    "warehouse": [
        {
            "id": "w1", "anonymous_id": "a", "user_id": "u", "event": "signed_up", "event_text": "Signed Up",
            "received_at": "2026-01-05 10:00:01 UTC", "original_timestamp": "2026-01-05 10:00:00 UTC", "plan": "pro",
        },
    ],
}  # fmt: skip

EVERY = [(name, record) for name, records in SAMPLES.items() for record in records]


def _is(name: str, item: dict[str, Any]) -> bool:
    return bool(import_module(f"auditor.logs.{name}").recognises(item))


def test_every_dialect_has_samples_and_a_file_of_its_own() -> None:
    assert set(SAMPLES) == set(DIALECTS) - {"har"}  # whose calls are of any dialect
    assert set(VENDORS) < set(DIALECTS)
    for name in VENDORS:
        module = import_module(f"auditor.logs.{name}")
        assert callable(module.recognises)
        assert callable(module.call)


@pytest.mark.parametrize(("name", "record"), EVERY, ids=lambda value: value if isinstance(value, str) else "")
def test_no_record_is_taken_for_another_vendors(name: str, record: dict[str, Any]) -> None:
    item = record.get("batch", record.get("events", [record]))[0]
    told = [other for other in VENDORS if _is(other, item)]
    assert told == ([name] if name in VENDORS else [])


@pytest.mark.parametrize(("name", "record"), EVERY, ids=lambda value: value if isinstance(value, str) else "")
def test_a_record_reads_the_same_alone_in_an_array_among_all_others_and_forced(
    read: Read, name: str, record: dict[str, Any]
) -> None:
    (alone,) = read(lines(record)).events
    (forced,) = read(lines(record), dialect=name).events
    (listed,) = read(json.dumps([record], indent=1).encode()).events
    others = [other for _, other in EVERY if other is not record]
    mixed = read(lines(*others, record))
    (among,) = [event for event in mixed.events if event.line == len(others) + 1]
    assert mixed.rejected == 0
    for event in (forced, listed, among):
        event.line, event.batch, event.position = alone.line, alone.batch, alone.position
        event.sender = alone.sender
        assert event == alone


def test_all_dialects_in_one_folder_are_each_told_right(tmp_path: Path) -> None:
    for name, records in SAMPLES.items():
        (tmp_path / f"{name}.log").write_bytes(lines(*records))
    log = accounted(read_log([str(tmp_path)]))
    assert (log.rejected, log.skipped) == (0, 0)
    for number, file in enumerate(log.files):
        alone = read_log([file])
        assert sum(event.file == number for event in log.events) == len(alone.events) == len(SAMPLES[Path(file).stem])


@pytest.mark.parametrize("forced", VENDORS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_forced_dialect_refuses_what_is_none_of_it_and_says_so(read: Read, forced: str, name: str) -> None:
    log = read(lines(*SAMPLES[name]), dialect=forced)
    if name == forced:
        assert log.rejected == 0
    else:
        assert not log.events
        assert {reject.reason for reject in log.rejects} == {f"no record of the dialect {forced}, which was asked for"}


@pytest.mark.parametrize("forced", ["segment", "rudderstack"])
def test_segments_shape_can_be_forced_on_records_that_look_like_a_vendors(read: Read, forced: str) -> None:
    log = read(lines(SAMPLES["mixpanel"][0], call(1)), dialect=forced)
    assert (len(log.events), log.rejected) == (1, 1)


def test_a_rejected_record_of_a_batch_is_written_out_as_it_came(tmp_path: Path) -> None:
    body = {"api_key": "phc", "sent_at": "2026-01-05T10:00:05Z", "batch": [
        {"event": "A", "properties": {"distinct_id": "u", "$lib": "web"}, "offset": 5},
        {"event": "B", "distinct_id": "u", "properties": "{no json", "offset": 4},
    ]}  # fmt: skip
    (tmp_path / "log").write_bytes(encoded(body))
    written: list[bytes] = []
    log = accounted(read_log([str(tmp_path / "log")], on_reject=lambda _, data: written.append(data)))
    assert (len(log.events), log.rejected) == (1, 1)
    assert log.rejects[0].reason.startswith("properties is a text that is no JSON")
    (again,) = written
    assert json.loads(again)["properties"] == "{no json"
    assert json.loads(again)["sent_at"] == "2026-01-05T10:00:05Z"


def test_a_repeated_event_of_a_vendor_is_a_copy_and_unchanged_where_only_its_sending_differs(read: Read) -> None:
    event = {"uuid": "p1", "event": "E", "properties": {"distinct_id": "u", "$device_id": "d", "$lib": "web", "x": 1}}
    bodies = [
        {"api_key": "k", "sent_at": "2026-01-05T10:00:05.000Z", "batch": [{**event, "offset": 500}]},
        {"api_key": "k", "sent_at": "2026-01-05T10:00:09.000Z", "batch": [{**event, "offset": 4500}]},
    ]
    log = read(lines(*bodies))
    assert (len(log.events), log.copies["p1"].changed) == (1, False)
    export = {"event": "Paid", "properties": {"time": 1767607200, "distinct_id": "u", "$insert_id": "i"}}
    again = {"event": "Paid", "properties": {**export["properties"], "mp_processing_time_ms": 1767607209000}}
    log = read(lines(export, again))
    assert (len(log.events), log.copies["i"].changed) == (1, False)
    again["properties"]["amount"] = 3
    assert read(lines(export, again)).copies["i"].changed


def test_bodies_of_capture_requests_are_offered_to_whoever_has_decoded_them() -> None:
    event = {"event": "E", "properties": {"distinct_id": "u", "$device_id": "d", "$lib": "web"}, "offset": 1500}
    sent = posthog.moment_of("2026-01-05T10:00:05Z")
    for body in (event | {"uuid": "1"}, [event], {"api_key": "k", "batch": [event]}):
        (made,) = posthog.calls(body, sent) or []
        assert (made["type"], made["event"], made["anonymousId"]) == ("track", "E", "d")
        assert made["timestamp"].isoformat() == "2026-01-05T10:00:03.500000+00:00"
    (made,) = posthog.calls({"batch": [event], "sent_at": "2026-01-05T11:00:00Z"}, sent) or []
    assert made["timestamp"].isoformat() == "2026-01-05T10:59:58.500000+00:00"
    for other in (None, 5, [], {}, {"type": "track"}, {"batch": [call(1)]}, [event, call(1)], {"batch": []}):
        assert posthog.calls(other) is None


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.just([]), st.just([1]),
    st.just({}), st.just({"a": [{}]}), st.sampled_from(["tracks", "users", "0", "[object Object]", "2026-01-05"]),
)  # fmt: skip


MEMBERS = [
    "event", "properties", "distinct_id", "timestamp", "time", "user_id", "session_id", "id", "groups", "group_id",
    "event_properties", "offset", "platform", "library", "\uf8fftable", "\uf8ffopens", "\uf8ffidentified", "$set",
    "$device_id", "$lib", "$session_id", "$referrer", "$current_url", "alias", "$distinct_ids", "context_library",
    "context_library_name", "context_page", "context_session_id", "$group_type",
]  # fmt: skip


@given(
    st.sampled_from([record for name, record in EVERY if name in VENDORS]),
    st.sampled_from(MEMBERS),
    VALUES,
)  # fmt: skip
def test_a_record_with_any_value_in_any_member_is_an_event_or_a_reject(
    record: dict[str, Any], member: str, value: Any
) -> None:
    """Both beside the properties and among them."""
    changed = [{**record, member: value}]
    for inner in ("properties", "event_properties"):
        if isinstance(record.get(inner), dict):
            changed.append({**record, inner: {**record[inner], member: value}})
            if member == "event":
                changed.append({**record, "event": value, inner: {**record[inner], "$set": value}})
    changed += changed[:1]  # a copy, which is looked at once more
    changed += [{**record, "event": kind, member: value} for kind in ("$identify", "$groupidentify", "$create_alias")]
    data = lines(*changed)
    source = Source("log", None, spool=io.BytesIO(data))
    log = accounted(read_sources([source]))
    assert log.records >= len(changed)


@pytest.mark.parametrize(("name", "record"), EVERY, ids=lambda value: value if isinstance(value, str) else "")
def test_whatever_a_member_of_a_sample_holds_is_accounted_for(name: str, record: dict[str, Any]) -> None:
    data = lines(*(changed for place in places(record) for changed in with_values(record, place)))
    for dialect in (None, name):
        accounted(read_sources([Source("log", None, spool=io.BytesIO(data))], dialect=dialect))


def places(record: dict[str, Any]) -> list[tuple[str, ...]]:
    below = {key: places(value) if isinstance(value, dict) else [] for key, value in record.items()}
    return [(key, *rest) for key, inner in below.items() for rest in [(), *inner]]


def with_values(record: dict[str, Any], place: tuple[str, ...]) -> list[dict[str, Any]]:
    key, *rest = place
    if not rest:
        return [{**record, key: value} for value in (None, [], {}, 0, 1.5, True, "x", "", [1], {"a": 1}, [[]])]
    return [{**record, key: inner} for inner in with_values(record[key], tuple(rest))]


def test_what_is_wrong_with_an_input_is_said_whatever_dialect_is_forced(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(3000))
    with pytest.raises(InputError, match="binary data"):
        read_log([str(tmp_path / "x")], dialect="posthog")
