"""After a logout the ids show whether reset was called: reset itself sends nothing (domain.md 3)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.event import Event
from auditor.timelines.order import unordered
from auditor.timelines.timelines import Timelines

OPTIONS = {
    "logout": "predicate",
    "logout_page": "predicate",
    "view": "predicate",
    "identify": "predicate",
    "settle": "duration",
}
_SHOWN = 3


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge the last logout signal before the next page or screen of the lane.

    ``still-sent``: that view, with no identify up to ``settle`` after it (which would have filled the userId in),
    carries the same userId. ``inherited``: the next identify on the anonymousId names another user. No seconds of
    grace: they miss real cases (design.md 6). A view on another host than the one that did call reset is the business
    of another rule.
    """
    event = timeline[at]
    user = event.user_id
    if user is None:
        return
    start = at + 1
    for index in range(start, len(timeline)):
        later = timeline[index]
        if options.logout(later) or later.type == "reset" or later.after_reset:
            return
        if options.identify(later):
            if later.user_id != user:
                yield _inherited(event, later, options)
            return
        if not options.view(later):
            continue
        if later.user_id != user:
            return
        if unordered(event, later):
            yield Unsure()
            return
        follower = _identify_soon(timeline, index, options)
        if follower is None:
            from auditor.timelines.kept_elsewhere import reset_elsewhere  # few logs come here

            if reset_elsewhere(index, timeline, timelines) is None:
                yield _still_sent(event, timeline, index, options)
        elif follower.user_id != user:
            yield _inherited(event, follower, options)
        return
    if not _goes_on(timelines, event):
        yield Unsure()


def _identify_soon(timeline: list[Event], index: int, options: Options) -> Event | None:
    limit = timeline[index].t + options.settle
    for later in timeline[index + 1 :]:
        if later.t > limit:
            return None
        if options.identify(later):
            return later
    return None


def _still_sent(event: Event, timeline: list[Event], index: int, options: Options) -> Problem:
    leaked, heir = [], []
    for later in timeline[index:]:
        if options.identify(later) and later.user_id != event.user_id:
            heir.append(("next user", later))
        if options.identify(later) or options.logout(later) or later.user_id != event.user_id:
            break
        if options.view(later):
            leaked.append(later)
    evidence = (*(("still sent", view) for view in leaked[:_SHOWN]), *heir)
    return Problem("still-sent", evidence, {"signal": signal_words(event, options), "next_type": leaked[0].type})


def _inherited(event: Event, identify: Event, options: Options) -> Problem:
    fields = {"signal": signal_words(event, options)}
    return Problem("inherited", (("inherits", identify),), fields)


def signal_words(event: Event, options: Options) -> str:
    """What logged the user out, as people say it."""
    return f"the page {event.path}" if options.logout_page(event) else f'"{event.event}"'


def _goes_on(timelines: Timelines, event: Event) -> bool:
    """Whether the same device is seen again on a later lane: what a reset looks like in analytics.js."""
    devices = timelines.devices.of
    last: dict[int, int] = timelines.memo.setdefault("last seen on device", {})
    if not last:
        for lane in timelines.lanes:
            last[devices[lane.number]] = max(last.get(devices[lane.number], 0), lane.events[-1].time)
    if event.lane is None:
        return False
    return last.get(devices[event.lane], 0) > timelines.lanes[event.lane].events[-1].time
