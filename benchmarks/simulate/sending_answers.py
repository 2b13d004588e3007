"""The answer key for what is sent, by which side, and where a history is lost."""

import json
from collections.abc import Iterator

from benchmarks.simulate.answer import Answer
from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import SECOND
from benchmarks.simulate.flaws import CLIENT_SECRET, TOKEN
from benchmarks.simulate.record import Call, Entry, Message, user_of
from benchmarks.simulate.run import Household
from benchmarks.simulate.seen import Seen

_LARGE = 32 * 1024
_COUNTED = ("Trial Started", "Order Completed")


def sending_answers(household: Household, seen: Seen) -> Iterator[Answer]:
    """Everything of this that is wrong with a household and can be seen."""
    sent = [call for call in household.truth.executed if call.message is not None]
    for call in sent:
        assert call.message is not None
        yield from _one(call.message, household, seen)
    by_document: dict[object, list[Call]] = {}
    for call in sent:
        if isinstance(call.document, Document):
            by_document.setdefault(call.document.browser, []).append(call)
    for calls in by_document.values():
        yield from _twice(sorted(calls, key=lambda call: call.executed or 0), seen)
    if household.vendor != "posthog":  # whose calls from a server carry one id
        yield from _sides(household, seen)
    yield from _histories(household, seen)
    for entry in household.truth.entries:
        if entry.what == "login" and _named(entry.track) == "Signed Up":
            assert entry.track is not None
            if seen.arrived(entry.track.message) and entry.track.message is not None:
                yield Answer("login-counted-as-signup", frozenset({entry.track.message.id}))


def _named(call: Call | None) -> str | None:
    """The name of a track."""
    return None if call is None or call.message is None else call.message.body.get("event")


def _properties(message: Message) -> dict[str, object]:
    return message.body.get("properties") or {}


# --- Single messages --------------------------------------------------------------------------------------


def _one(message: Message, household: Household, seen: Seen) -> Iterator[Answer]:
    ids, arrived = frozenset({message.id}), seen.arrived(message)
    if not arrived and not seen.tried(message):
        return
    if household.vendor != "posthog" and len(json.dumps(message.body, separators=(",", ":"))) > _LARGE:
        yield Answer("payload-too-large", ids, asked=arrived)
    properties = _properties(message)
    if TOKEN in properties.values() or CLIENT_SECRET.items() <= properties.items():
        yield Answer("secret-in-payload", ids, asked=arrived)
    if "@" in str(message.body.get("event")):
        yield Answer("pii-in-event-name", ids, asked=arrived)
    page = message.type == "page" or message.body.get("event") == "$pageview"
    if page and isinstance(message.document, Document) and "reset_token=" in message.document.url:
        yield Answer("pii-in-url", ids, asked=arrived)
    if any(one.listed and one.status == 401 for one in message.tries) and seen.documents and not arrived:
        yield Answer("rejected-by-collector", ids)


# --- The same again ---------------------------------------------------------------------------------------


def _twice(calls: list[Call], seen: Seen) -> Iterator[Answer]:
    """Of one browser's calls in order: pages and counted events that were made a second time."""
    last: dict[tuple[object, ...], Call] = {}
    for call in calls:
        message = call.message
        if message is None or not seen.arrived(message):
            continue
        ids = frozenset({message.id})
        if call.method == "page":
            page = ("page", call.document)
            before = last.get(page)
            last[page] = call
            apart = _apart(before, call)
            if apart is not None and apart <= 100:
                yield Answer("snippet-loaded-twice", ids, asked=apart > 0)
        elif _named(call) in _COUNTED:
            properties = _properties(message)
            order = properties.get("order_id")
            key = (_named(call), order or json.dumps(properties.get("plan")), _anonymous(message))
            apart = _apart(last.get(key), call)
            last[key] = call
            if apart is None:
                continue
            if order:
                yield Answer("duplicate-event-content", ids, "same-order", asked=apart > 0)
            elif apart <= 2 * SECOND:
                yield Answer("duplicate-event-content", ids, "at-once", asked=apart > 0)


def _apart(before: Call | None, call: Call) -> int | None:
    return None if before is None else (call.executed or 0) - (before.executed or 0)


def _anonymous(message: Message) -> object:
    return message.body.get("anonymousId") or _properties(message).get("$device_id")


# --- Two sides --------------------------------------------------------------------------------------------


def _sides(household: Household, seen: Seen) -> Iterator[Answer]:
    client = [call for call in household.truth.executed if isinstance(call.document, Document)]
    known = [call.message for call in client if call.message is not None and seen.arrived(call.message)]
    own: dict[object, set[str | None]] = {}
    for message in known:
        own.setdefault(_anonymous(message), set()).update(user_of(a.stored) for a in message.arrivals)
    for call in household.truth.server:
        told = call.message
        if told is None or told.body.get("anonymousId") is None:
            continue
        ids, anonymous = frozenset({told.id}), told.body["anonymousId"]
        users = own.get(anonymous, set()) - {None}
        if told.body.get("userId") is None:
            if anonymous not in own:
                yield Answer("server-generated-anonymous-id", ids)
        elif call.method == "identify" and users and told.body["userId"] not in users:
            yield Answer("client-server-id-mismatch", ids)
        elif call.method == "identify" and not users:
            later = any(one.type == "page" and one.t > told.t + SECOND for one in known)
            yield Answer("server-identify-only", ids, asked=later)


# --- Histories --------------------------------------------------------------------------------------------


def _histories(household: Household, seen: Seen) -> Iterator[Answer]:
    code = household.plan.code
    other = code.other_host or ""
    broken = other != "" and "handed over" not in code.flaws
    for entry in household.truth.entries:
        if broken and entry.what == "signup":
            yield from _signup_elsewhere(entry, household, seen)
    if broken and not any(entry.what == "signup" for entry in household.truth.entries):
        views = [
            load.page.message
            for load in household.truth.loads
            if isinstance(load.document, Document) and other in load.document.url
        ]
        first = next((message for message in views if seen.arrived(message)), None)
        if first is not None:
            yield Answer("cross-domain-identity-break", frozenset({first.id}), asked=first is views[0])
    if code.signup == "nothing":
        for call in household.truth.server:
            if _named(call) == "Account Created" and call.message is not None:
                path_pages = {"/signup", "/welcome"} <= _paths_seen(household, seen)
                yield Answer("unlinked-signup", frozenset({call.message.id}), asked=path_pages)


def _signup_elsewhere(entry: Entry, household: Household, seen: Seen) -> Iterator[Answer]:
    message = entry.track.message if entry.track is not None else None
    if message is None or not seen.arrived(message):
        return
    before = {"/signup", "/"} <= _paths_seen(household, seen)
    yield Answer("signup-without-history", frozenset({message.id}), asked=before)


def _paths_seen(household: Household, seen: Seen) -> set[str]:
    loads = household.truth.loads
    return {one.document.path for one in loads if isinstance(one.document, Document) and seen.arrived(one.page.message)}
