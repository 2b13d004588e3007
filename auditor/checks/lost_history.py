"""Signups under an anonymousId that begins with them, while the visit that led there goes on under no id."""

from collections.abc import Iterator
from typing import NamedTuple

from auditor.checks.problem import Options, Problem
from auditor.model.addresses import host_of
from auditor.model.event import Event
from auditor.timelines.lanes import Lane, may_be_one_browser
from auditor.timelines.order import SLACK
from auditor.timelines.timelines import Timelines

OPTIONS = {"signup_page": "predicate", "view": "predicate", "within": "duration"}


class _Visit(NamedTuple):
    last: Event
    host: str


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one client signup on its lane.

    The lane begins on the signup's own page load, and its referrer says that the visitor came from a page of a site in
    this log. There a visit of several pages ended with the signup form at that time, and belongs to nobody.
    """
    event = timeline[at]
    if event.lane is None:
        return
    timelines.load_pages(timelines.lanes[event.lane])
    first = timeline[0]
    if first.page_load != event.page_load or not first.referrer:
        return
    came_from, whole = host_of(first.referrer), first.referrer.partition("://")[2].partition("/")[2] != ""
    for visit in _ended(timelines, options):
        last = visit.last
        near = first.time - options.within <= last.time <= first.time + SLACK and may_be_one_browser(first, last)
        if near and visit.host == came_from and (not whole or last.url == first.referrer) and last.lane != event.lane:
            yield Problem(evidence=(("history", last),))
            return


def _ended(timelines: Timelines, options: Options) -> list[_Visit]:
    """The visits of nobody that ended on the signup form, having seen another page before; the latest first."""
    found: list[_Visit] | None = timelines.memo.get("visits that ended with the signup form")
    if found is None:
        ended = filter(None, (_visit(lane, timelines, options) for lane in timelines.lanes if not lane.users))
        found = sorted(ended, key=lambda visit: (-visit.last.time, visit.last.anonymous_id or ""))
        timelines.memo["visits that ended with the signup form"] = found
    return found


def _visit(lane: Lane, timelines: Timelines, options: Options) -> _Visit | None:
    views = [event for event in lane.events if options.view(event)]
    last = views[-1] if views else None
    if last is None or not options.signup_page(last) or last.url is None:
        return None
    if all(view.path == last.path for view in views) or timelines.users_of.get(last.anonymous_id or ""):
        return None
    return _Visit(last, host_of(last.url))
