"""Accounts that only the server knows, while a visitor goes from the form to a page for users and stays anonymous."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.event import Event
from auditor.timelines.order import SLACK
from auditor.timelines.timelines import Timelines

OPTIONS = {
    "signup": "predicate",
    "signup_page": "predicate",
    "welcome_page": "predicate",
    "view": "predicate",
    "within": "duration",
    "settle": "duration",
}


class _Visitor(NamedTuple):
    form: Event
    welcome: Event


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge one account that the server made.

    It is linked if any client carries its userId. Else exactly one anonymous visitor must have gone from the signup
    form to the page for new users around that time: blockers and accounts made by an administrator show none. Within
    ``settle`` of that page identify may still come.
    """
    event = timeline[at]
    if event.user_id in _known(timelines):
        return
    fitting = [
        visitor
        for visitor in _visitors(timelines, options)
        if event.time - SLACK <= visitor.welcome.time <= event.time + options.within
        and visitor.form.time <= event.time + SLACK
    ]
    if len(fitting) != 1:
        return
    (visitor,) = fitting
    if timelines.end - visitor.welcome.time < options.settle:
        yield Unsure()
    else:
        yield Problem(evidence=(("form", visitor.form), ("visitor", visitor.welcome)))


def _known(timelines: Timelines) -> set[str]:
    """The userIds that some client carries, or some anonymousId is seen with."""
    found: set[str] | None = timelines.memo.get("users of clients")
    if found is None:
        found = set().union(*(lane.users for lane in timelines.lanes), *timelines.users_of.values())
        timelines.memo["users of clients"] = found
    return found


def _visitors(timelines: Timelines, options: Options) -> list[_Visitor]:
    """The anonymous visitors who went from the form to the page for new users, and whose signup no client tracked."""
    found: list[_Visitor] | None = timelines.memo.get("visitors past the signup form")
    if found is None:
        found = timelines.memo["visitors past the signup form"] = []
        for lane in timelines.lanes:
            if lane.users or timelines.users_of.get(lane.events[0].anonymous_id or ""):
                continue
            if any(options.signup(event) for event in lane.events):
                continue
            views = [event for event in lane.events if options.view(event)]
            found += [
                _Visitor(one, other)
                for one, other in pairwise(views)
                if options.signup_page(one) and options.welcome_page(other)
            ]
    return found
