"""The format ``json``: one object, `auditor/findings/1` (design.md 8), validated by `schemas/findings-1.json`.

Written out member by member: what programs rely on must not follow the internal names. All that another format shows
is in it, so that `auditor report` can render it again without the log (`findings_file`).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditor.model.event import Event
from auditor.model.finding import Finding, Report, RuleResult
from auditor.reports.view import PLAIN_VIEW, View

SCHEMA = "auditor/findings/1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The report as one JSON object, indented, with a newline at the end; piece by piece, since it may be large."""
    separator = "{"
    for name, value in members(report).items():
        yield f'{separator}\n  "{name}": '
        separator = ","
        if isinstance(value, Iterator):
            yield from _list(value)
        else:
            yield _indented(value, "  ")
    yield "\n}\n"


def _list(items: Iterator[Any]) -> Iterator[str]:
    first = next(items, None)
    if first is None:
        yield "[]"
        return
    yield "[\n    " + _indented(first, "    ")
    for item in items:
        yield ",\n    " + _indented(item, "    ")
    yield "\n  ]"


def _indented(held: Any, indent: str) -> str:
    return msgspec.json.format(msgspec.json.encode(held), indent=2).decode().replace("\n", f"\n{indent}")


def indented(held: dict[str, Any]) -> str:
    """A document as text, with a newline at the end."""
    return _indented(held, "") + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in members(report).items()}


def members(report: Report) -> dict[str, Any]:
    """The members in order; those of which there may be many are iterators."""
    held: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": report.version},
        "summary": summary_members(report),
        "signups": {
            "seen": report.signups.seen,
            "names": list(report.signups.names),
            "default_names": report.signups.default_names,
            "right": report.signups.right,
            "troubled": dict(report.signups.troubled),
            "missing": report.signups.missing,
            "similar": dict(report.signups.similar),
        },
        "files": report.files,
        "destinations": list(report.destinations),
        "adjustments": [
            {
                "rule": adjustment.rule,
                "kind": adjustment.kind,
                "severity": adjustment.severity,
                "default": adjustment.default,
                "destinations": list(adjustment.destinations),
            }
            for adjustment in report.adjustments
        ],
        "rules": [_rule(result) for result in report.rules],
        "findings": (report_finding_members(report, index) for index in range(len(report.findings))),
        "suppressed": (
            {
                **finding_members(one.finding, report.files, report.entry),
                **_private(report, one.finding),
                "suppression": {"kind": one.kind, "reason": one.reason},
            }
            for one in report.suppressed
        ),
        "rejects": reject_members(report.rejects),
        "notes": report.notes,
    }
    if report.tracking_plan is not None:
        from auditor.reports.violations_json import result_members  # most runs have no tracking plan

        held["tracking_plan"] = result_members(report.tracking_plan)
    return held


def summary_members(report: Report) -> dict[str, Any]:
    """What was read and found, in numbers."""
    return {
        "inputs": len(report.files),
        "records": report.records,
        "events": report.events,
        "copies": report.copies,
        "rejected": report.rejected,
        "skipped": report.skipped,
        "devices": report.devices,
        "users": report.users,
        "findings": {severity: report.count(severity) for severity in ("error", "warning", "info")},
        "problems": len(report.findings) - len(report.causes),
        "ignored": report.ignored,
        "tolerated": sum(rule.tolerated for rule in report.rules),
        "hidden": sum(rule.hidden for rule in report.rules),
        "baselined": report.baselined,
        "redacted": report.redacted,
        "placeholders": sorted(report.placeholders),
        "fail_on": report.fail_on,
        "day": report.day,
        "exit_code": report.exit_code,
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "severity": result.severity,
        "status": result.status,
        "candidates": result.candidates,
        "findings": result.findings,
        "unsure": result.unsure,
        "tolerated": result.tolerated,
        "hidden": result.hidden,
        "reason": result.reason,
        "summary": result.summary,
        "why": result.why,
        "fix": result.fix,
        "tags": list(result.tags),
    }


def report_finding_members(report: Report, index: int) -> dict[str, Any]:
    """A finding of a report: with its cause, the event before it, and the message that may be shared."""
    finding, cause, before = report.findings[index], report.causes.get(index), report.around.get(index)
    return {
        **finding_members(finding, report.files, report.entry),
        "cause": None if cause is None else {"finding": cause, "rule": report.findings[cause].rule},
        **({} if before is None else {"before": event_members(before, report.files, report.entry(before))}),
        **_private(report, finding),
    }


def _private(report: Report, finding: Finding) -> dict[str, str]:
    return {} if report.redacted or not finding.private else {"redacted_message": finding.private}


def reject_members(rejects: Iterable[tuple[str, int, int, str]]) -> list[dict[str, Any]]:
    """Rejects as programs read them: where each stands and why it is one."""
    return [{"file": file, "line": line, "offset": offset, "reason": reason} for file, line, offset, reason in rejects]


def finding_members(
    finding: Finding, files: list[str], entry: Callable[[Event], int | None] = lambda event: None
) -> dict[str, Any]:
    """A finding as programs read it. ``entry`` tells the number of an event's entry in a HAR."""
    held: dict[str, Any] = {
        "rule": finding.rule,
        "kind": finding.kind,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "key": {"name": finding.key[0], "value": finding.key[1]},
        "event": event_members(finding.event, files, entry(finding.event)),
        "evidence": [{"role": role, **event_members(event, files, entry(event))} for role, event in finding.evidence],
    }
    if finding.violation is not None:
        from auditor.reports.violations_json import violation_members

        held["violation"] = violation_members(finding.violation)
    return held


def event_members(event: Event, files: list[str], entry: int | None = None) -> dict[str, Any]:
    """An event as programs read it: where it stands, what it is, by whom; behind that what is not always known.

    ``timestamp`` is by the sender's own clock, ``corrected`` by the collector's; lanes are numbered.
    """
    more = {
        "side": event.side or None,
        "library": event.library,
        "version": event.version,
        "path": event.path,
        "name": event.name,
        "previous_id": event.previous_id,
        "group_id": event.group_id,
        "lane": event.lane,
    }
    return {
        "file": files[event.file],
        "line": event.line,
        **({} if entry is None else {"entry": entry}),
        "message_id": event.message_id,
        "type": event.type,
        "event": event.event,
        "timestamp": timestamp(event.t),
        "user_id": event.user_id,
        "anonymous_id": event.anonymous_id,
        "corrected": timestamp(event.time),
        **{name: value for name, value in more.items() if value is not None},
    }


def timestamp(milliseconds: int) -> str:
    """ISO-8601 in UTC with milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
