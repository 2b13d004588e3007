"""The format ``gitlab``: a Code Quality report, which GitLab shows in merge requests.

A JSON array of objects with description, check_name, fingerprint, severity and location, as GitLab's manual names
them. GitLab drops entries whose fingerprint it has seen, so that of the n-th of one kind has its number in it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator

import msgspec

from auditor.model.finding import Report
from auditor.reports.lines import clean
from auditor.reports.view import PLAIN_VIEW, View

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The report as a JSON array."""
    seen: Counter[str] = Counter()
    separator = "["
    for finding in report.findings:
        seen[finding.fingerprint] += 1
        number = f"{finding.fingerprint} {seen[finding.fingerprint]}"
        held = {
            "description": clean(finding.message),
            "check_name": finding.rule,
            "fingerprint": hashlib.sha256(number.encode()).hexdigest()[:32],
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": clean(report.files[finding.event.file]), "lines": {"begin": finding.event.line}},
            "content": {"body": finding.fix},
            "categories": ["Bug Risk"],
        }
        yield f"{separator}\n  {msgspec.json.encode(held).decode()}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"
