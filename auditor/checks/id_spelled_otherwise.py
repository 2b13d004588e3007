"""One userId in two spellings: another case, blanks around it, zeros in front (domain.md 8.2)."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.telling import email_of, folded
from auditor.timelines.timelines import Timelines
from auditor.timelines.told import aliased, told

OPTIONS = {"tells": "predicate"}
READS_NESTED = ("flagged", "tells")


def passes(event: Event, options: Options, timelines: Timelines) -> bool:
    """Whether the user shares an e-mail address with nobody."""
    return event.user_id not in told(timelines, options.tells).sharing


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one identify that gives its user an e-mail address: another user of the address has the same id, spelled
    otherwise, and had it first. Ids that only look alike (random letters) do not share an address."""
    event, known = timeline[at], told(timelines, options.tells)
    user = event.user_id or ""
    for other in sorted(known.users.get(email_of(event) or "", set()) - {user}):
        first = known.of[other][0]
        if folded(other) == folded(user) and first.time < event.time and not aliased(user, other, timelines):
            yield Problem(None, (("first", first),))
            return
