"""Splitting a funnel by a property of its people."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from auditor.engine.plan import Plan
from auditor.funnels.accounts import Account
from auditor.funnels.browsers import browser_of
from auditor.funnels.figures import Counted, Figures
from auditor.funnels.journeys import Journey
from auditor.funnels.losses import Lost
from auditor.funnels.people import Person
from auditor.language.fields import NESTED, PLAIN, getter
from auditor.language.loader import RuleSet
from auditor.model.funnel import Group

NAMES = {
    "day": "t",
    "browser": "context.userAgent",
    "method": "properties.method",
    "version": "context.app.version",
}
"""Words of our own, with the field that each reads: the day (UTC) of the first visit, the browser's family, the way to
sign up, the app's version."""
UNKNOWN = "(none)"
_PER_TIMELINE = ("lane", "device", "page_load", "person")


def known(name: str) -> bool:
    """Whether a funnel can be split by this: a word of ``NAMES``, or a field of the rule language."""
    return name in NAMES or (name in PLAIN and name not in _PER_TIMELINE) or NESTED.match(name) is not None


def ask_for(plan: Plan, rules: RuleSet, by: str) -> None:
    """Have the property kept when the log is read."""
    field = NAMES.get(by, by)
    if NESTED.match(field):
        plan.fields.add(field)
        plan.classifier.keep([rules.defines["client_call"], rules.defines["server_signup"]])


@dataclass(slots=True)
class Values:
    """What is counted by value: people by step (of values that somebody has who counts), figures, the lost, and
    signup events."""

    people: dict[str, list[int]] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Values") -> None:
        """Those of other people as well."""
        for value, row in other.people.items():
            own = self.people.get(value)
            self.people[value] = row if own is None else [a + b for a, b in zip(own, row, strict=True)]
        for value, figures in other.figures.items():
            self.figures.setdefault(value, Figures()).add(figures)
        self.lost.update(other.lost)
        self.events.update(other.events)

    def groups(self, shown: Sequence[bool], *, by_day: bool) -> tuple[Group, ...]:
        """The funnel of each value, the largest first; days in order."""
        for value, figures in self.figures.items():
            figures.events = self.events[value]
        found = [
            Group(
                value,
                tuple(count if seen else None for count, seen in zip(self.people[value], shown, strict=True)),
                figures.signups(),
                self.lost[value],
                figures.conversion(),
            )
            for value, figures in self.figures.items()
            if value in self.people
        ]
        if by_day:
            return tuple(sorted(found, key=lambda group: group.value))
        return tuple(sorted(found, key=lambda group: (-group.conversion.visitors, group.value)))


class Splitting:
    """The value of each person: that of the first of their events which has one."""

    def __init__(self, by: str, journeys: Iterable[Journey], accounts: dict[Person, Account]) -> None:
        self.by = by
        self._read = getter("timestamp" if by == "day" else NAMES.get(by, by))
        self._of = {journey.person: self._value(journey, accounts.get(journey.person)) for journey in journeys}
        for person, account in accounts.items():
            if person not in self._of:
                self._of[person] = self._alone(account)

    def of(self, person: Person) -> str:
        """The value, as text."""
        return self._of.get(person, UNKNOWN)

    def _value(self, journey: Journey, account: Account | None) -> str:
        if self.by == "day":
            return _day(journey.events[0].time)
        if self.by == "method":
            said = (account.method if account is not None else None) or journey.method
            if said is not None:
                return said
        for event in journey.events:
            value = self._read(event)
            if value is not None and value != "":
                return _text(browser_of(value) if self.by == "browser" else value)
        return UNKNOWN

    def _alone(self, account: Account) -> str:
        """Of somebody of whom the log holds nothing."""
        if self.by == "day":
            return _day(account.created)
        return account.method if self.by == "method" and account.method is not None else UNKNOWN

    def values(
        self,
        counted: Counted,
        journeys: Sequence[Journey],
        followed: set[int],
        lost: Iterable[Lost],
        steps: int,
        events: Counter[Person],
        joined: Callable[[Person], Person],
    ) -> Values:
        """What is counted by value; there are so many ``steps``."""
        values = {self.of(person) for person in counted.visitors | counted.actual | counted.unsure}
        people = {value: [0] * steps for value in values}
        for number, journey in enumerate(journeys):
            row = people.setdefault(self.of(journey.person), [0] * steps)
            for step, event in enumerate(journey.taken):
                row[step] += event is not None and (step == 0 or number in followed)
        gone: dict[str, set[Person]] = {}
        for one in lost:
            gone.setdefault(self.of(one.person), set()).add(one.person)
        sent: Counter[str] = Counter()
        for person, count in events.items():
            sent[self.of(person)] += count
        held = counted.parted(lambda person: self.of(joined(person)), {})
        figures = {value: part.figures() for value, part in held.items()}
        return Values(people, figures, Counter({value: len(them) for value, them in gone.items()}), sent)


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
