"""Records of a log that is laid out in lines (JSON Lines)."""

from collections.abc import Iterator

import msgspec

from auditor.logs.packing import EndsEarly
from auditor.logs.pieces import LARGEST, Chunk, Damage, Piece, Stretch, too_large
from auditor.logs.sniffing import BOM
from auditor.logs.sources import Source


def in_lines(source: Source, *, whole: bool) -> Iterator[Piece]:
    """The pieces of a source that is laid out in lines. ``whole`` keeps the bytes of records that are too large."""
    line, offset = 1, 0
    open_row = Stretch(whole)
    broken: EndsEarly | None = None
    try:
        for read in source.blocks():
            block = read
            if offset == 0 and open_row.size == 0 and block.startswith(BOM):
                block, offset = block[len(BOM) :], len(BOM)
            end = block.rfind(b"\n") + 1
            if not end:
                open_row.add(block)
                continue
            data = block[:end]
            if open_row.size:
                first = block.find(b"\n") + 1
                if open_row.size + first > LARGEST:
                    open_row.add(block[:first])
                    if not open_row.blank:
                        yield Damage(line, offset, bytes(open_row.data), too_large(open_row.size))
                    line, offset, data = line + 1, offset + open_row.size, block[first:end]
                else:
                    data = bytes(open_row.data) + data
                open_row = Stretch(whole)
            if data:
                rows = len(data) - len(data.replace(b"\n", b""))  # three times as fast as to count them
                yield Chunk(line, offset, data, rows)
                line, offset = line + rows, offset + len(data)
            if end < len(block):
                open_row.add(block[end:])
    except EndsEarly as error:
        broken = error
    yield from _last(open_row, line, offset, broken)


def _last(row: Stretch, line: int, offset: int, broken: EndsEarly | None) -> Iterator[Piece]:
    """The last row, which no line end closes, and what is to be said if the input ends early."""
    data = bytes(row.data)
    if not row.blank:
        if row.size > LARGEST:
            yield Damage(line, offset, data, too_large(row.size))
        elif broken is None or _is_json(data):
            yield Chunk(line, offset, data, 1)
        else:
            yield Damage(line, offset, data, str(broken))
            return
    if broken is not None:
        yield Damage(line, offset + row.size, b"", str(broken))


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True
