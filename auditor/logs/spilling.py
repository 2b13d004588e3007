"""A log put on disk as it is read, to be taken up part by part: the events whose ids belong together in one part."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from struct import Struct

from auditor.logs.classes import Classes
from auditor.logs.components import Components
from auditor.logs.copies import bodies_of, fold
from auditor.logs.grouping import regroup
from auditor.logs.packed import Packing
from auditor.logs.reader import Reader, RejectSink
from auditor.model.event import Event
from auditor.model.log import Log

_AT_ONCE = 4096
"""Events that wait to be put on disk together."""
_SHARES = 64
"""Into how many files messageIds are sorted to find the repeated ones."""
_COMPARED = 100_000
"""Repeated messages that are compared in one go."""
_HEAD, _MESSAGE, _PART = Struct("<IIQ"), Struct("<QI"), Struct("<II16s")
_UNSAID = bytes(16)
Links = Callable[[Event], Iterable[str]]


@dataclass(frozen=True, slots=True)
class PartLog:
    """The log of a part. For each lane, in their order there, where its first call stands, copies included, and its
    node; and the nodes of the calls on no lane."""

    log: Log
    places: list[tuple[int, int, int]]
    lanes: "array[int]"
    alone: "array[int]"


class Undivided(Exception):
    """The log cannot be looked at part by part."""


class Spill(Reader):
    """Reads sources like any reader; what is an event goes to ``folder``. ``links`` gives the ids whose other events
    matter to one, the first of them its own."""

    def __init__(
        self,
        folder: Path,
        links: Links,
        *,
        dialect: str | None,
        zone: tzinfo | None,
        fields: Iterable[str],
        classes: Classes | None,
        on_reject: RejectSink | None,
    ) -> None:
        super().__init__(dialect, zone, fields, classes, on_reject)
        self.folder, self.links = folder, links
        self.components = Components()
        self.packing = Packing(self.type)
        self.size = 0
        self._waiting: list[Event] = []
        self._spilled = (folder / "events").open("w+b")
        self._messages = [(folder / f"messages-{share}").open("w+b") for share in range(_SHARES)]
        self._repeated: set[int] = set()
        self._parts: list[Path] = []

    def keep(self, events: list[Event]) -> None:
        """Take settled events over."""
        self.log.records += len(events)
        self._waiting += events
        if len(self._waiting) >= _AT_ONCE:
            self._put()

    def finish(self) -> Log:
        """What is known of the log but its events. Raises ``Undivided`` for a HAR, or tables that hold calls twice."""
        self._put()
        self.note_destinations()
        if any(source.har is not None for source in self.sources) or {"tracks", "event"} <= set(self.tables.values()):
            raise Undivided
        self._find_repeated()
        self._compare()
        return self.log

    def close(self) -> None:
        """Let go of the files."""
        for file in (self._spilled, *self._messages):
            file.close()

    def _put(self) -> None:
        components, links, pack = self.components, self.links, self.packing.pack
        written = []
        for event in self._waiting:
            first: int | None = None
            for name in links(event):
                node = components.node(name)
                if first is None:
                    first = node
                elif node != first:
                    components.join(first, node)
            message = hash(event.message_id) & 0xFFFFFFFFFFFFFFFF if event.message_id is not None else 0
            if first is None:
                first = components.node(f"nobody {message}")
            data = pack(event)
            written += [_HEAD.pack(first, len(data), message), data]
            if message:
                self._messages[message % _SHARES].write(_MESSAGE.pack(message, first))
        self._spilled.write(b"".join(written))
        self._waiting.clear()
        self._let_go()

    def _let_go(self) -> None:
        """Of all that the settler gathered: lanes and masks are told anew when a part is taken up."""
        self.settler.forget()
        log = self.log
        for held in (log.events, log.lanes, log.alone, log.links, log.numbered, log.large):
            held.clear()
        for events in log.by_mask.values():
            events.clear()

    # Copies -----------------------------------------------------------------------------------------------

    def _find_repeated(self) -> None:
        """The messageIds that came more than once. Their events belong together."""
        for file in self._messages:
            file.seek(0)
            first: dict[int, int] = {}
            for message, node in _MESSAGE.iter_unpack(file.read()):
                if message not in first:
                    first[message] = node
                    continue
                self._repeated.add(message)
                self.components.join(first[message], node)
            file.close()

    def _compare(self) -> None:
        """What each event of a repeated messageId says, in order, so that a part can tell whether copies differ."""
        with (self.folder / "bodies").open("wb") as out:
            if not self._repeated:
                return
            held: list[Event] = []
            for _, message, data in self._records():
                if message in self._repeated:
                    held.append(self.packing.unpack(data))
                if len(held) >= _COMPARED:
                    self._write_bodies(held, out.write)
            self._write_bodies(held, out.write)

    def _write_bodies(self, events: list[Event], write: Callable[[bytes], object]) -> None:
        bodies = bodies_of([events], self.sources, self.dialects)
        for event in events:
            write(bodies.get(id(event), _UNSAID))
        events.clear()

    # Parts ------------------------------------------------------------------------------------------------

    def _records(self) -> Iterator[tuple[int, int, bytes]]:
        """Node, messageId as a number, and bytes of each event, in the order of arrival."""
        file = self._spilled
        file.seek(0)
        while head := file.read(_HEAD.size):
            node, size, message = _HEAD.unpack(head)
            yield node, message, file.read(size)

    @property
    def bytes(self) -> int:
        """How large the events are on disk."""
        self._spilled.seek(0, 2)
        return self._spilled.tell()

    def part_of(self, node: int, parts: int) -> int:
        """In which of so many parts a node's events are."""
        return (self.components.root(node) * 2654435761 >> 8) % parts

    def divide(self, parts: int) -> None:
        """Write the parts, by what belongs together as far as is known now."""
        self._parts = [self.folder / f"part-{number}" for number in range(parts)]
        files = [path.open("wb") for path in self._parts]
        try:
            with (self.folder / "bodies").open("rb") as bodies:
                for node, message, data in self._records():
                    body = bodies.read(16) if message in self._repeated else _UNSAID
                    file = files[self.part_of(node, parts)]
                    file.write(_PART.pack(node, len(data), body) + data)
        finally:
            for file in files:
                file.close()

    def part(self, number: int) -> "PartLog":
        """The log of one part."""
        log = Log(files=self.log.files)
        held = memoryview(self._parts[number].read_bytes())
        bodies: dict[int, bytes] = {}
        nodes: dict[int, int] = {}
        at, unpack = 0, self.packing.unpack
        while at < len(held):
            node, size, body = _PART.unpack_from(held, at)
            at += _PART.size + size
            event = unpack(held[at - size : at])
            log.events.append(event)
            nodes[id(event)] = node
            if body != _UNSAID:
                bodies[id(event)] = body
            if event.number_ids:
                log.numbered.append(event)
            if event.size is not None:
                log.large.append(event)
        log.records = len(log.events)
        several = regroup(log)
        firsts = {id(sender): events[0] for sender, events in log.lanes}
        if several:
            fold(log, several, bodies)
            kept = set(map(id, log.events))
            log.large = [event for event in log.large if id(event) in kept]
        begun = [firsts[id(sender)] for sender, _ in log.lanes]
        return PartLog(
            log,
            [(event.file, event.line, event.position) for event in begun],
            array("I", (nodes[id(event)] for event in begun)),
            array("I", (nodes[id(event)] for event in log.alone)),
        )
