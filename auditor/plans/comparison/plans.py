"""Two plans compared, event by event and version by version."""

from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent
from auditor.model.plan_diff import Change
from auditor.plans.comparison.schemas import differences
from auditor.plans.lints.words import folded


def changes(old: Plan, new: Plan) -> list[Change]:
    """What is different in the new plan, in its order; what is gone comes last."""
    found: list[Change] = []
    before, after = _by_key(old), _by_key(new)
    gone = [key for key in before if key not in after]
    for key, versions in after.items():
        if key in before:
            found.extend(_versions(before[key], versions))
            continue
        event = versions[0]
        like = next((k for k in gone if k[0] == key[0] and k[1] and key[1] and folded(k[1]) == folded(key[1])), None)
        hint = f'; it may be "{like[1]}" by another name' if like is not None else ""
        found.append(_change("event-added", False, event, (), f"is planned anew{hint}"))
    for key in gone:
        found.append(_change("event-removed", True, before[key][0], (), "is no longer planned"))
    return found


def _by_key(plan: Plan) -> dict[tuple[str, str | None], list[PlannedEvent]]:
    found: dict[tuple[str, str | None], list[PlannedEvent]] = {}
    for event in plan.events:
        found.setdefault(event.key, []).append(event)
    return found


def _versions(before: list[PlannedEvent], after: list[PlannedEvent]) -> Iterator[Change]:
    """Versions of one number are compared; without any in common, those that hold for events without a version.

    Of several with one number the first holds.
    """
    old, new = _by_number(before), _by_number(after)
    shared = [number for number in new if number in old]
    pairs = [(old[number], new[number]) for number in shared] or [(before[0], after[0])]
    for one, other in pairs:
        yield from _events(one, other)
    told = {id(event) for pair in pairs for event in pair}
    for event in new.values():
        if id(event) not in told:
            yield _change("version-added", False, event, (), f"has a version {event.version or 'without number'} more")
    for event in old.values():
        if id(event) not in told:
            yield _change("version-removed", True, event, (), f"has no version {event.version or 'without number'} now")


def _by_number(versions: list[PlannedEvent]) -> dict[str | None, PlannedEvent]:
    found: dict[str | None, PlannedEvent] = {}
    for event in versions:
        found.setdefault(event.version, event)
    return found


def _events(old: PlannedEvent, new: PlannedEvent) -> Iterator[Change]:
    if (old.description or "") != (new.description or ""):
        yield _change("description", False, new, (), "is described otherwise")
    if old.status != new.status:
        yield _change("status", False, new, (), f"was {old.status or 'active'} and is {new.status or 'active'}")
    for kind, breaking, way, text in differences(old.schema, new.schema):
        yield _change(kind, breaking, new, way, text)


def _change(kind: str, breaking: bool, event: PlannedEvent, way: tuple[str, ...], text: str) -> Change:
    return Change(kind, breaking, event.label, event.type, ".".join(way), text, event.place)
