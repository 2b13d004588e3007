"""Whose signups and visits the ids do not say: matched to accounts whose signup is missing, by time alone.

An account is made while its user is on the form. Where nothing of the user is seen at that moment, and a signup or a
visit of nobody known is, the two are one person.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.funnels.people import Person
from auditor.model.event import Event

NEAR = 30_000
"""How far, ms, a signup's call may be from the making of its account: a page load, a slow server."""
FORM = 600_000
"""How long, ms, a form may be open before it is sent."""


Place = tuple[int, int, int]
"""Where a call stands: file, line, position. It finds the call again in a log that is read part by part."""


def place_of(event: Event) -> Place:
    """The place of a call."""
    return event.file, event.line, event.position


@dataclass(frozen=True, slots=True)
class Stray:
    """A signup, or the last call of a visit that ended on the form, of a person without the right id: when (ms), on
    which host. ``event`` is the call; ``None`` once its part of the log was let go."""

    person: Person
    time: int
    host: str | None
    place: Place
    event: Event | None


@dataclass(frozen=True, slots=True)
class Absent:
    """An account whose signup is missing. ``begun`` are the hosts of the lanes of a user who is first seen just after
    the account was made, ``None`` of any other; ``near`` and ``around``: whether the user is seen while a signup's call
    may come, and while a form is open and after."""

    person: Person
    user: str
    created: int
    begun: frozenset[str | None] | None
    near: bool
    around: bool


def matched(
    accounts: Iterable[Absent], strays: Iterable[Stray], before: int, after: int, *, alone: bool
) -> dict[Person, Stray]:
    """The stray of each account that has one: from ``before`` ms before its making to ``after`` ms after, the nearest
    first, each stray for one account. ``alone``: only where no other of either is nearly as near."""
    held = sorted(strays, key=_order)
    made = sorted(accounts, key=lambda account: (account.created, account.user))
    times, moments = [stray.time for stray in held], [account.created for account in made]
    close = (before + after) // 4
    choices: list[tuple[int, int, int]] = []
    for number, moment in enumerate(moments):
        fit = [place for place in _around(times, moment) if -before <= times[place] - moment <= after]
        choices += [(abs(times[place] - moment), number, place) for place in fit]
    choices.sort()
    found: dict[Person, Stray] = {}
    taken: set[int] = set()
    for gap, number, place in choices:
        if made[number].person in found or place in taken:
            continue
        near = gap + close
        if alone and (_rival(times, moments[number], place, near) or _rival(moments, times[place], number, near)):
            continue
        found[made[number].person] = held[place]
        taken.add(place)
    return found


def _around(times: list[int], moment: int) -> range:
    """The places of the times nearest to a moment, two on either side."""
    place = bisect_left(times, moment)
    return range(max(place - 2, 0), min(place + 2, len(times)))


def _rival(times: list[int], moment: int, own: int, within: int) -> bool:
    """Whether another time than the one at ``own`` is as near to a moment."""
    return any(place != own and abs(times[place] - moment) < within for place in _around(times, moment))


def _order(stray: Stray) -> tuple[int, Person, Place]:
    return stray.time, stray.person, stray.place
