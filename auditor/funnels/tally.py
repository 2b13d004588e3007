"""What is counted of the people of a log, or of a part of it whose people are others; and the funnel that it makes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from operator import itemgetter

from auditor.funnels import causes
from auditor.funnels.causes import Cause
from auditor.funnels.definition import Definition
from auditor.funnels.figures import Figures, Taken, steps_of
from auditor.funnels.invariants import Breaches
from auditor.funnels.losses import EXAMPLES, Lost
from auditor.funnels.people import Person, user_of
from auditor.funnels.reconcile import Checked
from auditor.funnels.splitting import Values
from auditor.language.loader import RuleSet
from auditor.model.funnel import Example, Funnel, Group, Loss, MissingUser

_NAMED = 10_000
"""Users that a loss names at the most."""
Key = tuple[str, str, bool, bool]
"""A kind of loss: its cause, the step, whether it is counted, whether it is proved."""


@dataclass(slots=True)
class Kind:
    """The losses of one kind: the first ``examples`` with their order and cause, ``users`` in order."""

    people: int
    users: list[str]
    examples: list[tuple[tuple[object, ...], Cause, Example]]

    def add(self, other: "Kind") -> None:
        """Those of other people as well."""
        self.people += other.people
        self.users = list(islice(merge(self.users, other.users), _NAMED))
        self.examples = sorted([*self.examples, *other.examples], key=itemgetter(0))[:EXAMPLES]


def kinds_of(lost: Iterable[Lost]) -> dict[Key, Kind]:
    """Losses by kind."""
    people: dict[Key, set[Person]] = {}
    examples: dict[Key, list[tuple[tuple[object, ...], Cause, Example]]] = {}
    for one in lost:
        key = (one.cause.name, one.step, one.counted, one.proved)
        people.setdefault(key, set()).add(one.person)
        if one.example is not None:
            examples.setdefault(key, []).append((one.order, one.cause, one.example))
    made = {}
    for key, them in people.items():
        users = sorted(user for person in them if (user := user_of(person)) is not None)
        made[key] = Kind(len(them), users[:_NAMED], examples[key])
    return made


@dataclass(slots=True)
class Tally:
    """All that is counted. ``said`` has the numbers of the assumptions made; ``tracked`` are names of track calls, told
    only where no ``names`` of signups are."""

    steps: list[Taken]
    figures: Figures
    losses: dict[Key, Kind]
    breaches: Breaches
    names: Counter[str]
    tracked: Counter[str]
    said: set[int]
    uncertain: int
    returning: int
    missing: list[MissingUser] = field(default_factory=list)
    values: Values | None = None
    checked: Checked | None = None

    def add(self, other: "Tally") -> None:
        """What was counted of other people."""
        for own, theirs in zip(self.steps, other.steps, strict=True):
            own.add(theirs)
        self.figures.add(other.figures)
        for key, kind in other.losses.items():
            held = self.losses.get(key)
            if held is None:
                self.losses[key] = kind
            else:
                held.add(kind)
        self.breaches.add(other.breaches)
        self.names.update(other.names)
        self.tracked.update(other.tracked)
        self.said |= other.said
        self.uncertain += other.uncertain
        self.returning += other.returning
        self.missing += other.missing
        if self.values is not None and other.values is not None:
            self.values.add(other.values)
        if self.checked is not None and other.checked is not None:
            self.checked.add(other.checked)

    def funnel(self, definition: Definition, rules: RuleSet, version: str, files: list[str], by: str | None) -> Funnel:
        """The funnel of everybody who was counted."""
        steps = steps_of(definition, self.steps)
        groups: tuple[Group, ...] = ()
        if self.values is not None:
            groups = self.values.groups([step.shown for step in steps], by_day=by == "day")
        funnel = Funnel(
            version=version,
            files=files,
            steps=steps,
            signups=self.figures.signups(),
            losses=self._losses(rules),
            conversion=self.figures.conversion(said for number, said in enumerate(_SAID) if number in self.said),
            people=self.figures.visitors,
            uncertain=self.uncertain,
            returning=self.returning,
            invariants=self.breaches.invariants(),
            by=by,
            groups=groups,
            names=dict(sorted(self.names.items(), key=lambda pair: (-pair[1], pair[0]))),
            similar=self._similar() if not self.names else (),
            missing=tuple(sorted(self.missing, key=lambda one: (one.created, one.user))),
        )
        if self.checked is not None:
            truth = funnel.truth = self.checked.finished()
            if not truth.captured and truth.accounts and self.figures.measured:
                funnel.notes.append("no userId of the log's signups is in the truth: do both use the same ids?")
        return funnel

    def _similar(self) -> tuple[tuple[str, int], ...]:
        from auditor.engine.likeness import SIGNUP, similar_names  # only where no signup was seen

        return similar_names(Counter(dict(sorted(self.tracked.items()))), SIGNUP)

    def _losses(self, rules: RuleSet) -> tuple[Loss, ...]:
        made = []
        for (_, step, counted, proved), kind in self.losses.items():
            cause = kind.examples[0][1]
            examples = tuple(example for _, _, example in kind.examples)
            fix = causes.fix_of(cause, rules)
            made.append(
                Loss(
                    cause.name, cause.label, step, cause.rule, fix, kind.people, tuple(kind.users), counted, proved,
                    examples,
                )
            )  # fmt: skip
        return tuple(sorted(made, key=lambda one: (one.counted, not one.proved, -one.people, one.cause, one.step)))


ADDED, BLOCKED, STRAY, SPLIT, EXTRA = range(1, 6)
_SAID = (
    "a person is a userId, or a device that no userId is seen on; a visit is any call of a client",
    "an account that the server, createdAt or the database shows inside the log's time is a signup",
    "a user without any client call was in a browser that sent nothing, not made by an import",
    "calls without a user are a new account's if they came while it was made and nobody else's do",
    "a first page opened from another host of the log goes on with a visit there",
    "a signup of a user who was known a day before, or has no account, is no signup",
)
"""Assumptions: the first always, the others where they were made."""
