"""A log that a test checked, and what the test may claim of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from auditor.api import Rules, requested
from auditor.cli.setup import wants_redaction
from auditor.config.suggest import did_you_mean
from auditor.engine.one_timeline import Sought
from auditor.model.event import Event
from auditor.model.finding import Finding, Report
from auditor.model.log import InputError
from auditor.model.timeline import Row
from auditor.reports.lines import many
from auditor.reports.timeline_text import render as timeline_text
from auditor.runners.local import CLEAN, NOTHING, check
from auditor.runners.timeline import timeline_of

_WIDTH = 100
_LINES = 20
"""Findings that a message names."""
_TIMELINES = 3
"""Timelines that a message shows."""
_ROWS = 40
"""Events of a timeline that a message shows whole; of a longer one, those near what a finding points at."""
_NEAR = 5


class Audited:
    """What a check found in a log. ``report`` is that of ``auditor.audit``; ids in it are as they were recorded.

    Messages of failed tests show pseudonyms instead, where a report would: in CI, or if the configuration says so.
    """

    def __init__(self, logs: Any, options: dict[str, Any]) -> None:
        self._rules: Rules = options["rules"]
        self._request, self._compiled = requested(logs, **options)
        self.report: Report = check(self._request, self._compiled)

    @property
    def findings(self) -> list[Finding]:
        """The findings, in order of time."""
        return self.report.findings

    def assert_clean(self) -> None:
        """Raises ``AssertionError`` where the log has findings at or above ``fail_on``, or holds no events."""
        __tracebackhide__ = True
        if self.report.exit_code == NOTHING:
            raise AssertionError(f"nothing was checked: {self._why_nothing()}")
        if self.report.exit_code != CLEAN:
            raise AssertionError("the tracking is not clean\n" + "\n".join(self._shown(self.findings)))

    def assert_flags(self, *ids: str) -> list[Finding]:
        """The findings of these rules; each must have found something. Raises ``AssertionError``, and ``ValueError``
        for a rule that does not exist."""
        __tracebackhide__ = True
        if not ids:
            raise ValueError("assert_flags needs the id of a rule")
        for unknown in (one for one in ids if one not in self._rules.ids):
            raise ValueError(f'there is no rule "{unknown}"{did_you_mean(unknown, self._rules.ids)}')
        found = [finding for finding in self.findings if finding.rule in ids]
        silent = [one for one in ids if all(finding.rule != one for finding in found)]
        if silent:
            reasons = [f"{one} found nothing: {self._why_silent(one)}" for one in silent]
            raise AssertionError("\n".join([*reasons, *self._shown(self.findings)]))
        return found

    def _why_silent(self, rule: str) -> str:
        result = next((one for one in self.report.rules if one.id == rule), None)
        if result is None or result.status == "not-evaluated":
            return f"it did not run ({'left out' if result is None else result.reason})"
        if not result.candidates:
            return f"no event is one that it looks at{f' ({result.reason})' if result.reason else ''}"
        counts = {"unsure": result.unsure, "tolerated": result.tolerated, "of too little confidence": result.hidden}
        more = "".join(f", {count} {word}" for word, count in counts.items() if count)
        return f"it looked at {many(result.candidates, 'event')}{more}"

    def _why_nothing(self) -> str:
        if not self.report.rejects:
            return "there are no events"
        file, line, _, reason = self.report.rejects[0]
        return f"{many(self.report.rejected, 'record')} rejected; the first: {file}:{line}: {reason}"

    # --- The message of a failed test --------------------------------------------------------------------------

    def _shown(self, findings: list[Finding]) -> Iterator[str]:
        """Findings, one in a line, and the timelines of the first."""
        if not findings:
            yield f"no rule found anything in {many(self.report.events, 'event')}"
            return
        request = replace(self._request, redact=wants_redaction(self._request.settings.redact))
        report = check(request, self._compiled) if request.redact else self.report
        for finding in report.findings[:_LINES]:
            place = f"{report.files[finding.event.file]}:{finding.event.line}"
            yield f"{place}: {finding.severity}[{finding.rule}] {finding.message}"
        if len(findings) > _LINES:
            yield f"... and {len(findings) - _LINES} more"
        whose = dict.fromkeys(sought for finding in findings if (sought := _whose(finding.event)) is not None)
        shown: set[tuple[tuple[int, int], ...]] = set()
        for sought in whose:
            if len(shown) == _TIMELINES:
                break
            try:
                timeline = timeline_of(sought, request, self._compiled)
            except InputError:  # an event that stands on no timeline of its own
                continue
            rows = tuple(_near(timeline.rows))
            lines = tuple((row.event.file, row.event.position) for row in rows)
            if lines in shown:  # one device has several anonymousIds
                continue
            shown.add(lines)
            yield ""
            if len(rows) < len(timeline.rows):
                yield f"{len(rows)} of {len(timeline.rows)} events, those near a finding:"
            yield timeline_text(replace(timeline, rows=rows), width=_WIDTH).rstrip()


def _whose(event: Event) -> Sought | None:
    """The timeline that shows an event best."""
    if event.lane is not None and event.anonymous_id is not None:
        return Sought("device", event.anonymous_id)
    if event.user_id is not None:
        return Sought("user", event.user_id)
    return None if event.anonymous_id is None else Sought("anonymous", event.anonymous_id)


def _near(rows: tuple[Row, ...]) -> Iterator[Row]:
    if len(rows) <= _ROWS:
        yield from rows
        return
    marked = [place for place, row in enumerate(rows) if row.marks]
    near = sorted({at for place in marked for at in range(place - _NEAR, place + _NEAR + 1) if 0 <= at < len(rows)})
    yield from (rows[place] for place in near[:_ROWS])
