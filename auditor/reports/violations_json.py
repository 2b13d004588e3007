"""Violations of the tracking plan in the format ``json``: additions to ``auditor/findings/1``."""

from typing import Any

from auditor.model.violation import PlanResult, Violation, ViolationGroup
from auditor.reports.json import timestamp


def result_members(result: PlanResult) -> dict[str, Any]:
    """What became of the plan, with the violations by event, property and kind."""
    return {
        "name": result.name,
        "format": result.format,
        "events": result.events,
        "invalid": result.invalid,
        "violations": [_group(group) for group in result.violations],
    }


def violation_members(violation: Violation) -> dict[str, Any]:
    """One violation, with what the vendors that validate plans call it."""
    return {
        "property": violation.place or None,
        "keyword": violation.keyword or None,
        "rudderstack": violation.rudderstack,
        "segment": violation.segment,
        "segment_type": violation.segment_type,
    }


def _group(group: ViolationGroup) -> dict[str, Any]:
    violation = group.violation
    return {
        "type": group.type,
        "event": violation.label,
        "kind": violation.kind,
        **violation_members(violation),
        "description": violation.words,
        "severity": group.severity,
        "fingerprint": group.fingerprint,
        "count": group.count,
        "calls": group.calls,
        "share": round(group.share, 4),
        "first": timestamp(group.first),
        "last": timestamp(group.last),
        "app_versions": dict(group.app_versions),
        "libraries": dict(group.libraries),
    }

