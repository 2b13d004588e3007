"""RudderStack's JavaScript SDK (3.34): ids as of the call, sessions, an anonymousId that outlives reset.

Facts: domain.md 3.1, 4.5 and 11.16. Its source (RSJ of domain.md 0) adds: calls made before it has loaded are carried
out in the order they were made, and what a page left undelivered is reclaimed by a later page once the owner has been
silent for 10 s, looked for every 3 s.
"""

import json
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import MINUTE, SECOND, stamp
from benchmarks.simulate.record import Body, Call, Message, Truth
from benchmarks.simulate.sdk import Delivery, Sdk, title_of

COLLECTOR = "https://simulated.dataplane.example"
_SESSION = 30 * MINUTE
_RECLAIM, _SILENT = 3 * SECOND, 10 * SECOND
_KEPT = "rudder_queue"
_ATTEMPTS = 10


class RudderStack(Sdk):
    """The SDK in one document. It reads its storage when it loads and keeps it in memory from then on."""

    library = "https://cdn.rudderlabs.com/3.34.1/modern/rsa.min.js"

    def __init__(self, document: Document, delivery: Delivery, truth: Truth) -> None:
        super().__init__(document, delivery, truth)
        self._pending: dict[str, Message] = {}
        self._state: dict[str, Any] = {}

    @property
    def _storage(self) -> dict[str, Any]:
        return self.browser.cookies[self.document.domain]

    def _set(self, **values: Any) -> None:
        self._state.update(values)
        self._storage.update({f"rl_{key}": value for key, value in values.items()})

    def _start(self) -> None:
        keys = ("user_id", "anonymous_id", "trait", "session")
        self._state = {key: self._storage.get(f"rl_{key}") for key in keys}
        if self.delivery.pins is not None:
            self._set(anonymous_id=self.delivery.pins)
        self._reclaim()

    def anonymous_id(self) -> str:
        """The stored id; where there is none, a new one."""
        if self._state.get("anonymous_id") is None:
            self._set(anonymous_id=self.browser.uuid())
        return str(self._state["anonymous_id"])

    def _replay_order(self, queue: list[Any]) -> list[Any]:
        return queue

    def _page(self, call: Call, url: str, referrer: str, title: str) -> None:
        page = _page_context(url, referrer, title)
        self._enqueue(call, {"properties": dict(page), "type": "page"}, page)

    def _track(self, call: Call, event: str, properties: Body, where: tuple[str, str]) -> None:
        members = {"properties": dict(properties), "event": event, "type": "track"}
        self._enqueue(call, members, _page_of(where))

    def _identify(self, call: Call, user_id: str, traits: Body, where: tuple[str, str]) -> None:
        known = self._state.get("user_id")
        if known and known != user_id:
            self._clear(new_device=False)
        self._set(user_id=user_id)
        self._identify_visitor(call, traits, where)

    def _identify_visitor(self, call: Call, traits: Body, where: tuple[str, str]) -> None:
        self._set(trait={**(self._state.get("trait") or {}), **traits})
        self._enqueue(call, {"type": "identify"}, _page_of(where))

    def _alias(self, call: Call, user_id: str, previous: str | None, where: tuple[str, str]) -> None:
        previous = previous or self._state.get("user_id") or self.anonymous_id()
        self._enqueue(call, {"type": "alias", "previousId": previous}, _page_of(where), user_id)

    def _group(self, call: Call, group: str, where: tuple[str, str]) -> None:
        self._enqueue(call, {"type": "group", "groupId": group, "traits": {}}, _page_of(where))

    def _reset(self) -> None:
        self._clear(new_device=self.delivery.resets_device)

    def _forget(self) -> None:
        """There is no half reset in RudderStack's SDK: what comes closest is a reset."""
        self._clear(new_device=False)

    def _clear(self, *, new_device: bool) -> None:
        self._set(user_id="", trait={}, session=None)
        if new_device:
            self._set(anonymous_id=None)

    def _session(self, clock: int) -> Body:
        """The session's members: a new one after 30 minutes without a call, or after a reset."""
        held = self._state.get("session")
        if held is not None and clock - held["last"] <= _SESSION:
            self._set(session={**held, "last": clock})
            return {"sessionId": held["id"]}
        self._set(session={"id": clock, "last": clock})
        return {"sessionId": clock, "sessionStart": True}

    def _enqueue(self, call: Call, members: Body, page: Body, user_id: str | None = None) -> None:
        assert call.executed is not None
        clock = self.client_time(call.executed)
        body: Body = {
            **members,
            "channel": "web",
            "context": {
                "traits": dict(self._state.get("trait") or {}),
                **self._session(clock),
                "app": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"},
                "library": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"},
                "userAgent": self.browser.agent.text,
                "os": {"name": "", "version": ""},
                "locale": "en-US",
                "campaign": {},
                "page": page,
                "timezone": "GMT-0500",
            },
            "originalTimestamp": stamp(clock),
            "messageId": self.browser.uuid(),
            "userId": user_id or self._state.get("user_id") or "",
            "anonymousId": self.anonymous_id(),
            "integrations": {"All": True},
        }
        message = self._message(call, body["messageId"], body)
        self._pending[message.id] = message
        self.loop.after(max(0, call.executed - self.loop.now) + self.rng.randint(0, 3), lambda: self._send(message))

    def _send(self, message: Message) -> None:
        if not self.document.alive:
            return
        if self.browser.weather.offline:
            self.loop.after(self.rng.randint(400, 900), lambda: self._send(message))
            return
        sent = {**deepcopy(message.body), "sentAt": stamp(self.client_time(self.loop.now))}

        def done(status: int | None) -> None:
            if status is not None and status < 500:  # 4xx is dropped
                self._pending.pop(message.id, None)
            elif self.document.alive and len(message.tries) < _ATTEMPTS:
                self.loop.after(SECOND * 2 ** min(len(message.tries), 6), lambda: self._send(message))

        url = f"{COLLECTOR}/v1/{message.type}"
        self.browser.network.post(self.document, url, json.dumps(sent), [(message, sent)], done)

    def leave(self) -> None:
        """What has not been answered stays in localStorage, without an owner."""
        if self._pending and self.delivery.persists:
            kept = self.browser.local[self.document.origin].setdefault(_KEPT, [])
            kept.append((self.loop.now, list(self._pending.values())))
        self._pending = {}

    def _reclaim(self) -> None:
        if not self.document.alive:
            return
        local = self.browser.local[self.document.origin]
        silent = [held for held in local.get(_KEPT, []) if self.loop.now - held[0] > _SILENT]
        waiting = [held for held in local.get(_KEPT, []) if held not in silent]
        local[_KEPT] = waiting
        for _, messages in silent:
            for message in messages:
                self._pending[message.id] = message
                self._send(message)
        if waiting:
            self.loop.after(_RECLAIM, self._reclaim)


def _page_context(url: str, referrer: str, title: str) -> Body:
    parts = urlsplit(url)
    search = f"?{parts.query}" if parts.query else ""
    page = {"path": parts.path, "referrer": referrer or "$direct", "search": search, "title": title}
    return page | {"referring_domain": urlsplit(referrer).netloc, "url": url, "tab_url": url}


def _page_of(where: tuple[str, str]) -> Body:
    return _page_context(*where, title_of(urlsplit(where[0]).path))
