"""anonymousIds that a server makes up for one call and never uses again."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"least": "value"}
_MOST_OF_THEM = 0.9


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one call of nobody that a server sent: a problem if its anonymousId occurs nowhere else, and so it is with
    nearly all calls of this name. A few alone may be visitors whose browsers block the library."""
    event = timeline[at]
    ids = _ids(timelines)[event.type, event.event]
    single = sum(ids.values())
    if ids.get(event.anonymous_id or "") and single >= options.least and single >= _MOST_OF_THEM * len(ids):
        yield Problem(fields={"times": str(single)})


def _ids(timelines: Timelines) -> dict[tuple[str, str | None], dict[str, bool]]:
    """The anonymousIds of servers' calls without a userId, by type and name of the call: whether the log holds the id
    once."""
    found: dict[tuple[str, str | None], dict[str, bool]] | None = timelines.memo.get("anonymousIds of servers")
    if found is None:
        found = timelines.memo["anonymousIds of servers"] = defaultdict(dict)
        calls = [e for e in timelines.alone if not e.client and e.anonymous_id is not None]
        counts = Counter(event.anonymous_id for event in calls)
        elsewhere = {lane.events[0].anonymous_id for lane in timelines.lanes}
        for event in calls:
            one = event.anonymous_id or ""
            if event.user_id is None:
                found[event.type, event.event][one] = counts[one] == 1 and one not in elsewhere
    return found
