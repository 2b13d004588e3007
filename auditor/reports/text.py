"""The format ``text``: for people in a terminal, a pipe or a CI log; readable at 80 columns and without colour.

First the answer (what became of the signups), then one block for each group of findings of one fingerprint: what is
wrong, the events around it as a small timeline, why it matters and what to change; last what was and was not checked.
"""

import io
import re
import textwrap
from collections.abc import Iterator
from itertools import islice

from rich.console import Console
from rich.text import Text

from auditor.model.event import Event
from auditor.model.finding import ONLY_FOR, SEVERITIES, Finding, Report, RuleResult, Signups
from auditor.reports.json import timestamp

_COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_EXAMPLES = 3
_REJECTS = 5
_IDLE = 9
"""Rules without candidates that are named."""
_SENTENCE = re.compile(r"(?<=[.?!])\s")

Line = Text


def render(report: Report, *, width: int = 80, colour: bool = False) -> str:
    """The report as text of at most ``width`` columns."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False
    )
    for line in _lines(report, width):
        console.print(line, soft_wrap=True, end="\n")
    return out.getvalue()


def _lines(report: Report, width: int) -> Iterator[Line]:
    if report.events:
        yield from _wrapped(_answer(report.signups), width, style="bold")
        yield Text()
    for group in _groups(report.findings):
        yield from _group(report, group, width)
        yield Text()
    yield from _summary(report, width)


def _answer(signups: Signups) -> str:
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


def _groups(findings: list[Finding]) -> list[list[tuple[int, Finding]]]:
    """Findings of one fingerprint together: the severest first, then the largest, then the earliest."""
    held: dict[str, list[tuple[int, Finding]]] = {}
    for index, finding in enumerate(findings):
        held.setdefault(finding.fingerprint, []).append((index, finding))
    return sorted(held.values(), key=lambda group: (-SEVERITIES.index(group[0][1].severity), -len(group), group[0][0]))


def _group(report: Report, group: list[tuple[int, Finding]], width: int) -> Iterator[Line]:
    index, finding = group[0]
    result = next(rule for rule in report.rules if rule.id == finding.rule)
    title = Text(finding.severity, style=_COLOURS[finding.severity])
    title.append(f"[{finding.rule}]", style="bold")
    if len(group) > 1:
        title.append(f"  x{len(group)}", style="bold")
    if finding.confidence != "high":
        title.append(f"  ({finding.confidence} confidence)", style="dim")
    yield title
    yield from _wrapped(finding.message, width, "  ")
    yield from _timeline(report, finding, report.around.get(index), width)
    why = _SENTENCE.split(result.why, maxsplit=1)[0]
    if why:
        yield from _wrapped(f"why: {why}", width, "  ", hanging="       ", style="dim")
    yield from _wrapped(f"fix: {finding.fix}", width, "  ", hanging="       ", style="green")
    for _, other in islice(group, 1, _EXAMPLES):
        yield from _wrapped(f"also {_place(report, other.event)}: {other.message}", width, "  ", hanging="       ")
    if len(group) > _EXAMPLES:
        yield Text(f"  and {len(group) - _EXAMPLES} more like these", style="dim")
    if result.candidates > 1:
        yield Text(f"  {result.findings} of {result.candidates} {_looked_at(result)}", style="dim")


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
    yield from _wrapped(f"{_place(report, flagged)}  {timestamp(flagged.t)[:10]}  {head}", width, "  ", hanging="    ")
    rows = [(flagged, "<- here"), *((event, f"<- {role}") for role, event in finding.evidence)]
    if before is not None:
        rows.append((before, ""))
    for event, said in sorted(rows, key=lambda row: (row[0].time, row[0] is flagged, row[0].t)):
        mark = ">" if event is flagged else " "
        side = f" ({event.side})" if event.side != flagged.side else ""
        left = f"  {mark} {timestamp(event.t)[11:23]} {_offset(flagged, event):>9}  {event.type:<8} "
        room = max(width - len(left) - len(said) - len(side) - 2, 8)
        row = Text(left, style="bold" if event is flagged else "")
        row.append(_cut(_clean(_label(event)), room) + side)
        if said:
            row.append(f"  {said}", style="red" if event is flagged else "cyan")
        yield row


def _offset(flagged: Event, event: Event) -> str:
    if event is flagged:
        return "0"
    same = event.lane is not None and event.lane == flagged.lane
    gap = event.t - flagged.t if same else event.time - flagged.time
    sign, size = ("-" if gap < 0 else "+"), abs(gap)
    if size < 1000:
        return f"{sign}{size} ms"
    if size < 600_000:
        return f"{sign}{size / 1000:.1f} s"
    if size < 2 * 86_400_000:
        return f"{sign}{size // 60_000} min"
    return f"{sign}{size // 86_400_000} days"


def _label(event: Event) -> str:
    if event.type == "identify":
        return event.user_id or "(no userId)"
    if event.type == "group":
        return event.group_id or "(no groupId)"
    if event.type == "alias":
        return f"{event.user_id} <- {event.previous_id}"
    if event.type == "track":
        return event.event or "(no name)"
    return event.path or event.name or ""


def _place(report: Report, event: Event) -> str:
    return f"{report.files[event.file]}:{event.line}"


def _summary(report: Report, width: int) -> Iterator[Line]:
    counts = {severity: report.count(severity) for severity in reversed(SEVERITIES)}
    worst = next((severity for severity, count in counts.items() if count), None)
    said = ", ".join(
        _many(count, severity if severity != "info" else "info finding") for severity, count in counts.items()
    )
    evaluated = sum(1 for rule in report.rules if rule.status != "not-evaluated")
    extra = f", {report.ignored} ignored" if report.ignored else ""
    yield from _wrapped(
        f"{_many(evaluated, 'rule')}, {_many(report.events, 'event')}, {_many(report.devices, 'device')}, "
        f"{_many(report.users, 'user')}, {_many(len(report.files), 'file')}: {said}{extra}",
        width,
        style=_COLOURS[worst] if worst else "bold green",
    )
    if not report.events:
        yield from _wrapped("nothing was checked: no events were read", width, style="bold red")
    yield from _rejects(report, width)
    if report.events:
        yield from _not_checked(report, width)
    for one in report.adjustments:
        what = f"{one.rule} ({one.kind})" if one.kind is not None else one.rule
        by = f"the destination{'s' if len(one.destinations) > 1 else ''} {', '.join(one.destinations)}"
        said = f"{what} is off, because of {by}" if one.severity == "off" else f"{what} is {one.severity} for {by}"
        yield from _wrapped(f"{said} (else {one.default})", width, hanging="  ", style="dim")
    for note in report.notes:
        yield from _wrapped(f"note: {note}", width, hanging="  ")
    if report.findings:
        first = _groups(report.findings)[0][0][1].rule
        yield Text(f"next: auditor rules show {first}", style="bold")


def _not_checked(report: Report, width: int) -> Iterator[Line]:
    """What the log gave a rule no chance to say."""
    idle = [rule.id for rule in report.rules if rule.status == "no-candidates"]
    if idle:
        named = f": {', '.join(idle)}" if len(idle) <= _IDLE else f" for {len(idle)} rules (--format json names them)"
        said = f"nothing to look at{' for' if len(idle) <= _IDLE else ''}{named}"
        yield from _wrapped(said, width, hanging="  ", style="dim")
    reasons: dict[str, list[str]] = {}
    for rule in report.rules:
        if rule.status == "not-evaluated":
            reason = rule.reason or ""
            reasons.setdefault("for other destinations" if reason.startswith(ONLY_FOR) else reason, []).append(rule.id)
    for reason, names in reasons.items():
        yield from _wrapped(f"not evaluated: {', '.join(names)} ({reason})", width, hanging="  ", style="dim")
    for rule in report.rules:
        if rule.tolerated:
            said = f"{rule.id}: {rule.tolerated} of {rule.candidates} are so, which it tolerates"
            yield from _wrapped(f"tolerated, and so not reported: {said}", width, hanging="  ", style="dim")
    hidden = [f"{rule.id} ({rule.hidden})" for rule in report.rules if rule.hidden]
    if hidden:
        said = f"hidden, being of less confidence than asked for: {', '.join(hidden)} (--min-confidence low shows them)"
        yield from _wrapped(said, width, hanging="  ", style="dim")
    unsure = [f"{rule.id} ({rule.unsure})" for rule in report.rules if rule.unsure]
    if unsure:
        yield from _wrapped(f"unsure, and so not reported: {', '.join(unsure)}", width, hanging="  ", style="dim")


def _rejects(report: Report, width: int) -> Iterator[Line]:
    if not report.rejected:
        return
    yield from _wrapped(
        f"rejected: {report.rejected} of {_many(report.records, 'record')} could not be read"
        " (--rejects FILE writes them out)",
        width,
        hanging="  ",
        style="bold yellow",
    )
    for file, line, offset, reason in report.rejects[:_REJECTS]:
        yield from _wrapped(f"{file}:{line} (byte {offset}): {reason}", width, "  ", hanging="    ")
    if report.rejected > _REJECTS:
        yield Text(f"  and {report.rejected - _REJECTS} more")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _wrapped(text: str, width: int, indent: str = "", *, hanging: str | None = None, style: str = "") -> Iterator[Line]:
    rows = textwrap.wrap(
        _clean(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for row in rows:
        yield Text(row, style=style)


def _clean(text: str) -> str:
    """Text with nothing that a terminal would obey: it comes from people's browsers."""
    return _UNSAFE.sub("\ufffd", text)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 3]}..."
