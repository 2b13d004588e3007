"""Signups of users who are no new ones: identified long before, or whose account is older than that."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.accounts import created
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"signup": "predicate", "dated": "predicate", "old_after": "duration"}
READS_NESTED = ("dated",)


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one client signup on its lane by the identify calls of its user.

    A signup that the lane holds earlier already is counted twice, which is another rule's business.
    """
    event = timeline[at]
    if event.user_id is None:
        return
    own = [other for other in _telling(timeline, options, timelines).get(event.user_id, ()) if other is not event]
    if any(options.signup(other) and other.t < event.t for other in own):
        return
    known = next((e for e in own if e.type == "identify" and event.t - e.t >= options.old_after), None)
    if known is not None:
        yield Problem("identified-before", (("known", known),))
        return
    for other in own:
        made = created(other) if options.dated(other) else None
        if made is not None and event.time - made >= options.old_after:  # the browser's own clock may be days off
            yield Problem("old-account", (("dated", other),))
            return


def _telling(timeline: list[Event], options: Options, timelines: Timelines) -> dict[str, list[Event]]:
    """The timeline's signups and identify calls by user: gone through once, not once for each signup."""
    kept: dict[tuple[int, int], dict[str, list[Event]]] = timelines.memo.setdefault("signups and identify calls", {})
    key = (id(options), id(timeline[0]))
    found = kept.get(key)
    if found is None:
        found = kept[key] = {}
        for event in timeline:
            told = event.type == "identify" or options.signup(event) or options.dated(event)
            if told and event.user_id is not None:
                found.setdefault(event.user_id, []).append(event)
    return found
