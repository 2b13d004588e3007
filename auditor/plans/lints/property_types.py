"""One property that different events plan with different types."""

from collections import defaultdict
from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans.lints.nodes import types_of
from auditor.plans.lints.problem import Options, Problem
from auditor.plans.lints.words import named_properties

OPTIONS: dict[str, str] = {}
SUBJECT = "property"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """One problem for each name, on an event of its rarest type; integers are numbers, and null goes with any type."""
    del options
    for (section, name), places in named_properties(plan).items():
        by_type: dict[str, list[PlannedEvent]] = defaultdict(list)
        alike: dict[str, frozenset[str]] = {}
        for event, one in places:
            types = frozenset("number" if each == "integer" else each for each in types_of(one.schema)) - {"null"}
            if types:
                by_type[" or ".join(sorted(types))].append(event)
                alike[" or ".join(sorted(types))] = types
        apart = [said for said in by_type if not any(alike[said] & alike[other] for other in by_type if other != said)]
        if len(by_type) < 2 or not apart:
            continue
        said = sorted(by_type, key=lambda word: (-len(by_type[word]), word))
        rarest = next(word for word in reversed(said) if word in apart)
        parts = [f"{word} in {_named(by_type[word])}" for word in said]
        fields = {"name": name, "types": ", ".join(parts)}
        first, *others = by_type[rarest]
        yield Problem(first, (section.removeprefix("group "), name), None, fields, " ".join(sorted(by_type)), None,
                      tuple(others))  # fmt: skip


def _named(events: list[PlannedEvent]) -> str:
    return f'"{events[0].label}"' if len(events) == 1 else f"{len(events)} events"
