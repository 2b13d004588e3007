"""Unpacked bytes to raw records, in whichever way a log is laid out.

*Lines* are JSON Lines, one record a line; a *document* is a JSON array, one pretty-printed object, or several values
one after another; *rows* are a CSV or a Parquet file. In all of them a damaged stretch costs the record it stands in
and no other, and no more is held in memory than the largest record that is read. A *HAR* is read whole, and gives the
calls that its requests carried.
"""

from collections.abc import Iterator

from auditor.logs.documents import in_document
from auditor.logs.lines import in_lines
from auditor.logs.pieces import Piece
from auditor.logs.sniffing import BOM, is_har, laid_out_in_lines, why_no_log
from auditor.logs.sources import Source

_PARQUET = b"PAR1"


def why_unreadable(source: Source, head: bytes) -> str | None:
    """Why a source that begins so is no event log, or ``None`` if it may be one."""
    if _may_be_rows(head):
        from auditor.logs import rows

        if head.startswith(_PARQUET):
            return rows.why_no_rows(source)
        if rows.csv_delimiter(head) is not None:
            return None
    return why_no_log(head, named=source.explicit)


def pieces_of(source: Source, head: bytes, *, whole: bool = False) -> Iterator[Piece]:
    """The records of a source and what is none of it; ``whole`` keeps the bytes of what is too large to be read."""
    if source.har is None and is_har(head):
        read_as_har(source)
    if source.har is not None:
        return source.har.pieces()
    if _may_be_rows(head):
        from auditor.logs import rows

        if head.startswith(_PARQUET):
            return rows.in_parquet(source)
        delimiter = rows.csv_delimiter(head)
        if delimiter is not None:
            return rows.in_csv(source, delimiter)
    layout = in_lines if laid_out_in_lines(head) else in_document
    return layout(source, whole=whole)


def read_as_har(source: Source) -> None:
    """Take a source for a HAR file, whatever it looks like."""
    from auditor.logs.har import Har  # most logs are none

    source.har = Har(source)


def _may_be_rows(head: bytes) -> bool:
    return head.removeprefix(BOM)[:1] not in (b"", b"{", b"[", b" ", b"\n", b"\r")
