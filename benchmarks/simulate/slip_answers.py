"""The answer key of the slips: what each of them truly broke, read from calls and from what the collector got."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.simulate.answer import Answer, Departure
from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import MINUTE, SECOND
from benchmarks.simulate.record import Call, Message, device_of, user_of
from benchmarks.simulate.run import Household
from benchmarks.simulate.seen import Seen
from benchmarks.simulate.slips import HELP

_PERSONS = 3
_HALF_HOUR = 30 * MINUTE


@dataclass(frozen=True, slots=True)
class _Sent:
    """A call whose message the log shows, in the order in which the SDKs carried them out."""

    call: Call
    message: Message

    @property
    def user(self) -> str | None:
        """The userId that the collector got."""
        return self.message.user

    @property
    def path(self) -> str:
        """The page that it was made on."""
        page = (self.message.body.get("context") or {}).get("page") or {}
        return str(page.get("path", ""))


class _World:
    """What a household sent."""

    def __init__(self, household: Household, seen: Seen) -> None:
        self.vendor = household.vendor
        truth = household.truth
        self.truth = truth
        calls = sorted(truth.executed, key=lambda call: call.executed or 0)
        held = [_Sent(c, c.message) for c in calls if c.message is not None and seen.arrived(c.message)]
        self.client = [one for one in held if isinstance(one.call.document, Document)]
        self.server = [one for one in held if not isinstance(one.call.document, Document)]
        self.pages = [one for one in self.client if one.call.method == "page"]
        self.identifies = [one for one in self.client if one.call.method == "identify"]


def slip_answers(household: Household, seen: Seen) -> Iterator[Answer]:
    """What is wrong with a household's ids and resets that only a slip can bring about."""
    code = household.plan.code
    name = code.slip or {"example": "example", "phone": "phone"}.get(code.user_id)
    if code.logout == "forget":
        name = "forget"
    if name in _KEYS:
        yield from _KEYS[name](_World(household, seen))


def _ids(sent: list[_Sent]) -> frozenset[str]:
    return frozenset(one.message.id for one in sent)


def _anonymous_as_user(world: _World) -> Iterator[Answer]:
    for user in {one.user for one in world.identifies}:
        named = [one for one in world.identifies if one.user == user]
        asked = any(device_of(one.message) == user for one in world.client)
        if user is not None and "-" in user:
            yield Answer("user-id-is-anonymous-id", _ids(named), once=user, asked=asked)


def _user_as_anonymous(world: _World) -> Iterator[Answer]:
    for user in {one.user for one in world.identifies}:
        named = [one for one in world.identifies if one.user == user and device_of(one.message) == user]
        if named:
            yield Answer("anonymous-id-is-user-id", _ids(named), once=user)


def _without_ids(world: _World) -> Iterator[Answer]:
    for one in world.server:
        if not one.message.body.get("userId") and not one.message.body.get("anonymousId"):
            yield Answer("missing-identity", _ids([one]))


def _numbers(world: _World) -> Iterator[Answer]:
    for one in world.server:
        if isinstance(one.message.body.get("userId"), int):
            yield Answer("user-id-not-string", _ids([one]))


def _two_sides(world: _World) -> Iterator[Answer]:
    for one in world.server:
        anonymous = one.message.body.get("anonymousId")
        theirs = {other.user for other in world.client if device_of(other.message) == anonymous} - {None}
        if one.call.method == "identify" and anonymous and theirs and one.user not in theirs:
            yield Answer("client-server-id-mismatch", _ids([one]))


def _server_alone(world: _World) -> Iterator[Answer]:
    for one in world.server:
        if one.call.method == "identify" and not any(other.user for other in world.client):
            later = [p for p in world.pages if p.message.t > one.message.t + SECOND]
            same = [p for p in later if device_of(p.message) == one.message.body.get("anonymousId")]
            yield Answer("server-identify-only", _ids([one]), asked=bool(same))


def _groups(world: _World) -> Iterator[Answer]:
    for one in world.client:
        after = [i for i in world.identifies if i.message.t > one.message.t]
        if one.call.method == "group" and after:
            soon = after[0].message.t - one.message.t < 10 * SECOND
            yield Answer("group-before-identify", _ids([one]), asked=one.user is None and soon)


def _of_a_kind(rule: str) -> Callable[[_World], Iterator[Answer]]:
    def key(world: _World) -> Iterator[Answer]:
        named: dict[str, set[str]] = {}
        for one in (*world.client, *world.server):
            for user in {user_of(a.stored) for a in one.message.arrivals} | {user_of(one.message.body)} - {None}:
                named.setdefault(str(user), set()).add(one.message.id)
        named.pop("None", None)
        for user, messages in named.items():
            yield Answer(rule, frozenset(messages), once=user)
            if rule == "suspicious-user-id":  # many households draw the same example
                yield Answer("shared-user-id", frozenset(messages), once=user, asked=False)
                yield Answer("double-counted-signup", frozenset(messages), "client-again", asked=False)

    return key


def _old_users(world: _World) -> Iterator[Answer]:
    for entry in world.truth.entries:
        told = [one for one in world.client if one.call is entry.track]
        if entry.what == "login" and told:
            named = [one for one in world.identifies if one.user == told[0].user]
            yield Answer("login-counted-as-signup", _ids(told), asked=world.vendor != "posthog" and bool(named))


def _company(world: _World) -> Iterator[Answer]:
    for user in {one.user for one in world.identifies} - {None}:
        named = [one for one in world.identifies if one.user == user]
        devices = {device_of(one.message) for one in named}
        asked = len(devices) >= _PERSONS
        yield Answer("shared-user-id", _ids(named), "many-people", asked=asked)


def _later_id(rule: str) -> Callable[[_World], Iterator[Answer]]:
    def key(world: _World) -> Iterator[Answer]:
        users = list(dict.fromkeys(one.user for one in world.identifies))
        for user in users[1:]:
            named = [one for one in world.identifies if one.user == user]
            yield Answer(rule, _ids(named))
            yield Answer("missing-signup", _ids(named), asked=False)

    return key


def _stale(world: _World) -> Iterator[Answer]:
    for entry in world.truth.entries[1:]:
        named = [one for one in world.identifies if one.call is entry.identify]
        own = [one for one in world.identifies if one.call.user is entry.user and one.call is not entry.identify]
        before = [one for one in world.identifies if one.call.user is not entry.user]
        if named:
            asked = bool(own) and bool(before) and world.vendor != "posthog"
            yield Answer("stale-traits-after-switch", _ids(named), asked=asked)


def _lost_history(world: _World) -> Iterator[Answer]:
    """The visit's anonymousId that is nobody's, and the identify under the next one."""
    for entry in world.truth.entries:
        named = [one for one in world.identifies if one.call is entry.identify]
        forms = [one for one in world.pages if one.path == "/signup"] if named else []
        if not forms or device_of(forms[-1].message) == device_of(named[0].message):
            continue
        visit = [one for one in world.client if device_of(one.message) == device_of(forms[-1].message)]
        loads = {id(one.call.document) for one in visit if one.call.method == "page"}
        near = named[0].message.t - forms[-1].message.t < 9 * MINUTE
        one_document = named[0].call.document is forms[-1].call.document
        over = not any(one.user or one.message.t > named[0].message.t for one in visit)
        asked = near and over and (one_document or len(loads) > 1)
        yield Answer("anonymous-history-lost", _ids(named), asked=asked, left=_left(forms[-1], named[0]))


def _without_history(world: _World) -> Iterator[Answer]:
    """The signup that stands alone under the new id: not certain to be seen, as others may have left the form then."""
    for entry in world.truth.entries:
        told = [one for one in world.client if one.call is entry.track]
        if told:
            yield Answer("signup-without-history", _ids(told), asked=False)


def _replayed(world: _World) -> Iterator[Answer]:
    """The signup after a reset that was made before it and after identify."""
    resets = [call for call in world.truth.executed if call.method == "reset"]
    for entry in world.truth.entries:
        told = [one for one in world.client if one.call is entry.track and one.user is None]
        undone = [
            r for r in resets if told and r.document is told[0].call.document and _executed(r) <= told[0].message.t
        ]
        named = [one for one in world.identifies if undone and one.call.document is undone[0].document]
        if named:
            close = 0 <= told[0].message.t - named[-1].message.t <= 50
            paged = any(p.call.document is told[0].call.document for p in world.pages)
            yield Answer("reset-before-identify-replayed", _ids(told), asked=close and paged)


def _one_host(world: _World) -> Iterator[Answer]:
    for leaving in world.truth.leavings:
        after = [one for one in world.pages if leaving.reset and one.message.t > _executed(leaving.reset)]
        stale = [one for one in after if one.user == leaving.user.id]
        kept = [one for one in stale if urlsplit(getattr(one.call.document, "url", "")).netloc == HELP]
        if kept:
            signals = frozenset(c.message.id for c in leaving.signals if c.message is not None)
            begun = [one for one in after if one.user is None and one.message.t < kept[0].message.t]
            left = _left(_last_before(begun[0], world.pages), begun[0]) if begun else None
            yield Answer("reset-not-on-all-subdomains", _ids(stale), asked=bool(begun), left=left)
            yield Answer("missing-reset-on-logout", signals, "still-sent", asked=False)


def _left(last: _Sent, first: _Sent) -> Departure:
    """From the page of one call to that of another, on a new anonymousId."""
    document = last.call.document
    assert isinstance(document, Document)
    t = first.message.t
    return Departure(document.url, document.browser.agent.text, t - _HALF_HOUR, t + SECOND)


def _last_before(page: _Sent, pages: list[_Sent]) -> _Sent:
    return [one for one in pages if one.message.t < page.message.t][-1]


def _early_reset(world: _World) -> Iterator[Answer]:
    for leaving in world.truth.leavings:
        told = [one for one in world.client if one.call in leaving.signals and one.call.method == "track"]
        behind = [one for one in world.client if told and one.message.t < told[0].message.t]
        if told and told[0].user is None and behind:
            at_once = told[0].message.t - behind[-1].message.t < SECOND and bool(behind[-1].user)
            yield Answer("logout-tracked-after-reset", _ids(told), asked=at_once and world.vendor != "posthog")


def _half_reset(world: _World) -> Iterator[Answer]:
    """The first page without a user on an anonymousId that was one user's, and is nobody else's."""
    if world.vendor != "segment":
        return
    for leaving in world.truth.leavings:
        own = [one for one in world.identifies if one.call.user is leaving.user and one.message.t < leaving.at]
        if not own:
            continue
        lane = [one for one in world.client if device_of(one.message) == device_of(own[-1].message)]
        bare = [p for p in lane if p.call.method == "page" and p.user is None and p.message.t > own[-1].message.t]
        if bare and {one.user for one in lane} <= {leaving.user.id, None}:
            yield Answer("partial-reset", _ids(bare[:1]))


def _passed_on(world: _World) -> Iterator[Answer]:
    opened: dict[str | None, _Sent] = {}
    for one in world.pages:
        if "ajs_uid" in getattr(one.call.document, "url", "") and one.user:
            opened.setdefault(device_of(one.message), one)
    if len(opened) >= _PERSONS:
        yield Answer("query-string-identify", _ids(list(opened.values())[2:3]))


def _hasty_aliases(world: _World) -> Iterator[Answer]:
    aliases = [one for one in world.server if one.call.method == "alias"]
    for one in aliases[1:]:
        yield Answer("alias-too-close", _ids([one]))
        yield Answer("alias-repeated", _ids([one]), "server")


def _executed(call: Call) -> int:
    return call.executed if call.executed is not None else call.made


def _both(*parts: Callable[[_World], Iterator[Answer]]) -> Callable[[_World], Iterator[Answer]]:
    return lambda world: (answer for part in parts for answer in part(world))


_KEYS: dict[str | None, Callable[[_World], Iterator[Answer]]] = {
    "anonymous id as user id": _anonymous_as_user,
    "user id as anonymous id": _both(_user_as_anonymous, _without_history),
    "server passes no id": _without_ids,
    "server passes a number": _numbers,
    "server has an id of its own": _two_sides,
    "server alone identifies": _server_alone,
    "group first": _groups,
    "example": _of_a_kind("suspicious-user-id"),
    "phone": _of_a_kind("user-id-is-phone-number"),
    "login tracked as signup": _old_users,
    "one id for the company": _company,
    "another id later": _later_id("user-id-changes-for-person"),
    "another spelling later": _later_id("user-id-case-variants"),
    "traits of the last user": _stale,
    "reset as the form is sent": _both(_lost_history, _without_history),
    "reset between two identify calls": _replayed,
    "help pages": _one_host,
    "reset before the logout is tracked": _early_reset,
    "forget": _half_reset,
    "mail passed on": _passed_on,
    "server aliases in haste": _hasty_aliases,
}
