"""anonymousIds that a server makes up for one call and never uses again."""

from collections import Counter
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"least": "value"}
_MOST_OF_THEM = 0.9


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one call of nobody that a server sent: a problem if its anonymousId occurs nowhere else, and so it is with
    nearly all that servers send. A few alone may be visitors whose browsers block the library."""
    single, several = _ids(timelines)
    if timeline[at].anonymous_id not in single:
        return
    if len(single) >= options.least and len(single) >= _MOST_OF_THEM * (len(single) + len(several)):
        yield Problem(fields={"times": str(len(single))})


def _ids(timelines: Timelines) -> tuple[set[str], set[str]]:
    """The anonymousIds of servers' calls without a userId: those that occur once in the log, and the others."""
    found: tuple[set[str], set[str]] | None = timelines.memo.get("anonymousIds of servers")
    if found is None:
        calls = [e for e in timelines.alone if not e.client and e.anonymous_id is not None]
        counts = Counter(event.anonymous_id for event in calls)
        elsewhere = {lane.events[0].anonymous_id for lane in timelines.lanes}
        ids = {event.anonymous_id or "" for event in calls if event.user_id is None}
        single = {one for one in ids if counts[one] == 1 and one not in elsewhere}
        found = timelines.memo["anonymousIds of servers"] = (single, ids - single)
    return found
