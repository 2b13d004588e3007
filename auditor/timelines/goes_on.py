"""From which lane a browser's lane goes on: where an anonymousId changed in the middle of a visit (domain.md 3.2, R+).

A lane that opens with a page goes on from the one that it was chained to as a device. One that opens with any other
call goes on from the lane that fell silent on the very same document before. Two that may be it are no proof.
"""

from bisect import bisect_left, bisect_right
from itertools import takewhile

from auditor.model.event import Event
from auditor.timelines.lanes import Lane, may_be_one_browser
from auditor.timelines.order import SLACK
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
    ended = _ended_at(first.referrer if opens else first.url, timelines)
    start = bisect_left(ended, first.time - silent - SLACK, key=_end)
    stop = bisect_right(ended, first.time + SLACK, key=_end)
    near = [other for other in ended[start:stop] if _one_browser(other.events[-1], first, silent)]
    if not opens:
        near = [other for other in near if other.events[-1].referrer == first.referrer]
        at_once = [other for other in near if first.t - other.events[-1].t <= SCRIPT]
        near = at_once or near
    elif len(near) > 1:
        near = [other for other in near if other.number not in _gone_on(timelines)]
    return near[0] if len(near) == 1 else None


def opening(lane: Lane) -> Event:
    """The call that a lane opens with: of several in its first millisecond the page."""
    first = lane.events[0]
    tied = takewhile(lambda event: event.t == first.t, lane.events)
    return next((event for event in tied if event.type == "page"), first)


def _gone_on(timelines: Timelines) -> set[int]:
    """The numbers of the lanes that another one goes on from on the same document."""
    found: set[int] | None = timelines.memo.get("lanes gone on from")
    if found is None:
        lanes = (lane for lane in timelines.lanes if opening(lane).type != "page")
        before = (lane_before(lane, timelines) for lane in lanes)
        found = timelines.memo["lanes gone on from"] = {lane.number for lane in before if lane is not None}
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
