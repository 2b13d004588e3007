"""Blanks in names that nobody sees: around them, doubled, or of a kind that no keyboard makes."""

import re
from collections.abc import Iterator

from auditor.model.plan import Plan, properties
from auditor.plans.lints.problem import Options, Problem

OPTIONS: dict[str, str] = {}
SUBJECT = "event"
_KINDS = {
    "a blank at the beginning": re.compile(r"^\s"),
    "a blank at the end": re.compile(r"\s$"),
    "two blanks in a row": re.compile(r"\s\s"),
    "a blank or sign that cannot be seen": re.compile(
        "[\t\r\n\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
    ),
}


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge names of events and of properties at any depth."""
    del options
    told: set[tuple[str, ...]] = set()
    for event in plan.events:
        if event.name is not None and event.key not in told and (what := _blank(event.name)):
            told.add((event.type, event.name))
            yield Problem(event, (), "event", {"name": event.name, "what": what})
        for one in properties(event):
            way = (one.section, *one.path)
            if (event.label, *way) not in told and (what := _blank(one.path[-1])):
                told.add((event.label, *way))
                yield Problem(event, way, "property", {"name": one.path[-1], "event": event.label, "what": what})


def _blank(name: str) -> str:
    return next((said for said, pattern in _KINDS.items() if pattern.search(name)), "")
