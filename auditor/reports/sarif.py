"""The format ``sarif``: SARIF 2.1.0, for code scanning. The sections named here are those of the OASIS standard.

All rules are listed, found or not (3.19.23). A result is one finding; its ``codeFlows`` (3.27.18) are its events in
order of time; ``partialFingerprints`` (3.27.17) survive the next capture; accepted findings stand there with their
``suppressions`` (3.35); rejected records are notifications of the tool (3.58).
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from auditor.model.event import Event
from auditor.model.finding import Finding, Report, RuleResult
from auditor.reports.json import timestamp
from auditor.reports.lines import clean, cut, label
from auditor.reports.links import address
from auditor.reports.steps import steps
from auditor.reports.view import PLAIN_VIEW, View

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The report as one run of a log file."""
    index = {rule.id: number for number, rule in enumerate(report.rules)}
    yield f'{{\n"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n'
    for name, value in _about(report).items():
        yield f'"{name}": {_json(value)},\n'
    separator = '"results": [\n'
    for place, finding in enumerate(report.findings):
        yield separator + _json(_result(report, finding, index, place))
        separator = ",\n"
    for one in report.suppressed:
        result = _result(report, one.finding, index, None)
        accepted = {"kind": "external", "status": "accepted", "justification": clean(one.reason or one.kind)}
        yield separator + _json({**result, "suppressions": [accepted]})
        separator = ",\n"
    yield ('"results": [' if separator.startswith('"') else "\n") + "]\n}]\n}\n"


def _about(report: Report) -> dict[str, Any]:
    driver = {
        "name": "auditor",
        "version": report.version,
        "semanticVersion": report.version,
        "shortDescription": {"text": "The linter for analytics tracking."},
        "rules": [_rule(rule) for rule in report.rules],
    }
    notes = [_note(reason, _place(file, line)) for file, line, _, reason in report.rejects]
    notes += [_note(note) for note in report.notes]
    return {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "artifacts": [{"location": {"uri": _uri(file)}} for file in report.files],
        "invocations": [
            {"executionSuccessful": True, "exitCode": report.exit_code, "toolExecutionNotifications": notes}
        ],
    }


def _note(text: str, place: dict[str, Any] | None = None) -> dict[str, Any]:
    held: dict[str, Any] = {"level": "note", "message": {"text": clean(text)}}
    return held if place is None else {**held, "level": "warning", "locations": [{"physicalLocation": place}]}


def _rule(rule: RuleResult) -> dict[str, Any]:
    page = address(rule.id)
    return {
        "id": rule.id,
        **({"helpUri": page} if page else {}),
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": rule.fix or rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": list(rule.tags), "status": rule.status, "candidates": rule.candidates},
    }


def _result(report: Report, finding: Finding, index: dict[str, int], place: int | None) -> dict[str, Any]:
    message = f"{clean(finding.message)} Fix: {clean(finding.fix)}"
    cause = None if place is None else report.causes.get(place)
    properties = {"confidence": finding.confidence, "kind": finding.kind}
    if cause is not None:
        properties["followsFrom"] = report.findings[cause].rule
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": message},
        "locations": [{"physicalLocation": _physical(report, finding.event)}],
        "partialFingerprints": {"auditor/v1": finding.fingerprint},
        "codeFlows": [{"threadFlows": [{"locations": _flow(report, finding, place)}]}],
        "properties": properties,
    }


def _flow(report: Report, finding: Finding, place: int | None) -> list[dict[str, Any]]:
    """The evidence and the flagged event in order of time."""
    before = None if place is None else report.around.get(place)
    return [
        {
            "location": {"physicalLocation": _physical(report, event), "message": {"text": _step(event, role)}},
            "executionOrder": number,
            "executionTimeUtc": timestamp(event.t),
            "importance": "essential" if event is finding.event else "important",
        }
        for number, (event, role) in enumerate(steps(finding, before), 1)
    ]


def _step(event: Event, role: str) -> str:
    return clean(cut(f"{event.type} {label(event)}".rstrip(), 200)) + f" ({role or 'before'})"


def _physical(report: Report, event: Event) -> dict[str, Any]:
    return _place(report.files[event.file], event.line)


def _place(file: str, line: int) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": line}}


def _uri(file: str) -> str:
    """A file's name as a URI reference (RFC 3986)."""
    return quote(file.replace("\\", "/"), safe="/!~", errors="replace") if file != "-" else "stdin"


def _json(held: Any) -> str:
    return msgspec.json.encode(held).decode()
