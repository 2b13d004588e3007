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
    del timelines
    event = timeline[at]
    if event.user_id is None:
        return
    own = [other for other in timeline if other.user_id == event.user_id and other is not event]
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
