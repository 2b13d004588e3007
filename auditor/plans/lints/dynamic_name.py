"""Names that hold a value: made anew for each user, day or item, so that no plan can list them all."""

import re
from collections import defaultdict
from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import named_events, named_properties

OPTIONS = {"series": "value"}
SUBJECT = "event"
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\$\{.*?\}|<%.*?%>|%[sd](?!\w)|\{\w+\}|<\w+>|\[\[.*?\]\]")
_VALUES = {
    "a date": re.compile(r"(?<!\d)(?:19|20)\d\d[-_/. ]?(?:0[1-9]|1[0-2])[-_/. ]?(?:0[1-9]|[12]\d|3[01])(?!\d)"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}"),
    "a UUID": re.compile(r"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "a long number": re.compile(r"\d{6,}"),
    "an address": re.compile(r"https?://\S"),
}
_NUMBER = re.compile(r"\d+")


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Placeholders and values in names of events and properties; and names that differ in a number only."""
    events = list(named_events(plan, ("track", "page", "screen")))
    for event in events:
        yield from _in_name(event, event.label, ())
    yield from _series([(event.label, event, ()) for event in events], int(options.series))
    held = named_properties(plan)
    for (section, name), places in held.items():
        yield from _in_name(places[0][0], name, (section.removeprefix("group "), name))
    for section in dict.fromkeys(section for section, _ in held):
        key = section.removeprefix("group ")
        named: list[tuple[str, PlannedEvent, tuple[str, ...]]] = [
            (name, places[0][0], (key, name)) for (where, name), places in held.items() if where == section
        ]
        yield from _series(named, int(options.series))


def _in_name(event: PlannedEvent, name: str, path: tuple[str, ...]) -> Iterator[Problem]:
    what = "property" if path else "event"
    if found := _TEMPLATE.search(name):
        yield Problem(event, path, "template", {"what": what, "name": name, "part": found[0]})
        return
    for said, pattern in _VALUES.items():
        if pattern.search(name):
            shown = "..." if said == "an e-mail address" else name
            yield Problem(event, path, "value", {"what": what, "name": shown, "part": said})
            return


def _series(named: list[tuple[str, PlannedEvent, tuple[str, ...]]], at_least: int) -> Iterator[Problem]:
    """Names of one form with different numbers. A few may be versions or the two lines of an address."""
    alike: dict[str, list[tuple[str, PlannedEvent, tuple[str, ...]]]] = defaultdict(list)
    for one in named:
        if len(_NUMBER.findall(one[0])) == 1:
            alike[_NUMBER.sub("#", one[0])].append(one)
    for form, group in alike.items():
        if len(group) >= at_least:
            _, event, path = group[-1]
            fields = {
                "what": "properties" if path else "events",
                "count": str(len(group)),
                "names": listed((one[0] for one in group), 3),
            }
            others = tuple(one[1] for one in group[:-1])
            yield Problem(event, path, "series", fields, form, others=others if not path else ())
