"""The same messageId received again is one call with several copies; the one sent first is the call (design.md 4)."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import msgspec

from auditor.logs import rudderstack
from auditor.logs.records import Chunk, chunks
from auditor.logs.shapes import spread
from auditor.logs.sources import Source
from auditor.model.event import Copies, Event
from auditor.model.log import Log

_NEVER = datetime.max.replace(tzinfo=UTC)
_VOLATILE = (
    "sentAt",
    "receivedAt",
    "_metadata",
    "request_ip",
    "rudderId",
    "version",
    "loadedAt",
    "sent_at",
    "received_at",
)
"""What a re-send may change and stays the same call (domain.md 11.14, 11.19)."""


def fold_copies(log: Log, sources: list[Source]) -> None:
    """Leave each messageId once in ``log.events`` and put its other arrivals into ``log.copies``.

    Arrivals are compared as recorded, so the few repeated records are read a second time.
    """
    first: dict[str, Event] = {}
    several: dict[str, list[Event]] = {}
    for event in log.events:
        key = event.message_id
        if key is None:
            continue
        known = first.setdefault(key, event)
        if known is not event:
            several.setdefault(key, [known]).append(event)
    if not several:
        return
    dropped: set[int] = set()
    for key, arrivals in several.items():
        arrivals.sort(key=_sent_first)
        log.copies[key] = Copies(arrivals[0], arrivals[1:])
        arrivals[0].copied = True
        dropped.update(id(copy) for copy in arrivals[1:])
    log.events = [event for event in log.events if id(event) not in dropped]
    _compare(log, sources)


def _sent_first(event: Event) -> tuple[Any, ...]:
    """Sent first; then what no shuffling of lines can change, so that the call is the same one every time."""
    return (
        event.sent_at or _NEVER,
        event.received_at or _NEVER,
        event.user_id is not None,
        event.t,
        event.type,
        event.event or "",
        event.user_id or "",
        event.anonymous_id or "",
    )


def _compare(log: Log, sources: list[Source]) -> None:
    wanted: dict[int, dict[int, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for held in log.copies.values():
        for event in (held.call, *held.others):
            wanted[event.file][event.line].append(event)
    bodies: dict[int, bytes] = {}
    for file, lines in wanted.items():
        source = sources[file]
        for piece in chunks(source, source.head()):
            if not isinstance(piece, Chunk):
                continue
            if not piece.lines:
                _keep(piece.data, lines.get(piece.line, ()), bodies)
                continue
            last = piece.line + piece.data.count(b"\n") - piece.data.endswith(b"\n")
            here = [line for line in lines if piece.line <= line <= last]
            if here:
                rows = piece.data.split(b"\n")
                for line in here:
                    _keep(rows[line - piece.line], lines[line], bodies)
    for held in log.copies.values():
        ours = bodies.get(id(held.call))
        held.changed = any(bodies.get(id(copy)) != ours for copy in held.others)


def _keep(data: bytes, events: Any, bodies: dict[int, bytes]) -> None:
    if not events:
        return
    items, _ = spread(msgspec.json.decode(data))
    for event in events:
        if event.position < len(items):
            bodies[id(event)] = _body(items[event.position])


def _body(item: dict[str, Any]) -> bytes:
    kept = {key: value for key, value in (rudderstack.unwrap(item) or item).items() if key not in _VOLATILE}
    if "originalTimestamp" in kept:
        kept.pop("timestamp", None)  # the server's corrected time: it moves with receivedAt
    return msgspec.json.encode(kept, order="deterministic")
