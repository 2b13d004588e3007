"""Sites: the hosts that a log has events of, and lanes that go from one to the other under a new anonymousId."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.model.event import Event
from auditor.timelines.lanes import Lane

WITHIN = 30 * 60_000
"""How long, ms, somebody may read on the one host before they are seen on the other."""


def host_of(url: str | None) -> str | None:
    """The host of an address."""
    if not url:
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def host_of_event(event: Event) -> str | None:
    """The host of the page that a call was made on."""
    return host_of(event.url)


@dataclass(frozen=True, slots=True)
class Split:
    """One visit on two lanes: ``before`` on one host, ``after`` on another, whose first page was opened from there."""

    before: Lane
    after: Lane

    @property
    def opened(self) -> Event:
        """The page on the other host."""
        return self.after.events[0]


def splits(lanes: Sequence[Lane]) -> list[Split]:
    """Visits that another host of the same log goes on with under another anonymousId.

    A first page whose referrer is another host of ours proves that its visitor was there before, and a new anonymousId
    that nothing links the two. Whose lane it was there, the nearest in time answers: of lanes without a user that end
    before, each is taken once.
    """
    left: dict[str, list[Lane]] = defaultdict(list)
    of_id: dict[str, int] = defaultdict(int)
    for lane in lanes:
        of_id[lane.events[0].anonymous_id or ""] += 1
        host = _last_host(lane)
        if host is not None:
            left[host].append(lane)
    if len(left) < 2:
        return []
    for held in left.values():
        held.sort(key=_end)
    found: list[Split] = []
    used: set[int] = set()
    for lane in sorted(lanes, key=lambda lane: lane.events[0].time):
        first = lane.events[0]
        here, there = host_of_event(first), host_of(first.referrer)
        if first.type != "page" or there is None or here in (None, there) or of_id[first.anonymous_id or ""] > 1:
            continue
        before = _nearest(left.get(there, []), lane, used)
        if before is not None:
            used.add(before.number)
            found.append(Split(before, lane))
    return found


def _nearest(lanes: list[Lane], after: Lane, used: set[int]) -> Lane | None:
    first = after.events[0]
    start, stop = bisect_left(lanes, first.time - WITHIN, key=_end), bisect_right(lanes, first.time, key=_end)
    for lane in reversed(lanes[start:stop]):
        if lane.number not in used and lane is not after and not lane.users and _left_for(lane, first):
            return lane
    return None


def _left_for(lane: Lane, first: Event) -> bool:
    """Whether the lane's last page may be the referrer: most browsers tell another origin the origin alone."""
    referrer = urlsplit(first.referrer or "")
    if referrer.path in ("", "/"):
        return True
    last = next((event for event in reversed(lane.events) if event.type == "page"), None)
    return last is not None and last.url == first.referrer


def _last_host(lane: Lane) -> str | None:
    return next((host for event in reversed(lane.events) if (host := host_of_event(event)) is not None), None)


def _end(lane: Lane) -> int:
    return lane.events[-1].time
