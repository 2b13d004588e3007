"""Where a device passed to another person without reset, as the findings of two rules say, and who was there then."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.timelines.lanes import Lane
from auditor.timelines.timelines import Timelines

LOGOUT, TWO_USERS = "missing-reset-on-logout", "two-users-on-one-device"
RULES = (LOGOUT, TWO_USERS)
_AT_ONCE, _SOON = 1000, 60_000
"""How soon after the last call of one anonymousId, ms, the identify that takes another has to come to be its sequel."""
_VIEWS = ("page", "screen")
_CLOCK, _INDEX = attrgetter("t"), attrgetter("index")


@dataclass(frozen=True, slots=True)
class Break:
    """On a lane, the first event (by its index) of whoever came next.

    ``left`` is the userId of the one before, which may still be sent; ``None`` after a reset, when it is not.
    ``onward`` is the lane on which the next one goes on: analytics.js takes another anonymousId when another user is
    identified, with or without reset (domain.md 2.2).
    """

    lane: int
    index: int
    left: str | None
    onward: int | None = None


def breaks_of(findings: Iterable[Finding], timelines: Timelines) -> list[Break]:
    """The breaks that findings of ``RULES`` prove, by lane and index; each once."""
    found: dict[tuple[int, int], Break] = {}
    onward: Onward | None = None
    for finding in findings:
        for one in _shown_by(finding, timelines):
            if (one.lane, one.index) in found:
                continue
            lane, goes_on = timelines.lanes[one.lane], None
            if not any(later.type == "identify" for later in lane.events[one.index :]):
                onward = onward or Onward(timelines)
                goes_on = onward.of(lane, one.left)
            found[one.lane, one.index] = replace(one, onward=goes_on)
    return list(_without_echoes(sorted(found.values(), key=lambda one: (one.lane, one.index)), timelines))


def _without_echoes(breaks: list[Break], timelines: Timelines) -> Iterator[Break]:
    """The breaks but for those that say again what the one before said: two rules may speak of one change of users."""
    before: Break | None = None
    for one in breaks:
        if before is not None and (before.lane, before.left) == (one.lane, one.left):
            between = timelines.lanes[one.lane].events[before.index : one.index]
            if not any(event.type == "identify" for event in between):
                continue
        yield one
        before = one


class Behind:
    """Finds, among breaks, those that a finding shows, or that began what it shows: a reset at the logout would have
    spared the second user on the same device as well."""

    def __init__(self, breaks: Iterable[Break], timelines: Timelines) -> None:
        self._timelines = timelines
        self._breaks: dict[tuple[int, str | None], list[Break]] = {}
        for one in breaks:
            self._breaks.setdefault((one.lane, one.left), []).append(one)

    def of(self, finding: Finding) -> list[Break]:
        """The breaks behind a finding of ``RULES``; none where the log does not show what came after."""
        found = []
        for shown in _shown_by(finding, self._timelines):
            near = self._breaks.get((shown.lane, shown.left), [])
            place = bisect_right(near, shown.index, key=_INDEX)
            found += near[max(place - 1, 0) : place]
        return found


def resets_of(timelines: Timelines) -> Iterator[Break]:
    """Where reset was called on lanes that keep their anonymousId over it (RudderStack's, PostHog's; domain.md 3.1)."""
    for lane in timelines.lanes:
        if lane.rudderstack:
            for index, event in enumerate(lane.events):
                if index and (event.after_reset or event.type == "reset"):
                    yield Break(lane.number, index, None)


def _shown_by(finding: Finding, timelines: Timelines) -> Iterator[Break]:
    event = finding.event
    if finding.rule not in RULES or event.lane is None:
        return
    lane = timelines.lanes[event.lane]
    at = bisect_left(lane.events, event.t, key=_CLOCK)
    while lane.events[at] is not event:
        at += 1
    yield from _after_logout(lane, at) if finding.rule == LOGOUT else _before_next_users(lane, at, finding)


def _after_logout(lane: Lane, at: int) -> Iterator[Break]:
    """The first view or identify after the logout: what comes between may belong to the logout page."""
    left = lane.events[at].user_id
    for index in range(at + 1, len(lane.events)):
        if lane.events[index].type in (*_VIEWS, "identify"):
            if left is not None:
                yield Break(lane.number, index, left)
            return


def _before_next_users(lane: Lane, at: int, finding: Finding) -> Iterator[Break]:
    """Right after the last event that a user was seen with before the next was identified; the rule speaks once for a
    lane, so every later change of user is one too."""
    left = next((event.user_id for role, event in finding.evidence if role == "first"), None)
    for index in range(at, len(lane.events)):
        event = lane.events[index]
        if event.type != "identify" or event.user_id in (None, left):
            continue
        begin = next((place for place in range(index - 1, -1, -1) if lane.events[place].user_id == left), None)
        if left is not None and begin is not None:
            yield Break(lane.number, begin + 1, left)
        left = event.user_id


class Onward:
    """Lanes that begin with an identify, by the page that it is called on: where the one before may go on."""

    def __init__(self, timelines: Timelines) -> None:
        self._begun: dict[str, list[Lane]] = {}
        for lane in timelines.lanes:
            first = lane.events[0]
            if first.type == "identify" and first.url and first.user_id is not None:
                self._begun.setdefault(first.url, []).append(lane)

    def of(self, lane: Lane, left: str | None) -> int | None:
        """The lane that goes on where this one ends: an identify of somebody else, on the page that this one viewed
        last, in the same second or else within a minute. ``None`` where there is none, or more than one."""
        view = next((event for event in reversed(lane.events) if event.type == "page"), None)
        if view is None or view.url is None:
            return None
        last = lane.events[-1].time
        others = [one for one in self._begun.get(view.url, ()) if one is not lane and one.events[0].user_id != left]
        for within in (_AT_ONCE, _SOON):
            fitting = [one for one in others if -_AT_ONCE <= one.events[0].time - last <= within]
            if fitting:
                return fitting[0].number if len(fitting) == 1 else None
        return None


@dataclass(frozen=True, slots=True)
class Stay:
    """The events of a lane between two breaks.

    ``begun`` is the break before it, ``None`` for the first; ``number`` counts from 0. ``stale`` are the events that
    still carry the userId of the one who left; ``users`` who is known to have been there.
    """

    lane: int
    number: int
    begun: Break | None
    events: list[Event]
    stale: list[Event]
    users: frozenset[str]


def stays(breaks: Iterable[Break], timelines: Timelines) -> Iterator[Stay]:
    """The stays on each lane that has breaks."""
    by_lane: dict[int, dict[int, Break]] = {}
    for one in breaks:
        by_lane.setdefault(one.lane, {}).setdefault(one.index, one)
    for number, held in by_lane.items():
        events = timelines.lanes[number].events
        begins = [0, *sorted(held)]
        for place, (begin, end) in enumerate(pairwise([*begins, len(events)])):
            yield _stay(number, place, held.get(begin) if place else None, events[begin:end], timelines)


def _stay(lane: int, number: int, begun: Break | None, events: list[Event], timelines: Timelines) -> Stay:
    stale: list[Event] = []
    users: set[str] = set()
    named: int | None = None
    left = begun.left if begun is not None else None
    for event in events:
        if named is None and event.type == "identify" and event.user_id is not None:
            named = event.t
        if left is not None and event.user_id == left and (named is None or _at_once(event, named)):
            stale.append(event)
        elif event.user_id is not None:
            users.add(event.user_id)
    if begun is not None and begun.onward is not None:
        users |= {event.user_id for event in timelines.lanes[begun.onward].events[:1] if event.user_id is not None}
    return Stay(lane, number, begun, events, stale, frozenset(users))


def _at_once(event: Event, named: int) -> bool:
    """Whether an event stands in the millisecond of the next user's identify: either may have come first."""
    return event.type != "identify" and event.t == named
