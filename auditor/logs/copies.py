"""The same messageId received again is one call with several copies; the one sent first is the call (design.md 4)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from auditor.logs.dialects import Dialects
from auditor.logs.lenient import RENAMED, Unreadable
from auditor.logs.pieces import Chunk
from auditor.logs.reasons import UNDECODABLE
from auditor.logs.records import pieces_of
from auditor.logs.shapes import parts_of
from auditor.logs.sniffing import BOM
from auditor.logs.sources import Source
from auditor.model.delivery import UNDELIVERED
from auditor.model.event import Copies, Event
from auditor.model.log import Log

_NEVER = datetime.max.replace(tzinfo=UTC)
_VOLATILE = frozenset(
    {
        "sentAt",
        "receivedAt",
        "timestamp",
        "originalTimestamp",
        "_metadata",
        "request_ip",
        "rudderId",
        "version",
        "loadedAt",
        "writeKey",
        "delivery",
        "retry",
    }
)
"""What a re-send, or another recording of it, may change while the call stays the same (domain.md 11.14, 11.19). The
call's own time is compared as the event has it, however it is spelled."""


def fold_copies(log: Log, several: dict[str, list[Event]], sources: list[Source], dialects: Dialects) -> None:
    """Leave each messageId once in the log and put its other arrivals into ``log.copies``.

    ``several`` are all arrivals of each messageId that came more than once. They are compared as recorded, so the
    inputs that hold them are read a second time.
    """
    if several:
        fold(log, several, bodies_of(several.values(), sources, dialects))


def fold(log: Log, several: dict[str, list[Event]], bodies: dict[int, bytes]) -> None:
    """``fold_copies`` where it is known what each of these events says (``bodies_of``)."""
    dropped: set[int] = set()
    touched: set[int] = set()
    for key, arrivals in several.items():
        arrivals.sort(key=lambda event: _sent_first(event, bodies))
        call, others = arrivals[0], arrivals[1:]
        changed = any(bodies.get(id(copy)) != bodies.get(id(call)) for copy in others)
        log.copies[key] = Copies(call, others, changed)
        call.copied = any(event.delivery not in UNDELIVERED for event in arrivals)
        dropped.update(map(id, others))
        touched.update(id(copy.sender) for copy in others)
    _without(log.events, dropped)
    _without(log.alone, dropped)
    _without(log.links, dropped)
    _without(log.numbered, dropped)
    for mask in {copy.mask for copies in log.copies.values() for copy in copies.others}:
        _without(log.by_mask[mask], dropped)
    for sender, lane in log.lanes:
        if id(sender) in touched:
            _without(lane, dropped)
            sender.recount(lane)
    if any(not lane for _, lane in log.lanes):
        log.lanes = [held for held in log.lanes if held[1]]


def _without(events: list[Event], dropped: set[int]) -> None:
    events[:] = [event for event in events if id(event) not in dropped]


def _sent_first(event: Event, bodies: dict[int, bytes]) -> tuple[Any, ...]:
    """Sent first; then what no shuffling of lines can change, so that the call is the same one every time."""
    return (
        event.sent_at or _NEVER,
        event.received_at or _NEVER,
        event.user_id is not None,
        event.t,
        bodies.get(id(event), b""),
    )


def bodies_of(
    several: Iterable[Iterable[Event]], sources: list[Source], dialects: Dialects
) -> dict[int, bytes]:
    """A digest of what each of these events says, by the event's ``id()``."""
    wanted: dict[int, dict[int, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for arrivals in several:
        for event in arrivals:
            wanted[event.file][event.line].append(event)
    bodies: dict[int, bytes] = {}
    for file, by_line in wanted.items():
        for events in by_line.values():
            events.sort(key=_position)
        for line, position, data in _records(sources[file], sorted(by_line)):
            events = by_line[line]
            first = bisect_left(events, position, key=_position)
            held = events[first : bisect_left(events, position + len(data), first, key=_position)]
            calls = _calls(data, dialects) if held else []
            for event in held:
                if event.position - position < len(calls):
                    bodies[id(event)] = _digest(calls[event.position - position], event)
    return bodies


def _position(event: Event) -> int:
    return event.position


def _records(source: Source, lines: list[int]) -> Iterator[tuple[int, int, bytes]]:
    """The raw records that begin on these lines, each with its line and the position of its first call."""
    for piece in pieces_of(source, source.head()):
        if piece.line > lines[-1]:
            return
        if not isinstance(piece, Chunk):
            continue
        here = lines[bisect_left(lines, piece.line) : bisect_left(lines, piece.line + (piece.rows or 1))]
        if here and not piece.rows:
            yield piece.line, piece.offset, piece.data
        elif here:
            yield from ((line, 0, row) for line, row in _rows(piece, here))


def _rows(chunk: Chunk, lines: list[int]) -> Iterator[tuple[int, bytes]]:
    """Some rows of a block. Most blocks hold one or two of the records asked for, so the block is not taken apart."""
    data, line, at = chunk.data, chunk.line, 0
    for wanted in lines:
        while line < wanted:
            at = data.find(b"\n", at) + 1
            line += 1
        end = data.find(b"\n", at)
        yield wanted, data[at : end if end >= 0 else None]


def _calls(data: bytes, dialects: Dialects) -> list[Any]:
    """The calls in a record as the reader counts them; bytes, if a member that is never read is no JSON."""
    try:
        return [_call(part.item, dialects) for part in parts_of(data.removeprefix(BOM))]
    except UNDECODABLE:
        return [data]


def _call(item: Any, dialects: Dialects) -> Any:
    """A vendor's record as the call that it is read as: what a re-send changes there has the names of here."""
    try:
        found = dialects.call(item)
    except Unreadable:
        return item
    return found if isinstance(found, dict) else item


def _digest(item: Any, event: Event) -> bytes:
    import hashlib  # OpenSSL takes a while to load, and most small logs hold no copies

    if isinstance(item, dict):
        named = ((RENAMED.get(key, key), value) for key, value in item.items())
        kept = {key: value for key, value in named if key not in _VOLATILE and value is not None and value != ""}
        item = msgspec.json.encode([event.t, kept], order="deterministic")
    return hashlib.blake2b(item if isinstance(item, bytes) else msgspec.json.encode(item), digest_size=16).digest()
