"""`auditor plan show --format text`: what was read of a tracking plan, or all that it says of some events."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from auditor.model.plan import Plan, PlannedEvent, properties
from auditor.plans.describing import constraints, kind, named
from auditor.reports.lines import Line, clean, command, cut, many, printed, wrapped

TITLES = {
    "segment-v1": "Segment Protocols, Config API (V1)",
    "segment-v2": "Segment Protocols, Public API (V2)",
    "segment-csv": "Segment Protocols, CSV",
    "rudderstack-yaml-v0.1": "RudderStack, YAML v0.1",
    "rudderstack-yaml-v1": "RudderStack, YAML v1",
    "rudderstack-json": "RudderStack, JSON",
    "avo-json": "Avo, JSON",
    "avo-csv": "Avo, CSV",
    "auditor": "Auditor's YAML",
}
"""The formats in words."""

_INVALID = 20
"""Invalid parts that are shown; ``--format json`` has all."""
_FILES = 3


def render(
    plan: Plan, *, width: int = 80, colour: bool = False, again: str = "", events: Iterable[PlannedEvent] = ()
) -> str:
    """The plan as text of at most ``width`` columns, or some of its events in full. ``again`` names it in a command."""
    chosen = list(events)
    lines = _in_full(chosen, plan, width) if chosen else _lines(plan, width, again)
    return printed(lines, width, colour)


def _lines(plan: Plan, width: int, again: str) -> Iterator[Line]:
    yield from wrapped(f"{plan.name} ({TITLES[plan.format]})", width, style="bold")
    if plan.description:
        yield from wrapped(plan.description, width, "  ")
    yield from wrapped(_counted(plan), width)
    yield from _policy(plan, width)
    yield from wrapped(_files(plan), width, hanging="  ", style="dim")
    yield from _events(plan, width)
    yield from _invalid(plan, width)
    for note in plan.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")
    yield Text()
    yield from command(("check", "--plan", again or "PLAN"), ["LOG..."], width)


def _counted(plan: Plan) -> str:
    events = plan.distinct
    versions = sum(len(held) for held in events.values())
    more = f" in {many(versions, 'version')}" if versions != len(events) else ""
    planned, traits = len(plan.names("properties")), len(plan.names("traits"))
    named = f"{planned:,} {'property' if planned == 1 else 'properties'}"
    return f"{many(len(events), 'event')}{more}, {named}, {many(traits, 'trait')}"


def _policy(plan: Plan, width: int) -> Iterator[Line]:
    words = {"allow": "allowed", "forbid": "forbidden"}
    for what, said in (("events", plan.unplanned.events), ("properties", plan.unplanned.properties)):
        if said is not None:
            yield from wrapped(f"{what} that are not planned: {words[said]}", width)


def _files(plan: Plan) -> str:
    rest = len(plan.files) - _FILES
    return ", ".join(plan.files[:_FILES]) + (f" and {rest} more" if rest > 0 else "")


def _events(plan: Plan, width: int) -> Iterator[Line]:
    if not plan.events:
        return
    yield Text()
    yield _row("call      event", "planned  required", width, "bold")
    for event in plan.events:
        found = list(properties(event))
        required = sum(1 for one in found if one.required)
        version = f"  v{event.version}" if event.version not in (None, "1") else ""
        status = f"  ({event.status})" if event.status else ""
        yield _row(f"{event.type:<8}  {event.name or ''}{version}{status}", f"{len(found):>7}  {required:>8}", width)


def _row(text: str, said: str, width: int, style: str = "") -> Line:
    room = max(min(width, 100) - len(said) - 1, 10)
    return Text(f"{cut(clean(text), room):<{room}} {said}", style=style)


def _invalid(plan: Plan, width: int) -> Iterator[Line]:
    if not plan.invalid:
        return
    yield Text()
    yield from wrapped(
        f"invalid: {many(len(plan.invalid), 'part')} of the plan; kept, and no constraint", width, style="bold yellow"
    )
    for part in plan.invalid[:_INVALID]:
        where = f"{part.file}:{part.line}" if part.line is not None else part.file
        of = f"{part.event}: " if part.event is not None else ""
        yield from wrapped(f"{where}: {of}{part.reason} (at {part.pointer or '/'})", width, "  ", hanging="    ")
    if len(plan.invalid) > _INVALID:
        yield Text(f"  and {len(plan.invalid) - _INVALID} more (--format json has all)", style="dim")


# --- Events in full -----------------------------------------------------------------------------------------


def _in_full(events: list[PlannedEvent], plan: Plan, width: int) -> Iterator[Line]:
    for number, event in enumerate(events):
        if number:
            yield Text()
        version = f", version {event.version}" if event.version is not None else ""
        name = f' "{event.name}"' if event.name else ""
        yield from wrapped(f"{event.type}{name}{version}", width, style="bold")
        for text in filter(None, (event.description, _about(event))):
            yield from wrapped(text, width, "  ")
        yield from _properties(event, width)
        where = f"{event.place.file}:{event.place.line}" if event.place.line else event.place.file
        yield from wrapped(f"{where} ({event.place.pointer or '/'})", width, "  ", style="dim")
        for part in plan.invalid:
            if part.event == event.label:
                yield from wrapped(f"invalid: {part.reason} (at {part.pointer})", width, "  ", hanging="    ")


def _about(event: PlannedEvent) -> str:
    labels = [f"{key}: {value}" for key, value in (event.labels or {}).items()]
    held = (
        ("status", [event.status] if event.status else []),
        ("owners", event.owners),
        ("tags", event.tags),
        ("labels", labels),
    )
    return "; ".join(f"{what}: {', '.join(map(str, words))}" for what, words in held if words)


def _properties(event: PlannedEvent, width: int) -> Iterator[Line]:
    section = ""
    for found in properties(event):
        if found.section != section:
            section = found.section
            yield Text(f"  {section}", style="bold")
        words = [kind(found.schema) + (", required" if found.required else ""), *constraints(found.schema)]
        described = found.schema.get("description") if isinstance(found.schema, dict) else None
        text = f"{named(found)}: {'; '.join(words)}" + (f". {described}" if described else "")
        yield from wrapped(text, width, "    ", hanging="      ")
