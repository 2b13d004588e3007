"""One replay: the calls go into a destination, and afterwards every person's events are looked for in its profiles."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.mends import MERGING, SPLITTING
from auditor.identities.profiles import Node
from auditor.model.identities import Merged, Refusal, Replay, Share, Split

USER = "user "
"""How the name of a person begins whose userId is known; that of others with ``device``."""


class Step(NamedTuple):
    """A call of a replay: by whom we believe it to be (``None``: nobody can tell), whether its userId is a placeholder,
    and whether it is the person's own."""

    call: Call
    person: str | None
    placeholder: bool
    own: bool


@dataclass(slots=True)
class _Stored:
    """What a person has under one id: events, those of them without a userId, and calls that carry the person's own."""

    events: int = 0
    anonymous: int = 0
    own: int = 0


@dataclass
class Tally:
    """What is counted while calls go in: by ids and persons, so that it grows with them and not with the events."""

    stored: dict[tuple[Node, str | None], _Stored] = field(default_factory=dict)
    lost: dict[str | None, _Stored] = field(default_factory=dict)
    placeholders: dict[Node, str] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    events: int = 0
    uncertain: int = 0

    def count(self, step: Step, node: Node | None) -> None:
        """Count a call that is stored under ``node``."""
        call, person = step.call, step.person
        if node is None:
            if not call.counted:
                return
            held = self.lost.setdefault(person, _Stored())
        else:
            held = self.stored.setdefault((node, person), _Stored())
            if step.placeholder:
                self.placeholders[node] = call.user or ""
        held.own += step.own
        if call.counted:
            held.events += 1
            held.anonymous += call.user is None or step.placeholder
            self.events += 1
            self.uncertain += person is None


def replay(
    steps: Iterable[Step],
    destination: Destination,
    causes: Mapping[str, Collection[str]],
    kept: Collection[str] = (),
) -> Replay:
    """Replay calls. ``causes`` has the rules whose findings are about a person; ``kept`` is that of the ``Truth``."""
    tally = Tally()
    for step in steps:
        node = destination.take(step.call)
        if destination.latest:
            if step.person is not None:
                tally.refused[step.person].update(destination.latest)
            destination.latest.clear()
        tally.count(step, node)
    return _Outcome(tally, destination, causes, kept).replay()


class _Outcome:
    """Who ended up where."""

    def __init__(
        self,
        tally: Tally,
        destination: Destination,
        causes: Mapping[str, Collection[str]],
        kept: Collection[str],
    ) -> None:
        self.tally = tally
        self.destination = destination
        self.causes = causes
        self.kept = kept
        self.numbers: dict[Node, int] = {}
        self.profiles: dict[int, dict[str | None, _Stored]] = defaultdict(lambda: defaultdict(_Stored))
        self.people: dict[str, dict[int, _Stored]] = defaultdict(dict)
        self.placeholders: dict[int, str] = {}
        for (node, person), held in tally.stored.items():
            self._add(self._number(node), person, held)
        for person, held in tally.lost.items():
            self._add(0, person, held)
        for node, value in tally.placeholders.items():
            number = self._number(node)
            self.placeholders[number] = min(value, self.placeholders.get(number, value))
        for number, held_by in self.profiles.items():
            for person, held in held_by.items():
                if person is not None:
                    self.people[person][number] = held

    def _number(self, node: Node) -> int:
        """The number of a profile, in order of first sight; 0 is none."""
        profile = self.destination.profile(node)
        return 0 if profile is None else self.numbers.setdefault(profile, len(self.numbers) + 1)

    def _add(self, number: int, person: str | None, held: _Stored) -> None:
        sum_ = self.profiles[number][person]
        sum_.events += held.events
        sum_.anonymous += held.anonymous
        sum_.own += held.own

    def replay(self) -> Replay:
        """All of it."""
        splits = sorted(self._splits(), key=lambda one: (-one.elsewhere, -len(one.profiles), one.name))
        merges = sorted(self._merges(), key=lambda one: (-len(one.people), -one.events, one.people))
        profiles = {number: held for number, held in self.profiles.items() if number}
        return Replay(
            events=self.tally.events,
            profiles=len(profiles),
            people=len(self.people),
            orphaned=sum(map(self.orphaned, self.people)),
            uncertain=self.tally.uncertain,
            unstored=sum(held.events for held in self.profiles.get(0, {}).values()),
            splits=tuple(splits),
            merges=tuple(merges),
            refused=tuple(
                Refusal(reason, count, self.destination.reasons[reason])
                for reason, count in sorted(self.destination.refused.items(), key=lambda pair: (-pair[1], pair[0]))
            ),
            sizes=dict(sorted(Counter(sum(one.events for one in held.values()) for held in profiles.values()).items())),
            shares=tuple(self._shares()),
            suffering=self._suffering(splits, merges),
        )

    def home(self, person: str) -> int | None:
        """The profile of a user: where most of what carries the userId is. ``None`` for somebody who has none."""
        held = self.people[person]
        own = [(stored.own, -number) for number, stored in held.items() if stored.own and number]
        return -max(own)[1] if own and person.startswith(USER) else None

    def elsewhere(self, person: str) -> dict[int, _Stored]:
        """What a user has in other profiles than the own, or in none."""
        home = self.home(person)
        return {} if home is None else {n: stored for n, stored in self.people[person].items() if n != home}

    def orphaned(self, person: str) -> int:
        """How many anonymous events a user has elsewhere."""
        return sum(stored.anonymous for stored in self.elsewhere(person).values())

    def _splits(self) -> Iterable[Split]:
        for person, held in self.people.items():
            numbers = sorted(number for number in held if number)
            elsewhere = sum(stored.events for stored in self.elsewhere(person).values())
            if len(numbers) > 1 or elsewhere:
                known, name = _named(person)
                yield Split(
                    name,
                    known,
                    tuple(numbers),
                    sum(stored.events for stored in held.values()),
                    elsewhere,
                    self.orphaned(person),
                    tuple(sorted(SPLITTING.intersection(self.causes.get(person, ())))),
                    tuple(sorted(self.tally.refused.get(person, ()))),
                    person in self.kept,
                )

    def _merges(self) -> Iterable[Merged]:
        for number, held in self.profiles.items():
            people = sorted(person for person in held if person is not None)
            placeholder = self.placeholders.get(number)
            users = [person for person in people if person.startswith(USER)]
            if number and len(people if placeholder is not None else users) > 1:
                together = people if placeholder is not None else users
                rules = {rule for person in together for rule in MERGING.intersection(self.causes.get(person, ()))}
                events = sum(stored.events for stored in held.values())
                named = tuple((name, known) for known, name in map(_named, together))
                kept = any(person in self.kept for person in together)
                yield Merged(number, named, events, placeholder, tuple(sorted(rules)), kept)

    def _shares(self) -> Iterable[Share]:
        for number in sorted(self.profiles):
            for person, held in sorted(self.profiles[number].items(), key=lambda pair: pair[0] or ""):
                if person is None:
                    yield Share(number, "", False, held.events, 0)
                else:
                    known, name = _named(person)
                    orphaned = held.anonymous if number in self.elsewhere(person) else 0
                    yield Share(number, name, known, held.events, orphaned)

    def _suffering(self, splits: Iterable[Split], merges: Iterable[Merged]) -> dict[str, int]:
        people: dict[str, set[tuple[str, bool]]] = defaultdict(set)
        for split in splits:
            for rule in split.rules:
                people[rule].add((split.name, split.known))
        for merge in merges:
            for rule in merge.rules:
                people[rule].update(merge.people)
        return {rule: len(held) for rule, held in sorted(people.items())}


def _named(person: str) -> tuple[bool, str]:
    """Whether a person is a user, and the id."""
    kind, _, name = person.partition(" ")
    return kind == USER.strip(), name
