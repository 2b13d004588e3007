"""The format ``junit``: one test case for each rule, valid by the schemas of Ant's and of Jenkins' JUnit reports.

A rule fails with findings at or above ``--fail-on``; findings below that are told in the output. A rule that was not
evaluated, or had nothing to look at, is skipped: no green over nothing.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from auditor.model.finding import Finding, Report, RuleResult, fails
from auditor.reports.lines import clean, inert, location, many
from auditor.reports.view import PLAIN_VIEW, View

_SHOWN = 20
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The report as one suite."""
    held: dict[str, list[Finding]] = {rule.id: [] for rule in report.rules}
    for finding in report.findings:
        held[finding.rule].append(finding)
    failing = {name: [f for f in found if fails(f.severity, report.fail_on)] for name, found in held.items()}
    skipped = [rule for rule in report.rules if _why_skipped(rule) and not held[rule.id]]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    yield (
        f'<testsuite name="auditor" package="auditor" id="0" hostname="localhost" timestamp="{report.day}T00:00:00"'
        f' tests="{len(report.rules)}" failures="{sum(1 for found in failing.values() if found)}" errors="0"'
        f' skipped="{len(skipped)}" time="0">\n'
    )
    yield "  <properties>\n"
    for name, value in (("version", report.version), ("events", report.events), ("files", len(report.files))):
        yield f'    <property name="{name}" value="{value}"/>\n'
    yield "  </properties>\n"
    for rule in report.rules:
        yield from _case(report, rule, failing[rule.id], held[rule.id])
    yield "  <system-out>"
    below = [finding for found in held.values() for finding in found if not fails(finding.severity, report.fail_on)]
    yield from (_text(f"{_said(report, finding)}\n") for finding in below[:_SHOWN])
    if len(below) > _SHOWN:
        yield f"and {len(below) - _SHOWN} more\n"
    yield "</system-out>\n  <system-err>"
    yield from (_text(f"{file}:{line}: {reason}\n") for file, line, _, reason in report.rejects)
    yield "</system-err>\n</testsuite>\n</testsuites>\n"


def _case(report: Report, rule: RuleResult, failing: list[Finding], found: list[Finding]) -> Iterator[str]:
    begin = f'  <testcase name={_attribute(rule.id)} classname="auditor" time="0"'
    why = _why_skipped(rule)
    if failing:
        said = f"{many(len(failing), 'finding')}: {failing[0].message}"
        yield f'{begin}>\n    <failure type="{failing[0].severity}" message={_attribute(said)}>'
        yield from (_text(f"{_said(report, finding)}\n") for finding in failing[:_SHOWN])
        if len(failing) > _SHOWN:
            yield f"and {len(failing) - _SHOWN} more\n"
        yield _text(f"fix: {failing[0].fix}") + "</failure>\n  </testcase>\n"
    elif why and not found:
        yield f"{begin}>\n    <skipped message={_attribute(why)}/>\n  </testcase>\n"
    else:
        yield f"{begin}/>\n"


def _why_skipped(rule: RuleResult) -> str:
    if rule.status == "not-evaluated":
        return f"not evaluated: {rule.reason}"
    return "nothing to look at" if rule.status == "no-candidates" else ""


def _said(report: Report, finding: Finding) -> str:
    place = location(finding.event, report.files, report.entry(finding.event))
    return f"{place}: {finding.severity}[{finding.rule}] {clean(finding.message)}"


def _text(text: str) -> str:
    return inert("\n".join(escape(_xml(line)) for line in text.split("\n")))


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", clean(text))
