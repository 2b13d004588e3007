"""From which lane a browser's lane goes on: where an anonymousId changed in the middle of a visit (domain.md 3.2, R+).

A lane that opens with a page goes on from the one that it was chained to as a device. One that opens with any other
call goes on from the lane that fell silent on the very same document before. Two that may be it are no proof; one that
is another browser's, or that an earlier lane goes on from, is none.
"""

from bisect import bisect_left, bisect_right
from itertools import takewhile

from auditor.model.event import Event
from auditor.timelines.lanes import Lane, may_be_one_browser
from auditor.timelines.order import SLACK, sort_key
from auditor.timelines.timelines import Timelines

SCRIPT = 2000
"""How long, ms, after the last call on one lane the first on the next is most probably by the same script."""
SILENT = 10 * 60_000
"""How long, ms, one document may be silent between the last call on one lane and the first on the next."""


def lane_before(lane: Lane, timelines: Timelines, silent: int = SILENT) -> Lane | None:
    """The lane of the same browser that ended where this one begins; ``None`` where the log does not show one.

    ``silent`` is how long, ms, the last document of the one may have been silent. Of a lane that opens with a page a
    longer silence is believed where devices are told by it.
    """
    first = opening(lane)
    if first.side != "browser":
        return None
    opens = first.type == "page"
    number = timelines.devices.before.get(lane.number) if opens else None
    if number is not None:
        return timelines.lanes[number]
    near = _near(first, timelines, silent)
    if len(near) > 1:
        followed = _gone_on(timelines)
        near = [other for other in near if followed.get(other.number, lane.number) == lane.number]
    return near[0] if len(near) == 1 else None


def opening(lane: Lane) -> Event:
    """The call that a lane opens with: of several in its first millisecond the page."""
    first = lane.events[0]
    tied = takewhile(lambda event: event.t == first.t, lane.events)
    return next((event for event in tied if event.type == "page"), first)


def _near(first: Event, timelines: Timelines, silent: int) -> list[Lane]:
    """The lanes from which the one that opens with this call may go on."""
    opens = first.type == "page"
    ended = _ended_at(first.referrer if opens else first.url, timelines)
    start = bisect_left(ended, first.time - silent - SLACK, key=_end)
    stop = bisect_right(ended, first.time + SLACK, key=_end)
    near = [other for other in ended[start:stop] if _one_browser(other.events[-1], first, silent)]
    if opens:
        return near
    near = [other for other in near if other.events[-1].referrer == first.referrer]
    return [other for other in near if first.t - other.events[-1].t <= SCRIPT] or near


def _gone_on(timelines: Timelines) -> dict[int, int]:
    """By the number of a lane the one that goes on from it on the same document: each in its turn, where but one is
    left that it may go on from."""
    found: dict[int, int] | None = timelines.memo.get("lanes gone on from")
    if found is None:
        found = timelines.memo["lanes gone on from"] = {}
        lanes = ((opening(lane), lane) for lane in timelines.lanes)
        begun = [(first, lane) for first, lane in lanes if first.type != "page" and first.side == "browser"]
        for first, lane in sorted(begun, key=lambda one: sort_key(one[0])):
            near = [other for other in _near(first, timelines, SILENT) if other.number not in found]
            if len(near) == 1:
                found[near[0].number] = lane.number
    return found


def _one_browser(last: Event, first: Event, silent: int) -> bool:
    """Whether two calls of two lanes may come from one browser: one clock, library, source and userAgent, not long
    apart."""
    return (
        0 <= first.t - last.t <= silent
        and abs(first.sender.offset - last.sender.offset) < SLACK
        and first.lane != last.lane
        and (first.library, first.write_key) == (last.library, last.write_key)
        and may_be_one_browser(first, last)
    )


def _ended_at(url: str | None, timelines: Timelines) -> list[Lane]:
    """The lanes whose last call was made on a page of this address, in order of that call."""
    if not url:
        return []
    held: dict[str, list[Lane]] | None = timelines.memo.get("lanes by last url")
    if held is None:
        held = timelines.memo["lanes by last url"] = {}
        firsts = map(opening, timelines.lanes)
        asked = {first.referrer if first.type == "page" else first.url for first in firsts}
        for lane in timelines.lanes:
            last = lane.events[-1].url
            if last is not None and last in asked:
                held.setdefault(last, []).append(lane)
        for lanes in held.values():
            lanes.sort(key=_end)
    return held.get(url, [])


def _end(lane: Lane) -> int:
    return lane.events[-1].time
