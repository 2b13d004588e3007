"""Which requests of a HAR went to a collector, told by path and body, never by host (proxies are common), and the calls
that they carried (domain.md 1.7, 6.4, 6.10).

A collector is one row of ``COLLECTORS``. A dialect whose SDK posts other shapes gets a row of its own: a path, and a
function from the decoded body to calls in Segment's shape.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from auditor.logs.har_entries import Entry
from auditor.logs.har_outcomes import BEACONS
from auditor.logs.lenient import Unreadable, moment_of
from auditor.logs.reasons import UNDECODABLE
from auditor.logs.shapes import NOTHING, parts_of
from auditor.model.event import RECORDED

_GZIP = b"\x1f\x8b"
_UNREADABLE = ("\x00", "\ufffd", "\x1f")
"""What a text shows that was bytes before the HAR writer made a text of it."""
_LARGEST_UNPACKED = 32 << 20
_FORM = "data="

Calls = list[Any]
Reader = Callable[[Any, dict[str, str]], Calls | None]


class Collector(NamedTuple):
    """One vendor's way to post calls. ``calls`` gets the decoded body and the query, and returns the calls, none of
    them for a body that holds none (the library's own metrics), or ``None`` if it is not meant for this collector."""

    name: str
    path: re.Pattern[str]
    calls: Reader


def calls_of(entry: Entry) -> Calls | None:
    """The calls that a request carried, ``None`` if it went to no collector. Raises ``Unreadable`` where it did and the
    file does not hold the body as it was sent."""
    if entry.method != "POST":
        return None
    for collector in COLLECTORS:
        if collector.path.search(entry.path):
            body = _body(entry)
            calls = None if body is NOTHING else collector.calls(body, dict(parse_qsl(entry.query)))
            if calls is not None:
                return calls
    return None


def _body(entry: Entry) -> Any:
    """The decoded body, or ``NOTHING`` where none was sent or it never was JSON."""
    text = entry.body
    if not text:
        if entry.aside:
            raise Unreadable("the HAR keeps this request's body in a file of its own: record with bodies embedded")
        if entry.kind in BEACONS:
            raise Unreadable(
                "the HAR holds no body for this request: of beacons it keeps none; give the collector's own lines along"
            )
        if entry.size == 0:
            return NOTHING
        raise Unreadable("the HAR holds no body for this request: recorded without bodies, or too long to be kept")
    if text.startswith(_FORM):
        text = _form(text)
    data = text.encode("utf-8", "surrogatepass")
    if entry.encoding == "base64":
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("the body is said to be base64 and is not") from None
    data = _unpacked(data, text)
    try:
        return msgspec.json.decode(data)
    except UNDECODABLE:
        pass
    if any(mark in text for mark in _UNREADABLE):
        raise Unreadable("the body is binary and the HAR holds it as text: it cannot be read back")
    if data.lstrip()[:1] in (b"{", b"["):
        raise Unreadable("the body is no JSON any more: it was cut off or mangled as the HAR was written")
    return NOTHING


def _form(text: str) -> str:
    """The body in a form's field, as posthog-js writes it into a beacon: JSON, or base64 of it (domain.md 6.4)."""
    value = dict(parse_qsl(text)).get("data", "")
    try:
        return base64.b64decode(value.replace(" ", "+"), validate=True).decode()
    except ValueError:
        return value


def _unpacked(data: bytes, text: str) -> bytes:
    """A gzipped body as JSON, where the HAR kept its bytes."""
    if not data.startswith(_GZIP[:1]):
        return data
    if not data.startswith(_GZIP):
        try:
            data = text.encode("latin-1")
        except UnicodeEncodeError:
            data = b""
    import zlib

    packed = zlib.decompressobj(31)
    try:
        unpacked = packed.decompress(data, _LARGEST_UNPACKED)
    except zlib.error:
        unpacked = b""
    if not packed.eof:
        raise Unreadable(
            "the body is packed with gzip and the HAR holds it as text: it cannot be unpacked any more; "
            "switch the SDK's compression off while you record, or give the collector's own lines along"
        )
    return unpacked


# Segment and RudderStack ------------------------------------------------------------------------------------


def _segment(body: Any, query: dict[str, str]) -> Calls | None:
    """Segment's and RudderStack's bodies: one call, a batch, or the library's metrics."""
    del query
    listed = body if isinstance(body, list) else [body]
    return [body] if any(_is_call(item) for item in listed) else None


def _is_call(item: Any) -> bool:
    """Whether a body is meant for a collector: another service may have an address of the same form."""
    if not isinstance(item, dict):
        return False
    kind = item.get("type")
    if isinstance(kind, str) and kind.lower() in RECORDED:
        return True
    return isinstance(item.get("batch"), list) or isinstance(item.get("series"), list) or "messageId" in item


# PostHog ----------------------------------------------------------------------------------------------------


def _posthog(body: Any, query: dict[str, str]) -> Calls | None:
    """PostHog's bodies (domain.md 6.4); the query says when they were sent."""
    from auditor.logs import posthog  # most sites have none

    found = posthog.calls(body, moment_of(query.get("_")))
    return found if found is None or len(found) == 1 else [{"batch": found}]


COLLECTORS = (
    Collector(
        "segment",
        re.compile(r"/v1/(?:[itpsgab]|identify|track|page|screen|group|alias|batch|import)/?$"),
        _segment,
    ),
    Collector("posthog", re.compile(r"/(?:e|i/v0/e|capture|batch)/$"), _posthog),
)


def written(calls: Calls, delivery: str, sent: str | None) -> bytes | None:
    """The calls of one request as a record that any reader of logs understands: each with the outcome of the request,
    and with when it was sent where it does not say so itself. ``None`` if there is none."""
    parts = parts_of(msgspec.json.encode(calls[0] if len(calls) == 1 else calls))
    told = [_told(part.item, delivery, sent) for part in parts if part.item is not NOTHING]
    if not told:
        return None
    if any(part.batch is not None for part in parts):
        return msgspec.json.encode({"batch": told})
    return msgspec.json.encode(told[0] if len(told) == 1 else told)


def _told(item: Any, delivery: str, sent: str | None) -> Any:
    if not isinstance(item, dict):
        return item
    clock = {} if sent is None or item.get("sentAt") or item.get("sent_at") else {"sentAt": sent}
    return {**item, **clock, "delivery": delivery}
