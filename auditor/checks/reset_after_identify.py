"""A reset that the replay of queued calls put behind the identify that was to follow it (domain.md 2.4)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.goes_on import lane_before
from auditor.timelines.timelines import Timelines

OPTIONS = {
    "identify": "predicate",
    "logout": "predicate",
    "telling": "predicate",
    "within": "duration",
    "start": "duration",
}


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """Of a lane that begins with such a call: the first signup or login at its beginning, else that first call."""
    if flagged[0] != 0:
        return []
    limit = timeline[0].t + options.within
    early = [index for index in flagged if timeline[index].t <= limit]
    return [next((index for index in early if options.telling(timeline[index])), 0)]


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge an anonymous call with which a lane begins in the middle of a document.

    The document had just begun (``start``), and identify ran on it up to ``within`` before, on the anonymousId that it
    had until then. A logout in that script means its reset.
    """
    event = timeline[at]
    lane = None if event.lane is None else timelines.lanes[event.lane]
    before = None if lane is None else lane_before(lane, timelines, options.within)
    if before is None or options.logout(event):
        return
    first = timeline[0]
    script = [other for other in before.events if first.t - other.t <= options.start + options.within]
    named = next((other for other in reversed(script) if options.identify(other)), None)
    page = next((other for other in script if other.type == "page" and other.url == first.url), None)
    if named is None or page is None or first.t - named.t > options.within:
        return
    if not any(options.logout(other) for other in script) and 0 <= named.t - page.t <= options.start:
        yield Problem(None, (("undone", named),))
