"""All timelines of a log, built when first asked for."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import count
from typing import Any

from auditor.model.delivery import UNDELIVERED
from auditor.model.event import Copies, Event
from auditor.model.log import Log
from auditor.timelines.devices import Devices
from auditor.timelines.lanes import Lane, is_link, mark_identified, mark_resets, set_clock, users_by_anonymous_id
from auditor.timelines.order import TIME, sort_events
from auditor.timelines.page_loads import mark_page_loads


class Timelines:
    """The timelines of a log by key. Whatever is expensive is done once, and only if some rule needs it."""

    def __init__(
        self,
        log: Log,
        placeholder: Callable[[str], bool] = lambda _: False,
        derive: Callable[[Event], None] = lambda _: None,
    ) -> None:
        """``placeholder`` tells userIds that are none; ``derive`` is called for an event once more of it is known."""
        self.log = log
        self.lanes = [Lane(number, *held) for number, held in enumerate(log.lanes)]
        self.alone = log.alone
        for event in self.alone:
            set_clock(event.sender)
        self.memo: dict[str, Any] = {}
        self._derive = derive
        self._derived: dict[int, tuple[int, Event]] = {}
        self._placeholder = placeholder
        self._numbers = count()
        self._persons: dict[str, str] = {}
        self._known: dict[str, str | None] = {}
        for event in (*(copies.call for copies in log.copies.values()), *log.numbered, *log.large):
            self._classify(event)
        for lane in self.lanes:
            if lane.rudderstack:
                for event in mark_resets(lane.events):
                    self._classify(event)
            if lane.events[0].identified is not None:
                for event in mark_identified(lane.events):
                    self._classify(event)

    def _classify(self, event: Event) -> None:
        """Classify an event anew: more is known of it than when it was read."""
        before = event.mask
        self._derive(event)
        if event.mask != before:
            self._derived.setdefault(id(event), (before, event))
            if event.lane is not None:
                self.lanes[event.lane].mask |= event.mask

    @property
    def copies(self) -> dict[str, Copies]:
        """The further arrivals by messageId."""
        return self.log.copies

    def load_pages(self, lane: Lane) -> None:
        """Have ``page_load`` set on a lane's events."""
        if not lane.paged:
            lane.paged = True
            mark_page_loads(lane.events, self._numbers)

    @cached_property
    def page_loads(self) -> None:
        """Have ``page_load`` set on every client event."""
        for lane in self.lanes:
            self.load_pages(lane)

    @cached_property
    def devices(self) -> Devices:
        """Which lanes are one device."""
        return Devices(self.lanes)

    def device(self, event: Event) -> int | None:
        """The number of an event's device; ``None`` for a server's."""
        return None if event.lane is None else self.devices.of[event.lane]

    def mark_devices(self) -> None:
        """Have ``device`` set on every client event, for rules that compare it."""
        for lane in self.lanes:
            lane.events[0].sender.device = self.devices.of[lane.number]

    @cached_property
    def users_of(self) -> dict[str, set[str]]:
        """The userIds, placeholders left out, that each anonymousId was seen with."""
        links = [event for event in self.log.links if is_link(event)]
        found = users_by_anonymous_id(self.lanes, self.alone, links)
        bad = {user for users in found.values() for user in users if self._placeholder(user)}
        return (
            {anonymous: users - bad if users & bad else users for anonymous, users in found.items()} if bad else found
        )

    @cached_property
    def users(self) -> int:
        """How many userIds."""
        return len({e.user_id for e in self.alone if e.user_id is not None}.union(*(lane.users for lane in self.lanes)))

    @cached_property
    def first(self) -> int:
        """Corrected time of the first event, ms."""
        starts = (lane.events[0].time for lane in self.lanes)
        return min((*starts, *(event.time for event in self.alone)), default=0)

    @cached_property
    def end(self) -> int:
        """Corrected time of the last event, ms: where the log ends."""
        ends = (lane.events[-1].time for lane in self.lanes)
        return max((*ends, *(event.time for event in self.alone)), default=0)

    @cached_property
    def seen(self) -> int:
        """Every bit that some event has."""
        held = 0
        for mask, events in self.log.by_mask.items():
            held |= mask if events else 0
        for _, event in self._derived.values():
            held |= event.mask
        return held

    def having(self, bits: int) -> Iterator[Event]:
        """The events with one of these bits, in no order that means anything."""
        for mask, events in self.log.by_mask.items():
            if mask & bits:
                for event in events:
                    if event.mask & bits:
                        yield event
        for before, event in self._derived.values():
            if event.mask & bits and not before & bits:
                yield event

    def count(self, bits: int) -> int:
        """How many events have one of these bits."""
        total = sum(len(events) for mask, events in self.log.by_mask.items() if mask & bits)
        changed = self._derived.values()
        return total + sum(bool(event.mask & bits) - bool(before & bits) for before, event in changed)

    def moved_on(self, views: list[Event], settle: int) -> bool:
        """Whether views say that who made them went on: to a second page load, or for ``settle`` ms on the first."""
        for view in views:
            if view.lane is not None:
                self.load_pages(self.lanes[view.lane])
        if len({view.page_load for view in views}) > 1:
            return True
        return bool(views) and self.end - min(view.time for view in views) >= settle

    def arrived(self, event: Event) -> bool:
        """Whether a call reached the collector: only a HAR or a recorder can say that a request did not."""
        copies = self.copies.get(event.message_id or "")
        return any(one.delivery not in UNDELIVERED for one in (event, *(copies.others if copies is not None else ())))

    def person(self, event: Event) -> str | None:
        """Whom we believe an event to be by (design.md 5): its user; else the one user its anonymousId was ever seen
        with; else the anonymousId by itself. Placeholder ids link nothing."""
        user = event.user_id
        if user is not None:
            known = self._known.get(user, "")
            if known == "":
                known = self._known[user] = None if self._placeholder(user) else "user " + user
            if known is not None:
                return known
        anonymous = event.anonymous_id
        if anonymous is None:
            return None
        known = self._persons.get(anonymous)
        if known is None:
            users = self.users_of.get(anonymous, ())
            known = "user " + next(iter(users)) if len(users) == 1 else "device " + anonymous
            self._persons[anonymous] = known
        return known

    def key(self, name: str) -> Callable[[Event], object]:
        """How to read a key off an event, with what it needs made ready."""
        if name == "person":
            return self.person
        if name == "page_load":
            _ = self.page_loads
            return lambda event: event.page_load
        if name == "device":
            return self.device
        return _KEYS[name]

    def key_of(self, names: tuple[str, ...]) -> Callable[[Event], object]:
        """How to read one or several keys off an event; ``None`` where one is null."""
        if len(names) == 1:
            return self.key(names[0])
        readers = [self.key(name) for name in names]

        def read(event: Event) -> object:
            values = tuple(reader(event) for reader in readers)
            return None if None in values else values

        return read

    def by(
        self,
        names: tuple[str, ...],
        events: Iterable[Event],
        like: Iterable[Event] | None = None,
        *,
        ordered: bool = True,
    ) -> dict[object, list[Event]]:
        """Events grouped by one or several keys, each group in order unless it need not be ``ordered``; with ``like``
        only the groups of these events. An event with a null key is in none."""
        read = self.key_of(names)
        found: dict[object, list[Event]] = {}
        if like is None:
            for event in events:
                value = read(event)
                if value is not None:
                    found.setdefault(value, []).append(event)
        else:
            found = {read(event): [] for event in like}
            found.pop(None, None)
            for event in events if found else ():
                group = found.get(read(event))
                if group is not None:
                    group.append(event)
        for group in found.values() if ordered else ():
            if len(group) > 1:
                sort_events(group, TIME)
        return found


_KEYS: dict[str, Callable[[Event], object]] = {
    "lane": lambda event: event.lane,
    "user": lambda event: event.user_id,
    "userId": lambda event: event.user_id,
    "anonymousId": lambda event: event.anonymous_id,
    "groupId": lambda event: event.group_id,
    "messageId": lambda event: event.message_id,
    "session": lambda event: None if event.session is None else (event.lane, event.session),
}
