"""Inputs to a log. The hot path decodes a block of lines at once; whatever does not fit takes the slower road."""

from collections.abc import Callable, Iterable
from datetime import tzinfo
from typing import Any

import msgspec

from auditor.logs.classes import Classes
from auditor.logs.copies import fold_copies
from auditor.logs.dialects import Dialects
from auditor.logs.grouping import regroup
from auditor.logs.inputs import sources_of
from auditor.logs.lenient import Unreadable, has_number_ids, mended
from auditor.logs.pieces import Chunk, Damage, NonEvent
from auditor.logs.reasons import UNDECODABLE, why_not_json
from auditor.logs.records import pieces_of, read_as_har, why_unreadable
from auditor.logs.settle import Settler
from auditor.logs.shapes import NOTHING, TABLE, Part, parts_of
from auditor.logs.sizes import LARGE, long_rows, size_of
from auditor.logs.sniffing import BOM, ZIP
from auditor.logs.sources import Source
from auditor.logs.twins import without_twins
from auditor.logs.watching import announce, announce_end
from auditor.logs.wide import decode_whole, event_type
from auditor.model.event import Event
from auditor.model.log import InputError, Log, Reject

KEPT_REJECTS = 1000
"""Rejects kept for the report; the rest is counted and goes to ``--rejects``."""
_KEPT_METADATA = 1000
_NONE = Event()
"""In place of a line that holds no call."""

RejectSink = Callable[[Reject, bytes], None]


def read_log(
    inputs: list[str],
    *,
    dialect: str | None = None,
    zone: tzinfo | None = None,
    fields: Iterable[str] = (),
    classes: Classes | None = None,
    on_reject: RejectSink | None = None,
) -> Log:
    """Read inputs into a log.

    ``dialect`` is that of all records, else it is told from each of them; ``zone`` that of a Mixpanel project whose
    times are local. ``fields`` are the dotted fields that rules read (``context.campaign.name``); ``classes`` sorts the
    events as they are read, while their properties are at hand; ``on_reject`` gets each rejected record
    whole. Raises ``InputError`` if an input is missing or is no log at all.
    """
    sources = sources_of(inputs)
    return read_sources(sources, dialect=dialect, zone=zone, fields=fields, classes=classes, on_reject=on_reject)


def read_sources(
    sources: Iterable[Source],
    *,
    dialect: str | None = None,
    zone: tzinfo | None = None,
    fields: Iterable[str] = (),
    classes: Classes | None = None,
    on_reject: RejectSink | None = None,
) -> Log:
    """``read_log`` from opened sources."""
    reader = Reader(dialect, zone, fields, classes, on_reject)
    inputs = list(sources)
    announce(inputs)
    try:
        for source in inputs:
            reader.read(source)
        announce_end()
        return reader.finish()
    finally:
        for source in inputs:
            source.close()


class Reader:
    """Reads sources one after the other into ``log``."""

    def __init__(
        self,
        dialect: str | None,
        zone: tzinfo | None,
        fields: Iterable[str],
        classes: Classes | None,
        on_reject: RejectSink | None,
    ) -> None:
        self.type = event_type(fields)
        self.decoder = msgspec.json.Decoder(self.type, dec_hook=decode_whole)
        self.log = Log()
        self.har = dialect == "har"
        vendor = None if self.har else dialect
        self.asked, self.told = Dialects(vendor, zone), Dialects(None, zone)
        self.dialects = self.asked
        self.settler = Settler(self.log, None if vendor is None else vendor == "rudderstack", classes)
        self.metadata = self.settler.metadata
        self.on_reject = on_reject
        self.sources: list[Source] = []
        self.batches = 0
        self.file = 0
        self.tables: dict[int, str] = {}

    def read(self, source: Source, *, member: bool = False) -> None:
        head = source.head()
        if head.startswith(ZIP) and not member:
            return self.archive(source)
        problem = why_unreadable(source, head)
        if problem is not None:
            if source.explicit:
                raise InputError(f"{source.label}: {problem}")
            self.log.skipped_files.append(source.label)
            return None
        self.open(source)
        if self.har:
            read_as_har(source)
        pieces = pieces_of(source, head, whole=self.on_reject is not None)
        self.dialects = self.asked if source.har is None else self.told  # its calls are in Segment's spelling already
        for piece in pieces:
            if isinstance(piece, Damage):
                self.reject(piece.line, piece.offset, piece.data, piece.reason)
            elif isinstance(piece, NonEvent):
                self.log.records += 1
                self.log.skipped += 1
            elif piece.rows:
                self.lines(piece)
            else:
                self.value(piece)
        return None

    def open(self, source: Source) -> None:
        """Go on with a source that holds events."""
        self.file = len(self.sources)
        self.sources.append(source)
        self.log.files.append(source.label)

    def archive(self, source: Source) -> None:
        """The files of a zip archive, one after the other."""
        from auditor.logs.zips import BadZipFile, members_of

        try:
            members = members_of(source)
        except BadZipFile as error:
            problem = f"a zip archive that is damaged or cut off ({error})"
            if source.explicit:
                raise InputError(f"{source.label}: {problem}") from error
            self.open(source)
            return self.reject(1, 0, b"", problem)
        for member in members:
            self.read(member, member=True)
        return None

    def finish(self) -> Log:
        self.note_destinations()
        seen = any(source.har is not None for source in self.sources)
        if seen:
            from auditor.logs.sightings import settle_sightings  # most logs hold no HAR

            settle_sightings(self.log, self.sources)
        twins = without_twins(self.log, self.tables)
        several = regroup(self.log) if seen or twins else self.settler.repeated
        fold_copies(self.log, several, self.sources, self.dialects)
        if self.log.large:
            held = set(map(id, self.log.events))
            self.log.large = [event for event in self.log.large if id(event) in held]
        return self.log

    def lines(self, chunk: Chunk) -> None:
        """A block of lines, decoded in one call where every line is a plain call, else line by line."""
        data = chunk.data
        if self.dialects.forced is not None:
            return self.odd_lines(chunk, data.split(b"\n"), range(chunk.rows))
        rows: list[bytes] | None = None
        events: list[Event] = []
        try:
            if not data.isascii():
                data.decode()  # the decoder does not look into members that nobody reads
            events = self.decoder.decode_lines(data)
        except UNDECODABLE:
            pass
        if len(events) != chunk.rows:
            if data.isspace():
                return None
            rows = data.split(b"\n")
            events = [_NONE if not row or row.isspace() else self.decoded(row) or _NONE for row in rows]
        odd = [line - chunk.line for line in self.settler.settle(events, self.file, chunk.line)]
        for number, row in long_rows(data):
            self.measure(events[number], row)
        if odd:
            out = set(odd)
            events = [event for number, event in enumerate(events) if number not in out]
        self.keep(events)
        if len(self.metadata) > _KEPT_METADATA:
            self.note_destinations()
        if odd:
            self.odd_lines(chunk, rows or data.split(b"\n"), odd)
        return None

    def keep(self, events: list[Event]) -> None:
        """Take settled events into the log."""
        self.log.events += events
        self.log.records += len(events)

    def odd_lines(self, chunk: Chunk, rows: list[bytes], odd: Iterable[int]) -> None:
        """The lines of a block that are no plain calls."""
        offset, passed = chunk.offset, 0
        for number in odd:
            row = rows[number]
            if not row or row.isspace():
                continue
            while passed < number:
                offset += len(rows[passed]) + 1
                passed += 1
            self.record(row, chunk.line + number, offset, 0)

    def value(self, chunk: Chunk) -> None:
        """A value of a document."""
        event = self.decoded(chunk.data) if self.dialects.forced is None else None
        if event is None or self.settler.settle([event], self.file, chunk.line):
            return self.record(chunk.data, chunk.line, chunk.offset, chunk.offset)
        event.position = chunk.offset
        if len(chunk.data) > LARGE:
            self.measure(event, chunk.data)
        return self.keep([event])

    def measure(self, event: Event, item: Any) -> None:
        """Note how large a call is, if it is larger than a collector takes. ``item`` is its record, decoded or not."""
        size = size_of(item)
        if size > LARGE:
            event.size = size
            self.log.large.append(event)

    def decoded(self, data: bytes) -> Event | None:
        """A record as the SDKs spell it, or ``None`` if it is none."""
        try:
            if not data.isascii():
                data.decode()
            return self.decoder.decode(data)
        except UNDECODABLE:
            return None

    def record(self, data: bytes, line: int, offset: int, position: int) -> None:
        """One raw record of any shape: a call, an envelope, a list of them, or something to reject.

        ``position`` is that of its first call: what tells the calls of one line apart.
        """
        data = data.removeprefix(BOM)
        try:
            parts = parts_of(data)
        except UNDECODABLE as error:
            return self.reject(line, offset, data, why_not_json(data, error))
        for place, part in enumerate(parts, position):
            if part.item is NOTHING:
                self.log.records += 1
                self.log.skipped += 1
                continue
            try:
                event = self.converted(part, line)
            except (Unreadable, *UNDECODABLE) as error:
                self.reject(line, offset, data if len(parts) == 1 else _encoded(part.item), str(error))
            else:
                if event is None:
                    self.log.records += 1
                    self.log.skipped += 1
                    continue
                event.batch = None if part.batch is None else self.batches + part.batch
                event.position = place
                if len(data) > LARGE:
                    self.measure(event, part.item)
                self.keep([event])
        self.batches += 1 + max((part.batch for part in parts if part.batch is not None), default=-1)
        return None

    def converted(self, part: Part, line: int) -> Event | None:
        """A decoded call, as it is if its spelling allows, else mended; ``None`` for a known non-event. (Of a record
        itself, as it is was tried before.)"""
        item = part.item
        call = self.dialects.call(item)
        if call is not None:
            if call is NOTHING:
                return None
            if TABLE in item:
                self.tables[self.file] = item[TABLE]
            return self.mended(call, line)
        if isinstance(item, dict) and "_metadata" in item:
            self.metadata.add(_encoded(item["_metadata"]))
            item = {key: value for key, value in item.items() if key != "_metadata"}
        if part.inner:
            try:
                event: Event = msgspec.convert(item, self.type, dec_hook=decode_whole)
                if not self.settler.settle([event], self.file, line):
                    return event
            except UNDECODABLE:
                pass
        event = self.mended(item, line)
        on_the_wire = (event.sent_at, event.received_at, event.delivery) != (None, None, None)
        if on_the_wire and has_number_ids(item):
            event.number_ids = True
            self.log.numbered.append(event)
        return event

    def mended(self, item: Any, line: int) -> Event:
        """A call that is not spelled as the SDKs spell it."""
        event: Event = msgspec.convert(mended(item), self.type, dec_hook=decode_whole)
        self.settler.settle([event], self.file, line, nobody=True)
        return event

    def reject(self, line: int, offset: int, data: bytes, reason: str) -> None:
        log = self.log
        log.records += 1
        log.rejected += 1
        reject = Reject(log.files[self.file], line, offset, reason)
        if len(log.rejects) < KEPT_REJECTS:
            log.rejects.append(reject)
        if self.on_reject is not None and data:
            self.on_reject(reject, _in_one_line(data))

    def note_destinations(self) -> None:
        """The destinations that analytics.js said are in use (domain.md 1.1, ``_metadata``)."""
        for text in self.metadata:
            try:
                held = msgspec.json.decode(text)
            except UNDECODABLE:
                continue
            for member in ("bundled", "unbundled"):
                names = held.get(member) if isinstance(held, dict) else None
                if isinstance(names, list):
                    self.log.destinations_seen.update(n for n in names if isinstance(n, str) and n != "Segment.io")
        self.metadata.clear()


def _encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _in_one_line(data: bytes) -> bytes:
    """A record as a line of JSON Lines: between the tokens of JSON a line end is as good as a blank."""
    return data.strip().replace(b"\r\n", b" ").replace(b"\n", b" ")
