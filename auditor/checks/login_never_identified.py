"""Logins on a device that was not identified before, and is not within a while of the login."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {
    "identify": "predicate",
    "reset": "predicate",
    "view": "predicate",
    "within": "duration",
    "settle": "duration",
}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge one login on its lane.

    The wait for identify is over after ``within``, or once the lane is seen on a second page load after the login's,
    or stays ``settle`` on the first: the page that the login leads to is where identify would be. Before that the log
    cannot tell.
    """
    event = timeline[at]
    for earlier in reversed(timeline[:at]):
        if options.reset(earlier):
            break
        if options.identify(earlier):
            return
    if any(options.identify(other) and abs(other.t - event.t) <= options.within for other in timeline):
        return
    if timelines.end - event.time < options.within and not _moved_on(event, timeline[at + 1 :], options, timelines):
        yield Unsure()
        return
    yield Problem()


def _moved_on(event: Event, behind: list[Event], options: Options, timelines: Timelines) -> bool:
    if event.lane is not None:
        timelines.load_pages(timelines.lanes[event.lane])
    views = [other for other in behind if options.view(other) and other.page_load != event.page_load]
    return timelines.moved_on(views, options.settle)
