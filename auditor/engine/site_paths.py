"""Which paths of a site are the signup form, the logout, and what is behind login, as far as its page calls tell."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from auditor.engine.findings import path_template
from auditor.model.event import Event
from auditor.model.naming import Redacting
from auditor.model.proposal import Line
from auditor.timelines.lanes import Lane
from auditor.timelines.timelines import Timelines

_SIGNUP = re.compile(
    r"(?i)(?:^|[/_-])(?:sign[-_]?up|register|registration|join|create[-_]account|new[-_]account)(?:$|/)"
)
_LOGIN = re.compile(r"(?i)(?:^|[/_-])(?:log[-_]?in|sign[-_]?in)(?:$|/)")
_LOGOUT = re.compile(r"(?i)(?:^|[/_-])(?:log[-_]?out|sign[-_]?out)(?:$|/)")
_BEFORE_SIGNUP = 30 * 60_000
"""How long before a signup, ms, its form was opened at the earliest."""
_FORMS, _SHARE = 3, 0.8
"""So many signups at least, and such a part of all, must have come after a view of a path to prove it the form's."""
_LOADS, _USERS = 20, 5
"""Page loads and users of a path, and anonymous page loads elsewhere, that make it sure that nobody comes there logged
out: where three visitors in ten are anonymous, twenty loads without one are one chance in a thousand."""
_MOSTLY = 0.9
"""The part of a path's page loads that must be by known users for it to be worth a guess."""
_DEEPEST = 3
_Seen = Callable[[list[str]], tuple[str, ...]]


def signup_paths(timelines: Timelines, signups: set[str], default: str) -> Iterator[Line]:
    """The paths of the signup form; ``signups`` are the names of the signup event, ``default`` the parameter's own."""
    usual = re.compile(default)
    views = _views(timelines)
    shown: Counter[str] = Counter()
    total = 0
    for lane, event in _tracked(timelines, signups):
        total += 1
        shown.update(_paths_before(lane, event))
    sure = [path for path in views if usual.search(path)]
    likely = [path for path in views if path not in sure and _SIGNUP.search(path)]
    proved = [path for path in likely if shown[path] >= max(_FORMS, _SHARE * total)]

    def seen(paths: list[str]) -> tuple[str, ...]:
        return tuple(f"{path}: {times(views[path])} viewed, before {shown[path]} of {total} signups" for path in paths)

    yield from _lines(
        "signup_paths", sure + proved, [p for p in likely if p not in proved], seen, "reads like the form"
    )


def logout_paths(timelines: Timelines, default: str) -> Iterator[Line]:
    """The paths that log out; another one than the usual is a guess."""
    usual = re.compile(default)
    views = _views(timelines)
    sure = [path for path in views if usual.search(path)]
    likely = [path for path in views if path not in sure and _LOGOUT.search(path)]

    def seen(paths: list[str]) -> tuple[str, ...]:
        return tuple(f"{path}: {times(views[path])} viewed" for path in paths)

    yield from _lines("logout_paths", sure, likely, seen, "reads like a logout")


def _lines(key: str, sure: list[str], likely: list[str], seen: _Seen, reads: str) -> Iterator[Line]:
    if sure:
        yield Line(key, _patterns(sure), True, seen(sure))
    if likely:
        yield Line(key, _patterns(sure + likely), False, tuple(f"{reads}: {said}" for said in seen(likely)))
    if not sure and not likely:
        yield Line(key, (), False, ("no path in the log reads like one",))


# --- Behind login -----------------------------------------------------------------------------------------


@dataclass
class _Part:
    """A part of the site: page loads with and without a known user, under one beginning of the path."""

    path: str
    known: int = 0
    anonymous: int = 0
    users: set[str] = field(default_factory=set)
    inner: dict[str, "_Part"] = field(default_factory=dict)

    @property
    def proved(self) -> bool:
        """Whether nobody logged out was ever seen here, in numbers that say something."""
        return not self.anonymous and self.known >= _LOADS and len(self.users) >= _USERS

    @property
    def words(self) -> str:
        """What was seen here."""
        loads = _count(self.known + self.anonymous, "page load")
        return f"{self.path}: {loads} by {_count(len(self.users), 'user')}, {self.anonymous or 'none'} logged out"


def behind_login(timelines: Timelines) -> Iterator[Line]:
    """The parts of the site where everybody is logged in."""
    site = _site(timelines)
    parts = list(_mostly_known(site))
    if not parts:
        yield Line("app_paths", (), False, ("no part of the site is seen by logged-in users only",))
        return
    sure = [part for part in parts if site.anonymous >= _LOADS and part.proved]
    if sure:
        yield Line("app_paths", _patterns([p.path for p in sure]), True, tuple(part.words for part in sure))
    if guesses := [part for part in parts if part not in sure]:
        seen = [part.words for part in guesses]
        seen.append("not sure, and here every page load must have an identify")
        yield Line("app_paths", _patterns([p.path for p in parts]), False, tuple(seen))


def _site(timelines: Timelines) -> _Part:
    site = _Part("/")
    for lane in timelines.lanes:
        timelines.load_pages(lane)
        identified = {event.page_load: event.user_id for event in lane.events if event.type == "identify"}
        for event in lane.events:
            if event.type == "page" and event.side == "browser" and event.path:
                _add(site, event, event.user_id or identified.get(event.page_load))
    return site


def _add(site: _Part, event: Event, user: str | None) -> None:
    part = site
    steps = [step for step in path_template(event.path).split("/") if step][:_DEEPEST]
    for step in [None, *steps]:
        if step == ":id":
            break
        if step is not None:
            path = f"{part.path.rstrip('/')}/{step}"
            part = part.inner.setdefault(step, _Part(path))
        if user is None:
            part.anonymous += 1
        else:
            part.known += 1
            part.users.add(user)


def _mostly_known(part: _Part) -> Iterator[_Part]:
    """The largest parts with next to no anonymous page load. The whole site is none, and neither are the forms."""
    for inner in sorted(part.inner.values(), key=lambda inner: inner.path):
        if any(pattern.search(inner.path) for pattern in (_SIGNUP, _LOGIN, _LOGOUT)):
            continue
        if inner.known >= _MOSTLY * (inner.known + inner.anonymous):
            yield inner
        else:
            yield from _mostly_known(inner)


# --- Views ------------------------------------------------------------------------------------------------


def _views(timelines: Timelines) -> Counter[str]:
    """How often each page was viewed, by its path without ids; a path that holds somebody's address is left out."""
    text = Redacting().text
    counts: Counter[str] = Counter()
    for event in timelines.log.events:
        if event.client and event.path and event.type in ("page", "screen", "track"):
            path = path_template(event.path)
            if text(path) == path:
                counts[path] += event.type != "track"
    return Counter({path: counts[path] for path in sorted(counts)})


def _tracked(timelines: Timelines, names: set[str]) -> Iterator[tuple[Lane, Event]]:
    for lane in timelines.lanes:
        for event in lane.events:
            if event.type == "track" and event.event in names:
                yield lane, event


def _paths_before(lane: Lane, event: Event) -> set[str]:
    """The paths of a lane's pages in the half hour up to an event, that of the event itself included."""
    start = bisect_left(lane.events, event.t - _BEFORE_SIGNUP, key=lambda other: other.t)
    found = {path_template(event.path)}
    for other in lane.events[start:]:
        if other.t > event.t:
            break
        if other.type in ("page", "screen"):
            found.add(path_template(other.path))
    return found


def _patterns(paths: list[str]) -> tuple[str, ...]:
    """Regular expressions for paths and what is below them; none for a path below another one's."""
    beginnings = [re.sub(r"/:id.*", "", path).rstrip("/") for path in sorted(set(paths))]
    kept: dict[str, None] = {}
    for path in beginnings:
        if path and not any(path == other or path.startswith(f"{other}/") for other in kept):
            kept[path] = None
    return tuple(f"^{re.escape(path)}(/|$)".replace("\\-", "-") for path in kept)


def times(count: int) -> str:
    """``once``, ``12 times``."""
    return "once" if count == 1 else f"{count:,} times"


def _count(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
