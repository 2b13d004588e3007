"""A signup on a page that is left at once: what became of it, from page changes, sentAt and repeated messageIds.

A page that is left takes its open requests along. analytics.js keeps them and sends them from the next page of the
same origin: the same messageId and clock, a later sentAt (domain.md 2.6, 11.18).
"""

from collections.abc import Iterator
from itertools import islice

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.delivery import UNDELIVERED
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

_STAYS = 3000
"""How long, ms, a form's page that is about to be left may go on making calls: a slow answer to the form."""
OPTIONS = {"signup_page": "predicate", "leave_within": "duration", "redirects_within": "duration"}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge one client signup.

    On the signup form's page it is a problem unless the log shows that the page stayed (a route change in a
    single-page app, or other calls from it later on). Elsewhere only if the page was left within ``leave_within`` or
    the request was aborted.
    """
    event = timeline[at]
    if event.lane is None:
        return
    timelines.load_pages(timelines.lanes[event.lane])
    follower = next((e for e in islice(timeline, at + 1, None) if e.page_load != event.page_load), None)
    gap = None if follower is None else follower.t - event.t
    gone = event.delivery in UNDELIVERED
    left_at_once = gap is not None and gap <= options.leave_within
    on_form = options.signup_page(event) and not _page_stayed(timeline, at, follower, options)
    if on_form and gap is not None and gap > options.redirects_within:
        on_form = False
    if not (on_form or left_at_once or gone):
        return
    kind, fields = _fate(event, follower, timelines)
    fields["where"] = "the page of the signup form" if on_form else f"a page that was left {gap or 0} ms later"
    evidence = [("next page", follower)] if follower is not None else []
    copies = timelines.copies.get(event.message_id or "")
    if kind == "duplicated" and copies is not None:
        evidence.extend(("received again", copy) for copy in copies.others[:1])
    yield Problem(kind, tuple(evidence), fields)


def _page_stayed(timeline: list[Event], at: int, follower: Event | None, options: Options) -> bool:
    """Whether the page load went on after the signup: a view or a call from another path, or a call seconds later.

    Where nothing says that the page was ever left, a call after ``leave_within`` is enough.
    """
    long = _STAYS if follower is not None else options.leave_within
    event = timeline[at]
    stayed = (e for e in islice(timeline, at + 1, None) if e.page_load == event.page_load)
    return any(e.type in ("page", "screen") or e.path != event.path or e.t - event.t > long for e in stayed)


def _fate(event: Event, follower: Event | None, timelines: Timelines) -> tuple[str, dict[str, str]]:
    copies = timelines.copies.get(event.message_id or "")
    others = copies.others if copies is not None else []
    if not timelines.arrived(event):
        return "lost", {}
    again = [copy for copy in others if copy.sent != event.sent and copy.delivery not in UNDELIVERED]
    if again and event.delivery not in UNDELIVERED:
        return "duplicated", {"times": str(1 + len(others))}
    arrived = again[0] if again and event.delivery in UNDELIVERED else event
    sent = arrived.sent
    if sent is not None and follower is not None and sent >= follower.t:
        return "late", {"after": f"{sent - event.t} ms"}
    return "delivered", {}
