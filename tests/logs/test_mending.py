"""Records that are spelled otherwise than the SDKs spell them, where the meaning is plain."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.logs.lenient import moment_of
from auditor.logs.sides import side_of
from auditor.model.event import Event, milliseconds
from auditor.model.log import Log
from tests.logs.made import call, encoded, lines

Read = Callable[..., Log]


@pytest.fixture
def one(read: Read) -> Callable[..., Event]:
    """The event of one record, the same whether it stands alone, in a batch, an array or a wrapper."""

    def run(record: dict[str, Any]) -> Event:
        forms = (lines(record), encoded({"batch": [record]}), encoded([record]), lines({"message": record}))
        events = [log.events[0] for log in (read(form) for form in forms[: 4 if "type" in record else 3])]
        for event in events[1:]:
            event.batch = events[0].batch
            event.position = events[0].position
            event.sender = events[0].sender
            assert event == events[0]
        return events[0]

    return run


One = Callable[..., Event]


@pytest.mark.parametrize(
    ("value", "user"),
    [
        (None, None), ("", None), ("  ", None), ("\t\n", None), ("\u00a0", None), ("u1", "u1"), (" u1 ", " u1 "),
        (42, "42"), (0, "0"), (4.5, "4.5"), (True, "true"), (False, "false"), (10**25, str(10**25)), ("é", "é"),
        ("x" * 500, "x" * 500),
    ],
)  # fmt: skip
def test_ids_are_strings_and_blank_ones_are_absent(one: One, value: object, user: str | None) -> None:
    event = one({**call(1), "userId": value})
    assert event.user_id == user
    for member, field in (("anonymousId", "anonymous_id"), ("groupId", "group_id"), ("previousId", "previous_id")):
        assert getattr(one({**call(1), member: value}), field) == user
    assert one({**call(1), "messageId": value}).message_id == user


TIMES = {
    "2026-01-05T10:00:00.123Z": 1767607200123,
    "2026-01-05T10:00:00.123456Z": 1767607200123,
    "2026-01-05T10:00:00.123456789Z": 1767607200123,
    "2026-01-05T10:00:00.123456+00:00": 1767607200123,
    "2026-01-05T12:00:00.123+02:00": 1767607200123,
    "2026-01-05T12:00:00.123+0200": 1767607200123,
    "2026-01-05T10:00:00.123": 1767607200123,
    "2026-01-05 10:00:00.123": 1767607200123,
    "2026-01-05 10:00:00.123 UTC": 1767607200123,
    " 2026-01-05T10:00:00.123Z ": 1767607200123,
    "2026-01-05T10:00:00Z": 1767607200000,
    "2026-01-05": 1767571200000,
    "20260105": 1767571200000,
    "1767607200": 1767607200000,
    "1767607200123": 1767607200123,
    "1767607200.123": 1767607200123,
    "1712012120345": 1712012120345,
    "1767607200123456": 1767607200123,
    1767607200: 1767607200000,
    1767607200.123: 1767607200123,
    1767607200123: 1767607200123,
    1767607200123456: 1767607200123,
    1767607200123456789: 1767607200123,
    "1969-07-20T20:17:40Z": -14182940000,
    "0002-01-01T00:00:00Z": -62104060800000,
    "9998-12-31T23:59:59Z": 253370764799000,
}


@pytest.mark.parametrize(("value", "expected"), TIMES.items(), ids=map(str, TIMES))
def test_times_are_read_however_they_are_spelled(one: One, value: object, expected: int) -> None:
    assert one({**call(1), "timestamp": value}).t == expected
    assert one({**call(1), "timestamp": "2020-01-01T00:00:00Z", "originalTimestamp": value}).t == expected
    sent = one({**call(1), "sentAt": value, "receivedAt": value})
    assert sent.sent == sent.received == expected


NO_TIMES = [
    None, "", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999-12:00", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "2026-01-05T25:00:00Z", True, [], {}, 1e300, -1e300,
    10**400, "9" * 20, "Mon Jan 05 2026",
]  # fmt: skip


@pytest.mark.parametrize("value", NO_TIMES, ids=lambda value: repr(value)[:40])
def test_times_that_are_none_and_the_zero_times_of_go_and_net_are_absent(read: Read, value: object) -> None:
    record = call(1, sentAt="2026-01-05T11:00:00Z")
    first = read(lines({**record, "timestamp": value})).events[0]
    second = read(lines({**record, "receivedAt": value})).events[0]
    assert first.t == 1767610800000
    assert second.received_at is None
    log = read(lines({**call(1), "timestamp": value, "originalTimestamp": value, "sentAt": value}))
    assert log.rejects[0].reason.startswith("no time")


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({}, "no time: it has none of originalTimestamp, timestamp, sentAt, receivedAt, and no epoch in its messageId"),
        ({"timestamp": "2017"}, 'no time: timestamp "2017" cannot be read, and there is no other'),
        (
            {"original_timestamp": {}, "sentAt": "soon"},
            'no time: originalTimestamp an object and sentAt "soon" cannot be read, and there is no other',
        ),
    ],
)
def test_a_record_without_a_time_says_what_it_has_instead(read: Read, times: dict[str, Any], said: str) -> None:
    record = {key: value for key, value in call(1).items() if key not in ("timestamp", "sentAt")}
    assert [reject.reason for reject in read(lines({**record, **times})).rejects] == [said]


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.text(), st.datetimes().map(str)))
def test_any_value_is_a_time_that_can_be_written_down_or_none(value: object) -> None:
    moment = moment_of(value)
    if moment is not None:
        assert moment.tzinfo is not None
        assert datetime.fromtimestamp(milliseconds(moment) / 1000, UTC)


def test_a_call_without_a_time_of_its_own_falls_back_on_other_witnesses(one: One) -> None:
    message = "ajs-next-1767607200123-6b4cb242-4a23-4596-a217-beaddbc496cb"
    bare = {"type": "track", "event": "X", "userId": "u", "receivedAt": "2026-01-05T12:00:00Z"}
    assert one({**bare, "messageId": message, "sentAt": "2026-01-05T11:00:00Z"}).t == 1767607200123
    assert one({**bare, "sentAt": "2026-01-05T11:00:00Z"}).t == 1767610800000
    assert one(bare).t == 1767614400000


@pytest.mark.parametrize(
    ("members", "field", "expected"),
    [
        ({"properties": None}, "properties", None),
        ({"properties": []}, "properties", None),
        ({"traits": ""}, "traits", None),
        ({"context": "x"}, "path", None),
        ({"context": []}, "library", None),
        ({"context": None}, "library", None),
        ({"context": {"page": "x", "library": 5, "device": [], "traits": 1, "sessionStart": 1}}, "path", None),
        ({"context": {"page": {"path": 5, "url": "https://x.example/a/b?c#d"}}}, "path", "/a/b"),
        ({"context": {"sessionId": True}}, "session", None),
        ({"context": {"sessionId": 1700000000}}, "session", "1700000000"),
        ({"name": 5}, "name", None),
        ({"category": {}}, "category", None),
        ({"channel": 1}, "channel", None),
        ({"writeKey": 1}, "write_key", None),
        ({"delivery": 1}, "delivery", None),
        ({"retry": "yes"}, "retry", None),
        ({"integrations": 5}, "event", "Event 1"),
        ({"_metadata": 5}, "event", "Event 1"),
        ({"type": "Track"}, "type", "track"),
        ({"type": "PAGE"}, "type", "page"),
    ],
)  # fmt: skip
def test_members_of_an_unexpected_kind_are_absent_and_the_call_is_kept(
    one: One, members: dict[str, Any], field: str, expected: object
) -> None:
    assert getattr(one({**call(1), **members}), field) == expected


def test_snake_case_members_are_read_and_camel_case_goes_first(one: One) -> None:
    event = one(
        {
            "type": "track", "event_text": "Signed Up", "user_id": 7, "anonymous_id": "a", "message_id": "m",
            "group_id": "g", "previous_id": "p", "original_timestamp": "2026-01-05 10:00:00",
            "sent_at": "2026-01-05 10:00:01", "received_at": "2026-01-05 10:00:02", "write_key": "w",
        }
    )  # fmt: skip
    assert (event.event, event.user_id, event.anonymous_id, event.message_id) == ("Signed Up", "7", "a", "m")
    assert (event.group_id, event.previous_id, event.t, event.write_key) == ("g", "p", 1767607200000, "w")
    assert (event.sent, event.received) == (1767607201000, 1767607202000)
    assert one({**call(1), "userId": 1, "user_id": "x"}).user_id == "1"
    assert one({**call(1), "userId": None, "anonymousId": None, "user_id": "x"}).user_id == "x"


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"event": "X", "userId": "u"}, "track"),
        ({"previousId": "a", "userId": "u"}, "alias"),
        ({"groupId": "g", "userId": "u", "traits": {}}, "group"),
        ({"traits": {}, "userId": "u"}, "identify"),
    ],
)
def test_a_missing_type_is_told_from_the_other_members(one: One, members: dict[str, Any], kind: str) -> None:
    assert one({**members, "timestamp": "2026-01-05T10:00:00Z"}).type == kind


LIBRARIES = {
    "browser": ["analytics.js", "RudderLabs JavaScript SDK"],
    "device": [
        "analytics-ios", "analytics-android", "analytics-swift", "analytics-kotlin", "analytics_flutter",
        "@segment/analytics-react-native", "rudder-ios-library", "rudder-sdk-swift",
        "com.rudderstack.android.sdk.core", "com.rudderstack.sdk.kotlin.android",
    ],
    "server": [
        "@segment/analytics-node", "analytics-node", "analytics-python", "analytics-ruby", "analytics-java",
        "analytics-go", "analytics-php", "Analytics.NET", "rudderanalytics-ruby", "RudderAnalytics.NET",
        "rudder-analytics-php", "RudderStack Rust SDK", "my-own-collector", "http",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("side", "library"), [(side, name) for side, known in LIBRARIES.items() for name in known])
def test_the_library_tells_the_side(one: One, side: str, library: str) -> None:
    assert one(call(1, context={"library": {"name": library}})).side == side
    if library != "my-own-collector":
        assert one(call(1, context={"library": {"name": library}, "page": {"path": "/"}}, channel="web")).side == side


@pytest.mark.parametrize(
    ("facts", "side"),
    [
        (("unknown", "mobile", True, None, True), "device"),
        (("unknown", None, True, None, True), "browser"),
        (("unknown", None, False, "iOS", True), "device"),
        (("unknown", None, False, None, True), "server"),
        ((None, "server", True, None, True), "server"),
        ((None, "made up", False, None, True), "browser"),
        ((None, None, False, None, True), "browser"),
        ((None, None, False, None, False), "server"),
    ],
)
def test_without_a_known_library_the_context_tells_the_side(facts: tuple[Any, ...], side: str) -> None:
    assert side_of(*facts) == side
