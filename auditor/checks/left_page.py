"""A signup on a page that is left at once: what became of it.

A page that is left takes its open requests along. analytics.js keeps them and sends them from the next page of the
same origin: the same messageId and clock, a later sentAt (domain.md 2.6, 11.18). A HAR shows the document request that
left the page and what became of each request; an event log shows page changes, sentAt and repeated messageIds.
"""

from collections.abc import Iterator
from itertools import islice

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.delivery import ABORTED, BLOCKED, FAILED, REJECTED, UNCONFIRMED, UNKNOWN
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

_STAYS = 3000
"""How long, ms, a form's page that is about to be left may go on making calls: a slow answer to the form."""
OPTIONS = {"signup_page": "predicate", "leave_within": "duration", "redirects_within": "duration"}
TOLD_BY = {"delivery": ("lost",), "sentAt": ("late", "duplicated")}
"""Which kinds cannot be told in a log where no event has this member."""


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge one client signup.

    On the signup form's page it is a problem unless the log shows that the page stayed (a route change in a
    single-page app, or other calls from it later on). Elsewhere only if the page was left within ``leave_within`` or
    the request was cut off. One that was blocked or refused was lost on any page: no problem of this one.
    """
    event = timeline[at]
    if event.lane is None:
        return
    arrived = timelines.arrived(event)
    if not arrived and event.delivery in (BLOCKED, REJECTED):
        return
    timelines.load_pages(timelines.lanes[event.lane])
    follower = next((e for e in islice(timeline, at + 1, None) if e.page_load != event.page_load), None)
    left = _left_by(event, timelines)
    gap = follower.t - event.t if follower is not None else left.t - event.t if left is not None else None
    gone = event.delivery == ABORTED or (event.delivery == FAILED and not arrived)
    left_at_once = gap is not None and gap <= options.leave_within
    on_form = options.signup_page(event) and not _page_stayed(timeline, at, follower, options)
    if on_form and gap is not None and gap > options.redirects_within:
        on_form = False
    if not (on_form or left_at_once or gone):
        return
    copies = timelines.copies.get(event.message_id or "")
    others = copies.others if copies is not None else []
    if event.delivery == UNKNOWN and not others:
        yield Unsure()
        return
    kind, fields = _fate(event, others, follower, arrived=arrived)
    fields["where"] = "the page of the signup form" if on_form else f"a page that was left {max(gap or 0, 0)} ms later"
    fields["seen"] = ", ".join(_seen(event, follower, left, fields))
    evidence = [("next page", follower)] if follower is not None else []
    if left is not None:
        evidence.append(("page left", left))
    if kind == "duplicated":
        evidence.extend(("received again", copy) for copy in others[:1])
    yield Problem(kind, tuple(evidence), fields)


def _left_by(event: Event, timelines: Timelines) -> Event | None:
    """The document request that left the page of an event, where a HAR shows it, on the event's own lane and clock."""
    left = timelines.log.left_by.get(event.message_id or "")
    if left is not None:
        left.sender = event.sender
    return left


def _seen(event: Event, follower: Event | None, left: Event | None, fields: dict[str, str]) -> Iterator[str]:
    """What the log has to show for it."""
    if left is not None:
        gap = left.t - event.t
        yield f"the document request for {left.path} {abs(gap)} ms {'later' if gap >= 0 else 'before'}"
    elif follower is not None:
        what = f"the page view of {follower.path}" if follower.type == "page" else "the next page's first call"
        yield f"{what} {follower.t - event.t} ms later"
    if event.delivery is not None:
        yield f"the outcome of its request ({event.delivery})"
    if "after" in fields:
        yield f"a sentAt that is {fields['after']} behind its own clock"
    if "times" in fields:
        yield f"its messageId {fields['times']} times"


def _page_stayed(timeline: list[Event], at: int, follower: Event | None, options: Options) -> bool:
    """Whether the page load went on after the signup: a view or a call from another path, or a call seconds later.

    Where nothing says that the page was ever left, a call after ``leave_within`` is enough.
    """
    long = _STAYS if follower is not None else options.leave_within
    event = timeline[at]
    later = (e for e in islice(timeline, at + 1, None) if e.page_load == event.page_load)
    stayed = (e for e in later if not _in_another_tab(e, timeline, at))
    return any(e.type in ("page", "screen") or e.path != event.path or e.t - event.t > long for e in stayed)


def _in_another_tab(later: Event, timeline: list[Event], at: int) -> bool:
    """Whether a call came from a page that was opened before and is another document than the signup's: a document
    keeps its referrer, whatever route it is on."""
    event = timeline[at]
    if later.type == "page" or later.path == event.path or later.referrer == event.referrer:
        return False
    views = (e for e in islice(timeline, at) if e.type == "page")
    return any((view.url, view.referrer) == (later.url, later.referrer) for view in views)


def _fate(event: Event, others: list[Event], follower: Event | None, *, arrived: bool) -> tuple[str, dict[str, str]]:
    if not arrived:
        return "lost", {"outcome": event.delivery or ""}
    again = [copy for copy in others if copy.sent != event.sent and copy.delivery not in UNCONFIRMED]
    if again and event.delivery not in UNCONFIRMED:
        return "duplicated", {"times": str(1 + len(others))}
    came = again[0] if again else event
    sent = came.sent
    if sent is not None and follower is not None and sent >= follower.t:
        return "late", {"after": f"{sent - event.t} ms"}
    return "delivered", {}
