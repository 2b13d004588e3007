"""Records of a file of rows: CSV by the standard library, Parquet through pyarrow (the extra ``columnar``).

A row becomes the JSON object of its columns, so that it is read, rejected and written out like any other record. Rows
of a warehouse table carry the name of the table, which is told once per file.
"""

import csv
from collections import deque
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import PurePath
from typing import Any

import msgspec

from auditor.logs import warehouse
from auditor.logs.packing import EndsEarly
from auditor.logs.pieces import LARGEST, Chunk, Damage, Piece, too_large
from auditor.logs.shapes import TABLE
from auditor.logs.sniffing import BOM
from auditor.logs.sources import Source

INSTALL = "a Parquet file: pip install 'tracking-auditor[columnar]' (pyarrow), or export it as CSV or JSON lines"
_POSTHOG = frozenset({"event", "distinct_id", "properties", "timestamp"})
_DELIMITERS = ",;\t"
_MOST_LINES = 1000
"""Lines that one row may span. A quote that is never closed would else take all the rest of a file with it."""
_AT_ONCE = 1000


def is_rows(columns: list[str]) -> bool:
    """Whether these are the columns of events."""
    return warehouse.is_table(columns) or {column.casefold() for column in columns} >= _POSTHOG


def csv_delimiter(head: bytes) -> str | None:
    """The delimiter of a CSV of events, told from its first line, or ``None`` if this is none."""
    first = head.removeprefix(BOM).split(b"\n", 1)[0]
    if not first or first[:1] in b"{[ \r":
        return None
    text = first.decode("utf-8", "replace")
    try:
        return next((mark for mark in _DELIMITERS if is_rows(_cells(text, mark))), None)
    except csv.Error:
        return None


def why_no_rows(source: Source) -> str | None:
    """Why a Parquet file cannot be read as events, or ``None`` if it can."""
    if find_spec("pyarrow") is None:
        return INSTALL
    try:
        with source.whole() as file:
            columns = _parquet(file).schema_arrow.names
    except _no_parquet() as error:
        return f"a damaged Parquet file ({error})"
    return None if is_rows(columns) else "a Parquet file whose columns are no event table's"


def in_parquet(source: Source) -> Iterator[Piece]:
    """The rows of a Parquet file; a row's line is its number."""
    number = 0
    try:
        with source.whole() as file:
            parquet = _parquet(file)
            mark = _mark(parquet.schema_arrow.names, source)
            for batch in parquet.iter_batches(_AT_ONCE):
                for row in batch.to_pylist():
                    number += 1
                    yield Chunk(number, number, msgspec.json.encode({**row, **mark}, enc_hook=str))
    except _no_parquet() as error:
        yield Damage(number + 1, number + 1, b"", f"the Parquet file is damaged from here on ({error})")


def in_csv(source: Source, delimiter: str) -> Iterator[Piece]:
    """The rows of a CSV, each with the line and the byte where it begins."""
    return _Csv(source, delimiter).pieces()


class _Csv:
    def __init__(self, source: Source, delimiter: str) -> None:
        self.source = source
        self.delimiter = delimiter
        self.ahead: deque[bytes] = deque()
        self.lines = _lines(source)
        self.line, self.offset = 1, 0
        self.broken: EndsEarly | None = None

    def pieces(self) -> Iterator[Piece]:
        header = self.next_row()
        columns = _cells(b"".join(header).removeprefix(BOM).decode("utf-8", "replace"), self.delimiter)
        mark = _mark(columns, self.source)
        self.pass_over(header)
        while row := self.next_row():
            data = b"".join(row)
            if data.isspace():
                self.pass_over(row)
                continue
            cells, reason = self.cells(data, len(columns))
            if reason is not None and len(row) > 1:  # a stray quote has drawn in what stands behind: that is not lost
                row, rest = row[:1], row[1:]
                self.ahead.extendleft(reversed(rest))
                cells, reason = self.cells(row[0], len(columns))
            if reason is None:
                held = {name: cell for name, cell in zip(columns, cells, strict=True) if cell != ""}
                yield Chunk(self.line, self.offset, msgspec.json.encode({**held, **mark}))
            else:
                yield Damage(self.line, self.offset, row[0], reason)
            self.pass_over(row)
        if self.broken is not None:
            yield Damage(self.line, self.offset, b"", str(self.broken))

    def cells(self, data: bytes, count: int) -> tuple[list[str], str | None]:
        """The cells of a row, and why it is none."""
        if len(data) > LARGEST:
            return [], too_large(len(data))
        try:
            cells = _cells(data.decode(), self.delimiter)
        except UnicodeDecodeError as error:
            return [], f"not valid UTF-8: byte 0x{data[error.start]:02x}"
        except csv.Error as error:
            return [], f"not valid CSV: {error}"
        if len(cells) != count:
            return [], f"{'1 column' if len(cells) == 1 else f'{len(cells)} columns'}, but the first line names {count}"
        return cells, None

    def next_row(self) -> list[bytes]:
        """The lines of the next row: as many as it takes to close its quotes; none at the end."""
        row: list[bytes] = []
        quotes = 0
        while len(row) < _MOST_LINES:
            line = self.ahead.popleft() if self.ahead else self.next_line()
            if not line:
                break
            row.append(line)
            quotes += line.count(b'"')
            if quotes % 2 == 0:
                break
        return row

    def next_line(self) -> bytes:
        try:
            return next(self.lines, b"")
        except EndsEarly as error:
            self.broken = error
            return b""

    def pass_over(self, row: list[bytes]) -> None:
        self.line += len(row)
        self.offset += sum(map(len, row))


def _lines(source: Source) -> Iterator[bytes]:
    """The lines of a source, each with its end. Raises ``EndsEarly`` instead of the line that is cut off."""
    open_line = b""
    for block in source.blocks():
        *whole, open_line = (open_line + block).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if open_line:
        yield open_line


def _cells(text: str, delimiter: str) -> list[str]:
    csv.field_size_limit(LARGEST)
    return next(csv.reader([text], delimiter=delimiter, strict=True), [])


def _mark(columns: list[str], source: Source) -> dict[str, Any]:
    """What a row of a warehouse table is told apart by."""
    if not warehouse.is_table(columns):
        return {}
    path = PurePath(source.label)
    return {TABLE: warehouse.table_of(columns, path.name) or warehouse.table_of(columns, path.parent.name)}


def _parquet(file: Any) -> Any:
    import pyarrow.parquet

    return pyarrow.parquet.ParquetFile(file)


def _no_parquet() -> tuple[type[Exception], ...]:
    import pyarrow

    return (pyarrow.ArrowException, OSError)
