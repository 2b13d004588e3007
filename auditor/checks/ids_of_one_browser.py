"""One user under one new anonymousId after the other, in one browser (domain.md 8.2)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines
from auditor.timelines.told import lanes_of

OPTIONS = {"most": "value", "within": "duration"}


def passes(event: Event, options: Options, timelines: Timelines) -> bool:
    """Whether the user has no more anonymousIds than that, on all devices together."""
    return bool(len(lanes_of(timelines).get(event.user_id or "", ())) <= options.most)


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one identify: the one with which its user has more than ``most`` anonymousIds on one device in a while."""
    event = timeline[at]
    device = timelines.device(event)
    first: dict[int | None, Event] = {}
    for earlier in timeline[: at + 1]:
        if earlier.client and event.t - earlier.t <= options.within and timelines.device(earlier) == device:
            first.setdefault(earlier.lane, earlier)
    if len(first) == options.most + 1 and first[event.lane] is event:
        yield Problem(None, (("first", next(iter(first.values()))),), {"times": str(len(first))})
