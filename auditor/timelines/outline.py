"""The outline of a log: where its lanes begin and end.

Which lanes one browser made is told by all lanes of the log; the outline is small enough to hold all of them while the
events are on disk.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import msgspec

from auditor.model.event import Event, Sender
from auditor.model.log import Log
from auditor.timelines.devices import Devices
from auditor.timelines.kept_elsewhere import origin
from auditor.timelines.lanes import Lane
from auditor.timelines.timelines import Timelines

Place = tuple[int, int, int]


class Named(msgspec.Struct, gc=False):
    """Which browser a lane names, as ``Sender`` has it."""

    agent: str | None
    mixed: bool


class End(msgspec.Struct, gc=False):
    """One of the calls with which a lane begins or ends: of ``Event`` what is asked of them."""

    type: str
    time: int
    url: str | None
    referrer: str | None
    anonymous_id: str | None
    side: str
    device_id: str | None
    batch: int | None
    position: int
    sent: int | None
    received: int | None
    message_id: str | None
    line: int
    sender: Named


class Ends(msgspec.Struct):
    """A lane's first call, its last page, its last call with a url, and its last call, in order; its ``node`` (in
    ``logs.components``) and the place of its first call."""

    number: int
    events: tuple[End, ...]
    users: bool
    node: int
    place: Place


class Outline:
    """Gathers the lanes part by part; once ``close`` is called, knows the devices of the whole log."""

    def __init__(self, logout: int) -> None:
        """``logout`` is the bit of a logout; ``several_hosts`` says whether one is on a lane with pages of several
        hosts: which of them made a reset, only the events of all lanes can say (``timelines.kept_elsewhere``)."""
        self._logout = logout
        self.first: int | None = None
        self.end: int | None = None
        self.seen = 0
        self.clients = False
        self.several_hosts = False
        self.lanes: list[Ends] = []
        self.devices = Devices([])
        self._browsers: dict[tuple[str | None, bool], Named] = {}
        self._same: dict[str, str] = {}
        self._places: list[Place] = []

    def add(self, timelines: Timelines, nodes: Sequence[int], places: Sequence[Place]) -> None:
        """The lanes of a part; of each its node, and where its first call stands."""
        if timelines.lanes or timelines.alone:
            self.first = timelines.first if self.first is None else min(self.first, timelines.first)
            self.end = timelines.end if self.end is None else max(self.end, timelines.end)
        self.seen |= timelines.seen
        self.clients = self.clients or bool(timelines.lanes)
        for lane, node, place in zip(timelines.lanes, nodes, places, strict=True):
            self.several_hosts = self.several_hosts or (bool(lane.mask & self._logout) and _on_several_hosts(lane))
            self.lanes.append(Ends(0, self._ends(lane), bool(lane.users), node, place))

    def close(self) -> None:
        """All lanes are there: number them as a run over the whole log does, and tell the devices."""
        self.lanes.sort(key=lambda lane: lane.place)
        for number, lane in enumerate(self.lanes):
            lane.number = number
        self._places = [lane.place for lane in self.lanes]
        self.devices = Devices(self.as_lanes)

    @property
    def as_lanes(self) -> list[Lane]:
        """The lanes, for those who look at nothing but their ends."""
        return cast(list[Lane], self.lanes)

    def together(self) -> Iterable[tuple[int, int]]:
        """The nodes of lanes that one device made."""
        for number, before in self.devices.before.items():
            yield self.lanes[before].node, self.lanes[number].node

    def release(self) -> None:
        """The lanes themselves are not needed any more."""
        self.lanes = []

    def number_of(self, place: Place) -> int:
        """The number of the lane whose first call stands there."""
        return bisect_left(self._places, place)

    def _ends(self, lane: Lane) -> tuple[End, ...]:
        events = lane.events
        last_page = next((index for index in range(len(events) - 1, -1, -1) if events[index].type == "page"), 0)
        last_url = next((index for index in range(len(events) - 1, -1, -1) if events[index].url), 0)
        chosen = sorted({0, last_page, last_url, len(events) - 1})
        phone = next((event.device_id for event in events if event.device_id), None)
        return tuple(self._end(events[index], phone if not index else None, first=not index) for index in chosen)

    def _end(self, event: Event, phone: str | None, *, first: bool) -> End:
        opens = first and event.type == "page" and event.referrer is not None
        return End(
            event.type, event.time, self._one(event.url), self._one(event.referrer),
            event.anonymous_id if first else None, event.side, phone, event.batch, event.position,
            event.sent if opens else None, event.received if opens else None, event.message_id if opens else None,
            event.line, self._named(event.sender),
        )  # fmt: skip

    def _named(self, sender: Sender) -> Named:
        known = sender.agent, sender.mixed
        found = self._browsers.get(known)
        if found is None:
            found = self._browsers[known] = Named(*known)
        return found

    def _one(self, text: str | None) -> str | None:
        return None if text is None else self._same.setdefault(text, text)


class Part(Timelines):
    """The timelines of a part of a log, where the whole has its say."""

    def __init__(
        self,
        log: Log,
        placeholder: Callable[[str], bool],
        derive: Callable[[Event], None],
        outline: Outline,
        places: Sequence[Place],
    ) -> None:
        super().__init__(log, placeholder, derive)
        numbers = [outline.number_of(place) for place in places]
        here = {number: own for own, number in enumerate(numbers)}
        before = outline.devices.before
        chained = {own: here[before[number]] for own, number in enumerate(numbers) if number in before}
        known: dict[str, Any] = {
            "first": outline.first or 0,
            "end": outline.end or 0,
            "seen": outline.seen,
            "devices": Devices.given([outline.devices.of[n] for n in numbers], chained, outline.devices.count),
        }
        vars(self).update(known)  # in place of what would be told from this part's events


def _on_several_hosts(lane: Lane) -> bool:
    hosts = {origin(event) for event in lane.events if event.type == "page"}
    return len(hosts) > 1
