"""The format ``github``: workflow commands that GitHub turns into annotations.

GitHub shows ten annotations of a level for a step and drops the rest, so one stands for all findings of one
fingerprint, and a last notice counts what they are. The whole table belongs into the job's summary (``markdown``).
"""

from collections.abc import Iterator

from auditor.model.finding import SEVERITIES, Report
from auditor.reports.grouping import Group, groups
from auditor.reports.lines import clean, counted, many
from auditor.reports.view import PLAIN_VIEW, View

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_SHOWN = 10
"""Annotations of one level that GitHub shows for one step; one notice is left for the summary."""


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """An annotation for each group of findings, as far as GitHub shows them, and one that sums up."""
    held = groups(report)
    left = 0
    for severity in reversed(SEVERITIES):
        room = _SHOWN - 1 if severity == "info" else _SHOWN
        of_level = [group for group in held if group.first.severity == severity]
        left += len(of_level[room:])
        for group in of_level[:room]:
            yield _annotation(report, group)
    said = f"{counted(report)} in {many(report.events, 'event')}"
    if left:
        said += f"; {many(left, 'kind')} of findings more than GitHub shows"
    yield f"::notice title=auditor::{_data(said)}\n"


def _annotation(report: Report, group: Group) -> str:
    finding = group.first
    times = f" x{len(group.places)}" if len(group.places) > 1 else ""
    file, title = report.files[finding.event.file], f"{finding.rule}{times}"
    said = f"{clean(finding.message)} Fix: {finding.fix}"
    level, line = _LEVELS[finding.severity], finding.event.line
    return f"::{level} file={_value(file)},line={line},title={_value(title)}::{_data(said)}\n"


def _data(text: str) -> str:
    """As GitHub's toolkit escapes what follows the second ``::``."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    """As it escapes the value of a property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
