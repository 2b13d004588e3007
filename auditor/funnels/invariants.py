"""What cannot be in a right log, whatever the database says: more signups than starts, signups before their account."""

from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.funnels.journeys import Journey
from auditor.funnels.losses import Findings
from auditor.funnels.people import Person, user_of
from auditor.funnels.signed import Signed
from auditor.model.event import Event
from auditor.model.funnel import Example, Invariant
from auditor.model.naming import Naming

_DAY = 86_400_000
_EXAMPLES = 3
_OLD_USER = "login-counted-as-signup"

Broken = list[tuple[Person, Example]]


def broken_invariants(
    journeys: Iterable[Journey],
    signed: Signed,
    findings: Findings,
    attempt: int,
    signups: Counter[Person],
    naming: Naming,
    apart: int,
) -> tuple[Invariant, ...]:
    """Every invariant that does not hold. ``attempt`` is the bit of the step that starts a signup, 0 where none does;
    ``signups`` are signup events by person; ``apart``: how long, ms, the two sides' signups of one user may be."""
    held = list(journeys)
    found = [
        _completed(held, signed, attempt, signups),
        _made(
            "signup-before-account",
            "people whose signup came before their account was made",
            list(_before_account(signed, apart)),
        ),
        _made(
            "user-before-account",
            "people whose userId was sent before their account was made",
            list(_used_before(held, signed, apart)),
        ),
        _made(
            "signup-of-known-user",
            "people whose userId was seen a day or more before they signed up",
            list(_known(held, signed, findings, naming)),
            _OLD_USER,
        ),
        _made(
            "signup-of-old-account",
            "people whose createdAt is a day or more older than their signup",
            list(_blamed(signed, findings, "old-account")),
            _OLD_USER,
        ),
    ]
    return tuple(one for one in found if one is not None)


def _made(name: str, said: str, broken: Broken, rule: str | None = None) -> Invariant | None:
    if not broken:
        return None
    examples = tuple(example for _, example in broken[:_EXAMPLES])
    return Invariant(name, f"{len(broken):,} {said}", len(broken), rule, examples)


def _completed(journeys: list[Journey], signed: Signed, attempt: int, signups: Counter[Person]) -> Invariant | None:
    """More signups than starts of one. Where a start is tracked at all, nobody signs up without one."""
    starts = Counter({j.person: sum(1 for event in j.events if event.mask & attempt) for j in journeys})
    started, completed = starts.total(), signups.total()
    if not attempt or not started or completed <= started:
        return None
    broken: Broken = []
    for person, count in sorted(signups.items()):
        if count > starts[person]:
            events = signed.signups.get(person, [])
            why = f"{count} signup events, {starts[person] or 'no'} start{'' if starts[person] == 1 else 's'}"
            if events:
                broken.append((person, _example(person, events[0], why, "signup", events)))
    people = sum(1 for person, count in signups.items() if count > starts[person])
    message = f"{completed:,} signup events, but only {started:,} starts of a signup"
    return Invariant("more-signups-than-starts", message, max(people, 1), None, tuple(e for _, e in broken[:_EXAMPLES]))


def _before_account(signed: Signed, apart: int) -> Iterator[tuple[Person, Example]]:
    """The server's word of an account that comes long after the client's of its signup."""
    for person, account in sorted(signed.accounts.items()):
        events, proof = signed.signups.get(person, []), account.proof
        if proof is None or not events or proof.type != "track" or not _comparable(events[0]):
            continue
        if proof.time - events[0].time > apart:
            why = f"the signup is tracked {_span(proof.time - events[0].time)} before the account"
            yield person, _example(person, events[0], why, "signup", [proof])


def _used_before(journeys: list[Journey], signed: Signed, apart: int) -> Iterator[tuple[Person, Example]]:
    """A userId that is sent long before its account is made."""
    for journey in journeys:
        account = signed.accounts.get(journey.person)
        if account is None:
            continue
        first = next((event for event in journey.events if event.user_id == account.user), None)
        if first is not None and _comparable(first) and account.created - first.time > apart:
            why = f"the userId is sent {_span(account.created - first.time)} before the account is made"
            yield journey.person, _example(journey.person, first, why, "too early", ())


def _known(
    journeys: list[Journey], signed: Signed, findings: Findings, naming: Naming
) -> Iterator[tuple[Person, Example]]:
    """A signup of a user who was there a day before, on this device or another."""
    blamed = dict(_blamed(signed, findings, "identified-before"))
    yield from blamed.items()
    for journey in journeys:
        events, user = signed.signups.get(journey.person, []), user_of(journey.person)
        if not events or user is None or journey.person in blamed:
            continue
        first = next((event for event in journey.events if event.user_id == user), None)
        if first is not None and events[0].time - first.time >= _DAY and _comparable(first) and _comparable(events[0]):
            why = f'"{naming.user(user)}" was seen {_span(events[0].time - first.time)} before'
            yield journey.person, _example(journey.person, events[0], why, "signup", [first])


def _blamed(signed: Signed, findings: Findings, kind: str) -> Iterator[tuple[Person, Example]]:
    for person, events in sorted(signed.signups.items()):
        finding = findings.on(events, _OLD_USER)
        if finding is not None and finding.kind == kind:
            others = [event for _, event in finding.evidence]
            yield person, _example(person, finding.event, finding.message, "signup", others)


def _comparable(event: Event) -> bool:
    """Whether its clock can be set beside another: a device's own may be days off."""
    return event.lane is None or event.sender.delay is not None


def _example(person: Person, event: Event, why: str, role: str, others: Iterable[Event]) -> Example:
    user = user_of(person)
    key = ("user", user) if user is not None else ("device", event.anonymous_id or "")
    rows = [(role, event), *(("beside", other) for other in others if other is not event)]
    return Example(key, why, tuple(sorted(rows, key=lambda row: row[1].time)))


def _span(milliseconds: int) -> str:
    minutes = milliseconds // 60_000
    return f"{minutes} min" if minutes < 2880 else f"{minutes // 1440} days"
