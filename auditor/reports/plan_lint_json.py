"""The format ``json`` of `auditor plan lint`: one object, `auditor/plan-findings/1`."""

from typing import Any

from auditor.model.plan import Place
from auditor.model.plan_finding import PlanFinding, PlanReport
from auditor.reports.json import indented

SCHEMA = "auditor/plan-findings/1"


def render(report: PlanReport) -> str:
    """The report as one JSON object, indented, with a newline at the end."""
    return indented(document(report))


def document(report: PlanReport) -> dict[str, Any]:
    """The report as plain data; members mean what they mean in `auditor/findings/1`."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": report.version},
        "plan": {
            "file": report.file,
            "format": report.format,
            "name": report.name,
            "events": report.events,
            "versions": report.versions,
        },
        "summary": {
            "findings": {severity: report.count(severity) for severity in ("error", "warning", "info")},
            "ignored": report.ignored,
            "hidden": sum(rule.hidden for rule in report.rules),
            "exit_code": report.exit_code,
        },
        "rules": [
            {
                "id": rule.id,
                "severity": rule.severity,
                "status": rule.status,
                "candidates": rule.candidates,
                "findings": rule.findings,
                "hidden": rule.hidden,
                "reason": rule.reason,
            }
            for rule in report.rules
        ],
        "findings": [_finding(finding) for finding in report.findings],
        "notes": report.notes,
    }


def _finding(finding: PlanFinding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "kind": finding.kind,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "fix": finding.fix,
        "fingerprint": finding.fingerprint,
        "event": finding.event,
        "version": finding.version,
        "property": finding.property or None,
        "place": _place(finding.place),
        "others": [_place(place) for place in finding.others],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "pointer": place.pointer}
