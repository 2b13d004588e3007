"""Calls that break the tracking plan. Which they are is decided while the log is read; here it is said how."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"plan": "tracking_plan", "automatic": "value", "sensitive": "value"}
READS_NESTED = ("plan",)
ONLY = "plan"


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """One problem for each way in which a call breaks the plan."""
    del timelines
    event = timeline[at]
    for violation in options.plan.violations(event):
        call = event.type if violation.label == event.type else f'{event.type} "{violation.label}"'
        what = violation.words if violation.words.endswith("?") else f"{violation.words}."
        fields = {"call": call, "property": violation.place, "what": what}
        yield Problem(violation.kind, fields=fields, trait=violation.place, violation=violation)
