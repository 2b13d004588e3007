"""The format ``csv``: one row for each finding, for spreadsheets; RFC 4180."""

import csv
import io
from collections.abc import Iterator

from auditor.model.finding import Report
from auditor.reports.json import timestamp
from auditor.reports.lines import clean, label
from auditor.reports.view import PLAIN_VIEW, View

COLUMNS = (
    "severity", "rule", "kind", "confidence", "message", "file", "line", "time", "type", "event", "user_id",
    "anonymous_id", "message_id", "fingerprint", "cause", "fix",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """A row of names and a row for each finding in order of time. ``cause`` is the row, from 1, it follows from."""
    yield _row(COLUMNS)
    for place, finding in enumerate(report.findings):
        event, cause = finding.event, report.causes.get(place)
        yield _row(
            (
                finding.severity,
                finding.rule,
                finding.kind or "",
                finding.confidence,
                finding.message,
                report.files[event.file],
                str(event.line),
                timestamp(event.t),
                event.type,
                label(event),
                event.user_id or "",
                event.anonymous_id or "",
                event.message_id or "",
                finding.fingerprint,
                "" if cause is None else str(cause + 1),
                finding.fix,
            )
        )


def _row(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: str) -> str:
    """What a spreadsheet would compute gets an apostrophe in front, which it takes for text."""
    said = clean(cell)
    return f"'{said}" if cell.startswith(_FORMULA) or said.startswith(_FORMULA) else said
