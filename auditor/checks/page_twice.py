"""Page calls that one page load makes twice."""

from collections.abc import Iterator
from itertools import pairwise

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"within": "duration"}


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """Those that follow another page call at once."""
    return [here for there, here in pairwise(flagged) if timeline[here].t - timeline[there].t <= options.within]


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge one page call: a problem if the same was called ``within`` before it, under another messageId. Two of one
    millisecond may be a router's first route."""
    del timelines
    event = timeline[at]
    for place in range(at - 1, -1, -1):
        earlier = timeline[place]
        if event.t - earlier.t > options.within:
            return
        if earlier.type == "page" and _same(earlier, event):
            yield Unsure() if earlier.t == event.t else Problem(evidence=(("first", earlier),))
            return


def _same(one: Event, other: Event) -> bool:
    if None in (one.message_id, other.message_id) or one.message_id == other.message_id:
        return False
    return (one.url, one.referrer, one.name) == (other.url, other.referrer, other.name)
