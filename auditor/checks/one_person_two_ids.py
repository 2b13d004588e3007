"""One person under two userIds: the same account, told by what is identified with it (domain.md 8.2)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.telling import email_of, folded, telling_traits
from auditor.timelines.timelines import Timelines
from auditor.timelines.told import Told, aliased, told

OPTIONS = {"tells": "predicate"}
READS_NESTED = ("flagged", "tells")
_SAID = {"createdAt": "account date", "phone": "phone number"}


def passes(event: Event, options: Options, timelines: Timelines) -> bool:
    """Whether the user shares an e-mail address with nobody."""
    return event.user_id not in told(timelines, options.tells).sharing


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one identify that gives its user an e-mail address.

    Another user has the same address and, as the second signal, the same account date or phone number; never another
    date, which would be another account. The other id is not used any more, or the two sides have an id each: who
    switches between accounts of one address does neither. No alias joins the two.
    """
    event, known = timeline[at], told(timelines, options.tells)
    user, email = event.user_id, email_of(event)
    if user is None or email is None or len(known.emails(user)) != 1:
        return
    ours = telling_traits(event)
    for other in sorted(known.users[email] - {user}):
        before = known.of[other]
        if len(known.emails(other)) != 1 or folded(other) == folded(user) or aliased(user, other, timelines):
            continue
        signal = _signal(ours, telling_traits(before[-1]))
        if signal is not None and _one_after_the_other(user, other, known):
            yield Problem(None, (("before", before[-1]),), {"signal": _SAID[signal]})
            return


def _signal(ours: dict[str, str], theirs: dict[str, str]) -> str | None:
    """Which trait, besides the address, says that the account is the same."""
    made, other = ours.get("createdAt"), theirs.get("createdAt")
    if made is not None and other is not None:
        return "createdAt" if made == other else None
    return "phone" if "phone" in ours and ours["phone"] == theirs.get("phone") else None


def _one_after_the_other(user: str, other: str, known: Told) -> bool:
    """Whether the other id came first, and then this one in its place, or on another side."""
    ours, theirs = known.of[user], known.of[other]
    if theirs[-1].time < ours[0].time:
        return True
    apart = not {event.client for event in ours} & {event.client for event in theirs}
    return apart and theirs[0].time < ours[0].time
