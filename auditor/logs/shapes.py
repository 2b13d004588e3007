"""The shapes a decoded record may have: a call, an envelope of several, a wrapper, a list."""

from typing import Any

from auditor.logs import rudderstack


def spread(value: Any) -> tuple[list[Any], bool]:
    """The calls inside a decoded record, and whether an envelope of one request (a batch) held them.

    No calls at all: a known non-event (the library metrics of ``/v1/m``, an empty batch or list).
    """
    if isinstance(value, list):
        return [inner for item in value for inner in spread(item)[0]], False
    if isinstance(value, dict):
        batch = value.get("batch")
        if isinstance(batch, list):
            return [_with_envelope(item, value) for item in batch], True
        if "type" not in value:
            if isinstance(value.get("series"), list):
                return [], False
            message = rudderstack.unwrap(value)
            if message is not None:
                return [message], False
    return [value], False


def _with_envelope(item: Any, envelope: dict[str, Any]) -> Any:
    """A batch item with what the envelope says for all of them: context, integrations, sentAt, writeKey."""
    if not isinstance(item, dict):
        return item
    shared = {k: envelope[k] for k in ("sentAt", "receivedAt", "writeKey", "integrations") if k in envelope}
    merged = {**shared, **item}
    outer, inner = envelope.get("context"), item.get("context")
    if isinstance(outer, dict):
        merged["context"] = {**outer, **inner} if isinstance(inner, dict) else outer
    return merged
