"""The format ``markdown``: a comment for a pull request or a job's summary, below the 65,536 characters GitHub takes.

Everything that comes from a log is written in entities where Markdown, HTML, a mention or a link could hide in it.
"""

import re
from collections.abc import Iterator

from auditor.model.event import Event
from auditor.model.finding import SEVERITIES, Report
from auditor.reports.grouping import Group, groups
from auditor.reports.json import timestamp
from auditor.reports.lines import clean, counted, cut, label, location, many
from auditor.reports.steps import steps
from auditor.reports.text import answer
from auditor.reports.view import PLAIN_VIEW, View

_ROOM = 60_000
_MESSAGE = 400
_SHOWN = 3
_ICONS = {"error": "\u274c", "warning": "\u26a0\ufe0f", "info": "\u2139\ufe0f"}
_MEANT = re.compile(r"[\\`*_\[\]#!|<>~&@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The answer, a table of what was found, and for each kind an example as a timeline, as far as there is room."""
    held = groups(report)
    parts = [_head(report), *_table(report, held), *(_example(report, group) for group in held), _foot(report)]
    room = _ROOM - len(parts[-1])
    for number, part in enumerate(parts[:-1]):
        if len(part) > room:
            yield f"\n_{len(parts) - 1 - number} parts more than a comment can hold._\n"
            break
        room -= len(part)
        yield part
    yield parts[-1]


def _head(report: Report) -> str:
    icon = next((_ICONS[severity] for severity in reversed(SEVERITIES) if report.count(severity)), "\u2705")
    verdict = counted(report) if report.findings else "no mistakes found"
    said = f"## {icon} Auditor: {verdict}\n\n"
    return f"{said}{safe(answer(report.signups))}\n\n" if report.events else f"{said}Nothing was checked.\n\n"


def _table(report: Report, held: list[Group]) -> Iterator[str]:
    if held:
        yield "| | rule | found | first at | what |\n|---|---|---:|---|---|\n"
    for group in held:
        finding = group.first
        place = location(finding.event, report.files, report.entry(finding.event))
        more = "".join(f"<br>with it: `{other.first.rule}` x{len(other.places)}" for other in group.consequences)
        said = safe(cut(finding.message, _MESSAGE)) + more
        yield (f"| {_ICONS[finding.severity]} | `{finding.rule}` | {len(group.places):,} | {safe(place)} | {said} |\n")


def _example(report: Report, group: Group) -> str:
    finding = group.first
    title = f"{_ICONS[finding.severity]} <code>{finding.rule}</code>: how it came, and what to change"
    lines = [f"\n<details><summary>{title}</summary>\n\n| time | call | | |\n|---|---|---|---|\n"]
    for event, role in steps(finding, report.around.get(group.places[0])):
        said = f"**{role}**" if event is finding.event else safe(role)
        lines.append(f"| {timestamp(event.t)[11:23]} | {event.type} | {_label(event)} | {said} |\n")
    lines.append(f"\n**Fix:** {safe(finding.fix)}\n")
    for place in group.places[1:_SHOWN]:
        event = report.findings[place].event
        lines.append(f"\nalso {safe(location(event, report.files, report.entry(event)))}\n")
    if len(group.places) > _SHOWN:
        lines.append(f"\nand {len(group.places) - _SHOWN:,} more\n")
    for other in group.consequences:
        said = safe(cut(other.first.message, _MESSAGE))
        lines.append(f"\n**Part of the same problem:** `{other.first.rule}`: {said} {safe(other.first.fix)}\n")
    return "".join([*lines, "\n</details>\n"])


def _foot(report: Report) -> str:
    checked = sum(1 for rule in report.rules if rule.status != "not-evaluated")
    parts = [f"{many(checked, 'rule')}, {many(report.events, 'event')}, {many(report.devices, 'device')}"]
    if report.rejected:
        parts.append(f"{many(report.rejected, 'record')} could not be read")
    parts += [f"{report.ignored} ignored"] if report.ignored else []
    parts += [f"{report.baselined} in the baseline"] if report.baselined else []
    idle = [rule.id for rule in report.rules if rule.status != "evaluated"]
    if idle:
        parts.append(f"{many(len(idle), 'rule')} had nothing to look at or were not evaluated")
    return f"\n<sub>auditor {report.version}: {'; '.join(parts)}.</sub>\n"


def _label(event: Event) -> str:
    return safe(cut(label(event), 80))


def safe(text: str) -> str:
    """Text of which neither Markdown nor HTML makes anything: no markup, no link, no mention."""
    return _MEANT.sub(lambda match: f"&#{ord(match[0])};", clean(text))
