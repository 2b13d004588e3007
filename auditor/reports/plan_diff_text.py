"""The format ``text`` of `auditor plan diff`: what a log says of the change first, then the changes by event."""

from collections.abc import Iterator

from rich.text import Text

from auditor.model.plan_diff import Change, PlanDiff, Replay
from auditor.reports.lines import Line, many, printed, wrapped

_WAYS = 10
_EVENTS = 40


def render(diff: PlanDiff, *, width: int = 80, colour: bool = False) -> str:
    """The difference as text of at most ``width`` columns."""
    return printed(_lines(diff, width), width, colour)


def _lines(diff: PlanDiff, width: int) -> Iterator[Line]:
    if diff.replay is not None:
        yield from _replay(diff.replay, width)
        yield Text()
    by_event: dict[tuple[str, str], list[Change]] = {}
    for change in diff.changes:
        by_event.setdefault((change.type, change.event), []).append(change)
    order = sorted(by_event.values(), key=lambda held: not any(change.breaking for change in held))
    for held in order[:_EVENTS]:
        yield from _event(held, width)
    if len(order) > _EVENTS:
        yield Text(f"and {many(len(order) - _EVENTS, 'event')} more (--format json has them all)", style="dim")
    if diff.changes:
        yield Text()
    harmless = len(diff.changes) - diff.breaking
    said = f"{many(diff.breaking, 'breaking change')}, {harmless:,} harmless"
    if not diff.changes:
        said = "no difference in what is planned"
    yield from wrapped(said, width, style="bold red" if diff.breaking else "bold green")
    for note in diff.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")


def _event(changes: list[Change], width: int) -> Iterator[Line]:
    first = changes[0]
    call = "" if first.type in ("track", first.event) else f" ({first.type})"
    yield Text(f"{first.event}{call}", style="bold")
    for change in sorted(changes, key=lambda each: not each.breaking):
        mark = "breaking" if change.breaking else "harmless"
        where = f"{change.property} " if change.property else ""
        style = "red" if change.breaking else ""
        yield from wrapped(f"{mark}  {where}{change.text}", width, "  ", hanging="            ", style=style)


def _replay(replay: Replay, width: int) -> Iterator[Line]:
    said = f"{replay.starting:,} of {many(replay.events, 'recorded event')} would start to violate"
    yield from wrapped(said, width, style="bold red" if replay.starting else "bold green")
    for (call, name), (count, total) in replay.by_event.items():
        yield from wrapped(f"{name if call == 'track' else f'{call} {name}'}: {count:,} of {total:,}", width, "  ")
        ways = [one for one in replay.started if (one.type, one.event) == (call, name)]
        for one in ways[:_WAYS]:
            where = f"{one.property} " if one.property else ""
            at = ", ".join(f"{file}:{line}" for file, line in one.examples)
            text = f"{one.count:,}x {one.kind}: {where}{one.words} ({at})"
            yield from wrapped(text, width, "    ", hanging="      ")
        if len(ways) > _WAYS:
            yield Text(f"    and {len(ways) - _WAYS} more ways (--format json has them all)", style="dim")
    more = [
        f"{replay.stopping:,} would stop to" if replay.stopping else "",
        f"{replay.violating:,} violate both" if replay.violating else "",
    ]
    if any(more):
        yield from wrapped("; ".join(part for part in more if part), width, "  ", style="dim")
