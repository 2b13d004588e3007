"""What a decoded event needs before anybody can use it: its clock as a number, its side, its path, its ids, its mask.

This loop runs once for every event of a log and decides how fast a log is read. So it decides nothing twice: whatever
follows from type, name, library, path and kind of userId is looked up by their classes (a log has some hundred such
combinations), and a string that comes again and again is kept once.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from msgspec import UNSET

from auditor.logs import rudderstack
from auditor.logs.classes import Classes, Tests, Unclassified
from auditor.logs.lenient import FIRST_YEAR, LAST_YEAR
from auditor.logs.page_of import page_of_properties, path_of
from auditor.logs.sides import BY_LIBRARY, SERVER, family_of, side_of
from auditor.model.event import RECORDED, Event, Sender
from auditor.model.log import Log

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_FIRST, _END = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
_REMEMBERED = 2_000_000
"""Ids, and combinations, that are kept at the most: a log of more people than that takes more memory, no more."""


class _Decided(NamedTuple):
    type: str
    write_key: str | None
    side: str
    library: str | None
    mask: int
    tests: Tests
    more: Callable[[Event], None] | None
    lanes: "_Lanes | None"
    found: list[Event]


_Lanes = dict[str | None, tuple[str, Sender, list[Event]]]
"""The lanes of one source and library family, by anonymousId."""
_LOOK_CLOSER: Any = object()
"""In the memo: side or dialect follow from more than the short key says."""


class Settler:
    """Settles events of one run and puts them into ``log``: all of them on their lanes, and the repeated ones, with
    the first of each messageId, into ``repeated``.

    ``rudder`` forces or forbids RudderStack's reading of a call; ``None`` tells by its marks. ``metadata`` collects
    what the calls' ``_metadata`` say.
    """

    def __init__(self, log: Log, rudder: bool | None, classes: Classes | None = None) -> None:
        self.metadata: set[bytes] = set()
        self.repeated: dict[str, list[Event]] = {}
        self._log = log
        self._rudder = rudder
        self._classes = classes or Unclassified()
        self._users: dict[str | None, tuple[str | None, int]] = {}
        self._paths: dict[str | None, tuple[str | None, int]] = {}
        self._names: dict[str | None, tuple[str | None, int]] = {}
        self._same: dict[str | None, str | None] = {}
        self._memo: dict[tuple[Any, ...], _Decided] = {}
        self._sources: dict[tuple[str | None, str | None], _Lanes] = {}
        self._first: dict[str, Event] = {}
        self._others = self._classes.others if self._classes.others(Event()) else None

    def settle(self, events: Iterable[Event], file: int, line: int, *, nobody: bool = False) -> list[int]:
        """Settle the events of consecutive lines. Returns the lines that hold no plain call by itself: of a known type,
        with an identity (unless ``nobody`` allows calls without one), its times within reason. Those are left as they
        are."""
        memo, users, paths, names = self._memo, self._users, self._paths, self._names
        if len(self._same) > _REMEMBERED:
            self._same.clear()
        same = self._same.setdefault
        metadata, kept, others = self.metadata, self._classes.kept, self._others
        by_mask, arrived = self._log.by_mask, self._first.setdefault
        first, end = _FIRST, _END
        odd: list[int] = []
        meta: Any = UNSET
        for number, event in enumerate(events, line):
            moment, sent, received = event.original_timestamp or event.timestamp, event.sent_at, event.received_at
            user, anonymous, message = event.user_id, event.anonymous_id, event.message_id
            if (
                moment is None
                or not first <= moment < end
                or (sent is not None and not first <= sent < end)
                or (received is not None and not first <= received < end)
                or (user is None and anonymous is None and not nobody)
            ):
                odd.append(number)
                continue
            context = event.context
            try:
                library = context.library.name  # type: ignore[union-attr]
                page = context.page  # type: ignore[union-attr]
                path = page.path  # type: ignore[union-attr]
                carried = context.traits is not None  # type: ignore[union-attr]
                agent = context.userAgent  # type: ignore[union-attr]
                if path is None:
                    path, library = self._bare(event)
                    page = event.context.page  # type: ignore[union-attr]
            except AttributeError:
                path, library = self._bare(event)
                context = event.context
                page = context.page if context is not None else None
                carried = context is not None and context.traits is not None
                agent = context.userAgent if context is not None else None
            if context is not None and context.library is not None:
                version = context.library.version
                event.version = same(version, version)
            user, user_class = users.get(user) or self._user(user)
            path, path_class = paths.get(path) or self._path(path)
            name, name_class = names.get(event.event) or self._name(event.event)
            key: tuple[Any, ...] = (
                event.type,
                name_class,
                library,
                event.write_key,
                path_class,
                user_class,
                event.properties is None,
                event.traits is None,
                carried,
                event.timestamp is None,
                event.delivery,
            )
            if others is not None:
                key += others(event)
            decided = memo.get(key)
            if decided is None or decided is _LOOK_CLOSER:
                if event.type not in RECORDED:
                    odd.append(number)
                    continue
                decided = self._decide(key, event, path)
            # Of strings that come again and again one is kept, and what is not needed any more is let go: memory that
            # is touched for the first time costs more than the whole loop.
            event.type, event.write_key, event.side, event.library, mask, tests, more, lanes, found = decided
            event.event = name
            event.t = t = round(moment.timestamp() * 1000)
            if file:
                event.file = file
            event.line = number
            if event.user_id is not user:
                event.user_id = user
            event.path = path
            if page is not None:
                event.url = same(page.url, page.url)
                event.referrer = same(page.referrer, page.referrer)
            if event.metadata is not UNSET:
                if event.metadata != meta:
                    meta = event.metadata
                    metadata.add(bytes(meta))
                event.metadata = UNSET  # it would hold on to the whole block that it was read from
            held = None if lanes is None else lanes.get(anonymous) or self._lane(lanes, anonymous, agent)
            if held is None:
                event.anonymous_id = _id(anonymous)
            else:
                event.anonymous_id, sender, lane = held
            if more is not None:
                more(event)
            if event.group_id is not None or event.previous_id is not None or not message or message.isspace():
                message = self._other_ids(event)
            if tests:
                before = mask
                for bit, matches in tests:
                    if matches(event, None):
                        mask |= bit
                if mask != before:
                    found = by_mask.get(mask) or by_mask.setdefault(mask, [])
            event.mask = mask
            found.append(event)
            if not mask & kept:
                event.properties = event.timestamp = None
                if event.traits is not None:
                    event.traits = None
                if event.original_timestamp is not None:
                    event.original_timestamp = None
                if context is not None:
                    if context.sessionId is None and context.device is None:
                        event.context = None
                    else:
                        context.userAgent = None
            if message is not None and arrived(message, event) is not event:
                self._again(message, event)
            if held is None:
                self._alone(event)
                continue
            event.sender = sender
            lane.append(event)
            # As Sender.note has it; here, because a call costs more than what it does.
            sender.mask |= mask
            if t <= sender.last:
                sender.straight = False
            sender.last = t
            if agent != sender.agent:
                sender.mixed = True
            if user is not sender.user and user is not None:
                sender.user = user
                sender.users.add(user)
            if event.rudderstack:
                sender.rudderstack = True
            if sent is not None and received is not None:
                delay = received - sent
                if sender.delay is None or delay < sender.delay:
                    sender.delay = delay
        return odd

    def forget(self) -> None:
        """Let go of the events settled so far: somebody else keeps them. What was decided stays."""
        self.repeated.clear()
        self._first.clear()
        for lanes in self._sources.values():
            lanes.clear()

    def _other_ids(self, event: Event) -> str | None:
        event.group_id, event.previous_id = _id(event.group_id), _id(event.previous_id)
        if event.previous_id is not None:
            self._log.links.append(event)
        event.message_id = _id(event.message_id)
        return event.message_id

    def _again(self, message: str, event: Event) -> None:
        self.repeated.setdefault(message, [self._first[message]]).append(event)

    def _alone(self, event: Event) -> None:
        """A server's call, or one of nobody: on no lane."""
        event.sender = Sender()
        event.sender.note(event)
        self._log.alone.append(event)

    def _lane(
        self, lanes: "_Lanes", anonymous: str | None, agent: str | None
    ) -> tuple[str, Sender, list[Event]] | None:
        """A new lane; none for nobody."""
        if _id(anonymous) is None or anonymous is None:
            return None
        lane = lanes[anonymous] = (anonymous, Sender(self._same.setdefault(agent, agent)), [])
        self._log.lanes.append(lane[1:])
        return lane

    def _bare(self, event: Event) -> tuple[str | None, str | None]:
        """Path and library of an event that lacks a context, a page, a path or a library."""
        page = event.context.page if event.context is not None else None
        if event.type == "page" and (page is None or page.path is None):
            page = page_of_properties(event)
        path = page.path if page is not None else None
        if path is None and page is not None and page.url is not None:
            path = path_of(page.url)
        context = event.context
        return path, context.library.name if context is not None and context.library is not None else None

    def _user(self, user: str | None) -> tuple[str | None, int]:
        """A userId met for the first time; blank is absent (domain.md 6.1)."""
        found = _id(user)
        return _remember(self._users, user, (found, self._classes.user_class(found)))

    def _path(self, path: str | None) -> tuple[str | None, int]:
        return _remember(self._paths, path, (path, self._classes.path_class(path)))

    def _name(self, name: str | None) -> tuple[str | None, int]:
        return _remember(self._names, name, (name, self._classes.name_class(name)))

    def _decide(self, key: tuple[Any, ...], event: Event, path: str | None) -> _Decided:
        """What follows from a combination that is met for the first time, or that its short key does not tell."""
        library, context, session = key[2], event.context, event.session
        by_marks = self._rudder is None and library not in rudderstack.LIBRARIES and event.timestamp is None
        if library not in BY_LIBRARY or by_marks:
            self._memo[key] = _LOOK_CLOSER
            device = context.device.type if context is not None and context.device is not None else None
            paged = context is not None and context.page is not None
            who = _id(event.anonymous_id) is not None
            key = (*key, event.channel, device, paged, who, session is not None)
            if key in self._memo:
                return self._memo[key]
            side = side_of(library, event.channel, paged, device, who)
        else:
            side = BY_LIBRARY[library]
        ours = self._rudder
        if ours is None:
            marked = event.timestamp is None and (session is not None or event.channel == "server")
            ours = library in rudderstack.LIBRARIES or marked
        event.side, event.library, event.path, event.user_id = side, library, path, _id(event.user_id)
        if ours:
            rudderstack.settle(event)
        mask, tests = self._classes.decide(event)
        lanes = None
        if side != SERVER:
            lanes = self._sources.setdefault((event.write_key, family_of(library)), {})
        found = self._log.by_mask.setdefault(mask, [])
        more = rudderstack.settle if ours else None
        known = _Decided(event.type, event.write_key, side, library, mask, tests, more, lanes, found)
        return _remember(self._memo, key, known)


def _remember(memo: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(memo) >= _REMEMBERED:
        memo.clear()
    memo[key] = value
    return value


def _id(text: str | None) -> str | None:
    return None if not text or text.isspace() else text
