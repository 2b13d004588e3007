"""userIds that are the anonymousId of some browser or phone in the log."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS: dict[str, str] = {}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one userId."""
    del options
    known: set[str] | None = timelines.memo.get("anonymousIds of clients")
    if known is None:
        known = {lane.events[0].anonymous_id or "" for lane in timelines.lanes}
        timelines.memo["anonymousIds of clients"] = known
    if timeline[at].user_id in known:
        yield Problem()
