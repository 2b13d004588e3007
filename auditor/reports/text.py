"""The format ``text``: for people in a terminal, a pipe or a CI log; readable at 80 columns and without colour.

First the answer (what became of the signups), then one block for each group of findings of one fingerprint: what is
wrong, the events around it as a small timeline, why it matters and what to change; last what was and was not checked.
"""

import re
from collections.abc import Iterator

from rich.text import Text

from auditor.model.event import Event
from auditor.model.finding import (
    IGNORED,
    NO_PLAN,
    NOT_SELECTED,
    ONLY_FOR,
    SEVERITIES,
    Finding,
    Report,
    RuleResult,
    Signups,
)
from auditor.reports.grouping import Group, groups
from auditor.reports.json import timestamp
from auditor.reports.lines import (
    COLOURS,
    Line,
    clean,
    command,
    counted,
    cut,
    label,
    location,
    many,
    printed,
    rejects,
    sized,
    wrapped,
)
from auditor.reports.links import address, linked
from auditor.reports.steps import steps
from auditor.reports.view import PLAIN_VIEW, View

_EXAMPLES = 3
_FOLLOWING = 5
_WHOLE = 100
"""Up to so many findings every group is shown whole; of more, the first few are, and the rest in a line or two each."""
_FIRST, _IN_A_LINE = 3, 10
_NAMED = 3
"""Rules that are named; of more, their number is given."""
_CERTAIN = "for certain destinations only"
_SENTENCE = re.compile(r"(?<=[.?!])\s")


def render(report: Report, view: View = PLAIN_VIEW) -> Iterator[str]:
    """The report as text, no wider than the view; only a word that is longer than a line stays whole."""
    lines = _lines(report, view)
    if view.links:
        lines = linked(lines, report.files)
    yield printed(lines, view.width, view.colour)


def _lines(report: Report, view: View) -> Iterator[Line]:
    width = view.width
    if report.events:
        yield from wrapped(answer(report.signups), width, style="bold")
        yield Text()
    found = groups(report)
    whole = len(found) if len(report.findings) <= _WHOLE else _FIRST
    for group in found[:whole]:
        yield from _group(report, group, view)
        yield Text()
    for group in found[whole : whole + _IN_A_LINE]:
        yield from wrapped(_in_a_line(report, group), width, hanging="  ", style=COLOURS[group.first.severity])
    if len(found) > whole + _IN_A_LINE:
        left = found[whole + _IN_A_LINE :]
        said = f"and {sum(len(group.places) for group in left):,} findings of {len(left)} kinds more"
        yield Text(f"{said} (--format json has all)", style="dim")
    if len(found) > whole:
        yield Text()
    yield from _summary(report, width)
    yield from _next(found, width, list(view.again))


def answer(signups: Signups) -> str:
    """What became of the signups, in a sentence."""
    if not signups.seen:
        said = "signups: none seen"
        if signups.similar:
            names = ", ".join(f'"{name}" ({count})' for name, count in signups.similar)
            said += f" under the names in signup_events; did you mean {names}? Set it in auditor.yml: "
            return said + f"params: {{signup_events: [{signups.similar[0][0]}]}}"
        missing = f"; {signups.missing} missing" if signups.missing else ""
        return said + missing
    names = ", ".join(f'"{name}"' for name in signups.names)
    by = "by default names" if signups.default_names else "as configured"
    parts = [f"{signups.right} right", *(f"{count} {said}" for said, count in signups.troubled)]
    if signups.missing:
        parts.append(f"{signups.missing} more missing")
    return f"signups: {signups.seen} seen ({names}, {by}): {', '.join(parts)}"


def _group(report: Report, group: Group, view: View) -> Iterator[Line]:
    finding, width = group.first, view.width
    result = next(rule for rule in report.rules if rule.id == finding.rule)
    title = Text(finding.severity, style=COLOURS[finding.severity])
    title.append(f"[{finding.rule}]", style="bold")
    if len(group.places) > 1:
        title.append(f"  x{len(group.places):,}", style="bold")
    if finding.confidence != "high":
        title.append(f"  ({finding.confidence} confidence)", style="dim")
    yield title
    yield from wrapped(finding.message, width, "  ")
    yield from _timeline(report, finding, report.around.get(group.places[0]), width)
    if finding.violation is not None:
        yield from _concerned(report, finding, width)
    why = _SENTENCE.split(result.why, maxsplit=1)[0]
    if why:
        yield from wrapped(f"why: {why}", width, "  ", hanging="       ", style="dim")
    yield from wrapped(f"fix: {finding.fix}", width, "  ", hanging="       ", style="green")
    if not view.links and (page := address(finding.rule)):
        yield Text(f"  see: {page}")
    alike = finding.violation is not None  # who is concerned has been said
    for place in group.places[1 : 1 if alike else _EXAMPLES]:
        other = report.findings[place]
        yield from wrapped(f"also {_place(report, other.event)}: {other.message}", width, "  ", hanging="       ")
    if len(group.places) > _EXAMPLES and not alike:
        yield Text(f"  and {len(group.places) - _EXAMPLES:,} more like these", style="dim")
    yield from _consequences(report, group, width)
    if result.candidates > 1 and not alike:
        yield Text(f"  {result.findings} of {result.candidates} {_looked_at(result)}", style="dim")


def _consequences(report: Report, group: Group, width: int) -> Iterator[Line]:
    """What else is found because of it, or about the same events: once for each fingerprint."""
    if group.consequences:
        yield Text("  part of the same problem:")
    for other in group.consequences[:_FOLLOWING]:
        yield from wrapped(_in_a_line(report, other), width, "    ", hanging="      ")
        if other.first.fix != group.first.fix:
            yield from wrapped(f"fix: {other.first.fix}", width, "      ", hanging="           ", style="green")
    if len(group.consequences) > _FOLLOWING:
        yield Text(f"    and {len(group.consequences) - _FOLLOWING} kinds more", style="dim")


def _in_a_line(report: Report, group: Group) -> str:
    finding = group.first
    times = f" x{len(group.places)}" if len(group.places) > 1 else ""
    return f"{finding.severity}[{finding.rule}]{times} {_place(report, finding.event)}: {finding.message}"


def _concerned(report: Report, finding: Finding, width: int) -> Iterator[Line]:
    """Of a violation of the tracking plan: how many calls make it, when, and what sent them."""
    from auditor.reports.violations_text import concerned  # most runs have no tracking plan

    groups = report.tracking_plan.violations if report.tracking_plan is not None else ()
    for group in groups:
        if group.fingerprint == finding.fingerprint:
            yield from wrapped(concerned(group), width, "  ", hanging="    ")


def _looked_at(result: RuleResult) -> str:
    unsure = f", {result.unsure} unsure" if result.unsure else ""
    return f"events that this rule looks at{unsure}"


def _timeline(report: Report, finding: Finding, before: Event | None, width: int) -> Iterator[Line]:
    flagged = finding.event
    library = " ".join(part for part in (flagged.library, flagged.version) if part)
    who = f"{finding.key[0]} {finding.key[1]}" if finding.key[0] not in ("event", "messageId") else ""
    if finding.key[0] == "lane":
        who = f"anonymousId {finding.key[1]}"
    head = ", ".join(part for part in (flagged.side, library, who) if part)
    yield from wrapped(f"{_place(report, flagged)}  {timestamp(flagged.t)[:10]}  {head}", width, "  ", hanging="    ")
    for event, role in steps(finding, before):
        said = f"<- {role}" if role else ""
        mark = ">" if event is flagged else " "
        side = f" ({event.side})" if event.side != flagged.side else ""
        left = f"  {mark} {timestamp(event.t)[11:23]} {_offset(flagged, event):>9}  {event.type:<8} "
        room = max(width - len(left) - len(said) - len(side) - 2, 8)
        row = Text(left, style="bold" if event is flagged else "")
        row.append(cut(clean(label(event)), room) + side)
        if said:
            row.append(f"  {said}", style="red" if event is flagged else "cyan")
        yield row


def _offset(flagged: Event, event: Event) -> str:
    if event is flagged:
        return "0"
    same = event.lane is not None and event.lane == flagged.lane
    gap = event.t - flagged.t if same else event.time - flagged.time
    return f"{'-' if gap < 0 else '+'}{sized(abs(gap))}"


def _place(report: Report, event: Event) -> str:
    return location(event, report.files, report.entry(event))


def _summary(report: Report, width: int) -> Iterator[Line]:
    worst = next((severity for severity in reversed(SEVERITIES) if report.count(severity)), None)
    said = counted(report)
    if report.causes:
        said += f", which are {many(len(report.findings) - len(report.causes), 'problem')}"
    evaluated = sum(1 for rule in report.rules if rule.status != "not-evaluated")
    extra = f", {report.ignored} ignored" if report.ignored else ""
    extra += f", {report.baselined} in the baseline" if report.baselined else ""
    yield from wrapped(
        f"{many(evaluated, 'rule')}, {many(report.events, 'event')}, {many(report.devices, 'device')}, "
        f"{many(report.users, 'user')}, {many(len(report.files), 'file')}: {said}{extra}",
        width,
        style=COLOURS[worst] if worst else "bold green",
    )
    if not report.events:
        yield from wrapped("nothing was checked: no events were read", width, style="bold red")
    yield from rejects(report.rejected, report.records, report.rejects, width)
    if report.events:
        yield from _not_checked(report, width)
    for one in report.adjustments:
        what = f"{one.rule} ({one.kind})" if one.kind is not None else one.rule
        by = f"the destination{'s' if len(one.destinations) > 1 else ''} {', '.join(one.destinations)}"
        said = f"{what} is off, because of {by}" if one.severity == "off" else f"{what} is {one.severity} for {by}"
        yield from wrapped(f"{said} (else {one.default})", width, hanging="  ", style="dim")
    for note in report.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")


def _next(found: list[Group], width: int, again: list[str]) -> Iterator[Line]:
    """The commands to type next: the rule explained, and what else happened on the first finding's timeline."""
    if not found:
        return
    finding = found[0].first
    yield from command(("rules show", finding.rule), (), width)
    event = finding.event
    by_server = any(other.lane is None for _, other in finding.evidence)
    if event.user_id is not None and by_server:  # a device's timeline would not show the server's part in it
        yield from command(("timeline", "--user", event.user_id), again or ["LOG..."], width)
    elif event.lane is not None and event.anonymous_id is not None:
        yield from command(("timeline", "--device", event.anonymous_id), again or ["LOG..."], width)
    elif event.user_id is not None:
        yield from command(("timeline", "--user", event.user_id), again or ["LOG..."], width)


def _not_checked(report: Report, width: int) -> Iterator[Line]:
    """What the log gave a rule no chance to say."""
    if parts := [*_idle(report), *_not_run(report)]:
        said = f"{'; '.join(parts)}; auditor events LOG says why"
        yield from wrapped(said, width, hanging="  ", style="dim")
    for rule in report.rules:
        if rule.tolerated:
            said = f"{rule.id}: {rule.tolerated} of {rule.candidates} are so, which it tolerates"
            yield from wrapped(f"tolerated, and so not reported: {said}", width, hanging="  ", style="dim")
    hidden = [f"{rule.id} ({rule.hidden})" for rule in report.rules if rule.hidden]
    if hidden:
        said = f"hidden, being of less confidence than asked for: {', '.join(hidden)} (--min-confidence low shows them)"
        yield from wrapped(said, width, hanging="  ", style="dim")
    unsure = [f"{rule.id} ({rule.unsure})" for rule in report.rules if rule.unsure]
    if unsure:
        yield from wrapped(f"unsure, and so not reported: {', '.join(unsure)}", width, hanging="  ", style="dim")


def _idle(report: Report) -> Iterator[str]:
    """The rules that found no event of their kind."""
    idle = [rule.id for rule in report.rules if rule.status == "no-candidates"]
    if idle:
        yield f"nothing to look at for {_few(idle)}"


def _not_run(report: Report) -> Iterator[str]:
    """The rules that did not run, and why; of those that nobody asked for, nothing need be said each time."""
    reasons: dict[str, list[str]] = {}
    for rule in report.rules:
        reason = rule.reason or ""
        if rule.status == "not-evaluated" and reason not in (NO_PLAN, NOT_SELECTED, IGNORED):
            reasons.setdefault(_CERTAIN if reason.startswith(ONLY_FOR) else reason, []).append(rule.id)
    if reasons:
        yield f"not run: {', '.join(f'{_few(names)} ({reason})' for reason, names in reasons.items())}"


def _few(rules: list[str]) -> str:
    return ", ".join(rules) if len(rules) <= _NAMED else f"{len(rules)} rules"
