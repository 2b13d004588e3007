"""Page loads of logged-in users that never call identify."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.event import Event
from auditor.timelines.order import CLOCK
from auditor.timelines.page_loads import LEAD
from auditor.timelines.timelines import Timelines

OPTIONS = {
    "app_page": "predicate",
    "identify": "predicate",
    "logout": "predicate",
    "logout_page": "predicate",
    "by_paths": "value",
    "settle": "duration",
}
_LEFT_AT_ONCE = 300
"""A page left sooner, ms, may have had no time to identify: what a redirect in the page looks like."""
_NO_PATHS = r"(?!)"
"""What a list of no regular expressions comes to: it matches nothing."""


def glance(options: Options, holds: Options) -> bool:
    """Without app paths, only a lane on which somebody was identified has logged-in page loads."""
    return bool(options.by_paths != _NO_PATHS or holds.identify)


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """The page events that may be a problem: their user is logged in, and no identify follows at once on the page."""
    by_paths = options.by_paths != _NO_PATHS
    users: set[str | None] = set()
    doubtful: list[int] = []
    waiting = set(flagged)
    page: Event | None = None
    for index, event in enumerate(timeline):
        if options.identify(event):
            users.add(event.user_id)
            if page is not None and doubtful and timeline[index - 1] is page and _certainly_of(page, timeline, index):
                doubtful.pop()
        page = None
        if index in waiting and (options.app_page(event) if by_paths else event.user_id in users):
            doubtful.append(index)
            page = event
    return doubtful


def _certainly_of(page: Event, timeline: list[Event], index: int) -> bool:
    """Whether an identify right behind a page event belongs to its page load and not to the next one's beginning."""
    last = timeline[index]
    if last.url != page.url or last.page_load != page.page_load:
        return False
    for place in range(index + 1, len(timeline)):
        later = timeline[place]
        if later.t - last.t > LEAD:
            return True
        if later.type in ("page", "navigation"):
            return False
        last = later
    return True


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge the page event that opens a page load.

    With app paths: the first page event of the load on such a path. Without: the first of the load, if it carries a
    user identified earlier on the lane with no logout signal since (design.md 6). A page that was left at once, or on
    which the log ends, leaves it open. Where the SDK itself says that the user is identified, identify may well have
    run: for the same user as before it sends nothing.
    """
    event = timeline[at]
    if event.lane is None or event.identified:
        return
    timelines.load_pages(timelines.lanes[event.lane])
    first, behind = _load(timeline, at)
    by_paths = options.by_paths != _NO_PATHS
    for earlier in timeline[first:at]:
        if earlier.type == "page" and (not by_paths or options.app_page(earlier)):
            return
    if by_paths:
        if not options.app_page(event):
            return
    elif options.logout_page(event) or not _logged_in(timeline, first, event, options):
        return
    if any(options.identify(other) for other in timeline[first:behind]) or _from_this_tab(timeline, at, options):
        return
    if _on_a_new_lane(event, options, timelines):
        return
    left = behind < len(timeline) and timeline[behind].t - event.t < _LEFT_AT_ONCE
    if left or (behind == len(timeline) and timelines.end - event.time < options.settle):
        yield Unsure()
        return
    yield Problem()


def _from_this_tab(timeline: list[Event], at: int, options: Options) -> bool:
    """Whether identify came from the same page later on, though another tab has loaded a page in the meantime."""
    page = timeline[at]
    for place in range(at + 1, len(timeline)):
        later = timeline[place]
        if later.url is not None and later.url == page.url:
            if later.type == "page":
                return False
            if options.identify(later):
                return True
    return False


def _on_a_new_lane(page: Event, options: Options, timelines: Timelines) -> bool:
    """Whether another user was identified on the page: analytics.js then takes a new anonymousId, so identify opens a
    lane of its own, while the page event still carries the user before (domain.md 2.2, 11.5)."""
    opening: dict[tuple[str | None, str | None], list[Event]] | None = timelines.memo.get("identify opens a lane")
    if opening is None:
        opening = timelines.memo["identify opens a lane"] = {}
        for first in sorted((lane.events[0] for lane in timelines.lanes), key=CLOCK):
            if first.url is not None and options.identify(first):
                opening.setdefault((first.url, first.referrer), []).append(first)
    held = opening.get((page.url, page.referrer), [])
    soon = held[bisect_left(held, page.t, key=CLOCK) : bisect_right(held, page.t + LEAD, key=CLOCK)]
    return any(identify.user_id != page.user_id for identify in soon)


def _load(timeline: list[Event], at: int) -> tuple[int, int]:
    """Where the page load of an event begins and ends in the timeline."""
    number = timeline[at].page_load
    first, behind = at, at + 1
    while first and timeline[first - 1].page_load == number:
        first -= 1
    while behind < len(timeline) and timeline[behind].page_load == number:
        behind += 1
    return first, behind


def _logged_in(timeline: list[Event], first: int, event: Event, options: Options) -> bool:
    """Whether the user of the event was identified before the page load, with no logout signal since."""
    if event.user_id is None:
        return False
    for index in range(first - 1, -1, -1):
        earlier = timeline[index]
        if options.logout(earlier) or earlier.type == "reset" or earlier.after_reset:
            return False
        if options.identify(earlier):
            return earlier.user_id == event.user_id
    return False
