"""The further arrivals of one messageId: a re-send, another call under the same id, or a copy from another day."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.delivery import UNCONFIRMED
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"far": "duration"}
_SHOWN = 3


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge a call that was received more than once (``Copies``; design.md 4). An aborted request was not received."""
    event = timeline[at]
    copies = timelines.copies.get(event.message_id or "")
    if copies is None:
        return
    arrivals = [one for one in (event, *copies.others) if one.delivery not in UNCONFIRMED]
    if len(arrivals) < 2:
        return
    times = [e.sent or e.received or e.t for e in arrivals]
    apart = max(times) - min(times)
    kind = "late" if apart >= options.far else "changed" if copies.changed else "resent"
    fields = {
        "times": str(len(arrivals)),
        "label": event.event or event.path or event.name or "",
        "after": f"{round(apart / 3_600_000)} hours",
    }
    yield Problem(kind, tuple(("again", copy) for copy in arrivals[1 : 1 + _SHOWN]), fields)
