"""More calls of identify within a minute than any page has reason for."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"most": "value", "within": "duration"}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one identify: the one with which its burst goes over ``most``, and no later one of the same burst."""
    del timelines
    if at < options.most:
        return
    event = timeline[at]
    first = event
    count = 1
    for index in range(at - 1, -1, -1):
        earlier = timeline[index]
        if event.t - earlier.t > options.within or count > options.most + 1:
            break
        if earlier.type == "identify" and earlier.user_id == event.user_id:
            first, count = earlier, count + 1
    if count == options.most + 1:
        yield Problem(evidence=(("first", first),), fields={"times": str(count)})
