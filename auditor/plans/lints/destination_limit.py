"""Names and numbers that a destination in use refuses, renames or cuts off."""

import re
from collections.abc import Iterator
from typing import Any

from auditor.model.plan import Plan, PlannedEvent, properties
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import named_events

OPTIONS = {"profiles": "profiles"}
SUBJECT = "event"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge each planned event by the limits of each destination."""
    for profile in options.profiles:
        for event in named_events(plan):
            if why := _refused(event.label, profile.event_names):
                fields = {"name": event.label, "why": why, "destination": profile.title}
                yield Problem(event, (), "event-name", fields, trait=profile.name)
            if profile.properties is not None:
                yield from _properties(event, profile)


def _properties(event: PlannedEvent, profile: Any) -> Iterator[Problem]:
    top = [one.path[0] for one in properties(event) if one.section == "properties" and len(one.path) == 1]
    most = profile.properties.most
    if most is not None and len(top) > most:
        fields = {"event": event.label, "count": str(len(top)), "most": str(most), "destination": profile.title}
        yield Problem(event, ("properties",), "too-many", fields, trait=profile.name)
    bad = {name: why for name in top if (why := _refused(name, profile.properties))}
    for why in dict.fromkeys(bad.values()):
        names = [name for name, said in bad.items() if said == why]
        fields = {"names": listed(names), "why": why, "destination": profile.title}
        yield Problem(event, ("properties", names[0]), "property-name", fields, trait=f"{profile.name} {names}")


def _refused(name: str, limits: Any) -> str:
    """Why a name is refused, or nothing."""
    if limits is None:
        return ""
    prefix = next((each for each in limits.reserved_prefixes if name.startswith(each)), None)
    if prefix is not None:
        return f'names that begin with "{prefix}" are its own'
    if name in limits.reserved:
        return "the name is its own"
    if limits.max_length is not None and len(name) > limits.max_length:
        return f"it takes {limits.max_length} characters"
    if limits.pattern and not re.search(limits.pattern, name):
        return limits.pattern_words or f"names match {limits.pattern}"
    return ""
