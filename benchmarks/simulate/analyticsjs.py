"""analytics.js (analytics-next 1.84): stored ids, late fill, replay by method, a queue that outlives the page.

Facts: domain.md 2 and 11. What is stored is read localStorage, cookie, memory, and each read writes it back to all.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import SECOND, stamp
from benchmarks.simulate.record import Body, Call, Message, Truth
from benchmarks.simulate.sdk import Delivery, Sdk, title_of

COLLECTOR = "https://api.segment.io"
_WRITE_KEY = "wk_simulated_web"
_USER, _ANONYMOUS, _TRAITS, _KEPT = "ajs_user_id", "ajs_anonymous_id", "ajs_user_traits", "persisted-queue"
_BATCH = 10
_ATTEMPTS = 10


class AnalyticsJs(Sdk):
    """analytics.js in one document."""

    library = f"https://cdn.segment.com/analytics.js/v1/{_WRITE_KEY}/analytics.min.js"

    def __init__(self, document: Document, delivery: Delivery, truth: Truth) -> None:
        super().__init__(document, delivery, truth)
        self._memory: dict[str, Any] = {}
        self._pending: dict[str, Message] = {}
        self._batch: list[Message] = []
        self._sending = 0

    # --- Stored state (domain.md 2.1) ---------------------------------------------------------------------

    def _stores(self, key: str) -> list[dict[str, Any]]:
        local, cookies = self.browser.local[self.document.origin], self.browser.cookies[self.document.domain]
        return [local, self._memory] if key == _TRAITS else [local, cookies, self._memory]

    def _read(self, key: str) -> Any:
        value = next((store[key] for store in self._stores(key) if store.get(key) is not None), None)
        if value is not None:
            self._write(key, value)
        return value

    def _write(self, key: str, value: Any) -> None:
        for store in self._stores(key):
            if value is None:
                store.pop(key, None)
            else:
                store[key] = value

    def anonymous_id(self) -> str:
        """The stored id; where there is none, a new one."""
        found = self._read(_ANONYMOUS)
        if found is None:
            found = self.browser.uuid()
            self._write(_ANONYMOUS, found)
        return str(found)

    # --- Calls --------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self.delivery.pins is not None:
            self._write(_ANONYMOUS, self.delivery.pins)
        asked = parse_qs(urlsplit(self.document.url).query).get("ajs_uid")
        if asked:  # the query-string API runs before queued calls (domain.md 2.5)
            call = Call("identify", self.loop.now, self.document)
            self.truth.calls.append(call)
            self._execute(call, lambda call: self._identify(call, asked[0], {}, self._where()))
        kept = self.browser.local[self.document.origin].pop(_KEPT, [])
        for message in kept:
            self._pending[message.id] = message
            self.loop.after(self.rng.randint(100, 700), lambda message=message: self._dispatch(message, 0))  # type: ignore[misc]

    def _replay_order(self, queue: list[Any]) -> list[Any]:
        """Grouped by method, in the order of each method's first use (domain.md 2.4)."""
        methods = list(dict.fromkeys(call.method for call, _ in queue))
        return sorted(queue, key=lambda item: methods.index(item[0].method))

    def _page(self, call: Call, url: str, referrer: str, title: str) -> None:
        page = _page_context(url, referrer, title)
        self._enqueue(call, "page", {"properties": dict(page)}, page)

    def _track(self, call: Call, event: str, properties: Body, where: tuple[str, str]) -> None:
        self._enqueue(call, "track", {"event": event, "properties": dict(properties)}, _page_of(where))

    def _identify(self, call: Call, user_id: str, traits: Body, where: tuple[str, str]) -> None:
        known = self._read(_USER)
        if known is not None and known != user_id:
            self._write(_ANONYMOUS, self.browser.uuid())
            self._write(_TRAITS, None)
        self._write(_USER, user_id)
        self._identify_visitor(call, traits, where)

    def _identify_visitor(self, call: Call, traits: Body, where: tuple[str, str]) -> None:
        merged = {**(self._read(_TRAITS) or {}), **traits}
        self._write(_TRAITS, merged)
        self._enqueue(call, "identify", {"traits": merged}, _page_of(where))

    def _alias(self, call: Call, user_id: str, previous: str | None, where: tuple[str, str]) -> None:
        self._enqueue(call, "alias", {"userId": self._read(_USER) or user_id, "previousId": previous}, _page_of(where))

    def _group(self, call: Call, group: str, where: tuple[str, str]) -> None:
        self._enqueue(call, "group", {"groupId": group, "traits": {}}, _page_of(where))

    def _reset(self) -> None:
        for key in (_USER, _ANONYMOUS, _TRAITS):
            self._write(key, None)

    def _forget(self) -> None:
        """``user().id(null)``: the anonymousId stays (domain.md 2.2)."""
        self._write(_USER, None)

    def _enqueue(self, call: Call, kind: str, members: Body, page: Body) -> None:
        """Make the event and hand it to the pipeline, from where it leaves some milliseconds later."""
        assert call.executed is not None
        clock, agent = self.client_time(call.executed), self.browser.agent
        body: Body = {
            "timestamp": stamp(clock),
            "integrations": {},
            "type": kind,
            "userId": self._read(_USER),
            **members,
            "context": {
                "page": page,
                "userAgent": agent.text,
                **({"userAgentData": agent.data} if agent.platform else {}),
                "locale": "en-US",
                "library": {"name": "analytics.js", "version": "next-1.84.3"},
                "timezone": "America/New_York",
            },
            "messageId": f"ajs-next-{clock}-{self.browser.uuid()}",
            "anonymousId": self.anonymous_id(),
            "writeKey": _WRITE_KEY,
        }
        message = self._message(call, body["messageId"], body)
        self._pending[message.id] = message
        self._sending = max(call.executed + self.rng.randint(6, 24), self._sending + self.rng.randint(0, 3))
        self.loop.after(max(0, self._sending - self.loop.now), lambda: self._dispatch(message, 0))

    # --- Delivery (domain.md 2.6) -------------------------------------------------------------------------

    def _dispatch(self, message: Message, attempt: int) -> None:
        if not self.document.alive:
            return
        self._fill(message)
        if self.delivery.batching:
            self._batch.append(message)
            if len(self._batch) >= _BATCH:
                self._flush()
            elif len(self._batch) == 1:
                self.loop.after(5 * SECOND, self._flush)
            return
        if self.browser.weather.offline:
            self.loop.after(self.rng.randint(400, 900), lambda: self._dispatch(message, attempt))
            return
        sent = {**deepcopy(message.body), "sentAt": self._now(), "_metadata": self._metadata(attempt)}
        self._post(f"/v1/{message.type[0]}", sent, [(message, sent)], lambda: self._dispatch(message, attempt + 1))

    def _fill(self, message: Message) -> None:
        """Late fill: what an event lacks is taken from the stored ids when it leaves (domain.md 2.3, 11.1, 11.2)."""
        body, known = message.body, self._read(_USER)
        body["userId"] = body.get("userId") or known
        if message.type == "alias" and body.get("previousId") is None:
            body["previousId"] = known or body["anonymousId"]

    def _flush(self, *, leaving: bool = False) -> None:
        batch, self._batch = self._batch, []
        if not batch or (not leaving and not self.document.alive):
            return
        sent_at = self._now()
        items = [deepcopy(message.body) | {"_metadata": self._metadata(0)} for message in batch]
        body = {"writeKey": _WRITE_KEY, "batch": items, "sentAt": sent_at}
        copies = [(m, {**item, "sentAt": sent_at}) for m, item in zip(batch, items, strict=True)]

        def again() -> None:
            self._batch.extend(batch)
            self.loop.after(self.rng.randint(400, 900), self._flush)

        self._post("/v1/b", body, copies, again, leaving=leaving)

    def _post(
        self,
        path: str,
        body: Body,
        copies: list[tuple[Message, Body]],
        again: Callable[[], None],
        *,
        leaving: bool = False,
    ) -> None:
        attempts = max(len(message.tries) for message, _ in copies)

        def done(status: int | None) -> None:
            if status is not None and status < 500:  # 4xx is dropped (domain.md 2.6)
                for message, _ in copies:
                    self._pending.pop(message.id, None)
            elif self.document.alive and attempts < _ATTEMPTS:
                self.loop.after(self.rng.randint(250, 500) * 2 ** min(attempts, 6), again)

        if leaving:
            for message, _ in copies:
                self._pending.pop(message.id, None)
        url, text = f"{COLLECTOR}{path}", json.dumps(body)
        self.browser.network.post(self.document, url, text, copies, done, keepalive=leaving, flush=leaving)

    def leave(self) -> None:
        """What has not been answered is kept for the next page of this origin; a batch is flushed."""
        if self.delivery.batching:
            self._flush(leaving=True)
        if self._pending and self.delivery.persists:
            kept = self.browser.local[self.document.origin].setdefault(_KEPT, [])
            kept.extend(self._pending.values())
        self._pending = {}

    def _now(self) -> str:
        return stamp(self.client_time(self.loop.now))

    def _metadata(self, attempt: int) -> Body:
        metadata: Body = {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []}
        return metadata | {"retryCount": attempt + 1} if attempt else metadata


def _page_context(url: str, referrer: str, title: str) -> Body:
    parts = urlsplit(url)
    search = f"?{parts.query}" if parts.query else ""
    return {"path": parts.path, "referrer": referrer, "search": search, "title": title, "url": url}


def _page_of(where: tuple[str, str]) -> Body:
    return _page_context(*where, title_of(urlsplit(where[0]).path))
