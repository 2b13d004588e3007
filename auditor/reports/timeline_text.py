"""`auditor timeline --format text`: events in order, page loads as bands on the left, findings in the margin.

Readable at 80 columns and without colour. Times are the sender's clock as the log has it, unless that clock is wrong.
"""

from collections.abc import Iterable, Iterator

from rich.text import Text

from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.timeline import Mark, Row, Timeline
from auditor.reports.json import timestamp
from auditor.reports.lines import (
    COLOURS,
    Line,
    clean,
    command,
    cut,
    label,
    location,
    many,
    printed,
    rejects,
    sized,
    wrapped,
)

_PAUSE = 30 * 60_000
"""A pause, ms, that gets a line of its own: the usual end of a session."""
_KEYS = {"user": "user", "device": "device", "anonymous": "anonymousId"}


def render(timeline: Timeline, *, width: int = 80, colour: bool = False) -> str:
    """The timeline as text of at most ``width`` columns."""
    return printed(_lines(timeline, width), width, colour)


def _lines(timeline: Timeline, width: int) -> Iterator[Line]:
    if timeline.rows:
        yield from _head(timeline, width)
        yield from _body(timeline, width)
        yield Text()
        yield from _findings(timeline, width)
    yield from rejects(timeline.rejected, timeline.records, timeline.rejects, width)
    if timeline.findings:
        yield from command(("rules show", timeline.findings[0].rule), (), width)


def _head(timeline: Timeline, width: int) -> Iterator[Line]:
    name, value = timeline.key
    yield from wrapped(f"{_KEYS[name]} {value}", width, style="bold")
    which = f"{'device' if len(timeline.devices) == 1 else 'devices'} {', '.join(map(str, timeline.devices))}"
    devices = f"{which} of {timeline.of_devices}" if timeline.devices else "no device, servers only"
    users = f"{'user' if len(timeline.users) == 1 else 'users'} {', '.join(timeline.users)}"
    said = f"{many(len(timeline.rows), 'event')}, {devices}, {users if timeline.users else 'no user'}"
    yield from wrapped(said, width)
    for device, behind in timeline.skewed:
        way = "behind" if behind > 0 else "ahead"
        yield from wrapped(
            f"the clock of device {device} is {sized(abs(behind))} {way}; its times are corrected", width
        )
    yield Text("> flagged   | page load   s server   ~ order not certain", style="dim")


def _body(timeline: Timeline, width: int) -> Iterator[Line]:
    paths = _paths(timeline.rows)
    skewed = {device for device, _ in timeline.skewed}
    several = len(timeline.devices) > 1
    opened: set[int] = set()
    day, load = "", None
    for row in timeline.rows:
        moment = timestamp(row.event.time if row.device in skewed else row.event.t)
        if moment[:10] != day:
            day = moment[:10]
            yield Text(day, style="bold")
        if row.gap is not None and row.gap >= _PAUSE:
            yield Text(f"       ... {sized(row.gap)} later", style="dim")
        if row.page_load is not None and row.page_load != load:
            yield from _band(row, row.page_load in opened, paths.get(row.page_load), several, width)
            opened.add(row.page_load)
        load = row.page_load if row.device is not None else load
        yield from _ids(row, several, width)
        yield _row(row, moment, timeline, width)


def _paths(rows: Iterable[Row]) -> dict[int, str]:
    """The path of each page load, by its page call."""
    found: dict[int, str] = {}
    for row in rows:
        if row.page_load is not None and row.event.type == "page" and row.event.path:
            found.setdefault(row.page_load, row.event.path)
    return found


def _band(row: Row, again: bool, path: str | None, several: bool, width: int) -> Iterator[Line]:
    device = f", device {row.device}" if several else ""
    said = f"page load {row.page_load}{device}{' goes on' if again else f': {path}' if path else ' (no page call)'}"
    yield from wrapped(f"+-- {said}", width, "   ", hanging="       ", style="dim")


def _ids(row: Row, several: bool, width: int) -> Iterator[Line]:
    """A line before the first event of a device, and before one with other ids than the one before."""
    whose = f"device {row.device}: " if several else ""
    if row.event.after_reset:
        yield from wrapped(f"{whose}reset was called here, as the ids show", width, "     ", hanging="       ")
    if row.first and row.changes:
        said = ", ".join(
            f"{change.name} {change.after}" if change.after else f"no {change.name}" for change in row.changes
        )
    elif row.changes:
        said = ", ".join(
            f"{change.name} {change.before or 'none'} -> {change.after or 'none'}" for change in row.changes
        )
    else:
        return
    yield from wrapped(f"{whose}{said}", width, "     ", hanging="       ", style="cyan")


def _row(row: Row, moment: str, timeline: Timeline, width: int) -> Line:
    event = row.event
    flagged = any(mark.role is None for mark in row.marks)
    band = "s" if row.device is None else "|" if row.page_load is not None else " "
    gap = "" if row.gap is None else f"{'' if row.sure else '~'}{'-' if row.gap < 0 else '+'}{sized(abs(row.gap))}"
    left = f" {'>' if flagged else ' '} {band} {moment[11:23]} {gap:>9}  {event.type:<8} "
    margin = "  ".join(f"[{mark.finding + 1}]{f' {mark.role}' if mark.role else ''}" for mark in row.marks)
    room = max(width - len(left) - len(margin) - 2, 8)
    line = Text(left, style="bold" if flagged else "")
    line.append(cut(clean(_label(event, row)), room))
    if margin:
        line.append(" " * (width - len(line) - len(margin)))
        line.append(clean(margin), style=_style(row.marks, timeline))
    line.rstrip()
    return line


def _label(event: Event, row: Row) -> str:
    times = f" (received {row.copies + 1} times)" if row.copies else ""
    lost = f" ({event.delivery})" if event.delivery not in (None, "ok") else ""
    return f"{label(event)}{times}{lost}"


def _style(marks: Iterable[Mark], timeline: Timeline) -> str:
    flagged = [timeline.findings[mark.finding].severity for mark in marks if mark.role is None]
    return COLOURS[flagged[0]] if flagged else "cyan"


def _findings(timeline: Timeline, width: int) -> Iterator[Line]:
    if not timeline.findings:
        yield Text("no finding touches this timeline", style="bold green")
        return
    for number, finding in enumerate(timeline.findings, 1):
        title = Text(f"[{number}] {finding.severity}", style=COLOURS[finding.severity])
        title.append(f"[{finding.rule}]", style="bold")
        yield title
        yield from wrapped(finding.message, width, "    ")
        for role, event in _elsewhere(finding, timeline):
            where = location(event, timeline.files, timeline.entry(event))
            said = f"{role}: {event.type} {label(event)}, {event.side}, {where}"
            yield from wrapped(f"not on this timeline: {said}", width, "    ", hanging="         ")
        yield from wrapped(f"fix: {finding.fix}", width, "    ", hanging="         ", style="green")


def _elsewhere(finding: Finding, timeline: Timeline) -> Iterator[tuple[str, Event]]:
    """What a finding is about, and is not on the timeline that is shown."""
    shown = {id(row.event) for row in timeline.rows}
    for role, event in (("flagged", finding.event), *finding.evidence):
        if id(event) not in shown:
            yield role, event
