"""The shapes a decoded record may have: a call, an envelope of several, a wrapper, a list, a known non-event."""

from typing import Any, NamedTuple

import msgspec

from auditor.logs import rudderstack
from auditor.model.event import RECORDED, own

NOTHING = object()
"""A known thing that is no call: the library metrics of ``/v1/m``, a batch or list of nothing, a row of ``users``."""
TABLE = own("table")
"""The member of a row that says of which warehouse table it is: what reads a file of rows puts it there."""

_SHARED = ("sentAt", "receivedAt", "writeKey", "integrations", "sent_at", "api_key")


class Part(NamedTuple):
    """One call, or ``NOTHING``, of a record.

    ``batch`` numbers the envelope of one request that held it; ``inner`` says that it is not the record itself.
    """

    item: Any
    batch: int | None
    inner: bool


def parts_of(data: bytes) -> list[Part]:
    """The calls inside a raw record. Raises what msgspec raises where it is no JSON."""
    parts: list[Part] = []
    batches = 0
    values = _values(data)
    for value in values:
        batches = _spread(value, None, batches, parts, inner=len(values) > 1)
    return parts


def _values(data: bytes) -> list[Any]:
    """The JSON value of a record; all of them, where several were written one after another."""
    try:
        return [msgspec.json.decode(data)]
    except msgspec.DecodeError as error:
        if "trailing characters" not in str(error):
            raise
        try:
            return _LINES.decode_lines(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise error from None


_LINES = msgspec.json.Decoder()


def _spread(value: Any, batch: int | None, batches: int, parts: list[Part], *, inner: bool) -> int:
    """Add the calls inside a value; returns the number for the next batch."""
    if isinstance(value, list):
        if not value:
            parts.append(Part(NOTHING, None, inner))
        for item in value:
            batches = _spread(item, batch, batches, parts, inner=True)
        return batches
    if isinstance(value, dict) and not _is_call(value.get("type")):
        items = value.get("batch", value.get("events") if "api_key" in value else None)  # Amplitude says events
        if isinstance(items, list):
            number, batches = batches, batches + 1
            if not items:
                parts.append(Part(NOTHING, None, inner))
            for item in items:
                batches = _spread(_with_envelope(item, value), number, batches, parts, inner=True)
            return batches
        if "type" not in value:
            if isinstance(value.get("series"), list):
                parts.append(Part(NOTHING, None, inner))
                return batches
            message = rudderstack.unwrap(value)
            if message is not None:
                value, inner = message, True
    parts.append(Part(value, batch, inner))
    return batches


def _is_call(kind: Any) -> bool:
    return isinstance(kind, str) and kind in RECORDED


def _with_envelope(item: Any, envelope: dict[str, Any]) -> Any:
    """A batch item with what the envelope says for all of them; what the item says itself goes first."""
    if not isinstance(item, dict):
        return item
    merged = {**{key: envelope[key] for key in _SHARED if key in envelope}, **item}
    for key in ("context", "integrations"):
        outer, inner = envelope.get(key), item.get(key)
        if isinstance(outer, dict):
            merged[key] = {**outer, **inner} if isinstance(inner, dict) else outer
    return merged
