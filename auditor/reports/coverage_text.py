"""`auditor plan check --format text`: a table of the plan's events and properties, and of what it does not have."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from auditor.model.coverage import Coverage, EventCoverage, PropertyCoverage
from auditor.reports.lines import Line, clean, cut, many, printed, rejects, wrapped
from auditor.reports.violations_text import percent

_UNPLANNED, _NAMES, _VALUES = 40, 5, 6
"""Rows, and names in a row, that are shown; ``--format json`` has all."""


def render(coverage: Coverage, failed: Sequence[str], *, width: int = 80, colour: bool = False) -> str:
    """The coverage as text of at most ``width`` columns. ``failed`` are sentences about thresholds."""
    return printed(_lines(coverage, failed, width), width, colour)


def _lines(coverage: Coverage, failed: Sequence[str], width: int) -> Iterator[Line]:
    yield from wrapped(
        f"{coverage.seen} of {many(len(coverage.events), 'planned event')} seen ({_percent(coverage.percent)}), "
        f"{_percent(coverage.properties_percent)} of the planned properties of those; {many(coverage.calls, 'call')}, "
        f"plan {coverage.plan}",
        width,
        style="bold",
    )
    if coverage.calls:
        missing = [event for event in coverage.events if not event.calls]
        if missing:
            yield Text()
            yield Text("planned, never seen", style="bold")
            for event in missing:
                yield _row(f"{event.type:<8} {event.label}", "", width)
        yield from _seen([event for event in coverage.events if event.calls], width)
        yield from _unplanned(coverage, width)
    yield from rejects(coverage.rejected, coverage.records, coverage.rejects, width)
    for sentence in failed:
        yield from wrapped(sentence, width, hanging="  ", style="bold red")


def _seen(events: Sequence[EventCoverage], width: int) -> Iterator[Line]:
    if not events:
        return
    yield Text()
    yield _row("planned and seen", f"{'calls':>9} {'seen':>10} {'null':>10}", width, style="bold")
    for event in events:
        yield _row(f"{event.type:<8} {event.label}", f"{event.calls:>9,} {'':>10} {'':>10}", width)
        for held in event.properties:
            yield from _property(held, width)
        if event.unplanned:
            named = [f"{name} ({count:,})" for name, count in list(event.unplanned.items())[:_NAMES]]
            more = ", ..." if len(event.unplanned) > _NAMES else ""
            yield from wrapped(f"not in the plan: {', '.join(named)}{more}", width, "    ", hanging="      ")


def _property(held: PropertyCoverage, width: int) -> Iterator[Line]:
    seen = "-" if held.share is None else percent(held.share)
    null = "-" if held.null_share is None else percent(held.null_share)
    mark = " (required)" if held.required else ""
    style = "red" if held.required and held.share not in (None, 1) else "yellow" if not held.seen else ""
    place = held.place.removeprefix("properties.")
    yield _row(f"    {place}{mark}", f"{'':>9} {seen:>10} {null:>10}", width, style=style)
    if held.unseen_values and held.seen:
        shown = ", ".join(held.unseen_values[:_VALUES]) + (", ..." if len(held.unseen_values) > _VALUES else "")
        yield from wrapped(f"values never seen: {shown}", width, "      ", hanging="        ", style="yellow")


def _unplanned(coverage: Coverage, width: int) -> Iterator[Line]:
    if not coverage.unplanned:
        return
    yield Text()
    yield _row("seen, never planned", f"{'calls':>9}", width, style="bold")
    for event in coverage.unplanned[:_UNPLANNED]:
        hint = f"  did you mean {event.meant}?" if event.meant else ""
        yield _row(f"{event.type:<8} {event.name}{hint}", f"{event.calls:>9,}", width)
    if len(coverage.unplanned) > _UNPLANNED:
        yield Text(f"  and {len(coverage.unplanned) - _UNPLANNED} more (--format json names all)")


def _percent(value: float) -> str:
    return percent(value / 100)


def _row(left: str, right: str, width: int, style: str = "") -> Line:
    room = width - len(right) - 3
    return Text(f"  {cut(clean(left), room):<{room}} {right}".rstrip(), style=style)
