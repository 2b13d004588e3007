"""From which lane a browser's lane goes on: where an anonymousId changed in the middle of a visit (domain.md 3.2, R+).

A lane that opens with a page goes on from the one that it was chained to as a device. One that opens with any other
call goes on from the lane that fell silent on the very same document a moment before. Two that may be it are no proof.
"""

from bisect import bisect_left, bisect_right

from auditor.model.event import Event
from auditor.timelines.lanes import Lane
from auditor.timelines.order import SLACK
from auditor.timelines.timelines import Timelines

SCRIPT = 2000
"""How long, ms, one document may be silent between the last call on one lane and the first on the next."""


def lane_before(lane: Lane, timelines: Timelines) -> Lane | None:
    """The lane of the same browser that ended where this one begins; ``None`` where the log does not show one."""
    first = lane.events[0]
    if first.side != "browser":
        return None
    if first.type == "page":
        number = timelines.devices.before.get(lane.number)
        return None if number is None else timelines.lanes[number]
    ended = _ended_at(first.url, timelines)
    start = bisect_left(ended, first.time - SCRIPT - SLACK, key=_end)
    stop = bisect_right(ended, first.time + SLACK, key=_end)
    found = [other for other in ended[start:stop] if _one_document(other.events[-1], first)]
    return found[0] if len(found) == 1 else None


def _one_document(last: Event, first: Event) -> bool:
    """Whether two calls of two lanes may come from one document: one clock, one page, one library and source."""
    return (
        0 <= first.t - last.t <= SCRIPT
        and abs(first.sender.offset - last.sender.offset) < SLACK
        and first.lane != last.lane
        and (first.referrer, first.library, first.write_key) == (last.referrer, last.library, last.write_key)
    )


def _ended_at(url: str | None, timelines: Timelines) -> list[Lane]:
    """The lanes whose last call was made on a page of this address, in order of that call."""
    if url is None:
        return []
    held: dict[str, list[Lane]] | None = timelines.memo.get("lanes by last url")
    if held is None:
        held = timelines.memo["lanes by last url"] = {}
        asked = {lane.events[0].url for lane in timelines.lanes if lane.events[0].type != "page"}
        for lane in timelines.lanes:
            last = lane.events[-1].url
            if last is not None and last in asked:
                held.setdefault(last, []).append(lane)
        for lanes in held.values():
            lanes.sort(key=_end)
    return held.get(url, [])


def _end(lane: Lane) -> int:
    return lane.events[-1].time
