"""A visit to the signup form that ends in nothing, while its user begins under another anonymousId (domain.md 8.9)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.goes_on import lane_before, opening
from auditor.timelines.lanes import Lane
from auditor.timelines.timelines import Timelines

OPTIONS = {"signup_page": "predicate", "within": "duration"}


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """The lane's first identify alone, and only of a lane that has just begun with it."""
    first = flagged[0]
    return [first] if timeline[first].t - timeline[0].t <= options.within else []


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge the first identify of a lane by the lane that it goes on from.

    That one was on the signup form within ``within``, was never anybody's, and had kept its anonymousId from one page
    load to another, so that a browser which keeps nothing at all is left out.
    """
    event = timeline[at]
    if event.lane is None or any(other.user_id not in (None, event.user_id) for other in timeline[:at]):
        return
    lane = timelines.lanes[event.lane]
    before = lane_before(lane, timelines)
    if before is None or before.users or timelines.users_of.get(before.events[0].anonymous_id or ""):
        return
    since = lane.events[0].time - options.within
    form = next((e for e in reversed(before.events) if e.time >= since and options.signup_page(e)), None)
    if form is not None and (opening(lane).type != "page" or _keeps_its_id(before, timelines)):
        yield Problem(None, (("form", form),), {"calls": _calls(len(before.events))})


def _keeps_its_id(lane: Lane, timelines: Timelines) -> bool:
    timelines.load_pages(lane)
    return len({event.page_load for event in lane.events}) > 1


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"
