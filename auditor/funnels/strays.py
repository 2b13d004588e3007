"""Whose signups and visits the ids do not say: matched to accounts whose signup is missing, by time alone.

An account is made while its user is on the form. Where nothing of the user is seen at that moment, and a signup or a
visit of nobody known is, the two are one person.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.funnels.accounts import Account
from auditor.funnels.people import Person
from auditor.model.event import Event

NEAR = 30_000
"""How far, ms, a signup's call may be from the making of its account: a page load, a slow server."""
FORM = 600_000
"""How long, ms, a form may be open before it is sent."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A signup, or the last call of a visit that ended on the form, of a person without the right id."""

    person: Person
    event: Event


def matched(
    accounts: Iterable[Account], strays: Iterable[Stray], before: int, after: int, *, alone: bool
) -> dict[Person, Stray]:
    """The stray of each account that has one: from ``before`` ms before its making to ``after`` ms after, the nearest
    first, each stray for one account. ``alone``: only where no other of either is nearly as near."""
    held = sorted(strays, key=_time)
    made = sorted(accounts, key=lambda account: (account.created, account.user))
    times, moments = [stray.event.time for stray in held], [account.created for account in made]
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


def _time(stray: Stray) -> int:
    return stray.event.time
