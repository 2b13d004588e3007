"""Logouts that are tracked once reset has run: by then nobody is there to be logged out (domain.md 3.3)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.goes_on import lane_before
from auditor.timelines.timelines import Timelines

OPTIONS: dict[str, str] = {}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one logout event without a user.

    It is the first call after a reset that RudderStack's ids show, or with it an anonymousId begins in the middle of a
    document on which a user was there until then. A logout page that was opened directly is neither.
    """
    del options
    event = timeline[at]
    if event.after_reset:
        behind = timeline[:at]
    elif at == 0 and event.lane is not None:
        before = lane_before(timelines.lanes[event.lane], timelines)
        behind = before.events[-1:] if before is not None else []
    else:
        return
    user = next((earlier for earlier in reversed(behind) if earlier.user_id is not None), None)
    if user is not None:
        yield Problem(None, (("before", user),))
