"""The userId is gone and the anonymousId is still there: user().id(null), or a deleted cookie (domain.md 3.2, P1)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"identify": "predicate", "user_call": "predicate", "reset": "predicate"}


def glance(options: Options, holds: Options) -> bool:
    """Nobody to forget on most lanes."""
    del options
    return bool(holds.identify)


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """The first page without a user that comes after an identify: on most lanes such pages come before it."""
    first = next((index for index in range(flagged[-1]) if options.identify(timeline[index])), None)
    after = (index for index in flagged if first is not None and index > first)
    return [index for index in after if _known_at(index, timeline, options) is not None][:1]


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one page without a user: identify ran before it on this lane, and no other user is ever on it.

    Only identify proves that there was a user: other calls that were sent late carry one from before (domain.md 2.3).
    """
    del timelines
    known = _known_at(at, timeline, options)
    if known is None:
        return
    if all(other.user_id == known.user_id for other in timeline if options.user_call(other)):
        yield Problem(None, (("known", known),))


def _known_at(at: int, timeline: list[Event], options: Options) -> Event | None:
    """The last identify before, with no reset since."""
    for earlier in reversed(timeline[:at]):
        if options.reset(earlier):
            return None
        if options.identify(earlier) and earlier.t < timeline[at].t:
            return earlier
    return None
