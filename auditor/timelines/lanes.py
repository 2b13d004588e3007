"""Lanes: the client events of one (source, library family, anonymousId), and the clock they share.

The reader puts events on their lanes (``logs.settle``); here they are put in order. The offset of a lane's clock is the
least difference between received and sent over the lane (``Sender``; some mobile SDKs stamp ``sentAt`` long before a
request succeeds, domain.md 1.4).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice, takewhile

from auditor.model.event import Event, Sender
from auditor.timelines.order import CLOCK, sort_events

_MILLISECOND = timedelta(milliseconds=1)


class Lane:
    """One lane. ``events`` are in order of the client clock; ``mask`` has every bit that some of them has; ``users``
    are the userIds that they carry."""

    __slots__ = ("events", "mask", "number", "paged", "rudderstack", "users")

    def __init__(self, number: int, sender: Sender, events: list[Event]) -> None:
        self.number = sender.number = number
        self.events = events
        self.mask = sender.mask
        self.users = sender.users
        self.rudderstack = sender.rudderstack
        self.paged = False
        set_clock(sender)
        if not sender.straight:
            sort_events(events, CLOCK)


def may_be_one_browser(one: Event, other: Event) -> bool:
    """Whether the calls of two lanes have one ``userAgent``, or one of them has none or several. Many people have the
    same one; but nobody's changes within a visit."""
    agents = one.sender.agent, other.sender.agent
    return None in agents or agents[0] == agents[1] or one.sender.mixed or other.sender.mixed


def set_clock(sender: Sender) -> None:
    """Set the offset of a sender's clock, now that all its events are read."""
    if sender.delay is not None:
        sender.offset = round(sender.delay / _MILLISECOND)


def mark_resets(events: list[Event]) -> list[Event]:
    """Set ``after_reset`` where a lane's ids show that reset was called just before (sorted events of one lane).

    Returns the events that were marked.

    RudderStack keeps the anonymousId: an event without userId in a new session, after events with one, shows it
    (domain.md 3.2, RS1); where sessions are switched off, the missing userId alone. analytics.js rotates the
    anonymousId on reset, so a lane of it never holds one.
    """
    session: str | None = None
    known = False
    marked = []
    for event in events:
        if event.type == "reset":
            known = False
        elif event.user_id is not None:
            known, session = True, event.session
        elif known and event.rudderstack and (event.session is None or event.session != session):
            event.after_reset = True
            marked.append(event)
            known = False
    return marked


def mark_identified(events: list[Event]) -> list[Event]:
    """Set ``after_identify`` where a lane's ids show that identify ran just before (sorted events of one lane).

    Returns the events that were marked.

    For SDKs whose identify may send nothing (``Event.identified``): the first event with a user, or with another one
    (domain.md 3.2, PH2, AM1, MX1). A ``$identify`` of PostHog's for another user says more: it is sent only where the
    id before it was anonymous, so reset has run.
    """
    user: str | None = None
    marked = []
    for index, event in enumerate(events):
        if event.type == "reset" or event.after_reset:
            user = None
        if not event.identified or event.user_id in (user, None) or event.type == "alias":
            continue
        if event.type != "identify":
            if _identified_at_once(event, islice(events, index + 1, None)):
                continue
            event.after_identify = True
            marked.append(event)
        elif user is not None and event.rudderstack and event.previous_id not in (user, None):
            event.after_reset = True
            marked.append(event)
        user = event.user_id
    return marked


def _identified_at_once(event: Event, behind: Iterable[Event]) -> bool:
    """Whether an identify of the same millisecond explains the user of an event: then none was silent."""
    tied = takewhile(lambda other: other.t == event.t, behind)
    return any(other.type == "identify" and other.user_id == event.user_id for other in tied)


def users_by_anonymous_id(lanes: list[Lane], alone: list[Event], links: list[Event]) -> dict[str, set[str]]:
    """The userIds each anonymousId was seen with. Among them those of ``links``, events that give their user a previous
    id: it is another name of the user."""
    found: dict[str, set[str]] = defaultdict(set)
    for lane in lanes:
        if lane.users:
            anonymous = lane.events[0].anonymous_id or ""
            found[anonymous] = found[anonymous] | lane.users if anonymous in found else lane.users
    for event in alone:
        if event.user_id is not None and event.anonymous_id is not None:
            found[event.anonymous_id] = found[event.anonymous_id] | {event.user_id}
    for event in links:
        found[event.previous_id or ""] = found[event.previous_id or ""] | {event.user_id or ""}
    return found


def is_link(event: Event) -> bool:
    """Whether an event gives its user a previous id: what an alias does that is none of the user to itself."""
    return event.previous_id is not None and event.user_id is not None and event.previous_id != event.user_id
