"""The text of `auditor funnel`: the answer, what was lost and why, then the steps; readable at 80 columns."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from auditor.model.funnel import Example, Funnel, Group, Invariant, Loss, Step
from auditor.reports.json import timestamp
from auditor.reports.lines import Line, clean, command, cut, label, many, printed, rejects, sized, wrapped

_EXAMPLES = 2
_GROUPS = 20


def render(funnel: Funnel, *, width: int = 80, colour: bool = False, again: Iterable[str] = ()) -> str:
    """The funnel as text of at most ``width`` columns. ``again`` are the words that name the log in another command."""
    return printed(_lines(funnel, width, list(again)), width, colour)


def _lines(funnel: Funnel, width: int, again: list[str]) -> Iterator[Line]:
    if not funnel.events:
        yield from wrapped("no events were read, so there is no funnel", width, style="bold red")
        yield from rejects(funnel.rejected, funnel.records, funnel.rejects, width)
        return
    for said in answer(funnel):
        yield from wrapped(said, width, hanging="  ", style="bold")
    for one in funnel.invariants:
        yield from wrapped(f"cannot be: {one.message}", width, hanging="  ", style="bold red")
    yield from _causes(funnel, width)
    yield Text()
    yield from _steps(funnel, width)
    if funnel.truth is not None:
        from auditor.reports.truth_text import truth_lines

        yield Text()
        yield from truth_lines(funnel.truth, width)
    if funnel.groups:
        yield Text()
        yield from _groups(funnel, width)
    for loss in funnel.losses:
        yield Text()
        yield from _loss(funnel, loss, width)
    for broken in funnel.invariants:
        yield Text()
        yield from _invariant(broken, width)
    yield Text()
    yield from _summary(funnel, width)
    yield from _next(funnel, width, again)


def answer(funnel: Funnel) -> Iterator[str]:
    """The signups and the conversion, as measured and as they were, in a sentence each."""
    signups, conversion = funnel.signups, funnel.conversion
    if not signups.measured and not signups.actual and not signups.uncertain:
        said = "signups: none seen"
        if funnel.similar:
            names = ", ".join(f'"{name}" ({count})' for name, count in funnel.similar)
            said += f" under the names in signup_events; did you mean {names}? Set it in auditor.yml: "
            said += f"params: {{signup_events: [{funnel.similar[0][0]}]}}"
        yield said
        return
    extra = f", {signups.extra} more than there were" if signups.extra else ""
    added = signups.actual - signups.measured + signups.extra
    lost = f", {added} of them not measured" if added else ""
    unsure = f"; of {signups.uncertain} the log cannot say" if signups.uncertain else ""
    yield f"signups: {signups.measured} measured{extra}, {signups.actual} really{lost}{unsure}"
    if conversion.corrected is not None:
        yield (
            f"conversion: {_share(conversion.measured)} measured, {_share(conversion.corrected)} corrected "
            f"(95 %: {_share(conversion.low)} to {_share(conversion.high)}), of {many(conversion.visitors, 'visitor')}"
        )


def _causes(funnel: Funnel, width: int) -> Iterator[Line]:
    """The table "lost because of"."""
    if not funnel.losses:
        if funnel.signups.actual:
            yield from wrapped("lost by tracking: nobody that the log shows", width, style="green")
        return
    yield Text()
    room = max(min(width - 38, 56), 24)
    yield Text(f"{'lost because of':<{room}} people  rule", style="bold")
    for loss in funnel.losses:
        mark = "*" if loss.counted else " " if loss.proved else "?"
        row = Text(f"{cut(loss.label, room):<{room}} {loss.people:>6}{mark} ", style="" if loss.counted else "bold")
        row.append(loss.rule or "-", style="cyan")
        yield row
    if any(loss.counted for loss in funnel.losses):
        yield Text("  * their signup is measured all the same", style="dim")
    if any(not loss.proved for loss in funnel.losses):
        yield Text("  ? nothing but the lost request shows the signup: not added", style="dim")


def _steps(funnel: Funnel, width: int) -> Iterator[Line]:
    names = max(len(step.name) for step in funnel.steps)
    head = f"{'step':<{names}} people devices  of last   median      p95  left  lost"
    yield Text(cut(head, width), style="bold")
    for step in funnel.steps:
        if not step.shown:
            said = f"{step.name:<{names}} not shown: {step.reason}"
            yield from wrapped(said, width, hanging=" " * (names + 1), style="dim")
            continue
        yield Text(
            f"{clean(step.name):<{names}} {step.people:>6,} {step.devices:>7,} {_share(step.conversion):>8} "
            f"{_time(step.median):>8} {_time(step.p95):>8} {step.left:>5,} {step.lost:>5,}"
        )
    for step in funnel.steps:
        yield from _about(step, width)


def _about(step: Step, width: int) -> Iterator[Line]:
    if step.shown and step.skipped:
        yield from wrapped(
            f"{step.name}: {many(step.skipped, 'person') if step.skipped == 1 else f'{step.skipped:,} people'} "
            "took a later step without it", width, "  ", hanging="    ", style="dim",
        )  # fmt: skip
    if step.shown and step.note:
        yield from wrapped(f"{step.name}: {step.note}", width, "  ", hanging="    ", style="dim")


def _groups(funnel: Funnel, width: int) -> Iterator[Line]:
    names = min(max([len(group.value) for group in funnel.groups[:_GROUPS]] + [len(funnel.by or "")]), width - 50)
    head = f"{cut(funnel.by or '', names):<{names}}  visitors measured  really  lost  measured  corrected"
    yield Text(head, style="bold")
    for group in funnel.groups[:_GROUPS]:
        yield Text(_group(group, names))
    if len(funnel.groups) > _GROUPS:
        yield Text(f"  and {len(funnel.groups) - _GROUPS} more values (--format csv has all)", style="dim")


def _group(group: Group, names: int) -> str:
    conversion, signups = group.conversion, group.signups
    return (
        f"{cut(clean(group.value), names):<{names}}  {conversion.visitors:>8,} {signups.measured:>8,} "
        f"{signups.actual:>7,} {group.lost:>5,}  {_share(conversion.measured):>8}  {_share(conversion.corrected):>9}"
    )


def _loss(funnel: Funnel, loss: Loss, width: int) -> Iterator[Line]:
    title = Text(loss.cause, style="bold yellow")
    title.append(f"  x{loss.people}", style="bold")
    title.append(f"  missing from: {loss.step}" if not loss.counted else f"  at: {loss.step}", style="dim")
    yield title
    for example in loss.examples[:_EXAMPLES]:
        yield from _example(funnel, example, width)
    if loss.fix:
        yield from wrapped(f"fix: {loss.fix}", width, "  ", hanging="       ", style="green")


def _example(funnel: Funnel, example: Example, width: int) -> Iterator[Line]:
    yield from wrapped(f"{example.key[0]} {example.key[1]}: {example.why}", width, "  ", hanging="    ")
    for role, event in example.events:
        left = f"    {timestamp(event.time)[11:23]}  {event.type:<8} "
        side = f" ({event.side})" if event.side == "server" else ""
        place = f"{funnel.files[event.file]}:{event.line}"
        room = max(width - len(left) - len(side) - len(role) - 5, 8)
        row = Text(left)
        row.append(cut(clean(label(event)), room) + side)
        row.append(f"  <- {role}", style="cyan")
        if len(row) + len(place) + 2 <= width:
            row.append(f"  {place}", style="dim")
        yield row


def _invariant(one: Invariant, width: int) -> Iterator[Line]:
    title = Text("cannot be", style="bold red")
    title.append(f"  {one.name}  x{one.people}", style="bold")
    yield title
    yield from wrapped(one.message, width, "  ")
    for example in one.examples[:_EXAMPLES]:
        yield from wrapped(f"{example.key[0]} {example.key[1]}: {example.why}", width, "  ", hanging="    ")


def _summary(funnel: Funnel, width: int) -> Iterator[Line]:
    people = f"{funnel.people:,} people" if funnel.people != 1 else "1 person"
    said = f"{many(funnel.events, 'event')}, {many(len(funnel.files), 'file')}: {people}"
    if funnel.returning:
        said += f"; {funnel.returning:,} with an older account, who are not followed past the first step"
    if funnel.uncertain:
        said += f"; {many(funnel.uncertain, 'visit')} on shared devices uncertain, counted for nobody"
    yield from wrapped(said, width, hanging="  ")
    for assumption in funnel.conversion.assumptions:
        yield from wrapped(f"assumed: {assumption}", width, hanging="  ", style="dim")
    yield from rejects(funnel.rejected, funnel.records, funnel.rejects, width)
    for note in funnel.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")


def _next(funnel: Funnel, width: int, again: Sequence[str]) -> Iterator[Line]:
    loss = next((loss for loss in funnel.losses if loss.rule is not None), None)
    if loss is not None and loss.rule is not None:
        yield from command(("rules show", loss.rule), (), width)
    example = next((loss.examples[0] for loss in funnel.losses if loss.examples and loss.examples[0].events), None)
    if example is not None:
        yield from command(("timeline", f"--{example.key[0]}", example.key[1]), again or ["LOG..."], width)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _time(span: int | None) -> str:
    return "-" if span is None else sized(span)
