"""The slower road: a record that is not spelled as the SDKs spell it, mended where the meaning is plain.

Numbers as ids become strings (as the libraries do), snake_case members are renamed, odd times are parsed, a missing
type is told from the members. Where the meaning is not plain, ``Unreadable`` says why, for a counted reject.
"""

import re
from datetime import UTC, datetime
from typing import Any

from auditor.model.event import RECORDED

RENAMED = {
    "user_id": "userId",
    "anonymous_id": "anonymousId",
    "message_id": "messageId",
    "previous_id": "previousId",
    "group_id": "groupId",
    "sent_at": "sentAt",
    "received_at": "receivedAt",
    "original_timestamp": "originalTimestamp",
    "event_text": "event",
    "write_key": "writeKey",
}
CALLS_OWN = frozenset({"userId", "anonymousId", "messageId", "user_id", "anonymous_id", "originalTimestamp"})
"""Members that tell a call of Segment's or RudderStack's from other vendors' events."""
FIRST_YEAR, LAST_YEAR = 2, 9998
"""Years 1 and 9999 are how Go, .NET and Java spell a time that was never set."""

_IDS = ("userId", "anonymousId", "previousId", "groupId", "messageId")
_TIMES = ("originalTimestamp", "timestamp", "sentAt", "receivedAt")
_STRINGS = ("name", "category", "writeKey", "channel", "delivery")
_EPOCH_IN_ID = re.compile(r"^(?:ajs|node)-next-(\d{13})-")
_NUMBER = re.compile(r"[0-9]{9,19}(\.[0-9]+)?")
_PARTS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
"""Numbers from here on count parts of a second, so many to one; below, seconds (domain.md 6.5)."""


class Unreadable(Exception):
    """Why a record is no event; the text is shown to people."""


def mended(record: Any) -> dict[str, Any]:
    """The record with every member spelled as ``model.event.Event`` wants it. Raises ``Unreadable``."""
    if not isinstance(record, dict):
        raise Unreadable(f"{_kind(record)}, not an object: an event is a JSON object")
    fields = dict(record)
    for key, member in RENAMED.items():
        if key in fields and fields.get(member) is None:
            fields[member] = fields[key]
    batch = None
    for key in ("batch", "message", "series", "_metadata"):
        value = fields.pop(key, None)
        batch = value if key == "batch" else batch
    kind = fields["type"] = _type(fields, batch)
    for key in _IDS:
        fields[key] = _id(key, fields.get(key))
    for key in ("properties", "traits"):
        fields[key] = _object(key, fields.get(key))
    event = fields.get("event")
    if event is not None and not isinstance(event, str):
        if kind == "track":
            raise Unreadable(f"event is {_kind(event)}, not a string; the vendor rejects such a call too")
        fields["event"] = None
    for key in _STRINGS:
        fields[key] = _text(fields.get(key))
    said = {key: fields[key] for key in _TIMES if fields.get(key) is not None}
    for key in _TIMES:
        fields[key] = moment_of(fields.get(key))
    if fields["originalTimestamp"] is None and fields["timestamp"] is None:
        fields["timestamp"] = _last_resort(fields, said)
    fields["context"] = _context(fields.get("context"))
    fields["retry"] = True if fields.get("retry") is True else None
    return fields


def has_number_ids(record: dict[str, Any]) -> bool:
    """Whether a record that could be mended gives its userId or anonymousId as a number or a boolean."""
    return any(isinstance(record.get(key), int | float) for key in ("userId", "user_id", "anonymousId", "anonymous_id"))


def moment_of(value: Any) -> datetime | None:
    """A time from ISO-8601 with or without zone (then UTC), or from seconds or parts of them since 1970."""
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            value = float(text)
        else:
            try:
                value = datetime.fromisoformat(text.removesuffix(" UTC"))
            except ValueError:
                return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        parts = next((parts for least, parts in _PARTS if abs(value) >= least), 1)
        try:
            value = datetime.fromtimestamp(value / parts, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    if not isinstance(value, datetime) or not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _last_resort(fields: dict[str, Any], said: dict[str, Any]) -> datetime:
    """The epoch in the messageId (the client's clock at the call, domain.md 1.5), else when sent, else received.
    ``said`` are the times as the record has them."""
    match = _EPOCH_IN_ID.match(fields["messageId"] or "")
    if match:
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    moment: datetime | None = fields["sentAt"] or fields["receivedAt"]
    if moment is None:
        unread = " and ".join(f"{key} {_shown(value)}" for key, value in said.items())
        if unread:
            raise Unreadable(f"no time: {unread} cannot be read, and there is no other")
        raise Unreadable(f"no time: it has none of {', '.join(_TIMES)}, and no epoch in its messageId")
    return moment


def _type(fields: dict[str, Any], batch: Any) -> str:
    kind = fields.get("type")
    if kind is None:
        if batch is not None:
            raise Unreadable(f"batch is {_kind(batch)}, not a list")
        return _guessed_type(fields)
    if isinstance(kind, str) and kind.lower() in RECORDED:
        return kind.lower()
    raise Unreadable(f"type is {_shown(kind)}: not a call (identify, track, page, screen, group, alias)")


def _guessed_type(fields: dict[str, Any]) -> str:
    if isinstance(fields.get("event"), str):
        return "track"
    if fields.get("previousId"):
        return "alias"
    if fields.get("groupId"):
        return "group"
    if isinstance(fields.get("traits"), dict) and (fields.get("userId") or fields.get("anonymousId")):
        return "identify"
    raise Unreadable("no type: not an analytics call")


def _id(key: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Unreadable(f"{key} is {_kind(value)}, not a string; the vendor rejects such a call too")


def id_of(value: Any) -> str | None:
    """An id as a string, as the vendors' servers make one of a number; ``None`` where it is none, or blank."""
    plain = isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool))
    return _id("", value) if plain else None


def _object(key: str, value: Any) -> dict[str, Any] | None:
    """Properties or traits. An empty list is how PHP encodes an empty object."""
    if isinstance(value, dict):
        return value
    if value is None or value in ([], ""):
        return None
    raise Unreadable(f"{key} is {_kind(value)}, not an object; the vendor rejects such a call too")


def _context(value: Any) -> dict[str, Any]:
    """The context with the members that are read in the kind that is read, or absent."""
    held = dict(value) if isinstance(value, dict) else {}
    for key, members in (
        ("page", ("path", "referrer", "url")),
        ("library", ("name", "version")),
        ("device", ("id", "type")),
    ):
        part = held.get(key)
        held[key] = {**part, **{m: _text(part.get(m)) for m in members}} if isinstance(part, dict) else None
    if not isinstance(held.get("traits"), dict):
        held["traits"] = None
    held["userAgent"] = _text(held.get("userAgent"))
    session = held.get("sessionId")
    if not isinstance(session, int | str) or isinstance(session, bool):
        held["sessionId"] = None
    held["sessionStart"] = True if held.get("sessionStart") is True else None
    return held


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "null")


def _shown(value: Any) -> str:
    if not isinstance(value, str):
        return _kind(value)
    return '"' + "".join(c if c.isprintable() else "\ufffd" for c in value[:40]) + '"'
