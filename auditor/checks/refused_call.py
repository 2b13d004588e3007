"""Calls that the collector refused for good."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS: dict[str, str] = {}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one refused call: no problem if another copy of it was taken (domain.md 6.10)."""
    del options
    event = timeline[at]
    if not timelines.arrived(event):
        yield Problem(fields={"label": event.event or event.path or event.name or ""})
