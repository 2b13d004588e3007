"""Who signed up: as the client's signups say, and as accounts, strays and split visits correct it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from auditor.funnels.accounts import Account
from auditor.funnels.people import People, Person
from auditor.funnels.sites import Split, host_of_event
from auditor.funnels.strays import FORM, NEAR, Absent, Stray, matched, place_of
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
    unnamed: dict[Person, Event] = field(default_factory=dict)
    misnamed: dict[Person, Event] = field(default_factory=dict)
    ended: dict[Person, Event] = field(default_factory=dict)
    unseen: set[Person] = field(default_factory=set)
    lanes: dict[Person, list[Lane]] = field(default_factory=dict)

    def match(self, matches: "Matches", people: People, events: Iterable[Event]) -> None:
        """Take over what was matched for people of this log; those whom a match proves to be one are joined."""
        held = ((matches.misnamed, self.misnamed), (matches.unnamed, self.unnamed), (matches.ended, self.ended))
        wanted = {found[p].place for found, _ in held for p in found.keys() & self.missing.keys()}
        at = {place: event for event in events if (place := place_of(event)) in wanted} if wanted else {}
        for found, own in held:
            own.update((person, at[stray.place]) for person, stray in found.items() if person in self.missing)
        self.unseen = matches.unseen & self.missing.keys()
        for found in (matches.unnamed, matches.ended):
            for person in found.keys() & self.missing.keys():
                people.join(found[person].person, person)


@dataclass(slots=True)
class Unmatched:
    """What is to be matched: accounts without a signup, signups too many of people without a reset, signups of nobody
    known, visits of nobody known that ended on the form."""

    absent: list[Absent] = field(default_factory=list)
    surplus: list[Stray] = field(default_factory=list)
    nameless: list[Stray] = field(default_factory=list)
    visits: list[Stray] = field(default_factory=list)


@dataclass(slots=True)
class Matches:
    """Whose signup or visit is which account's, as ``Signed`` has it."""

    misnamed: dict[Person, Stray] = field(default_factory=dict)
    unnamed: dict[Person, Stray] = field(default_factory=dict)
    ended: dict[Person, Stray] = field(default_factory=dict)
    unseen: set[Person] = field(default_factory=set)


def sign(
    timelines: Timelines,
    people: People,
    signups: dict[Person, list[Event]],
    accounts: dict[Person, Account],
    found: list[Split],
) -> Signed:
    """Who signed up, before anything is matched."""
    signed = Signed(signups, accounts, found)
    signed.missing = {p: a for p, a in accounts.items() if a.lacking and p not in signups}
    signed.lanes = _lanes_of(timelines, people, signed.missing) if signed.missing else {}
    return signed


def unmatched(
    signed: Signed,
    timelines: Timelines,
    people: People,
    on_form: Callable[[Event], bool],
    without_reset: Callable[[Event], bool],
) -> Unmatched:
    """What may belong together. ``on_form`` tells calls of the form's page; ``without_reset`` signups on one
    where a reset is missing."""
    held = Unmatched()
    for person, account in signed.missing.items():
        lanes = signed.lanes.get(person, [])
        begun = frozenset(host_of_event(lane.events[0]) for lane in lanes) if _begins(lanes, account, people) else None
        near, around = (_seen(lanes, account, *times, people) for times in ((NEAR, NEAR), (FORM, _AFTER)))
        held.absent.append(Absent(person, account.user, account.created, begun, near, around))
    for person, events in signed.signups.items():
        if person.startswith("user "):
            held.surplus += [_stray(person, event) for event in events[1:] if without_reset(event)]
        elif person.startswith("device "):
            held.nameless.append(_stray(person, events[0]))
    held.visits = [_stray(*visit) for visit in _ended(timelines, people, signed.signups, on_form)]
    return held


def match(held: Unmatched) -> Matches:
    """Match what is missing with what nobody claims."""
    found = Matches()
    begun = [one for one in held.absent if one.begun is not None]
    for host in sorted({stray.host for stray in held.surplus}, key=str):
        there = [one for one in begun if one.begun is not None and host in one.begun]
        here = [stray for stray in held.surplus if stray.host == host]
        found.misnamed |= matched(there, here, NEAR, NEAR, alone=False)
    absent = [one for one in held.absent if one.person not in found.misnamed and not one.near]
    found.unnamed = matched(absent, held.nameless, NEAR, NEAR, alone=False)
    absent = [one for one in absent if one.person not in found.unnamed]
    visits = held.visits if absent else []
    found.ended = matched(absent, visits, FORM, 2000, alone=True)
    left = [one for one in absent if one.person not in found.ended and not one.around]
    near = matched(left, visits, FORM, 2000, alone=False)  # several may be meant: the log cannot say
    found.unseen = {one.person for one in left if one.person not in near}
    return found


def _stray(person: Person, event: Event) -> Stray:
    return Stray(person, event.time, host_of_event(event), place_of(event), event)


def _lanes_of(timelines: Timelines, people: People, wanted: dict[Person, Account]) -> dict[Person, list[Lane]]:
    found: dict[Person, list[Lane]] = {}
    for lane in timelines.lanes:
        whole = people.of_whole(lane)
        owners: Iterable[Person | None] = (whole,) if whole is not None else set(map(people.of, lane.events))
        for person in owners:
            if person in wanted and person is not None:
                found.setdefault(person, []).append(lane)
    return found


def _seen(lanes: list[Lane], account: Account, before: int, after: int, people: People) -> bool:
    """Whether a client call of the account's user lies so near to its making."""
    for lane in lanes:
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
) -> Iterable[tuple[Person, Event]]:
    """Visits of nobody known whose last page is the form, without a signup."""
    for lane in timelines.lanes:
        person = people.of_whole(lane)
        if person is None or not person.startswith("device ") or person in signups:
            continue
        last = next((event for event in reversed(lane.events) if event.type in ("page", "screen")), None)
        if last is not None and on_form(last):
            yield person, last
