"""All timelines of a log, built when first asked for."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import count
from typing import Any

from auditor.model.event import Copies, Event
from auditor.model.log import Log
from auditor.timelines.devices import chain_devices
from auditor.timelines.lanes import Lane, anonymous_users, build_lanes, mark_resets
from auditor.timelines.order import sort_key
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
        self.lanes = build_lanes(log.events)
        self.memo: dict[str, Any] = {}
        self._placeholder = placeholder
        self._derive = derive
        self._numbers = count()
        for copies in log.copies.values():
            derive(copies.call)

    @property
    def copies(self) -> dict[str, Copies]:
        """The further arrivals by messageId."""
        return self.log.copies

    @cached_property
    def sorted_lanes(self) -> list[Lane]:
        """The lanes with their events in order and resets marked."""
        for lane in self.lanes:
            self.sort(lane)
        return self.lanes

    def sort(self, lane: Lane) -> list[Event]:
        """A lane's events in order, with resets marked."""
        if lane.ordered:
            return lane.events
        lane.ordered = True
        lane.events.sort(key=lambda event: event.t)
        if any(a.t == b.t for a, b in zip(lane.events, lane.events[1:], strict=False)):
            lane.events.sort(key=sort_key)
        for event in mark_resets(lane.events):
            self._derive(event)
            lane.mask |= event.mask
        return lane.events

    def load_pages(self, lane: Lane) -> None:
        """Have ``page_load`` set on a lane's events."""
        if not lane.paged:
            lane.paged = True
            mark_page_loads(self.sort(lane), self._numbers)

    @cached_property
    def page_loads(self) -> None:
        """Have ``page_load`` set on every client event."""
        for lane in self.lanes:
            self.load_pages(lane)

    @cached_property
    def devices(self) -> int:
        """How many devices; ``device`` is set on every lane event."""
        return chain_devices(self.sorted_lanes)

    @cached_property
    def users_of(self) -> dict[str, set[str]]:
        """The userIds, placeholders left out, that each anonymousId was seen with."""
        found = anonymous_users(self.log.events)
        return {anon: {u for u in users if not self._placeholder(u)} for anon, users in found.items()}

    @cached_property
    def users(self) -> int:
        """How many userIds."""
        return len({event.user_id for event in self.log.events if event.user_id is not None})

    @cached_property
    def first(self) -> int:
        """Corrected time of the first event, ms."""
        return min((event.time for event in self.log.events), default=0)

    @cached_property
    def end(self) -> int:
        """Corrected time of the last event, ms: where the log ends."""
        return max((event.time for event in self.log.events), default=0)

    @cached_property
    def has_client(self) -> bool:
        """Whether any client event is in the log."""
        return bool(self.lanes) or any(event.client for event in self.log.events)

    def person(self, event: Event) -> str | None:
        """Whom we believe an event to be by (design.md 5): its user; else the one user its anonymousId was ever seen
        with; else the anonymousId by itself. Placeholder ids link nothing."""
        user = event.user_id
        if user is not None and not self._placeholder(user):
            return f"user {user}"
        if event.anonymous_id is None:
            return None
        users = self.users_of.get(event.anonymous_id, ())
        return f"user {next(iter(users))}" if len(users) == 1 else f"device {event.anonymous_id}"

    def key(self, name: str) -> Callable[[Event], object]:
        """How to read a key off an event, with what it needs made ready."""
        if name == "person":
            return self.person
        if name == "page_load":
            _ = self.page_loads
            return lambda event: event.page_load
        if name == "device":
            _ = self.devices
            return lambda event: event.device
        return _KEYS[name]

    def by(self, names: tuple[str, ...], events: Iterable[Event]) -> dict[object, list[Event]]:
        """Events grouped by one or several keys, each group in order. An event with a null key is in none."""
        found: dict[object, list[Event]] = defaultdict(list)
        if len(names) == 1:
            read = self.key(names[0])
            for event in events:
                value = read(event)
                if value is not None:
                    found[value].append(event)
        else:
            readers = [self.key(name) for name in names]
            for event in events:
                values = tuple(read(event) for read in readers)
                if None not in values:
                    found[values].append(event)
        for group in found.values():
            if len(group) > 1:
                group.sort(key=sort_key)
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
