"""Planned events whose names are one name in two spellings, or the same words in another order."""

from collections import defaultdict
from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import folded, named_events, words

OPTIONS: dict[str, str] = {}
SUBJECT = "event"
_SHORTEST = 2
"""Words of a name whose order can be another."""


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """One problem for each group, on the later of them; calls of different types are different things."""
    del options
    told: set[str] = set()
    for event_type in ("track", "page", "screen"):
        spelt: dict[str, list[PlannedEvent]] = defaultdict(list)
        ordered: dict[tuple[str, ...], list[PlannedEvent]] = defaultdict(list)
        for event in named_events(plan, (event_type,)):
            spelt[folded(event.label)].append(event)
            parts = words(event.label)
            if len(parts) >= _SHORTEST and len(set(parts)) == len(parts):
                ordered[tuple(sorted(parts))].append(event)
        for group in spelt.values():
            if len(group) > 1:
                told.update(event.label for event in group)
                yield _problem("spelling", group)
        for group in ordered.values():
            left = [event for event in group if event.label not in told]
            if len({words(event.label) for event in left}) > 1:
                yield _problem("order", left)


def _problem(kind: str, group: list[PlannedEvent]) -> Problem:
    last = group[-1]
    names = sorted(event.label for event in group)
    rest = [event for event in group if event is not last]
    fields = {"name": last.label, "others": listed(event.label for event in rest)}
    return Problem(last, kind=kind, fields=fields, trait=" ".join(names), others=tuple(rest))
