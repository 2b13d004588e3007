"""The figures of a funnel, or of the people who share a value: steps, signups, conversion. Those of two parts of a log
whose people are others add up."""

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.funnels.definition import Definition, StepRule
from auditor.funnels.journeys import Journey
from auditor.funnels.losses import Lost
from auditor.funnels.people import Person
from auditor.funnels.wilson import interval
from auditor.model.event import Event
from auditor.model.funnel import Conversion, Signups, Step


@dataclass(slots=True)
class Figures:
    """How many signed up: as ``Counted`` has them. ``visitors`` are those who visited or signed up; ``unsure`` counts
    signups that are nobody's, too."""

    measured: int = 0
    actual: int = 0
    extra: int = 0
    unsure: int = 0
    visitors: int = 0
    apart: int = 0
    events: int = 0

    def add(self, other: "Figures") -> None:
        """Those of other people as well."""
        self.measured += other.measured
        self.actual += other.actual
        self.extra += other.extra
        self.unsure += other.unsure
        self.visitors += other.visitors
        self.apart += other.apart
        self.events += other.events

    def signups(self) -> Signups:
        """The figures of the signups."""
        return Signups(self.measured, self.actual, self.extra, self.unsure, self.events)

    def conversion(self, assumptions: Iterable[str] = ()) -> Conversion:
        """Signups of visitors. Whoever signed up has visited, seen or not."""
        held = interval(self.actual, self.visitors)
        return Conversion(
            visitors_measured=self.apart,
            visitors=self.visitors,
            measured=min(self.measured / self.apart, 1.0) if self.apart else None,
            corrected=self.actual / self.visitors if self.visitors else None,
            low=None if held is None else held[0],
            high=None if held is None else held[1],
            assumptions=tuple(assumptions),
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """Who signed up: ``measured`` by the client, ``extra`` of them without a new account, ``added`` by proof alone;
    ``unsure``: it may still come. ``visitors`` as they are and as ids alone tell them ``apart``."""

    measured: frozenset[Person]
    extra: frozenset[Person]
    added: frozenset[Person]
    unsure: frozenset[Person]
    visitors: frozenset[Person]
    apart: frozenset[Person]
    events: int = 0
    nobody: int = 0

    @property
    def actual(self) -> frozenset[Person]:
        """Who signed up, by all that is known."""
        return (self.measured - self.extra) | self.added

    def parted(self, value_of: Callable[[Person], str], events: Mapping[str, int]) -> "dict[str, Counted]":
        """The same by value; ``events`` are those of each."""
        held = (self.measured, self.extra, self.added, self.unsure, self.visitors, self.apart)
        parts: dict[str, list[set[Person]]] = {}
        for number, people in enumerate(held):
            for person in people:
                parts.setdefault(value_of(person), [set() for _ in held])[number].add(person)
        found = {}
        for value, sets in parts.items():
            measured, extra, added, unsure, visitors, apart = map(frozenset, sets)
            found[value] = Counted(measured, extra, added, unsure, visitors, apart, events.get(value, 0))
        return found

    def figures(self) -> Figures:
        """How many they are."""
        return Figures(
            len(self.measured), len(self.actual), len(self.extra), len(self.unsure) + self.nobody,
            len(self.visitors | self.actual), len(self.apart), self.events,
        )  # fmt: skip


@dataclass(slots=True)
class Taken:
    """How one step was taken; ``gaps`` are how long, ms, after the step before, in no order."""

    reason: str | None = None
    people: int = 0
    devices: int = 0
    came: int = 0
    left: int = 0
    skipped: int = 0
    lost: int = 0
    gaps: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, other: "Taken") -> None:
        """By other people as well."""
        self.people += other.people
        self.devices += other.devices
        self.came += other.came
        self.left += other.left
        self.skipped += other.skipped
        self.lost += other.lost
        self.gaps.extend(other.gaps)


def count_steps(
    definition: Definition,
    journeys: Sequence[Journey],
    lost: Iterable[Lost],
    unseen: Callable[[StepRule], str | None],
    device_of: Callable[[Event], int | None],
    followed: Collection[int],
) -> list[Taken]:
    """Each step's figures. ``unseen`` says why the log cannot show a step; ``followed`` are the journeys, by number, of
    those who are followed past the first step."""
    losses: dict[str, set[Person]] = {}
    for one in lost:
        losses.setdefault(one.step, set()).add(one.person)
    made: list[Taken] = []
    before: int | None = None
    for number, step in enumerate(definition.steps):
        reason, gone = unseen(step), len(losses.get(step.name, ()))
        if reason is not None:
            made.append(Taken(reason, lost=gone))
            continue
        asked = (pair for pair in enumerate(journeys) if not number or pair[0] in followed)
        takers = [(i, j) for i, j in asked if j.taken[number] is not None]
        later = range(number + 1, len(definition.steps))
        on_their_way = {person for k in later for person in losses.get(definition.steps[k].name, ())}
        made.append(
            Taken(
                people=len(takers),
                devices=len({d for _, j in takers for d in _devices(j, number, device_of)}),
                came=sum(1 for _, j in takers if before is None or j.taken[before] is not None),
                left=sum(
                    1 for _, j in takers if j.person not in on_their_way and all(j.taken[k] is None for k in later)
                ),
                skipped=sum(
                    1 for i, j in enumerate(journeys)
                    if i in followed and j.taken[number] is None and any(j.taken[k] is not None for k in later)
                ),
                lost=gone,
                gaps=array("q", _gaps((j for _, j in takers), before, number)),
            )
        )  # fmt: skip
        before = number
    return made


def steps_of(definition: Definition, taken: Sequence[Taken]) -> tuple[Step, ...]:
    """The steps as they are shown."""
    made: list[Step] = []
    base = first = None
    for step, one in zip(definition.steps, taken, strict=True):
        if one.reason is not None:
            made.append(Step(step.name, step.optional, one.reason, step.note, lost=one.lost))
            continue
        base, first = one.people if base is None else base, one.people if first is None else first
        gaps = sorted(one.gaps)
        made.append(
            Step(
                step.name,
                step.optional,
                note=step.note,
                people=one.people,
                devices=one.devices,
                conversion=one.came / base if base else None,
                of_first=one.people / first if first else None,
                left=one.left,
                skipped=one.skipped,
                lost=one.lost,
                median=_quantile(gaps, 0.5),
                p95=_quantile(gaps, 0.95),
            )
        )
        base = one.people
    return tuple(made)


def _gaps(journeys: Iterable[Journey], before: int | None, number: int) -> Iterable[int]:
    if before is not None:
        found = (_gap(journey, before, number) for journey in journeys)
        yield from (gap for gap in found if gap is not None)


def _gap(journey: Journey, before: int, number: int) -> int | None:
    """How long, ms, after the step before; clocks of two sides may put it a moment earlier."""
    one, other = journey.taken[before], journey.taken[number]
    return None if one is None or other is None else max(other.time - one.time, 0)


def _devices(journey: Journey, number: int, device_of: Callable[[Event], int | None]) -> Iterable[int]:
    """The device that a step was taken on; of the first step all that the person was seen on."""
    if number == 0:
        return journey.devices
    event = journey.taken[number]
    device = device_of(event) if event is not None else None
    return () if device is None else (device,)


def _quantile(ordered: Sequence[int], share: float) -> int | None:
    """The nearest rank."""
    if not ordered:
        return None
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
