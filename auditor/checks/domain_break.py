"""Visitors who come from one domain of a site to another and are somebody else there."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.addresses import domain_of, host_of
from auditor.model.event import Event
from auditor.timelines.order import SLACK
from auditor.timelines.timelines import Timelines

OPTIONS = {"signup": "predicate", "within": "duration"}


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """Only the first view of a lane can show where its visitor came from."""
    del options
    first = flagged[0]
    return [first] if timeline[first].referrer and timeline[first].url else []


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge the first view of a lane: a problem if its referrer is a page of this log's own sites on another domain,
    where somebody was at that time, and its anonymousId is new. A lane with a signup is another rule's business."""
    event = timeline[at]
    here, there = host_of(event.url or ""), host_of(event.referrer or "")
    domains = domain_of(there), domain_of(here)
    if None in domains or domains[0] == domains[1] or there not in _hosts(timelines):
        return
    if _lanes_of(timelines)[event.anonymous_id or ""] > 1 or any(options.signup(other) for other in timeline):
        return
    seen = _moments(timelines)[there]
    place = bisect_left(seen, event.time - options.within)
    if place < len(seen) and seen[place] <= event.time + SLACK:
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


def _moments(timelines: Timelines) -> dict[str, list[int]]:
    """When somebody was on each host, ms, in order."""
    found: dict[str, list[int]] | None = timelines.memo.get("moments by host")
    if found is None:
        found = timelines.memo["moments by host"] = defaultdict(list)
        for lane in timelines.lanes:
            for event in lane.events:
                if event.url:
                    found[host_of(event.url)].append(event.time)
        for times in found.values():
            times.sort()
    return found
