"""The format ``json``: one object, `auditor/findings/1` (design.md 8), validated by `schemas/findings-1.json`.

Written out member by member: what programs rely on must not follow the internal names.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditor.model.event import Event
from auditor.model.finding import Finding, Report, RuleResult

SCHEMA = "auditor/findings/1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def render(report: Report) -> str:
    """The report as one JSON object, indented, with a newline at the end."""
    return indented(document(report))


def indented(held: dict[str, Any]) -> str:
    """A document as text, with a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(held), indent=2).decode() + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    held: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": report.version},
        "summary": {
            "inputs": len(report.files),
            "records": report.records,
            "events": report.events,
            "copies": report.copies,
            "rejected": report.rejected,
            "skipped": report.skipped,
            "devices": report.devices,
            "users": report.users,
            "findings": {severity: report.count(severity) for severity in ("error", "warning", "info")},
            "ignored": report.ignored,
            "tolerated": sum(rule.tolerated for rule in report.rules),
            "hidden": sum(rule.hidden for rule in report.rules),
            "baselined": 0,
            "exit_code": report.exit_code,
        },
        "signups": {
            "seen": report.signups.seen,
            "names": list(report.signups.names),
            "default_names": report.signups.default_names,
            "right": report.signups.right,
            "troubled": dict(report.signups.troubled),
            "missing": report.signups.missing,
            "similar": dict(report.signups.similar),
        },
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
        "findings": [finding_members(finding, report.files) for finding in report.findings],
        "rejects": reject_members(report.rejects),
        "notes": report.notes,
    }
    if report.tracking_plan is not None:
        from auditor.reports.violations_json import result_members  # most runs have no tracking plan

        held["tracking_plan"] = result_members(report.tracking_plan)
    return held


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
    }


def reject_members(rejects: Iterable[tuple[str, int, int, str]]) -> list[dict[str, Any]]:
    """Rejects as programs read them: where each stands and why it is one."""
    return [{"file": file, "line": line, "offset": offset, "reason": reason} for file, line, offset, reason in rejects]


def finding_members(finding: Finding, files: list[str]) -> dict[str, Any]:
    """A finding as programs read it."""
    held = {
        "rule": finding.rule,
        "kind": finding.kind,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "key": {"name": finding.key[0], "value": finding.key[1]},
        "event": event_members(finding.event, files),
        "evidence": [{"role": role, **event_members(event, files)} for role, event in finding.evidence],
    }
    if finding.violation is not None:
        from auditor.reports.violations_json import violation_members

        held["violation"] = violation_members(finding.violation)
    return held


def event_members(event: Event, files: list[str]) -> dict[str, Any]:
    """An event as programs read it: where it stands, what it is, by whom."""
    return {
        "file": files[event.file],
        "line": event.line,
        "message_id": event.message_id,
        "type": event.type,
        "event": event.event,
        "timestamp": timestamp(event.t),
        "user_id": event.user_id,
        "anonymous_id": event.anonymous_id,
    }


def timestamp(milliseconds: int) -> str:
    """ISO-8601 in UTC with milliseconds."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
