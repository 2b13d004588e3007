"""Unpacked bytes to raw records, each with the line and byte offset where it begins.

Two ways a log is laid out: *lines* (JSON Lines, one record a line) and *document* (a JSON array, one pretty-printed
object, several of them after another). In both, a damaged stretch costs the record it stands in and no other.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from auditor.logs.sources import EndsEarly, Source

BOM = b"\xef\xbb\xbf"
LARGEST = 16 << 20
"""The largest record that is read, bytes. Segment's own limit for a batch is 500 KB (domain.md 1.6)."""


@dataclass(slots=True)
class Chunk:
    """Bytes of whole records. ``lines`` says that every line of it is a record."""

    line: int
    offset: int
    data: bytes
    lines: bool


@dataclass(slots=True)
class Damage:
    """A stretch that is no record, and why."""

    line: int
    offset: int
    data: bytes
    reason: str


def chunks(source: Source, head: bytes) -> Iterator[Chunk | Damage]:
    """The records of a source, in chunks."""
    if laid_out_in_lines(head):
        yield from _lines(source)
    else:
        yield from _document(source)


def laid_out_in_lines(head: bytes) -> bool:
    """Whether the first lines are whole JSON values each; one that spans lines makes it a document."""
    text = head.removeprefix(BOM)
    rows = [row for row in text.split(b"\n")[:20] if row.strip()]
    if not rows:
        return True
    for row in rows:
        if row.lstrip()[:1] == b"{":
            try:
                msgspec.json.decode(row, type=msgspec.Raw)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                continue
            return True
    first = rows[0].lstrip()[:1]
    if first == b"[":
        return False
    # An open brace with nothing but a key or less behind it is the first line of a pretty-printed object.
    return not (first == b"{" and len(rows) > 1 and rows[1].lstrip()[:1] in (b'"', b"}"))


def _lines(source: Source) -> Iterator[Chunk | Damage]:
    line, offset, rest, first = 1, 0, b"", True
    held: list[bytes] = []
    try:
        for block in source.blocks():
            cut = block.rfind(b"\n") + 1
            if not cut:
                held.append(block)
                continue
            data = b"".join((*held, block[:cut]))
            held = [block[cut:]] if cut < len(block) else []
            if first:
                first, skipped = False, len(data)
                data = data.removeprefix(BOM)
                offset += skipped - len(data)
            yield Chunk(line, offset, data, lines=True)
            line += data.count(b"\n")
            offset += len(data)
    except EndsEarly as error:
        rest = b"".join(held)
        if rest.strip() and not _whole(rest):
            yield Damage(line, offset, rest, str(error))
            return
        if rest.strip():
            yield Chunk(line, offset, rest, lines=True)
            line += 1
        yield Damage(line, offset + len(rest), b"", str(error))
        return
    rest = b"".join(held)
    if first:
        rest = rest.removeprefix(BOM)
    if rest.strip():
        yield Chunk(line, offset, rest, lines=True)


def _whole(data: bytes) -> bool:
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def _document(source: Source) -> Iterator[Chunk | Damage]:
    held: list[bytes] = []
    broken: EndsEarly | None = None
    try:
        held.extend(source.blocks())
    except EndsEarly as error:
        broken = error
    data = b"".join(held).removeprefix(BOM)
    elements = None if broken else _elements(data)
    if elements is not None:
        yield from _located(data, elements)
    else:
        yield from _salvaged(data)
    if broken is not None:
        yield Damage(data.count(b"\n") + 1, len(data), b"", str(broken))


def _elements(data: bytes) -> list[msgspec.Raw] | None:
    """The elements of a sound JSON array."""
    if data.lstrip()[:1] != b"[":
        return None
    try:
        return msgspec.json.decode(data, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _located(data: bytes, elements: list[msgspec.Raw]) -> Iterator[Chunk]:
    line, at = 1, 0
    for element in elements:
        raw = bytes(element)
        found = data.find(raw, at)
        line += data.count(b"\n", at, found)
        yield Chunk(line, found, raw, lines=False)
        line += raw.count(b"\n")
        at = found + len(raw)


def _salvaged(data: bytes) -> Iterator[Chunk | Damage]:
    """Value after value, in a damaged array or a run of pretty-printed objects; after damage, on at the next line
    that opens an object."""
    text = data.decode("latin-1")  # one character a byte: positions are offsets, and no bad byte can stop the scan
    decoder = json.JSONDecoder()
    at, line, counted = 0, 1, 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,[]":
            at += 1
        line += text.count("\n", counted, at)
        counted = at
        if at >= len(text):
            return
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = _next_opening(text, at)
            yield Damage(line, at, data[at:end], "not JSON: damaged or cut off")
        else:
            yield Chunk(line, at, data[at:end], lines=False)
        at = end


def _next_opening(text: str, at: int) -> int:
    while True:
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
        if (
            text[at + 1 :].lstrip(" \t")[:1] == "{"
            if len(text) - at < 4096
            else text[at + 1 : at + 256].lstrip(" \t")[:1] == "{"
        ):
            return at + 1
