"""PostHog's events as calls (domain.md 4.4, 6.4)."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.model.event import Event
from auditor.model.log import Log
from tests.logs.made import encoded, lines

Read = Callable[..., Log]
One = Callable[..., Event]
DEVICE = "0195a000-0000-7abc-8def-00000000000d"
AFTER_RESET = "0195a000-1111-7abc-8def-00000000000e"


def captured(event: str = "E", distinct: Any = "u1", **properties: Any) -> dict[str, Any]:
    """An event as posthog-js sends it."""
    held = {"distinct_id": distinct, "$lib": "web", "$lib_version": "1.249.2", "$device_id": DEVICE, **properties}
    return {"event": event, "properties": held, "timestamp": "2026-01-05T10:00:00.000Z", "uuid": "p1"}


KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "$identify": (
        captured("$identify", **{"$anon_distinct_id": DEVICE, "$set": {"email": "a@b.example", "$os": "x"}}),
        {
            "type": "identify", "user_id": "u1", "anonymous_id": DEVICE, "previous_id": DEVICE,
            "traits": {"email": "a@b.example"}, "event": None, "identified": True,
        },
    ),
    "$identify without a device, as a phone sends it": (
        captured("$identify", **{"$anon_distinct_id": "anon", "$device_id": None, "$lib": "posthog-ios"}),
        {"type": "identify", "user_id": "u1", "anonymous_id": "anon", "side": "device"},
    ),
    "$set": (
        captured("$set", **{"$is_identified": True, "$set": {"plan": "pro"}, "$set_once": {"plan": "old", "since": 1}}),
        {"type": "identify", "user_id": "u1", "previous_id": None, "traits": {"plan": "pro", "since": 1}},
    ),
    "$create_alias": (
        captured("$create_alias", **{"$is_identified": True, "alias": "old"}),
        {"type": "alias", "user_id": "u1", "previous_id": "old", "identified": True},
    ),
    "$create_alias by a visitor: the alias is the user": (
        captured("$create_alias", DEVICE, **{"$is_identified": False, "alias": "u9"}),
        {"type": "alias", "user_id": "u9", "previous_id": DEVICE},
    ),
    "$merge_dangerously": (
        captured("$merge_dangerously", **{"$is_identified": True, "alias": "u8"}),
        {"type": "alias", "user_id": "u1", "previous_id": "u8"},
    ),
    "$pageview": (
        captured("$pageview", **{"$current_url": "https://x.example/a?b", "$pathname": "/a", "$referrer": "$direct"}),
        {"type": "page", "path": "/a", "url": "https://x.example/a?b", "referrer": "", "opens": True, "event": None},
    ),
    "$pageview of a route change": (
        captured("$pageview", **{"$pathname": "/b", "$prev_pageview_pathname": "/a"}),
        {"type": "page", "path": "/b", "opens": False},
    ),
    "$screen": (captured("$screen", **{"$screen_name": "Home"}), {"type": "screen", "name": "Home"}),
    "$groupidentify": (
        captured("$groupidentify", **{"$group_key": "acme", "$group_set": {"size": 3}}),
        {"type": "group", "group_id": "acme", "traits": {"size": 3}},
    ),
    "$pageleave": (captured("$pageleave"), {"type": "track", "event": "$pageleave"}),
    "any other": (
        captured("Paid", amount=3, **{"$browser": "x", "$session_id": "s1", "token": "phc", "title": "T"}),
        {
            "type": "track", "event": "Paid", "properties": {"amount": 3}, "session": "s1", "write_key": "phc",
            "message_id": "p1", "library": "posthog-js", "version": "1.249.2", "side": "browser",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), KINDS.values(), ids=list(KINDS))
def test_each_kind_of_event_is_the_call_that_it_stands_for(
    one: One, record: dict[str, Any], expected: dict[str, Any]
) -> None:
    event = one(record)
    assert {name: getattr(event, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("distinct", "properties", "user"),
    [
        ("u1", {"$is_identified": True}, "u1"),
        ("u1", {"$is_identified": False}, None),
        (AFTER_RESET, {"$is_identified": False}, None),
        ("u1", {"$user_id": "u1"}, "u1"),
        (DEVICE, {}, None),
        (AFTER_RESET, {}, None),
        ("18ab2c3d4e5f61-0f1e2d3c4b5a69-7a5b3c1d-1fa400-18ab2c3d4e5f72", {}, None),
        ("u1", {}, "u1"),
        (42, {"$is_identified": True}, "42"),
        ("u1", {"$device_id": None, "$lib": "posthog-node"}, "u1"),
        ("x", {"$device_id": None, "$lib": "posthog-node", "$process_person_profile": False}, None),
        ("$posthog_cookieless", {"$device_id": None, "$is_identified": False}, None),
    ],
)
def test_a_distinct_id_is_a_user_or_a_visitor(one: One, distinct: Any, properties: dict[str, Any], user: str) -> None:
    assert one(captured("E", distinct, **properties)).user_id == user


def test_visitors_who_may_not_be_known_share_no_device(one: One) -> None:
    event = one(captured("E", "$posthog_cookieless", **{"$device_id": None, "$is_identified": False}))
    assert (event.anonymous_id, event.user_id, event.side) == (None, None, "browser")


@pytest.mark.parametrize(
    ("library", "side"),
    [
        ("web", "browser"), ("posthog-react-native", "device"), ("posthog-android", "device"),
        ("posthog-node", "server"), ("posthog-python", "server"), ("posthog-ruby", "server"),
    ],
)  # fmt: skip
def test_the_library_tells_the_side(one: One, library: str, side: str) -> None:
    event = one(captured(**{"$lib": library}))
    assert event.side == side
    assert (event.identified is None) == (side == "server")


def test_the_top_level_distinct_id_goes_first(one: One) -> None:
    assert one({**captured("E", "inner", **{"$is_identified": True}), "distinct_id": "outer"}).user_id == "outer"


@pytest.mark.parametrize("distinct", [None, "", "  ", [], {}])
def test_an_event_without_a_distinct_id_is_a_reject_as_the_server_drops_it(read: Read, distinct: Any) -> None:
    (reject,) = read(lines(captured("E", distinct))).rejects
    assert reject.reason == "no distinct_id: PostHog drops such an event"


def test_an_offset_counts_back_from_when_the_request_left(read: Read) -> None:
    first, second = captured("A"), captured("B")
    for event, offset in ((first, 2500), (second, 2500.5)):
        del event["timestamp"]
        event["offset"] = offset
        event["uuid"] = event["event"]
    log = read(encoded({"api_key": "k", "batch": [first, second], "sent_at": "2026-01-05T10:00:05.000Z"}))
    assert sorted(event.t for event in log.events) == [1767607202500, 1767607202500]
    assert {event.sent for event in log.events} == {1767607205000}
    assert {event.write_key for event in log.events} == {"k"}
    del first["offset"]
    first["properties"]["$time"] = 1767607200.125
    assert read(lines(first)).events[0].t == 1767607200125


def test_bodies_come_as_one_event_as_a_list_and_as_a_batch_plain_and_packed(read: Read) -> None:
    events = [captured("A") | {"uuid": "1"}, captured("B") | {"uuid": "2"}]
    bodies = (encoded(events), encoded({"api_key": "k", "batch": events}), lines(*events))
    for body in (*bodies, gzip.compress(bodies[0]) + gzip.compress(b"\n")):
        assert sorted(event.event or "" for event in read(body).events) == ["A", "B"]


def test_what_posthog_node_sends_is_a_servers_and_its_group_is_no_user(read: Read) -> None:
    """A request of posthog-node 5.70.0, as recorded."""
    log = read((Path(__file__).parent / "posthog-node.json").read_bytes())
    assert [(e.type, e.event, e.user_id, e.anonymous_id) for e in sorted(log.events, key=lambda e: e.position)] == [
        ("track", "Account Created", "usr_1", None),
        ("identify", None, "usr_1", "01a20d47-6f5e-7072-8d69-7d2efee09c18"),
        ("alias", None, "usr_1", None),
        ("group", None, None, None),
        ("track", "Invoice Sent", "usr_1", None),
    ]
    assert {(e.side, e.library, e.version) for e in log.events} == {("server", "posthog-node", "5.70.0")}
    assert {e.sent for e in log.events} == {1795530310245}


def exported(time: str, **members: Any) -> dict[str, Any]:
    """A row of a batch export, its nested columns as texts."""
    record = {**captured("E", **{"$is_identified": True}), "timestamp": time, **members}
    return {
        **record,
        "distinct_id": "u1", "properties": json.dumps(record["properties"]), "person_id": "x",
        "person_properties": "{}", "created_at": "2026-01-05 10:00:02.000000", "elements_chain": "",
    }  # fmt: skip


def test_in_an_export_the_clients_clock_in_the_uuid_orders_the_events_of_one_device(read: Read) -> None:
    """Each timestamp there was put right by the delay of its own request."""
    made = 1767607200000
    uuids = [f"{made + at:012x}" for at in (0, 5)]
    first, second = (f"{text[:8]}-{text[8:]}-7abc-8def-00000000000{n}" for n, text in enumerate(uuids))
    log = read(
        lines(
            exported("2026-01-05 10:00:00.180000", uuid=first, event="$identify"),
            exported("2026-01-05 10:00:00.040000", uuid=second, event="Signed Up"),
        )
    )
    assert [event.type for event in sorted(log.events, key=lambda event: event.t)] == ["identify", "track"]
    assert {event.received for event in log.events} == {1767607202000}
    far = read(lines(exported("2026-01-05 12:00:00.000000", uuid=first))).events[0]
    assert far.t == 1767614400000
    server = exported("2026-01-05 10:00:00.180000", uuid=first)
    server["properties"] = json.dumps({"$lib": "posthog-python"})
    assert read(lines(server)).events[0].t == 1767607200180


@pytest.mark.parametrize("properties", ["{", "[1]", "5"])
def test_properties_that_are_no_object_are_a_reject(read: Read, properties: str) -> None:
    record = exported("2026-01-05 10:00:00", uuid="1") | {"properties": properties}
    (reject,) = read(lines(record)).rejects
    assert reject.reason.startswith("properties is")
