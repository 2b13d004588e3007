"""Devices: the lanes of one browser or phone, chained where the log shows it (domain.md 3.2).

A phone says so itself (``context.device.id``). A browser is chained when a lane opens with a page whose referrer is
the url of the last page of exactly one other lane, left within half an hour and not chained onwards already: what
reset, or an identify of another user, looks like in analytics.js. Two candidates are no proof: then the lanes stay
two devices. A lane that names another browser (``userAgent``) is no candidate.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict

from auditor.logs.components import Components
from auditor.model.event import Event
from auditor.timelines.lanes import Lane, may_be_one_browser
from auditor.timelines.order import sort_key

WITHIN = 30 * 60_000


class Devices:
    """Which lanes are one device: ``of`` gives the number of each lane's device; there are ``count``. ``before`` gives
    for a browser's lane the one that it was chained to."""

    def __init__(self, lanes: list[Lane]) -> None:
        self.before: dict[int, int] = {}
        self._together = Components(len(lanes))
        by_phone: dict[str, int] = {}
        for lane in lanes:
            phone = _phone(lane)
            if phone is not None:
                self._together.join(by_phone.setdefault(phone, lane.number), lane.number)
        self._chain(lanes)
        numbers: dict[int, int] = {}
        self.of = [numbers.setdefault(self._together.root(number), len(numbers)) for number in range(len(lanes))]
        self.count = len(numbers)

    @classmethod
    def given(cls, of: list[int], before: dict[int, int], count: int) -> "Devices":
        """Devices that are known already: where a part of a log is looked at, and the whole decides."""
        made = cls([])
        made.of, made.before, made.count = of, before, count
        return made

    def _chain(self, lanes: list[Lane]) -> None:
        opened = [lane for lane in lanes if lane.events[0].type == "page" and lane.events[0].referrer]
        asked = {lane.events[0].referrer for lane in opened}
        left: dict[str, list[Lane]] = defaultdict(list)
        for lane in lanes:
            last = _last_page(lane)
            if last is not None and last.url in asked:
                left[last.url or ""].append(lane)
        for held in left.values():
            held.sort(key=_end)
        continued: set[int] = set()
        for lane in sorted(opened, key=lambda lane: sort_key(lane.events[0])):
            first = lane.events[0]
            held = left.get(first.referrer or "", [])
            start, stop = bisect_left(held, first.time - WITHIN, key=_end), bisect_right(held, first.time, key=_end)
            before = _only_one(held[start:stop], lane, continued)
            if before is not None:
                self._together.join(before.number, lane.number)
                continued.add(before.number)
                self.before[lane.number] = before.number


def _only_one(candidates: list[Lane], lane: Lane, continued: set[int]) -> Lane | None:
    """The lane that this one goes on from, if there is exactly one that may be it."""
    found: Lane | None = None
    for other in candidates:
        if other is lane or other.number in continued:
            continue
        if may_be_one_browser(other.events[-1], lane.events[0]):
            if found is not None:
                return None
            found = other
    return found


def _end(lane: Lane) -> int:
    return lane.events[-1].time


def _phone(lane: Lane) -> str | None:
    if lane.events[0].side == "browser":
        return None
    return next((event.device_id for event in lane.events if event.device_id), None)


def _last_page(lane: Lane) -> Event | None:
    return next((event for event in reversed(lane.events) if event.type == "page"), None)
