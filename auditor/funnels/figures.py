"""The figures of a funnel, or of the people who share a value: steps, signups, conversion."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.funnels.definition import Definition, StepRule
from auditor.funnels.journeys import Journey
from auditor.funnels.losses import Lost
from auditor.funnels.people import Person
from auditor.funnels.wilson import interval
from auditor.model.event import Event
from auditor.model.funnel import Conversion, Signups, Step


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

    def signups(self) -> Signups:
        """The figures of the signups."""
        return Signups(
            len(self.measured), len(self.actual), len(self.extra), len(self.unsure) + self.nobody, self.events
        )

    def conversion(self, assumptions: Iterable[str] = ()) -> Conversion:
        """Signups of visitors. Whoever signed up has visited, seen or not."""
        visitors, apart = self.visitors | self.actual, len(self.apart)
        held = interval(len(self.actual), len(visitors))
        return Conversion(
            visitors_measured=apart,
            visitors=len(visitors),
            measured=min(len(self.measured) / apart, 1.0) if apart else None,
            corrected=len(self.actual) / len(visitors) if visitors else None,
            low=None if held is None else held[0],
            high=None if held is None else held[1],
            assumptions=tuple(assumptions),
        )


def count_steps(
    definition: Definition,
    journeys: Sequence[Journey],
    lost: Iterable[Lost],
    unseen: Callable[[StepRule], str | None],
    device_of: Callable[[Event], int | None],
    followed: Collection[int],
) -> tuple[Step, ...]:
    """Each step's figures. ``unseen`` says why the log cannot show a step; ``followed`` are the journeys, by number, of
    those who are followed past the first step."""
    losses: dict[str, set[Person]] = {}
    for one in lost:
        losses.setdefault(one.step, set()).add(one.person)
    made: list[Step] = []
    before: int | None = None
    first = 0
    for number, step in enumerate(definition.steps):
        reason = unseen(step)
        if reason is not None:
            made.append(Step(step.name, step.optional, reason, step.note, lost=len(losses.get(step.name, ()))))
            continue
        asked = (pair for pair in enumerate(journeys) if not number or pair[0] in followed)
        takers = [(i, j) for i, j in asked if j.taken[number] is not None]
        later = range(number + 1, len(definition.steps))
        on_their_way = {person for k in later for person in losses.get(definition.steps[k].name, ())}
        gaps = sorted(gap for _, j in takers if before is not None and (gap := _gap(j, before, number)) is not None)
        came = sum(1 for _, j in takers if before is None or j.taken[before] is not None)
        base = _people(made[before]) if before is not None else len(takers)
        first = first if before is not None else len(takers)
        made.append(
            Step(
                step.name,
                step.optional,
                note=step.note,
                people=len(takers),
                devices=len({d for _, j in takers for d in _devices(j, number, device_of)}),
                conversion=came / base if base else None,
                of_first=len(takers) / first if first else None,
                left=sum(
                    1 for _, j in takers if j.person not in on_their_way and all(j.taken[k] is None for k in later)
                ),
                skipped=sum(
                    1 for i, j in enumerate(journeys)
                    if i in followed and j.taken[number] is None and any(j.taken[k] is not None for k in later)
                ),
                lost=len(losses.get(step.name, ())),
                median=_quantile(gaps, 0.5),
                p95=_quantile(gaps, 0.95),
            )
        )  # fmt: skip
        before = number
    return tuple(made)


def _people(step: Step) -> int:
    return step.people or 0


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
