"""Devices: the lanes of one browser or phone, chained where the log shows it (domain.md 3.2).

A phone says so itself (``context.device.id``). A browser is chained when a lane opens with a page whose referrer is
the url of the last page of exactly one other lane, left within half an hour: what reset, or an identify of another
user, looks like in analytics.js. Two candidates are no proof: then the lanes stay two devices.
"""

from collections import defaultdict

from auditor.model.event import Event
from auditor.timelines.lanes import Lane

WITHIN = 30 * 60_000


def chain_devices(lanes: list[Lane]) -> int:
    """Set ``device`` of every lane's events. Returns how many devices there are. Lanes must be sorted."""
    parent = list(range(len(lanes)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(one: int, other: int) -> None:
        low, high = sorted((root(one), root(other)))
        parent[high] = low

    by_phone: dict[str, int] = {}
    for lane in lanes:
        phone = next((e.device_id for e in lane.events if e.device_id), None)
        if phone is not None:
            join(by_phone.setdefault(phone, lane.number), lane.number)
    left: dict[str, list[Lane]] = defaultdict(list)
    for lane in lanes:
        last = _last_page(lane)
        if last is not None and last.url is not None:
            left[last.url].append(lane)
    for lane in lanes:
        first = lane.events[0]
        if first.type != "page" or not first.referrer:
            continue
        before = [
            other
            for other in left.get(first.referrer, ())
            if other is not lane and 0 <= first.time - other.events[-1].time <= WITHIN
        ]
        if len(before) == 1:
            join(before[0].number, lane.number)
    numbers: dict[int, int] = {}
    for lane in lanes:
        number = numbers.setdefault(root(lane.number), len(numbers))
        for event in lane.events:
            event.device = number
    return len(numbers)


def _last_page(lane: Lane) -> Event | None:
    return next((event for event in reversed(lane.events) if event.type == "page"), None)
