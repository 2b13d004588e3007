"""The format ``concise``: a line for each finding, ``path:line:column: severity[rule] message``."""

from collections.abc import Iterator

from auditor.model.finding import Report
from auditor.reports.lines import clean, counted, inert, many
from auditor.reports.view import PLAIN_VIEW, View


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """A line for each finding in order of time, and one that counts them. A record is a line, so columns are all 1."""
    for finding in report.findings:
        place = f"{clean(report.files[finding.event.file])}:{finding.event.line}:1"
        yield inert(f"{place}: {finding.severity}[{finding.rule}] {clean(finding.message)}\n")
    yield f"{counted(report)} in {many(report.events, 'event')}\n"
