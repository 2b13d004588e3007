"""Mixpanel's raw export as calls (domain.md 6.5)."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from auditor.model.event import Event
from auditor.model.log import Log
from tests.logs.made import lines

Read = Callable[..., Log]
One = Callable[..., Event]
DEVICE = "18e2c1d0-6a3f-4b7e-9c55-0d4c1f7b2a90"


def exported(event: str = "E", **properties: Any) -> dict[str, Any]:
    held = {
        "time": 1767607200, "distinct_id": "u1", "$insert_id": "i1", "mp_lib": "web", "$lib_version": "2.65.0",
        "$device_id": DEVICE, "mp_processing_time_ms": 1767607201500, **properties,
    }  # fmt: skip
    return {"event": event, "properties": {key: value for key, value in held.items() if value is not None}}


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "any": (
        exported("Paid", amount=3, **{"$user_id": "u1", "$current_url": "https://x.example/a", "$browser": "b"}),
        {
            "type": "track", "event": "Paid", "user_id": "u1", "anonymous_id": DEVICE, "properties": {"amount": 3},
            "message_id": "i1", "t": 1767607200000, "received": 1767607201500, "side": "browser", "path": "/a",
            "library": "mixpanel-js", "version": "2.65.0", "identified": True,
        },
    ),
    "before identify, though merged by now": (
        exported("Seen"), {"user_id": None, "anonymous_id": DEVICE, "identified": False},
    ),
    "a visitor": (
        exported("Seen", distinct_id="$device:d9", **{"$device_id": None}), {"user_id": None, "anonymous_id": "d9"},
    ),
    "a server's": (
        exported("Paid", mp_lib="python", **{"$device_id": None}),
        {"user_id": "u1", "anonymous_id": None, "side": "server", "identified": None},
    ),
    "nobody's": (exported("Seen", distinct_id="", **{"$device_id": None}), {"user_id": None, "anonymous_id": None}),
    "an older SDK's visitor": (
        exported(distinct_id="17ab2c3d4e5f61-0f1e2d3c4b5a69-7a5b3c1d-1fa400-17ab2c3d4e5f72", **{"$device_id": None}),
        {"user_id": None},
    ),
    "$identify of the API": (
        exported("$identify", **{"$identified_id": "u2", "$anon_id": "$device:d9", "$device_id": None}),
        {"type": "identify", "user_id": "u2", "anonymous_id": "d9", "previous_id": "d9"},
    ),
    "$identify of the SDK": (
        exported("$identify", **{"$user_id": "u1", "$anon_distinct_id": f"$device:{DEVICE}"}),
        {"type": "identify", "user_id": "u1", "anonymous_id": DEVICE, "previous_id": DEVICE},
    ),
    "$create_alias": (
        exported("$create_alias", distinct_id="anon", alias="u3"),
        {"type": "alias", "user_id": "u3", "previous_id": "anon", "identified": None},
    ),
    "$merge": (
        exported("$merge", distinct_id=None, **{"$distinct_ids": ["a", "u4"]}),
        {"type": "alias", "user_id": "u4", "previous_id": "a"},
    ),
    "$mp_web_page_view": (
        exported("$mp_web_page_view", **{"$current_url": "https://x.example/b?c", "$referrer": "$direct"}),
        {"type": "page", "path": "/b", "event": None, "url": "https://x.example/b?c"},
    ),
    "$hotshard_events": (
        exported("$hotshard_events", distinct_id="", mp_original_event_name="Paid", mp_original_distinct_id="u5",
                 mp_lib="node", **{"$device_id": None}),
        {"type": "track", "event": "Paid", "user_id": "u5"},
    ),
    "a phone's": (
        exported(mp_lib="swift", **{"$os": "iOS"}),
        {"side": "device", "library": "mixpanel-swift", "device_id": DEVICE},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), KINDS.values(), ids=list(KINDS))
def test_each_kind_of_event_is_the_call_that_it_stands_for(
    one: One, record: dict[str, Any], expected: dict[str, Any]
) -> None:
    event = one(record)
    assert {name: getattr(event, name) for name in expected} == expected


@pytest.mark.parametrize(("time", "expected"), [(1767607200, 1767607200000), (1767607200123, 1767607200123)])
def test_times_are_seconds_or_milliseconds(one: One, time: int, expected: int) -> None:
    assert one(exported(time=time)).t == expected


def test_a_project_of_before_2023_keeps_the_wall_clock_of_its_zone(one: One) -> None:
    """The same second, said as 11:00 of Berlin's winter and as 12:00 of its summer."""
    zone = ZoneInfo("Europe/Berlin")
    assert one(exported(time=1767607200 + 3600), zone=zone).t == 1767607200000
    summer = 1783504800
    assert one(exported(time=summer + 7200), zone=zone).t == summer * 1000


@pytest.mark.parametrize("time", ["soon", None, [], True])
def test_a_time_that_is_none_is_a_reject(read: Read, time: Any) -> None:
    record = {"event": "E", "properties": {"time": time, "distinct_id": "u"}}
    (reject,) = read(lines(record)).rejects
    assert reject.reason == "time is no number of seconds or milliseconds since 1970"


def test_a_hot_shards_event_without_its_name_is_a_reject(read: Read) -> None:
    (reject,) = read(lines(exported("$hotshard_events"))).rejects
    assert "mp_original_event_name" in reject.reason
