"""What cannot be in a right log, whatever the database says: more signups than starts, signups before their account."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter

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
_MORE = "more-signups-than-starts"
_NAMES = (_MORE, "signup-before-account", "user-before-account", "signup-of-known-user", "signup-of-old-account")

Order = tuple[object, ...]
Broken = list[tuple[Order, Person, Example]]


@dataclass(slots=True)
class Breach:
    """One invariant that does not hold for ``people``; the first examples of them with their order. ``message`` holds
    the count of people."""

    message: str
    people: int
    rule: str | None
    examples: list[tuple[Order, Example]]


@dataclass(slots=True)
class Breaches:
    """What is broken for some people, by name; ``starts`` of a signup, and ``signups``."""

    held: dict[str, Breach] = field(default_factory=dict)
    starts: int = 0
    signups: int = 0

    def add(self, other: "Breaches") -> None:
        """What is broken for other people."""
        self.starts += other.starts
        self.signups += other.signups
        for name, breach in other.held.items():
            own = self.held.get(name)
            if own is None:
                self.held[name] = breach
                continue
            own.people += breach.people
            own.examples = sorted([*own.examples, *breach.examples], key=itemgetter(0))[:_EXAMPLES]

    def invariants(self) -> tuple[Invariant, ...]:
        """Every invariant that does not hold."""
        if not self.starts or self.signups <= self.starts:
            self.held.pop(_MORE, None)
        found = []
        for name in _NAMES:
            breach = self.held.get(name)
            if breach is not None:
                said = breach.message.format(people=breach.people, signups=self.signups, starts=self.starts)
                examples = tuple(example for _, example in breach.examples)
                found.append(Invariant(name, said, max(breach.people, 1), breach.rule, examples))
        return tuple(found)


def broken_invariants(
    journeys: Iterable[Journey],
    signed: Signed,
    findings: Findings,
    attempt: int,
    signups: Counter[Person],
    naming: Naming,
    apart: int,
) -> Breaches:
    """What is broken. ``attempt`` is the bit of the step that starts a signup, 0 where none does; ``signups`` are their
    events by person; ``apart``: how long, ms, the two sides' signups of one user may be."""
    held = sorted(journeys, key=lambda one: (one.events[0].time, one.person))
    found = Breaches()
    _note(
        found, "signup-before-account", "people whose signup came before their account was made",
        _before_account(signed, apart),
    )  # fmt: skip
    _note(
        found, "user-before-account", "people whose userId was sent before their account was made",
        _used_before(held, signed, apart),
    )  # fmt: skip
    _note(
        found, "signup-of-known-user", "people whose userId was seen a day or more before they signed up",
        _known(held, signed, findings, naming), _OLD_USER,
    )  # fmt: skip
    _note(
        found, "signup-of-old-account", "people whose createdAt is a day or more older than their signup",
        (((person,), person, example) for person, example in _blamed(signed, findings, "old-account")), _OLD_USER,
    )  # fmt: skip
    if attempt:
        _completed(found, held, signed, attempt, signups)
    return found


def _note(
    found: Breaches, name: str, said: str, broken: Iterable[tuple[Order, Person, Example]], rule: str | None = None
) -> None:
    held = sorted(((order, example) for order, _, example in broken), key=itemgetter(0))
    if held:
        found.held[name] = Breach(f"{{people:,}} {said}", len(held), rule, held[:_EXAMPLES])


def _completed(
    found: Breaches, journeys: list[Journey], signed: Signed, attempt: int, signups: Counter[Person]
) -> None:
    """More signups than starts of one. Where a start is tracked at all, nobody signs up without one."""
    starts = Counter({j.person: sum(1 for event in j.events if event.mask & attempt) for j in journeys})
    found.starts, found.signups = starts.total(), signups.total()
    broken: list[tuple[Order, Example]] = []
    people = 0
    for person, count in sorted(signups.items()):
        if count > starts[person]:
            people += 1
            events = signed.signups.get(person, [])
            if events and len(broken) < _EXAMPLES:
                why = f"{count} signup events, {starts[person] or 'no'} start{'' if starts[person] == 1 else 's'}"
                broken.append(((person,), _example(person, events[0], why, "signup", events)))
    message = "{signups:,} signup events, but only {starts:,} starts of a signup"
    found.held[_MORE] = Breach(message, people, None, broken)


def _before_account(signed: Signed, apart: int) -> Iterator[tuple[Order, Person, Example]]:
    """The server's word of an account that comes long after the client's of its signup."""
    for person, account in sorted(signed.accounts.items()):
        events, proof = signed.signups.get(person, []), account.proof
        if proof is None or not events or proof.type != "track" or not _comparable(events[0]):
            continue
        if proof.time - events[0].time > apart:
            why = f"the signup is tracked {_span(proof.time - events[0].time)} before the account"
            yield (person,), person, _example(person, events[0], why, "signup", [proof])


def _used_before(journeys: list[Journey], signed: Signed, apart: int) -> Iterator[tuple[Order, Person, Example]]:
    """A userId that is sent long before its account is made."""
    for journey in journeys:
        account = signed.accounts.get(journey.person)
        if account is None:
            continue
        first = next((event for event in journey.events if event.user_id == account.user), None)
        if first is not None and _comparable(first) and account.created - first.time > apart:
            why = f"the userId is sent {_span(account.created - first.time)} before the account is made"
            order = (journey.events[0].time, journey.person)
            yield order, journey.person, _example(journey.person, first, why, "too early", ())


def _known(
    journeys: list[Journey], signed: Signed, findings: Findings, naming: Naming
) -> Iterator[tuple[Order, Person, Example]]:
    """A signup of a user who was there a day before, on this device or another."""
    blamed = dict(_blamed(signed, findings, "identified-before"))
    yield from (((0, person), person, example) for person, example in blamed.items())
    for journey in journeys:
        events, user = signed.signups.get(journey.person, []), user_of(journey.person)
        if not events or user is None or journey.person in blamed:
            continue
        first = next((event for event in journey.events if event.user_id == user), None)
        if first is not None and events[0].time - first.time >= _DAY and _comparable(first) and _comparable(events[0]):
            why = f'"{naming.user(user)}" was seen {_span(events[0].time - first.time)} before'
            order = (1, journey.events[0].time, journey.person)
            yield order, journey.person, _example(journey.person, events[0], why, "signup", [first])


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
