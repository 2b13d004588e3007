"""RudderStack's shapes besides Segment's (domain.md 4.5, 6.3, 11.16)."""

from collections.abc import Callable
from typing import Any

import pytest

from auditor.model.log import Log
from tests.logs.made import encoded, lines

Read = Callable[..., Log]


def event(kind: str, number: int, **members: Any) -> dict[str, Any]:
    """A call as the JavaScript SDK sends it: no timestamp, an empty userId, sessions."""
    context = {"library": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"}, "sessionId": 7, "traits": {}}
    record = {
        "type": kind, "messageId": f"r{number}", "anonymousId": "a", "userId": "", "channel": "web",
        "originalTimestamp": f"2026-01-05T10:00:{number:02d}.000Z", "sentAt": f"2026-01-05T10:00:{number:02d}.100Z",
        "integrations": {"All": True}, "context": context, **members,
    }  # fmt: skip
    if kind == "track":
        record.setdefault("event", "Paid")
    return record


def test_the_json_lines_of_the_local_data_plane_are_the_events_as_they_were_sent(read: Read) -> None:
    """`rudder-cli local event-stream events list --json` prints them without anything of its own."""
    log = read(lines(event("page", 1), event("identify", 2, userId="u"), event("track", 3, userId="u")))
    assert [(e.type, e.user_id, e.rudderstack, e.side) for e in log.events] == [
        ("page", None, True, "browser"), ("identify", "u", True, "browser"), ("track", "u", True, "browser"),
    ]  # fmt: skip


def test_what_the_gateway_adds_and_what_stands_beside_a_wrapped_event_is_read(read: Read) -> None:
    received = {"receivedAt": "2026-01-05T10:00:05.000Z", "request_ip": "203.0.113.4", "rudderId": "x"}
    wrapped = {"message": event("page", 1), "receivedAt": "2026-01-05T10:00:05.000Z", "writeKey": "wk"}
    for record in ({**event("page", 1), **received}, wrapped, {"batch": [event("page", 1)], **received}):
        for data in (lines(record), encoded([record])):
            (made,) = read(data).events
            assert (made.t, made.received, made.rudderstack) == (1767607201000, 1767607205000, True)
    (made,) = read(lines(wrapped)).events
    assert made.write_key == "wk"
    copies = read(lines({**event("page", 1), **received}, wrapped)).copies
    assert [held.changed for held in copies.values()] == [False]


@pytest.mark.parametrize("traits", [{"email": "a@b.example"}, {}])
def test_the_traits_of_identify_stand_in_the_context(read: Read, traits: dict[str, Any]) -> None:
    record = event("identify", 2, userId="u")
    record["context"]["traits"] = traits
    track = event("track", 3, userId="u")
    track["context"]["traits"] = traits
    first, second = read(lines(record, track)).events
    assert first.traits == traits
    assert second.traits is None


@pytest.mark.parametrize(("member", "ours"), [("originalTimestamp", True), ("timestamp", False)])
def test_a_library_by_the_name_of_segments_is_told_by_what_it_sends(read: Read, member: str, ours: bool) -> None:
    """Node's: it goes by analytics-node, and its users put the traits of identify into the context."""
    context = {"library": {"name": "analytics-node", "version": "3.0.13"}, "traits": {"plan": "pro"}}
    record = event("identify", 2, userId="u", channel="server", context=context)
    record = {key: value for key, value in record.items() if key not in ("anonymousId", "originalTimestamp")}
    (made,) = read(lines({**record, member: "2026-01-05T10:00:02.000Z"})).events
    assert (made.rudderstack, made.traits) == (ours, {"plan": "pro"} if ours else None)
    assert (made.side, made.lane) == ("server", None)


def test_a_wrapper_around_something_else_is_a_reject(read: Read) -> None:
    for message in ({"text": "hello"}, "text", [1]):
        log = read(lines({"message": message}))
        assert (log.rejected, len(log.events)) == (1, 0)
