"""The way of each person through the steps of a funnel."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from auditor.funnels.definition import Definition
from auditor.funnels.people import People, Person
from auditor.language.predicates import Predicate
from auditor.model.event import Event
from auditor.timelines.order import SLACK, TIME, precedes, sort_events
from auditor.timelines.timelines import Timelines


@dataclass(slots=True)
class Journey:
    """What one person did. ``events`` take some step, in order of time once ``walk`` has run; of the first step's only
    the first of each lane is kept. ``taken`` is the event that took each step in order, ``None`` where none did;
    ``held`` has the bit of each step that some event could take. ``method`` is the way to sign up, where one shows."""

    person: Person
    events: list[Event] = field(default_factory=list)
    devices: tuple[int, ...] = ()
    taken: tuple[Event | None, ...] = ()
    held: int = 0
    method: str | None = None

    @property
    def last(self) -> int:
        """The number of the last step taken; -1: none was."""
        return max((number for number, event in enumerate(self.taken) if event is not None), default=-1)


class Journeys:
    """All journeys by person. ``bits`` ask an event's mask for a step; ``apart`` are those who took the first step as
    ids alone tell people apart, with the person whom each is."""

    def __init__(
        self,
        definition: Definition,
        timelines: Timelines,
        people: People,
        bit_of: Callable[[Predicate], int],
        others: Collection[int] = (),
    ) -> None:
        """``others`` are events, by ``id``, that carry the userId of somebody who did not make them."""
        self.definition = definition
        self.timelines = timelines
        self.bits = [bit_of(step.when) for step in definition.steps]
        self.methods = {
            name: [bit_of(p) if (p := step.methods.get(name)) is not None else 0 for step in definition.steps]
            for name in definition.methods
        }
        self.by_person: dict[Person, Journey] = {}
        self.apart: dict[Person, Person] = {}
        self._others = others
        self._gather(people)
        for journey in self.by_person.values():
            self._walk(journey)

    def __iter__(self) -> Iterator[Journey]:
        return iter(self.by_person.values())

    def _gather(self, people: People) -> None:
        first, wanted, later = self.bits[0], 0, 0
        for number, bit in enumerate(self.bits):
            wanted |= bit
            later |= bit if number else 0
        for bits in self.methods.values():
            for bit in bits:
                wanted |= bit
                later |= bit
        for lane in self.timelines.lanes:
            if not lane.mask & wanted:
                continue
            opened: set[Person] = set()
            device = self.timelines.devices.of[lane.number]
            whole = people.of_whole(lane)
            for event in lane.events:
                mask = event.mask
                if not mask & wanted:
                    continue
                if id(event) in self._others:
                    continue
                person = whole or people.of(event)
                if person is None or (person in opened and not mask & later):
                    continue
                if event.delivery is not None and not self.timelines.arrived(event):
                    continue
                opened.add(person)
                if mask & first:
                    self.apart[people.apart(event) or person] = person
                journey = self._journey(person, event)
                if device not in journey.devices:
                    journey.devices += (device,)
        for event in self.timelines.alone:
            if event.mask & wanted:
                person = people.of(event)
                if person is not None:
                    self._journey(person, event)

    def _journey(self, person: Person, event: Event) -> Journey:
        found = self.by_person.get(person)
        if found is None:
            found = self.by_person[person] = Journey(person)
        found.events.append(event)
        return found

    def _walk(self, journey: Journey) -> None:
        """Take the steps in order, each with the earliest event that may. What is optional does not hold up the rest: a
        server may say of an account only after the browser has gone on."""
        sort_events(journey.events, TIME)
        mask = 0
        for one in journey.events:
            mask |= one.mask
        own = self._method(journey, mask)
        bits = self.bits if own is None else self._bits_of(own)
        journey.method = own
        journey.held = sum(1 << number for number, bit in enumerate(bits) if bit is not None and mask & bit)
        taken: list[Event | None] = []
        must: Event | None = None
        before: Event | None = None
        start: Event | None = None
        stopped = False
        for step, bit in zip(self.definition.steps, bits, strict=True):
            event: Event | None = None
            if bit is not None and not stopped:
                found = _first(journey.events, bit, None if self.definition.any_order else must)
                limits = ((before, step.within), (start, self.definition.within))
                event = found if found is not None and self._in_time(found, *limits) else None
            taken.append(event)
            if event is not None:
                before, start = event, start or event
                must = must if step.optional else event
            elif bit is not None and not step.optional:
                stopped = True
        journey.taken = tuple(taken)

    @staticmethod
    def _in_time(event: Event, *limits: tuple[Event | None, int | None]) -> bool:
        """Whether an event came as soon after others as it must."""
        return not any(
            limit is not None and since is not None and event.time - since.time > limit + _slack(since, event)
            for since, limit in limits
        )

    def _method(self, journey: Journey, mask: int) -> str | None:
        return next((name for name, bits in self.methods.items() if any(mask & bit for bit in bits)), None)

    def _bits_of(self, method: str) -> list[int | None]:
        """The bits of the steps for a way to sign up; ``None``: it has no such step."""
        found: list[int | None] = []
        for step, bit, own in zip(self.definition.steps, self.bits, self.methods[method], strict=True):
            found.append(bit if method not in step.methods else None if step.methods[method] is None else own)
        return found


def _first(events: Iterable[Event], bit: int, after: Event | None) -> Event | None:
    """The first event with a bit that did not certainly come before another one."""
    for event in events:
        if event.mask & bit and (after is None or not precedes(event, after)):
            return event
    return None


def _slack(one: Event, other: Event) -> int:
    return 0 if one.lane is not None and one.lane == other.lane else SLACK
