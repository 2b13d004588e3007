"""Who signed up: as the client's signups say, and as accounts, strays and split visits correct it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from auditor.funnels.accounts import Account
from auditor.funnels.people import People, Person
from auditor.funnels.sites import Split, host_of_event
from auditor.funnels.strays import FORM, NEAR, Stray, matched
from auditor.model.event import Event
from auditor.timelines.lanes import Lane
from auditor.timelines.order import TIME
from auditor.timelines.timelines import Timelines

_AFTER = 30 * 60_000
"""How long, ms, after an account is made its user may first be seen: a mail may have to be confirmed."""


@dataclass(slots=True)
class Signed:
    """``signups`` that arrived and ``accounts`` that are proved, by person. Of the accounts whose signup is
    ``missing``: ``unnamed`` have one that carries no user, ``misnamed`` one under another user, ``ended`` a visit that
    ended on the form, ``unseen`` nothing at all at the time. ``splits`` are visits on two lanes."""

    signups: dict[Person, list[Event]]
    accounts: dict[Person, Account]
    splits: list[Split]
    missing: dict[Person, Account] = field(default_factory=dict)
    unnamed: dict[Person, Stray] = field(default_factory=dict)
    misnamed: dict[Person, Stray] = field(default_factory=dict)
    ended: dict[Person, Stray] = field(default_factory=dict)
    unseen: set[Person] = field(default_factory=set)
    lanes: dict[Person, list[Lane]] = field(default_factory=dict)


def find_signed(
    timelines: Timelines,
    people: People,
    signups: dict[Person, list[Event]],
    accounts: dict[Person, Account],
    found: list[Split],
    on_form: Callable[[Event], bool],
    without_reset: Callable[[Event], bool],
) -> Signed:
    """Match what is missing with what nobody claims. ``on_form`` tells calls of the signup form's page;
    ``without_reset`` signups on a device where a reset is missing. People whom a match proves to be one are joined."""
    signed = Signed(signups, accounts, found)
    signed.missing = {p: a for p, a in accounts.items() if a.lacking and p not in signups}
    if not signed.missing:
        return signed
    signed.lanes = _lanes_of(timelines, people, signed.missing)
    waiting = dict(signed.missing)
    surplus = [
        Stray(person, event)
        for person, events in signups.items()
        if person.startswith("user ")
        for event in events[1:]
        if without_reset(event)
    ]
    begun = [a for a in waiting.values() if _begins(signed.lanes.get(a.person, []), a, people)]
    for host in {host_of_event(stray.event) for stray in surplus}:
        there = [a for a in begun if any(host_of_event(lane.events[0]) == host for lane in signed.lanes[a.person])]
        here = [stray for stray in surplus if host_of_event(stray.event) == host]
        signed.misnamed |= matched(there, here, NEAR, NEAR, alone=False)
    for person in signed.misnamed:
        del waiting[person]
    absent = [a for a in waiting.values() if not _seen(signed, a, NEAR, NEAR, people)]
    nameless = [Stray(p, events[0]) for p, events in signups.items() if p.startswith("device ")]
    signed.unnamed = matched(absent, nameless, NEAR, NEAR, alone=False)
    absent = [a for a in absent if a.person not in signed.unnamed]
    visits = _ended(timelines, people, signups, on_form) if absent else []
    signed.ended = matched(absent, visits, FORM, 2000, alone=True)
    left = [a for a in absent if a.person not in signed.ended and not _seen(signed, a, FORM, _AFTER, people)]
    near = matched(left, visits, FORM, 2000, alone=False)  # several may be meant: the log cannot say
    signed.unseen = {a.person for a in left if a.person not in near}
    for matches in (signed.unnamed, signed.ended):
        for person, stray in matches.items():
            people.join(stray.person, person)
    return signed


def _lanes_of(timelines: Timelines, people: People, wanted: dict[Person, Account]) -> dict[Person, list[Lane]]:
    found: dict[Person, list[Lane]] = {}
    for lane in timelines.lanes:
        whole = people.of_whole(lane)
        owners: Iterable[Person | None] = (whole,) if whole is not None else set(map(people.of, lane.events))
        for person in owners:
            if person in wanted and person is not None:
                found.setdefault(person, []).append(lane)
    return found


def _seen(signed: Signed, account: Account, before: int, after: int, people: People) -> bool:
    """Whether a client call of the account's user lies so near to its making."""
    for lane in signed.lanes.get(account.person, ()):
        start = bisect_left(lane.events, account.created - before, key=TIME)
        stop = bisect_right(lane.events, account.created + after, key=TIME)
        if any(people.of(event) == account.person for event in lane.events[start:stop]):
            return True
    return False


def _begins(lanes: list[Lane], account: Account, people: People) -> bool:
    """Whether the first that carries an account's user is just after its making."""
    named = (
        event.time
        for lane in lanes
        for event in lane.events
        if event.user_id is not None and people.of(event) == account.person
    )
    first = min(named, default=None)
    return first is not None and -1000 <= first - account.created <= NEAR


def _ended(
    timelines: Timelines, people: People, signups: dict[Person, list[Event]], on_form: Callable[[Event], bool]
) -> list[Stray]:
    """Visits of nobody known whose last page is the form, without a signup."""
    found = []
    for lane in timelines.lanes:
        person = people.of_whole(lane)
        if person is None or not person.startswith("device ") or person in signups:
            continue
        last = next((event for event in reversed(lane.events) if event.type in ("page", "screen")), None)
        if last is not None and on_form(last):
            found.append(Stray(person, last))
    return found
