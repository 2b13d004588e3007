"""Visitors who come from one domain of a site to another and are somebody else there."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.addresses import domain_of, host_of
from auditor.model.event import Event
from auditor.timelines.order import SLACK
from auditor.timelines.timelines import Timelines

OPTIONS = {"signup": "predicate", "within": "duration", "just_before": "duration"}


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """Only the first view of a lane can show where its visitor came from."""
    del options
    first = flagged[0]
    return [first] if timeline[first].referrer and timeline[first].url else []


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge the first view of a lane: a problem if its referrer is a page of this log's own sites on another domain,
    where somebody of such a browser was at that time, and its anonymousId is new. A signup on this lane, or over there
    ``just_before``, is another rule's business."""
    event = timeline[at]
    here, there = host_of(event.url or ""), host_of(event.referrer or "")
    domains = domain_of(there), domain_of(here)
    if None in domains or domains[0] == domains[1] or there not in _hosts(timelines):
        return
    if _lanes_of(timelines)[event.anonymous_id or ""] > 1 or any(options.signup(other) for other in timeline):
        return
    was_there, signed_up = _moments(timelines, options)
    agent = event.sender.agent
    visitors = [(there, _ANY)] if agent is None else [(there, agent), (there, None)]
    if any(_any(signed_up[one], event.time - options.just_before, event.time + SLACK) for one in visitors):
        return
    if any(_any(was_there[one], event.time - options.within, event.time + SLACK) for one in visitors):
        yield Problem(fields={"there": there, "here": here}, trait=f"{domains[0]} {domains[1]}")


def _lanes_of(timelines: Timelines) -> Counter[str]:
    """How many lanes have each anonymousId: one that was handed over has two."""
    found: Counter[str] | None = timelines.memo.get("lanes by anonymousId")
    if found is None:
        found = timelines.memo["lanes by anonymousId"] = Counter(
            lane.events[0].anonymous_id or "" for lane in timelines.lanes
        )
    return found


def _hosts(timelines: Timelines) -> set[str]:
    """The hosts on which the lanes of this log begin."""
    found: set[str] | None = timelines.memo.get("hosts")
    if found is None:
        found = timelines.memo["hosts"] = {host_of(lane.events[0].url or "") for lane in timelines.lanes} - {""}
    return found


_ANY = object()
_Visitors = tuple[str, object]
"""Who is on a host: those of one ``userAgent``, those without one (``None``), or all of them (``_ANY``)."""
_Moments = dict[_Visitors, list[int]]


def _moments(timelines: Timelines, options: Options) -> tuple[_Moments, _Moments]:
    """When somebody was on each host, and when somebody signed up there, ms, in order."""
    found: tuple[_Moments, _Moments] | None = timelines.memo.get("moments by host")
    if found is None:
        there: _Moments = defaultdict(list)
        signed_up: _Moments = defaultdict(list)
        for lane in timelines.lanes:
            for event in lane.events:
                if event.url:
                    host = host_of(event.url)
                    for visitors in ((host, event.sender.agent), (host, _ANY)):
                        there[visitors].append(event.time)
                        if options.signup(event):
                            signed_up[visitors].append(event.time)
        for times in (*there.values(), *signed_up.values()):
            times.sort()
        found = timelines.memo["moments by host"] = (there, signed_up)
    return found


def _any(times: list[int], first: int, last: int) -> bool:
    """Whether one of some sorted times lies between two others."""
    place = bisect_left(times, first)
    return place < len(times) and times[place] <= last
