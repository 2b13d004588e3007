"""A plan as a Markdown page for people: each event with a table of its properties."""

import re
from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent, Property, properties
from auditor.plans.describing import constraints, kind, named, unsaid
from auditor.plans.writers.losses import Losses

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")
_CALLS = {
    "track": "Track events",
    "page": "Pages",
    "screen": "Screens",
    "identify": "Users (identify)",
    "group": "Groups (group)",
    "common": "What every call must be",
}


def render(plan: Plan) -> tuple[str, list[str]]:
    """The plan as Markdown, and what it cannot hold."""
    losses = Losses()
    lines = list(_lines(plan, losses))
    losses.members(f"{key} of the plan" for key in plan.extra)
    for part in plan.invalid:
        losses.add(f"the invalid {part.file}{part.pointer}", part.event)
    return "\n".join(lines) + "\n", losses.lines()


def _lines(plan: Plan, losses: Losses) -> Iterator[str]:
    yield f"# {_text(plan.name)}"
    if plan.description:
        yield ""
        yield _text(plan.description)
    words = {"allow": "allowed", "forbid": "forbidden"}
    for what, policy in (("events", plan.unplanned.events), ("properties", plan.unplanned.properties)):
        if policy is not None:
            yield ""
            yield f"{what.capitalize()} that are not planned are {words[policy]}."
    for call, title in _CALLS.items():
        events = [event for event in plan.events if event.type == call]
        if events:
            yield ""
            yield f"## {title}"
            for event in events:
                yield from _event(event, losses)


def _event(event: PlannedEvent, losses: Losses) -> Iterator[str]:
    if event.name is not None or event.version is not None:
        yield ""
        version = f" (version {_text(event.version)})" if event.version is not None else ""
        yield f"### {_text(event.name or event.type)}{version}"
    if event.description:
        yield ""
        yield _text(event.description)
    labels = [f"{key}: {value}" for key, value in (event.labels or {}).items()]
    about = (
        ("status", [event.status] if event.status else []), ("owners", event.owners),
        ("tags", event.tags), ("labels", labels),
    )  # fmt: skip
    said = "; ".join(f"{what}: {', '.join(map(str, words))}" for what, words in about if words)
    if said:
        yield ""
        yield _text(said)
    found = list(properties(event))
    if found:
        yield ""
        yield "| Name | Type | Required | Constraints | Description |"
        yield "|---|---|---|---|---|"
        yield from (_row(one, found) for one in found)
    for one in found:
        for keyword in unsaid(one.schema):
            losses.add(f"{keyword} in {named(one)}", event.label)
    losses.members(_beside(event), event.label)


def _beside(event: PlannedEvent) -> Iterator[str]:
    """What an event says that is no property of it."""
    for keyword in event.schema.keys() - {"$schema", "type", "properties", "required", "title", "$id", "id"}:
        yield f"{keyword} of the schema"
    held = event.schema.get("properties")
    for section, schema in held.items() if isinstance(held, dict) else ():
        for keyword in unsaid(schema):
            yield f"{keyword} in {section}"
    yield from (key for key in event.extra if key != "version_is_text")


def _row(one: Property, found: list[Property]) -> str:
    sections = {other.section for other in found}
    name = named(one) if len(sections) == 1 else f"{one.section}.{named(one)}"
    described = one.schema.get("description", "") if isinstance(one.schema, dict) else ""
    cells = (
        f"`{name.replace('`', '')}`".replace("|", "\\|"),
        _text(kind(one.schema)),
        "yes" if one.required else "",
        _text("; ".join(constraints(one.schema))),
        _text(str(described)),
    )
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
