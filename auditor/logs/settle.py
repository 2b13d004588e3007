"""What a decoded event needs before anybody can use it: its clock as a number, its side, its path, its ids, its mask.

This loop runs once for every event of a log and decides how fast a log is read. So it decides nothing twice: whatever
follows from type, name, library, path and kind of userId is looked up by their classes (a log has some hundred such
combinations), and a string that comes again and again is kept once.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import UNSET

from auditor.logs import rudderstack
from auditor.logs.lenient import FIRST_YEAR, LAST_YEAR
from auditor.logs.sides import BY_LIBRARY, side_of
from auditor.model.event import RECORDED, Context, Event, Page

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_FIRST, _END = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
_REMEMBERED = 2_000_000
"""Ids, and combinations, that are kept at the most: a log of more people than that takes more memory, no more."""

Tests = tuple[tuple[int, Callable[[Event, None], bool]], ...]


class Classes(Protocol):
    """What sorts events as they are read (``engine.classify``). Values that no rule tells apart are one class."""

    kept: int
    """Bits of events whose nested members must be kept."""

    def user_class(self, user: str | None) -> int:
        """The class of a userId."""

    def path_class(self, path: str | None) -> int:
        """The class of a path."""

    def name_class(self, name: str | None) -> int:
        """The class of an event's name."""

    def others(self, event: Event) -> tuple[int, ...]:
        """The classes of the values of further fields that rules read."""

    def decide(self, event: Event) -> tuple[int, Tests]:
        """The bits that all events of these classes have, and what is to be tested of each of them."""


class Unclassified:
    """For reading without rules: everything is kept."""

    kept = 1

    def user_class(self, user: str | None) -> int:
        """All alike."""
        del user
        return 0

    path_class = name_class = user_class

    def others(self, event: Event) -> tuple[int, ...]:
        """None."""
        del event
        return ()

    def decide(self, event: Event) -> tuple[int, Tests]:
        """One bit for all."""
        del event
        return 1, ()


class _Decided(NamedTuple):
    side: str
    library: str | None
    mask: int
    tests: Tests
    more: Callable[[Event], None] | None


_LOOK_CLOSER: Any = object()
"""In the memo: side or dialect follow from more than the short key says."""


class Settler:
    """Settles events of one run. ``rudder`` forces or forbids RudderStack's reading of a call; ``None`` tells by its
    marks. ``metadata`` collects what the calls' ``_metadata`` say."""

    def __init__(self, rudder: bool | None, classes: Classes | None = None) -> None:
        self.metadata: set[bytes] = set()
        self._rudder = rudder
        self._classes = classes or Unclassified()
        self._users: dict[str | None, tuple[str | None, int]] = {}
        self._paths: dict[str | None, tuple[str | None, int]] = {}
        self._names: dict[str | None, int] = {}
        self._anonymous: dict[str | None, str | None] = {None: None}
        self._memo: dict[tuple[Any, ...], _Decided] = {}
        self._others = self._classes.others if self._classes.others(Event()) else None

    def settle(self, events: Iterable[Event], file: int, line: int, *, nobody: bool = False) -> list[int]:
        """Settle the events of consecutive lines. Returns the lines that hold no plain call by itself: of a known type,
        with an identity (unless ``nobody`` allows calls without one), its times within reason. Those are left as they
        are."""
        memo, users, paths, names, ids = self._memo, self._users, self._paths, self._names, self._anonymous
        metadata, kept, others = self.metadata, self._classes.kept, self._others
        odd: list[int] = []
        for number, event in enumerate(events, line):
            moment, sent, received = event.original_timestamp or event.timestamp, event.sent_at, event.received_at
            user, anonymous, message = event.user_id, event.anonymous_id, event.message_id
            if (
                moment is None
                or not _FIRST <= moment < _END
                or (sent is not None and not _FIRST <= sent < _END)
                or (received is not None and not _FIRST <= received < _END)
                or (user is None and anonymous is None and not nobody)
            ):
                odd.append(number)
                continue
            context = event.context
            try:
                library = context.library.name  # type: ignore[union-attr]
                path = context.page.path  # type: ignore[union-attr]
                carried = context.traits is not None  # type: ignore[union-attr]
                if path is None:
                    path, library = self._bare(event)
            except AttributeError:
                path, library = self._bare(event)
                carried = event.context is not None and event.context.traits is not None
            user, user_class = users.get(user) or self._user(user)
            path, path_class = paths.get(path) or self._path(path)
            name_class = names.get(event.event)
            key: tuple[Any, ...] = (
                event.type,
                self._name(event.event) if name_class is None else name_class,
                library,
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
            event.t = round(moment.timestamp() * 1000)
            event.file = file
            event.line = number
            event.user_id = user
            event.anonymous_id = ids[anonymous] if anonymous in ids else self._new_anonymous(anonymous)
            event.path = path
            if event.metadata is not UNSET:
                metadata.add(bytes(event.metadata))
                event.metadata = UNSET  # it would hold on to the whole block that it was read from
            event.side, event.library, mask, tests, more = decided
            if more is not None:
                more(event)
            if event.group_id is not None or event.previous_id is not None or not message or message.isspace():
                _other_ids(event)
            for bit, matches in tests:
                if matches(event, None):
                    mask |= bit
            event.mask = mask
            if not mask & kept:
                event.properties = event.traits = None
        return odd

    def _bare(self, event: Event) -> tuple[str | None, str | None]:
        """Path and library of an event that lacks a context, a page, a path or a library."""
        page = event.context.page if event.context is not None else None
        if event.type == "page" and (page is None or page.path is None):
            page = _page_of_properties(event)
        path = page.path if page is not None else None
        if path is None and page is not None and page.url is not None:
            path = _path_of(page.url)
        context = event.context
        return path, context.library.name if context is not None and context.library is not None else None

    def _user(self, user: str | None) -> tuple[str | None, int]:
        """A userId met for the first time; blank is absent (domain.md 6.1)."""
        found = _id(user)
        return _remember(self._users, user, (found, self._classes.user_class(found)))

    def _path(self, path: str | None) -> tuple[str | None, int]:
        return _remember(self._paths, path, (path, self._classes.path_class(path)))

    def _name(self, name: str | None) -> int:
        return _remember(self._names, name, self._classes.name_class(name))

    def _new_anonymous(self, text: str | None) -> str | None:
        return _remember(self._anonymous, text, _id(text))

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
            ours = library in rudderstack.LIBRARIES or (event.timestamp is None and session is not None)
        event.side, event.library, event.path, event.user_id = side, library, path, _id(event.user_id)
        if ours:
            rudderstack.settle(event)
        mask, tests = self._classes.decide(event)
        return _remember(self._memo, key, _Decided(side, library, mask, tests, rudderstack.settle if ours else None))


def _remember(memo: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
    if len(memo) >= _REMEMBERED:
        memo.clear()
    memo[key] = value
    return value


def _other_ids(event: Event) -> None:
    event.group_id, event.previous_id = _id(event.group_id), _id(event.previous_id)
    event.message_id = _id(event.message_id)


def _id(text: str | None) -> str | None:
    return None if not text or text.isspace() else text


def _page_of_properties(event: Event) -> Page | None:
    """The page of a page call that carries it only as properties."""
    held = event.properties or {}
    page = event.context.page if event.context is not None else None
    path, referrer, url = (_text(held.get(member)) for member in ("path", "referrer", "url"))
    if page is not None:
        page.path, page.referrer, page.url = page.path or path, page.referrer or referrer, page.url or url
        return page
    if path is None and url is None:
        return None
    page = Page(path, referrer, url)
    if event.context is None:
        event.context = Context(page)
    else:
        event.context.page = page
    return page


def _path_of(url: str) -> str:
    rest = url.split("://", 1)[-1]
    slash = rest.find("/")
    return "/" if slash < 0 else rest[slash:].split("?", 1)[0].split("#", 1)[0]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
