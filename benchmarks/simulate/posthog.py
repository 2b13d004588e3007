"""posthog-js (1.449): a distinct_id that is anonymous or a user, page views at once, the rest in batches of 3 s.

Facts: domain.md 3.1, 4.4, 6.4 and 11.16. From general knowledge of its source: calls made before it has loaded run
aliases first, captures last; requests are sent with keepalive, so none is lost to a page that is left.
"""

import json
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import MINUTE, SECOND, stamp
from benchmarks.simulate.record import Body, Call, Message, Truth
from benchmarks.simulate.sdk import Delivery, Sdk, title_of

COLLECTOR = "https://us.i.posthog.com"
KEY = "phc_simulated"
_FLUSH = 3 * SECOND
_SESSION = 30 * MINUTE


class PostHog(Sdk):
    """posthog-js in one document."""

    library = "https://us-assets.i.posthog.com/static/array.js"

    def __init__(self, document: Document, delivery: Delivery, truth: Truth) -> None:
        super().__init__(document, delivery, truth)
        self._batch: list[Message] = []
        self._viewed: tuple[str, str] | None = None
        """Id and path of the last page view of this document."""

    @property
    def _state(self) -> dict[str, Any]:
        return self.browser.cookies[self.document.domain]

    def _start(self) -> None:
        state = self._state
        if "distinct_id" not in state:
            device = self.browser.sortable_uuid()
            state.update(distinct_id=device, device_id=device, user_id=None, session=None)
        if self.delivery.pins is not None:
            state["device_id"] = self.delivery.pins
            if state["user_id"] is None:
                state["distinct_id"] = self.delivery.pins

    def anonymous_id(self) -> str:
        """The id that events of this visitor are filed under."""
        return str(self._state.get("distinct_id"))

    def _replay_order(self, queue: list[Any]) -> list[Any]:
        order = {"alias": 0, "page": 2, "track": 2}
        return sorted(queue, key=lambda item: order.get(item[0].method, 1))

    def _page(self, call: Call, url: str, referrer: str, title: str) -> None:
        before, path = self._viewed, urlsplit(url).path
        previous = {} if before is None else {"$prev_pageview_id": before[0], "$prev_pageview_pathname": before[1]}
        self._viewed = (self.browser.sortable_uuid(), path)
        self._capture(call, "page", "$pageview", {"title": title, **previous}, (url, referrer), at_once=True)

    def _track(self, call: Call, event: str, properties: Body, where: tuple[str, str]) -> None:
        self._capture(call, "track", event, properties, where)

    def _identify(self, call: Call, user_id: str, traits: Body, where: tuple[str, str]) -> None:
        """``$identify`` links an anonymous id; a user who follows a user only shows as another distinct_id."""
        state = self._state
        before, known = state["distinct_id"], state["user_id"]
        state.update(distinct_id=user_id, user_id=user_id)
        if known is None:
            linked = {"$anon_distinct_id": before}
            self._capture(call, "identify", "$identify", linked, where, {"$set": traits, "$set_once": {}}, at_once=True)
        else:
            person = {"$set": traits, "$set_once": {}}
            self._capture(call, "identify", "$set", person, where, {"$set": traits})

    def _identify_visitor(self, call: Call, traits: Body, where: tuple[str, str]) -> None:
        """``setPersonProperties``, as there is no identify without an id."""
        self._capture(call, "set", "$set", {"$set": traits, "$set_once": {}}, where, {"$set": traits})

    def _alias(self, call: Call, user_id: str, previous: str | None, where: tuple[str, str]) -> None:
        """Nothing: ``$identify`` links the anonymous id by itself, so a site that uses posthog-js has no alias here
        (domain.md 4.4)."""

    def _group(self, call: Call, group: str, where: tuple[str, str]) -> None:
        self._capture(call, "group", "$groupidentify", {"$group_type": "company", "$group_key": group}, where)

    def _reset(self) -> None:
        self._state.update(distinct_id=self.browser.sortable_uuid(), user_id=None, session=None)

    def _forget(self) -> None:
        """There is no half reset in posthog-js: what comes closest is a reset."""
        self._reset()

    def _session(self, clock: int) -> str:
        held = self._state.get("session")
        if held is None or clock - held["last"] > _SESSION:
            held = {"id": self.browser.sortable_uuid()}
        self._state["session"] = held | {"last": clock}
        return str(held["id"])

    def _capture(
        self,
        call: Call,
        kind: str,
        event: str,
        properties: Body,
        where: tuple[str, str],
        person: Body | None = None,
        *,
        at_once: bool = False,
    ) -> None:
        assert call.executed is not None
        clock, state = self.client_time(call.executed), self._state
        parts = urlsplit(where[0])
        identified = state["user_id"] is not None
        own = {
            "$os": "Linux",
            "$browser": "Chrome",
            "$browser_version": 156,
            "$raw_user_agent": self.browser.agent.text,
            "$device_type": "Desktop",
            "$current_url": where[0],
            "$host": parts.netloc,
            "$pathname": parts.path,
            "$referrer": where[1] or "$direct",
            "$referring_domain": urlsplit(where[1]).netloc or "$direct",
            "title": title_of(parts.path),
            "$lib": "web",
            "$lib_version": "1.449.2",
            "$insert_id": f"{self.rng.getrandbits(80):016x}",
            "$time": clock / 1000,
            "distinct_id": state["distinct_id"],
            "$device_id": state["device_id"],
            **({"$user_id": state["user_id"]} if identified else {}),
            "$session_id": self._session(clock),
            **({"$pageview_id": self._viewed[0]} if self._viewed else {}),
            "$is_identified": identified,
            "$process_person_profile": identified,
            "token": KEY,
        }
        body: Body = {"uuid": self.browser.sortable_uuid(), "event": event, "properties": {**own, **properties}}
        body |= {**(person or {}), "timestamp": stamp(clock)}
        assert call.executed is not None
        call.message = message = Message(body["uuid"], kind, body, call.executed, self.document)
        if at_once:
            pause = max(0, call.executed - self.loop.now) + self.rng.randint(1, 20)
            self.loop.after(pause, lambda: self._send([message]))
            return
        self._batch.append(message)
        if len(self._batch) == 1:
            self.loop.after(_FLUSH, self._flush)

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        self._send(batch)

    def _send(self, messages: list[Message]) -> None:
        if not messages:
            return
        if self.browser.weather.offline and self.document.alive:
            self.loop.after(self.rng.randint(3000, 6000), lambda: self._send(messages))
            return
        body = {
            "api_key": KEY,
            "batch": [deepcopy(message.body) for message in messages],
            "sent_at": stamp(self.client_time(self.loop.now)),
        }

        def done(status: int | None) -> None:
            if (status is None or status >= 500) and self.document.alive:
                self.loop.after(self.rng.randint(3000, 6000), lambda: self._send(messages))

        copies = [(message, stored(body, position)) for position, message in enumerate(messages)]
        self.browser.network.post(self.document, f"{COLLECTOR}/e/", json.dumps(body), copies, done, keepalive=True)

    def leave(self) -> None:
        """``$pageleave`` and what is left of the batch are sent with a beacon."""
        if self._viewed is not None:
            left = {"$prev_pageview_id": self._viewed[0], "$prev_pageview_pathname": self._viewed[1]}
            self._execute(Call("leave", self.loop.now, self.document), lambda call: self._leave(call, left))
        self._flush()

    def _leave(self, call: Call, left: Body) -> None:
        self._capture(call, "track", "$pageleave", left, self._where())


def stored(body: Body, position: int) -> Body:
    """One event of a request, with what the request says for it: how a copy is kept here."""
    return {**body["batch"][position], "_request": body, "_position": position}
