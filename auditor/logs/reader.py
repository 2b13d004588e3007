"""Inputs to a log. The hot path decodes a block of lines at once; whatever does not fit takes the slower road."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from auditor.logs import lenient
from auditor.logs.copies import fold_copies
from auditor.logs.records import LARGEST, Chunk, Damage, chunks
from auditor.logs.segment import event_of, widen, wire_type
from auditor.logs.shapes import spread
from auditor.logs.sources import Source, looks_like_json, sources_of, why_no_log
from auditor.model.event import Event
from auditor.model.log import InputError, Log, Reject

KEPT_REJECTS = 1000
"""Rejects kept for the report; the rest is counted and goes to ``--rejects``."""

RejectSink = Callable[[Reject, bytes], None]
_UNDECODABLE = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


def read_log(
    inputs: list[str],
    *,
    dialect: str | None = None,
    fields: Iterable[str] = (),
    on_event: Callable[[Event], None] | None = None,
    on_reject: RejectSink | None = None,
) -> Log:
    """Read inputs into a log.

    ``fields`` are the dotted fields that rules read (``context.campaign.name``); ``on_event`` is called for each
    event as it is read (to classify it while its properties are at hand). Raises ``InputError`` if an input is
    missing or is no log at all.
    """
    return read_sources(sources_of(inputs), dialect=dialect, fields=fields, on_event=on_event, on_reject=on_reject)


def read_sources(
    sources: Iterable[Source],
    *,
    dialect: str | None = None,
    fields: Iterable[str] = (),
    on_event: Callable[[Event], None] | None = None,
    on_reject: RejectSink | None = None,
) -> Log:
    """``read_log`` from opened sources."""
    reader = _Reader(dialect, fields, on_event, on_reject)
    for source in sources:
        reader.read(source)
    return reader.finish()


class _Reader:
    def __init__(
        self,
        dialect: str | None,
        fields: Iterable[str],
        on_event: Callable[[Event], None] | None,
        on_reject: RejectSink | None,
    ) -> None:
        parts = [name.split(".") for name in fields]
        self.context_members = frozenset(p[1] for p in parts if p[0] == "context" and len(p) > 1) - {"traits"}
        self.raw_members = frozenset(p[1] for p in parts if p[0] == "raw" and len(p) > 1)
        self.wide = bool(self.context_members or self.raw_members)
        self.wire = wire_type(self.context_members, self.raw_members)
        self.decoder = msgspec.json.Decoder(self.wire)
        self.rudder = {None: None, "segment": False, "rudderstack": True}[dialect]
        self.on_event = on_event
        self.on_reject = on_reject
        self.log = Log()
        self.sources: list[Source] = []
        self.metadata: set[bytes] = set()
        self.batches = 0

    def read(self, source: Source) -> None:
        head = source.head()
        problem = why_no_log(head)
        if problem is None and not source.explicit and head.strip() and not looks_like_json(head):
            problem = "no event log"
        if problem is not None:
            if source.explicit:
                raise InputError(f"{source.label}: {problem}")
            self.log.skipped_files.append(source.label)
            return
        self.file = len(self.sources)
        self.sources.append(source)
        self.log.files.append(source.label)
        for piece in chunks(source, head):
            if isinstance(piece, Damage):
                self.log.records += 1
                self.reject(piece.line, piece.offset, piece.data, piece.reason)
            elif piece.lines:
                self.lines(piece)
            else:
                self.record(piece.data, piece.line, piece.offset)

    def finish(self) -> Log:
        for text in self.metadata:
            try:
                held = msgspec.json.decode(text)
            except _UNDECODABLE:
                continue
            for member in ("bundled", "unbundled"):
                names = held.get(member) if isinstance(held, dict) else None
                self.log.destinations_seen.update(n for n in names or () if isinstance(n, str) and n != "Segment.io")
        fold_copies(self.log, self.sources)
        return self.log

    def lines(self, chunk: Chunk) -> None:
        """A block of lines: decoded in one call where every line is a plain call, else line by line."""
        data = chunk.data
        count = data.count(b"\n") + (not data.endswith(b"\n"))
        try:
            wires = self.decoder.decode_lines(data)
        except _UNDECODABLE:
            wires = []
        if len(wires) != count:
            return self.slow_lines(chunk)
        rows: list[bytes] | None = None
        file, rudder, append = self.file, self.rudder, self.log.events.append
        on_event, metadata, wide = self.on_event, self.metadata, self.wide
        line = chunk.line
        plain = 0
        for wire in wires:
            if wire.plain():
                event = event_of(wire, file, line, rudder)
                if wide:
                    widen(event, wire, self.context_members, self.raw_members)
                if on_event is not None:
                    on_event(event)
                append(event)
                plain += 1
                if type(wire.metadata) is msgspec.Raw:
                    metadata.add(bytes(wire.metadata))
            else:
                rows = rows or data.split(b"\n")
                row = line - chunk.line
                self.record(rows[row], line, chunk.offset + sum(len(r) + 1 for r in rows[:row]))
            line += 1
        self.log.records += plain
        return None

    def slow_lines(self, chunk: Chunk) -> None:
        offset = chunk.offset
        for line, row in enumerate(chunk.data.split(b"\n"), chunk.line):
            if row.strip():
                self.record(row, line, offset)
            offset += len(row) + 1

    def record(self, data: bytes, line: int, offset: int) -> None:
        """One raw record of any shape: a call, an envelope, a list of them, or something to reject."""
        if len(data) > LARGEST:
            self.log.records += 1
            size, most = len(data) / 1e6, LARGEST >> 20
            return self.reject(
                line, offset, data, f"the record is {size:.1f} MB; the largest that is read is {most} MiB"
            )
        problem: str | None = None
        try:
            value = msgspec.json.decode(data)
        except UnicodeDecodeError:
            value, problem = None, "not valid UTF-8"
        except RecursionError:
            value, problem = None, "nested too deeply"
        except msgspec.MsgspecError as error:
            value, problem = None, f"not valid JSON: {error}"
        if problem is not None:
            self.log.records += 1
            return self.reject(line, offset, data, problem)
        items, batch = spread(value)
        if not items:
            self.log.records += 1
            self.log.skipped += 1
            return None
        if batch:
            self.batches += 1
        for position, item in enumerate(items):
            self.log.records += 1
            self.item(item, line, offset, data if len(items) == 1 else None, position, self.batches if batch else None)
        return None

    def item(self, item: Any, line: int, offset: int, data: bytes | None, position: int, batch: int | None) -> None:
        try:
            if not isinstance(item, dict):
                raise lenient.Unreadable("not an object: an event is a JSON object")
            fields = lenient.mended(item)
            metadata = fields.pop("_metadata", None)
            wire = msgspec.convert(fields, self.wire)
            event = event_of(wire, self.file, line, self.rudder)
        except (lenient.Unreadable, *_UNDECODABLE) as error:
            raw = data if data is not None else _encoded(item)
            return self.reject(line, offset, raw, str(error))
        if isinstance(metadata, dict):
            self.metadata.add(_encoded(metadata))
        event.batch, event.position = batch, position
        if self.wide:
            widen(event, wire, self.context_members, self.raw_members)
        if self.on_event is not None:
            self.on_event(event)
        self.log.events.append(event)
        return None

    def reject(self, line: int, offset: int, data: bytes, reason: str) -> None:
        log = self.log
        log.rejected += 1
        reject = Reject(log.files[self.file], line, offset, reason)
        if len(log.rejects) < KEPT_REJECTS:
            log.rejects.append(reject)
        if self.on_reject is not None:
            self.on_reject(reject, data)


def _encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)
