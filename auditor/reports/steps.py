"""A finding as the events that tell it, in order of time: what every format shows of it."""

from auditor.model.event import Event
from auditor.model.finding import Finding

Step = tuple[Event, str]
"""An event, and what it is in the finding: ``here`` is the flagged one, evidence has its role, and one that only says
where it happened is nothing."""


def steps(finding: Finding, before: Event | None) -> list[Step]:
    """The flagged event, its evidence, and the event before that says where. At one moment the flagged comes last."""
    held = [(finding.event, "here"), *((event, role) for role, event in finding.evidence)]
    if before is not None:
        held.append((before, ""))
    return sorted(held, key=lambda step: (step[0].time, step[0] is finding.event, step[0].t))
