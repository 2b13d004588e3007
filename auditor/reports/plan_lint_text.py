"""The format ``text`` of `auditor plan lint`: one block for each rule and kind, the severest first."""

import re
from collections.abc import Iterator

from rich.text import Text

from auditor.model.finding import SEVERITIES
from auditor.model.plan import Place
from auditor.model.plan_finding import PlanFinding, PlanReport
from auditor.reports.lines import COLOURS, Line, command, many, printed, wrapped

_EXAMPLES = 5
_SENTENCE = re.compile(r"(?<=[.?!])\s")


def render(report: PlanReport, *, width: int = 80, colour: bool = False) -> str:
    """The report as text of at most ``width`` columns."""
    return printed(_lines(report, width), width, colour)


def _lines(report: PlanReport, width: int) -> Iterator[Line]:
    for group in _groups(report.findings):
        yield from _group(report, group, width)
        yield Text()
    yield from _summary(report, width)
    if report.findings:
        yield from command(("rules", "show", _groups(report.findings)[0][0].rule), (), width)


def _groups(findings: list[PlanFinding]) -> list[list[PlanFinding]]:
    held: dict[tuple[str, str | None, str], list[PlanFinding]] = {}
    for finding in findings:
        held.setdefault((finding.rule, finding.kind, finding.severity), []).append(finding)
    return sorted(held.values(), key=lambda group: (-SEVERITIES.index(group[0].severity), -len(group), group[0].rule))


def _group(report: PlanReport, group: list[PlanFinding], width: int) -> Iterator[Line]:
    first = group[0]
    title = Text(first.severity, style=COLOURS[first.severity])
    title.append(f"[{first.rule}]", style="bold")
    if len(group) > 1:
        title.append(f"  x{len(group)}", style="bold")
    yield title
    for finding in group[:_EXAMPLES]:
        yield from wrapped(f"{place(finding.place)}: {finding.message}", width, "  ", hanging="    ")
    if len(group) > _EXAMPLES:
        yield Text(f"  and {len(group) - _EXAMPLES} more like these (--format json has them all)", style="dim")
    why = _SENTENCE.split(next(rule.why for rule in report.rules if rule.id == first.rule), maxsplit=1)[0]
    yield from wrapped(f"why: {why}", width, "  ", hanging="       ", style="dim")
    for fix in list(dict.fromkeys(finding.fix for finding in group))[:1]:
        yield from wrapped(f"fix: {fix}", width, "  ", hanging="       ", style="green")


def place(where: Place) -> str:
    """``file:line``, or the file and a JSON pointer where there are no lines."""
    if where.line is not None:
        return f"{where.file}:{where.line}"
    return f"{where.file}#{where.pointer}" if where.pointer else where.file


def _summary(report: PlanReport, width: int) -> Iterator[Line]:
    counts = {severity: report.count(severity) for severity in reversed(SEVERITIES)}
    worst = next((severity for severity, count in counts.items() if count), None)
    said = ", ".join(
        many(count, severity if severity != "info" else "info finding") for severity, count in counts.items()
    )
    extra = f", {report.ignored} ignored" if report.ignored else ""
    evaluated = sum(rule.status != "not-evaluated" for rule in report.rules)
    yield from wrapped(
        f"{many(evaluated, 'rule')}, {many(report.events, 'event')} planned ({report.format}): {said}{extra}",
        width,
        style=COLOURS[worst] if worst else "bold green",
    )
    reasons: dict[str, list[str]] = {}
    for rule in report.rules:
        if rule.status == "not-evaluated":
            reasons.setdefault(rule.reason or "", []).append(rule.id)
    for reason, names in reasons.items():
        yield from wrapped(f"not evaluated: {', '.join(names)} ({reason})", width, hanging="  ", style="dim")
    hidden = [f"{rule.id} ({rule.hidden})" for rule in report.rules if rule.hidden]
    if hidden:
        said = f"hidden, being of less confidence than asked for: {', '.join(hidden)} (--min-confidence low shows them)"
        yield from wrapped(said, width, hanging="  ", style="dim")
    for note in report.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")
