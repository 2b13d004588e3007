"""A reset that one host of a site made and another did not follow (domain.md 2.1, 3.2 S1).

Cookies are shared by the hosts of a site, localStorage is not: a host that nobody has opened since the reset still
holds the old ids, sends them, and writes them back into the cookie.
"""

from auditor.model.event import Event
from auditor.timelines.lanes import Lane, may_be_one_browser
from auditor.timelines.timelines import Timelines

WITHIN = 60_000
"""How long, ms, the page that was left may have been open: who logs out is sent on at once."""
_AT_ONCE = 2000
_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "ac", "gov", "edu"})


def reset_elsewhere(at: int, timeline: list[Event], timelines: Timelines) -> tuple[Event, Event] | None:
    """The reset that the page event ``timeline[at]`` of a lane knows nothing of.

    The last page of the lane on another host of the site, and the page there with which a new anonymousId begins,
    without a user, before this event; only where nobody else can have come from that last page. ``None`` where there
    is no such thing, or where this page identifies: then its own login holds.
    """
    kept = timeline[at]
    last = next((e for e in reversed(timeline[:at]) if e.type == "page" and origin(e) != origin(kept)), None)
    if last is None or last.url is None or last.user_id != kept.user_id or not _one_site(last, kept):
        return None
    if any(e.type == "identify" and e.t - kept.t <= _AT_ONCE for e in timeline[at + 1 :]):
        return None
    begun = [
        lane.events[0]
        for lane in _begun_from(timelines).get(last.url, ())
        if last.time < lane.events[0].time < kept.time
        and lane.events[0].time - last.time <= WITHIN
        and origin(lane.events[0]) == origin(last)
        and (lane.events[0].library, lane.events[0].write_key) == (last.library, last.write_key)
        and may_be_one_browser(lane.events[0], last)
    ]
    if len(begun) != 1 or _left_by(last.url, begun[0], timelines) != {kept.lane}:
        return None
    return last, begun[0]


def origin(event: Event) -> str:
    """Scheme and host of the page that a call was made on."""
    return "/".join((event.url or "").split("/", 3)[:3])


def _one_site(one: Event, other: Event) -> bool:
    """Whether two hosts have one registrable domain (without the long list of public suffixes: the common ones)."""
    ours, theirs = _site(one), _site(other)
    return ours is not None and ours == theirs


def _site(event: Event) -> str | None:
    labels = origin(event).rpartition("/")[2].partition(":")[0].split(".")
    depth = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-depth:]) if len(labels) >= depth and not labels[-1].isdigit() else None


def _begun_from(timelines: Timelines) -> dict[str, list[Lane]]:
    """The lanes that begin with a page event of nobody, by its referrer."""
    found: dict[str, list[Lane]] | None = timelines.memo.get("lanes begun from")
    if found is None:
        found = timelines.memo["lanes begun from"] = {}
        for lane in timelines.lanes:
            first = lane.events[0]
            if first.type == "page" and first.user_id is None and first.referrer:
                found.setdefault(first.referrer, []).append(lane)
    return found


def _left_by(url: str, begun: Event, timelines: Timelines) -> set[int | None]:
    """The lanes of what may be the same browser whose last page before a call, and not long before, was this one."""
    views: dict[str, set[int]] | None = timelines.memo.get("lanes with a page that another lane begins from")
    if views is None:
        views = timelines.memo["lanes with a page that another lane begins from"] = {}
        asked = _begun_from(timelines)
        for lane in timelines.lanes:
            for event in lane.events:
                if event.type == "page" and event.url in asked:
                    views.setdefault(event.url or "", set()).add(lane.number)
    found: set[int | None] = set()
    for number in views.get(url, ()):
        pages = (e for e in reversed(timelines.lanes[number].events) if e.type == "page" and e.time < begun.time)
        last = next(pages, None)
        if last is None or last.url != url or begun.time - last.time > WITHIN:
            continue
        if may_be_one_browser(last, begun):
            found.add(number)
    return found
