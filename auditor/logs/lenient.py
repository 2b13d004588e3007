"""The slower road: a record that is not spelled as the SDKs spell it, mended where the meaning is plain.

Numbers as ids become strings (as the libraries do), snake_case members are renamed, odd times are parsed, a missing
type is told from the members. Where the meaning is not plain, ``Unreadable`` says why, for a counted reject.
"""

import re
from datetime import UTC, datetime
from typing import Any

from auditor.model.event import RECORDED

_RENAMED = {
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
_IDS = ("userId", "anonymousId", "previousId", "groupId", "messageId")
_TIMES = ("originalTimestamp", "timestamp", "sentAt", "receivedAt")
_OBJECTS = ("properties", "traits", "context")
_STRINGS = ("event", "name", "category", "writeKey", "channel")
_EPOCH_IN_ID = re.compile(r"^(?:ajs|node)-next-(\d{13})-")
_MILLISECONDS_FROM = 100_000_000_000
"""Numbers from here on are milliseconds, below seconds (domain.md 6.5)."""


class Unreadable(Exception):
    """Why a record is no event; the text is shown to people."""


def mended(record: dict[str, Any]) -> dict[str, Any]:
    """The record with every member spelled as ``logs.segment.Wire`` wants it. Raises ``Unreadable``."""
    fields = {_RENAMED.get(key, key): value for key, value in record.items()}
    for key in ("batch", "message", "series"):
        fields.pop(key, None)
    kind = fields.get("type")
    if kind is None:
        kind = fields["type"] = _guessed_type(fields)
    if not isinstance(kind, str) or kind not in RECORDED:
        raise Unreadable(f"type is {_shown(kind)}: not a call (identify, track, page, screen, group, alias)")
    for key in _IDS:
        fields[key] = _id(key, fields.get(key))
    for key in _OBJECTS:
        value = fields.get(key)
        if value is not None and not isinstance(value, dict):
            raise Unreadable(f"{key} is {_kind(value)}, not an object; the vendor rejects such a call too")
    for key in _STRINGS:
        value = fields.get(key)
        if value is not None and not isinstance(value, str):
            if key == "event" and kind == "track":
                raise Unreadable(f"event is {_kind(value)}, not a string; the vendor rejects such a call too")
            fields[key] = None
    for key in _TIMES:
        fields[key] = moment_of(fields.get(key))
    if fields["originalTimestamp"] is None and fields["timestamp"] is None:
        fields["timestamp"] = _last_resort(fields)
    fields["context"] = _context(fields.get("context"))
    fields["delivery"] = fields.get("delivery") if isinstance(fields.get("delivery"), str) else None
    fields["retry"] = fields.get("retry") is True
    return fields


def moment_of(value: Any) -> datetime | None:
    """A time from ISO-8601 with or without zone (then UTC), or from seconds or milliseconds since 1970."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str):
        text = value.strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            if not re.fullmatch(r"\d{9,13}(\.\d+)?", text):
                return None
            value = float(text)
        else:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value >= _MILLISECONDS_FROM else value
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return None


def _last_resort(fields: dict[str, Any]) -> datetime:
    """The epoch in the messageId (the client's clock when the call was made, domain.md 1.5), else sent, else received."""
    match = _EPOCH_IN_ID.match(fields["messageId"] or "")
    if match:
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    moment: datetime | None = fields["sentAt"] or fields["receivedAt"]
    if moment is None:
        raise Unreadable("no time: originalTimestamp, timestamp, sentAt and receivedAt are all missing or unreadable")
    return moment


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
    if value is None or isinstance(value, str):
        return value.strip() or None if isinstance(value, str) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Unreadable(f"{key} is {_kind(value)}, not a string; the vendor rejects such a call too")


def _context(value: dict[str, Any] | None) -> dict[str, Any]:
    held = dict(value or {})
    for key, members in (
        ("page", ("path", "referrer", "url")),
        ("library", ("name", "version")),
        ("device", ("id", "type")),
    ):
        part = held.get(key)
        if not isinstance(part, dict):
            held[key] = None
            continue
        held[key] = {**part, **{m: part.get(m) if isinstance(part.get(m), str) else None for m in members}}
    if not isinstance(held.get("traits"), dict):
        held["traits"] = None
    if not isinstance(held.get("sessionId"), int | str):
        held["sessionId"] = None
    held["sessionStart"] = held.get("sessionStart") is True
    return held


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "null")


def _shown(value: Any) -> str:
    return f'"{value[:40]}"' if isinstance(value, str) else _kind(value)
