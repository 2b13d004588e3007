"""Pages of one host that go on with ids which a reset on another host of the site has given up (domain.md 3.2, S1)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.kept_elsewhere import origin, reset_elsewhere
from auditor.timelines.timelines import Timelines

OPTIONS: dict[str, str] = {}


def screen(flagged: list[int], timeline: list[Event], options: Options) -> list[int]:
    """The pages on another host than the page before: on most lanes there is none."""
    del options
    found = []
    host: str | None = None
    for index in flagged:
        event = timeline[index]
        if event.url is not None and (host is None or not event.url.startswith(host)):
            if host is not None:
                found.append(index)
            host = f"{origin(event)}/"
    return found


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one page of a lane that was on another host before."""
    del options
    found = reset_elsewhere(at, timeline, timelines)
    if found is not None:
        last, begun = found
        yield Problem(None, (("left", last), ("reset", begun)), {"host": origin(timeline[at]), "there": origin(last)})
