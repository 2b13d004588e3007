"""Properties that are one name in two spellings, in one event or over the plan."""

from collections import defaultdict
from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import folded, named_properties

OPTIONS: dict[str, str] = {}
SUBJECT = "property"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """One problem for each group of spellings: on an event that has two of them, else on the rarer spelling."""
    del options
    spelt: dict[tuple[str, str], dict[str, list[PlannedEvent]]] = defaultdict(dict)
    for (section, name), places in named_properties(plan).items():
        spelt[section, folded(name)][name] = [event for event, _ in places]
    for (section, _), names in spelt.items():
        if len(names) < 2:
            continue
        by_event: dict[int, list[str]] = defaultdict(list)
        events: dict[int, PlannedEvent] = {}
        for name, holders in names.items():
            for event in holders:
                by_event[id(event)].append(name)
                events[id(event)] = event
        both = [key for key, held in by_event.items() if len(held) > 1]
        common, *rare = sorted(names, key=lambda name: (-len(names[name]), name))
        trait = " ".join(sorted(names))
        if both:
            one = events[both[0]]
            held = by_event[both[0]]
            fields = {"names": listed(held), "count": str(len(both))}
            where = (_key(section), held[-1])
            yield Problem(one, where, "one-event", fields, trait, others=tuple(events[key] for key in both[1:]))
            continue
        holders = [event for name in rare for event in names[name]]
        fields = {
            "names": listed(rare),
            "common": common,
            "rare_count": _events(len(holders)),
            "common_count": _events(len(names[common])),
        }
        where = (_key(section), rare[0])
        yield Problem(holders[0], where, "over-events", fields, trait, others=tuple(holders[1:]))


def _key(section: str) -> str:
    return section.removeprefix("group ")


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"
