"""An identify that hands one user the traits of the user who was there before (domain.md 3.2, M4)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.telling import OF_ONE_ACCOUNT, telling_traits
from auditor.timelines.goes_on import lane_before
from auditor.timelines.timelines import Timelines
from auditor.timelines.told import told

OPTIONS = {"tells": "predicate"}
READS_NESTED = ("flagged", "tells")
_WANTED = 2
"""Equal traits that it takes: a family may share one (domain.md 8.3)."""


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """Where another user begins: the first on the lane, and whoever is not the one before."""
    del options
    users = [timeline[index].user_id for index in flagged]
    return [index for index, user, last in zip(flagged, users, [None, *users], strict=False) if user != last]


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one identify on its lane by the last one of another user on the same browser or phone.

    Equal traits alone may be one person under a new id. That the user has another value elsewhere in the log proves
    that the one here is not the user's own.
    """
    event = timeline[at]
    last = _last_user(at, timeline, options, timelines)
    if last is None or event.user_id is None:
        return
    ours, theirs = telling_traits(event), telling_traits(last)
    equal = {key for key, value in ours.items() if theirs.get(key) == value}
    if len(equal) < _WANTED or not equal & OF_ONE_ACCOUNT:
        return
    for other in told(timelines, options.tells).of.get(event.user_id, ()):
        own = telling_traits(other)
        if any(own.get(key, ours[key]) != ours[key] for key in equal):
            yield Problem(None, (("last", last), ("own", other)), {"traits": " and ".join(sorted(equal))})
            return


def _last_user(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Event | None:
    """The last such identify of another user before this one, on this lane or the one that it goes on from."""
    event = timeline[at]
    for earlier in reversed(timeline[:at]):
        if earlier.user_id != event.user_id and options.tells(earlier):
            return earlier
    lane = None if event.lane is None else lane_before(timelines.lanes[event.lane], timelines)
    if lane is None:
        return None
    earlier_ones = (e for e in reversed(lane.events) if e.user_id != event.user_id and options.tells(e))
    return next(earlier_ones, None)
