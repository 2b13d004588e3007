"""A timeline in one of its orders, and how to go through the events that a clause is about."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from auditor.model.event import Event

ANYTHING: Any = object()
"""In place of a value that matches must not have: any value will do."""
_Reader = Callable[[Event], object]


class Group:
    """Where some events of a timeline stand, in order; with ``values``, where the next other value is on each side."""

    __slots__ = ("earlier", "later", "positions", "values")

    def __init__(self, positions: list[int], values: list[object] | None = None) -> None:
        self.positions = positions
        self.values = values
        self.earlier: list[int] = []
        self.later: list[int] = []
        if values is not None:
            self.earlier = _last_other(values)
            self.later = [len(values) - 1 - at for at in reversed(_last_other(values[::-1]))]


def _last_other(values: list[object]) -> list[int]:
    """For each place the nearest one before it that holds another value; -1 where there is none."""
    found: list[int] = []
    for index, value in enumerate(values):
        found.append(-1 if not index else found[-1] if values[index - 1] == value else index - 1)
    return found


_NONE = Group([])


class View:
    """A timeline as sorted; ``end`` is when the log ends. The events of a clause are found once for all candidates."""

    def __init__(self, events: list[Event], end: int) -> None:
        self.events = events
        self.end = end
        self._groups: dict[int, Group] = {}
        self._split: dict[tuple[int, int], dict[object, Group]] = {}

    def group(
        self, bit: int, same: Sequence[_Reader] = (), differs: Sequence[_Reader] = (), like: Event | None = None
    ) -> Group:
        """The events with this bit: those whose ``same`` fields are as ``like``'s, ready to be searched for others than
        its first ``differs`` field."""
        if not same and not differs:
            found = self._groups.get(bit)
            if found is None:
                found = self._groups[bit] = Group([i for i, e in enumerate(self.events) if e.mask & bit])
            return found
        assert like is not None
        split = self._split.get((id(same), id(differs)))
        if split is None:
            split = self._split[id(same), id(differs)] = self._by_value(bit, same, differs)
        return split.get(tuple(read(like) for read in same), _NONE)

    def _by_value(self, bit: int, same: Sequence[_Reader], differs: Sequence[_Reader]) -> dict[object, Group]:
        held: dict[object, list[int]] = {}
        for position in self.group(bit).positions:
            held.setdefault(tuple(read(self.events[position]) for read in same), []).append(position)
        return {
            key: Group(positions, [differs[0](self.events[at]) for at in positions] if differs else None)
            for key, positions in held.items()
        }


class Order:
    """A view with the events of some spans rearranged. An event's *rank* is where it then stands.

    ``spans`` gives for each rearranged place the span it belongs to; the places of a span keep among themselves.
    """

    __slots__ = ("_events", "_ranks", "_spans", "view")

    def __init__(self, view: View, rearranged: tuple[tuple[list[int], list[int]], ...] = ()) -> None:
        """``rearranged`` holds per span its places and, place by place, the position of the event there."""
        self.view = view
        self._ranks: dict[int, int] = {}
        self._events: dict[int, Event] = {}
        self._spans: dict[int, tuple[int, int]] = {}
        for places, positions in rearranged:
            span = (places[0], places[-1] + 1)
            for place, position in zip(places, positions, strict=True):
                self._ranks[position] = place
                self._events[place] = view.events[position]
                self._spans[place] = span

    def rank(self, position: int) -> int:
        """Where the event stands that the view has at ``position``."""
        return self._ranks.get(position, position)

    def at(self, rank: int) -> Event:
        """The event that stands there."""
        return self._events.get(rank) or self.view.events[rank]

    def before(self, group: Group, rank: int, other: object = ANYTHING) -> Iterator[int]:
        """The ranks of a group's events before ``rank``, nearest first, maybe without those of the value ``other``."""
        positions = group.positions
        k = bisect_left(positions, self._spans.get(rank, (0, rank))[1])
        while k:
            place = positions[k - 1]
            span = self._spans.get(place)
            if span is not None:
                start = bisect_left(positions, span[0], 0, k)
                ranks = (self.rank(position) for position in positions[start:k])
                yield from sorted((r for r in ranks if r < rank), reverse=True)
                k = start
            elif group.values is not None and group.values[k - 1] == other:
                k = group.earlier[k - 1] + 1
            else:
                yield place
                k -= 1

    def after(self, group: Group, rank: int, other: object = ANYTHING) -> Iterator[int]:
        """The ranks of a group's events after ``rank``, nearest first, maybe without those of the value ``other``."""
        positions = group.positions
        k = bisect_left(positions, self._spans.get(rank, (rank + 1, 0))[0])
        while k < len(positions):
            place = positions[k]
            span = self._spans.get(place)
            if span is not None:
                stop = bisect_right(positions, span[1] - 1, k)
                ranks = (self.rank(position) for position in positions[k:stop])
                yield from sorted(r for r in ranks if r > rank)
                k = stop
            elif group.values is not None and group.values[k] == other:
                k = group.later[k]
            else:
                yield place
                k += 1
