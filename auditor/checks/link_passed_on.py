"""Links that identify whoever opens them, opened on more devices than one person has at hand (domain.md 2.5)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"link": "predicate", "devices": "value"}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one page that was opened by such a link: with it there are ``devices`` anonymousIds."""
    del timelines
    first: dict[str | None, Event] = {}
    for event in timeline[: at + 1]:
        if options.link(event):
            first.setdefault(event.anonymous_id, event)
    if len(first) >= options.devices and first[timeline[at].anonymous_id] is timeline[at]:
        evidence = tuple(("device", event) for event in first.values() if event is not timeline[at])
        yield Problem(None, evidence, {"times": str(len(first))})
