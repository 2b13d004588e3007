"""One userId that stands for many people: hard-coded, or taken from something that all have (domain.md 4.8, 8.2)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.telling import email_of
from auditor.timelines.timelines import Timelines
from auditor.timelines.told import lanes_of

OPTIONS = {"people": "value", "devices": "value", "tells": "predicate"}
READS_NESTED = ("tells",)


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one userId at its first identify by a client, given all calls that identify it.

    ``many-people``: it was given the e-mail addresses of ``people`` or more, each on an anonymousId of its own.
    ``many-devices``: ``devices`` or more were active with it at one moment, which new anonymousIds of one browser never
    are.
    """
    event = timeline[at]
    first: dict[str, Event] = {}
    lanes: dict[int, str] = {}
    for other in timeline:
        email = email_of(other) if other.lane is not None and options.tells(other) else None
        if email is not None and other.lane is not None and lanes.setdefault(other.lane, email) == email:
            first.setdefault(email, other)
    if len(first) >= options.people:
        people = list(first.values())[: options.people]
        evidence = tuple(("person", other) for other in people if other is not event)
        yield Problem("many-people", evidence, {"times": str(len(first))})
        return
    most, moment = _most_at_once(event.user_id or "", timelines)
    if most >= options.devices and moment is not None:
        yield Problem("many-devices", (("then", moment),), {"times": str(most)})


def passes(event: Event, options: Options, timelines: Timelines) -> bool:
    """Whether too few devices have this user for anything to be said."""
    return bool(len(lanes_of(timelines).get(event.user_id or "", ())) < min(options.people, options.devices))


def _most_at_once(user: str, timelines: Timelines) -> tuple[int, Event | None]:
    """How many lanes, at the most, had calls of the user before and after one moment; and the call of that moment."""
    ends: list[tuple[int, int, Event]] = []
    for number in lanes_of(timelines).get(user, ()):
        own = [event for event in timelines.lanes[number].events if event.user_id == user]
        if own[-1].time > own[0].time:
            ends += [(own[0].time, 1, own[0]), (own[-1].time, 0, own[-1])]
    most = open_ = 0
    moment = None
    for _, opens, event in sorted(ends, key=lambda end: end[:2]):
        open_ += 1 if opens else -1
        if open_ > most:
            most, moment = open_, event
    return most, moment
