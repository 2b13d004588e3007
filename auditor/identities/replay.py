"""One replay: the calls go into a destination, and afterwards every person's events are looked for in its profiles."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node
from auditor.model.identities import Merged, Refusal, Replay, Share, Split

USER = "user "
"""How the name of a person begins whose userId is known; that of others with ``device``."""


@dataclass(slots=True)
class _Stored:
    """What a person has under one id: events, those of them that are anonymous, and calls that carry the user."""

    events: int = 0
    anonymous: int = 0
    named: int = 0


@dataclass
class Tally:
    """What is counted while calls go in: by ids and persons, so that it grows with them and not with the events."""

    stored: dict[tuple[Node, str | None], _Stored] = field(default_factory=dict)
    lost: dict[str | None, _Stored] = field(default_factory=dict)
    placeholders: dict[Node, str] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    events: int = 0
    uncertain: int = 0

    def count(self, call: Call, node: Node | None, person: str | None, *, named: bool) -> None:
        """Count a call that is stored under ``node``; ``named`` says that it has a userId, and no placeholder."""
        if node is None:
            if not call.counted:
                return
            held = self.lost.setdefault(person, _Stored())
        else:
            held = self.stored.setdefault((node, person), _Stored())
        held.named += named
        if call.counted:
            held.events += 1
            held.anonymous += not named
            self.events += 1
            self.uncertain += person is None


def replay(
    calls: Iterable[tuple[Call, str | None, bool]], destination: Destination, causes: Mapping[str, Collection[str]]
) -> Replay:
    """Replay calls, each with whom it is by and whether its userId is a placeholder.

    ``causes`` has the rules whose findings are about a person.
    """
    tally = Tally()
    for call, person, placeholder in calls:
        node = destination.take(call)
        if destination.latest:
            if person is not None:
                tally.refused[person].update(destination.latest)
            destination.latest.clear()
        tally.count(call, node, person, named=call.user is not None and not placeholder)
        if placeholder and node is not None:
            tally.placeholders[node] = call.user or ""
    return _Outcome(tally, destination, causes).replay()


class _Outcome:
    """Who ended up where."""

    def __init__(self, tally: Tally, destination: Destination, causes: Mapping[str, Collection[str]]) -> None:
        self.tally = tally
        self.destination = destination
        self.causes = causes
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
        sum_.named += held.named

    def replay(self) -> Replay:
        """All of it."""
        splits = sorted(self._splits(), key=lambda one: (-one.orphaned, -len(one.profiles), one.name))
        merges = sorted(self._merges(), key=lambda one: (-len(one.people), -one.events, one.people))
        profiles = {number: held for number, held in self.profiles.items() if number}
        return Replay(
            events=self.tally.events,
            profiles=len(profiles),
            people=len(self.people),
            orphaned=sum(self.orphaned(person, number) for person, held in self.people.items() for number in held),
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
        named = [(stored.named, -number) for number, stored in held.items() if stored.named and number]
        return -max(named)[1] if named and person.startswith(USER) else None

    def orphaned(self, person: str, number: int) -> int:
        """How many anonymous events of a person are in this profile although the user's is another."""
        home = self.home(person)
        return self.people[person][number].anonymous if home is not None and number != home else 0

    def _splits(self) -> Iterable[Split]:
        for person, held in self.people.items():
            orphaned = sum(self.orphaned(person, number) for number in held)
            numbers = sorted(number for number in held if number)
            if len(numbers) > 1 or orphaned:
                known, name = _named(person)
                yield Split(
                    name,
                    known,
                    tuple(numbers),
                    sum(stored.events for stored in held.values()),
                    orphaned,
                    tuple(sorted(self.causes.get(person, ()))),
                    tuple(sorted(self.tally.refused.get(person, ()))),
                )

    def _merges(self) -> Iterable[Merged]:
        for number, held in self.profiles.items():
            people = sorted(person for person in held if person is not None)
            placeholder = self.placeholders.get(number)
            users = [person for person in people if person.startswith(USER)]
            if number and len(people if placeholder is not None else users) > 1:
                together = people if placeholder is not None else users
                rules = {rule for person in together for rule in self.causes.get(person, ())}
                events = sum(stored.events for stored in held.values())
                named = tuple((name, known) for known, name in map(_named, together))
                yield Merged(number, named, events, placeholder, tuple(sorted(rules)))

    def _shares(self) -> Iterable[Share]:
        for number in sorted(self.profiles):
            for person, held in sorted(self.profiles[number].items(), key=lambda pair: pair[0] or ""):
                known, name = (False, "") if person is None else _named(person)
                yield Share(number, name, known, held.events, 0 if person is None else self.orphaned(person, number))

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
