"""The twins on the server: they cache nothing, and send exactly the ids that the caller passes (domain.md 1.2)."""

from copy import deepcopy
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.simulate.clock import Loop, stamp
from benchmarks.simulate.network import Collector
from benchmarks.simulate.posthog import KEY, stored
from benchmarks.simulate.record import Body, Call, Message, Truth, User


class Server:
    """The site's server and its analytics library: Node's or Python's, or another vendor's for Node."""

    def __init__(self, loop: Loop, rng: Random, collector: Collector, vendor: str, truth: Truth) -> None:
        self.loop = loop
        self.rng = rng
        self.collector = collector
        self.vendor = vendor
        self.truth = truth
        self.python = vendor == "segment" and rng.random() < 0.4

    def identify(self, user: User, traits: Body, *, named: str | None = None, anonymous: str | None = None) -> Call:
        """An identify from the server: ``named`` is another userId than the site's pages use, ``anonymous`` a browser's
        anonymousId."""
        return self._send(user, named or user.id, "identify", {"traits": dict(traits)}, anonymous=anonymous)

    def track(
        self,
        user: User,
        event: str,
        properties: Body,
        message_id: str | None = None,
        *,
        anonymous: str | None = None,
        nobody: bool = False,
    ) -> Call:
        """A track from the server; ``message_id`` is one that the caller made up, ``anonymous`` an anonymousId that it
        passes, with ``nobody`` in place of the userId."""
        members = {"event": event, "properties": dict(properties)}
        return self._send(user, None if nobody else user.id, "track", members, message_id, anonymous)

    def call(self, user: User, kind: str, members: Body, ids: Body) -> Call:
        """A call with the ids that the caller passes, right or wrong; not for PostHog."""
        return self._send(user, user.id, kind, members, ids=ids)

    def send_again(self, call: Call) -> None:
        """Send a message once more as it was: what a job does that reads yesterday's calls from a table."""
        assert call.message is not None
        self._arrive(call.message)

    def _send(
        self,
        user: User,
        user_id: str | None,
        kind: str,
        members: Body,
        message_id: str | None = None,
        anonymous: str | None = None,
        ids: Body | None = None,
    ) -> Call:
        call = Call(kind, self.loop.now, self, user, executed=self.loop.now)
        self.truth.calls.append(call)
        self.truth.executed.append(call)
        self.truth.server.append(call)
        wire = self._posthog if self.vendor == "posthog" else self._spec
        body = wire(user_id, kind, members, message_id) | (ids or {})
        if anonymous is not None:
            body |= {"distinct_id": user_id or anonymous} if self.vendor == "posthog" else {"anonymousId": anonymous}
        found = body.get("messageId") or body["uuid"]
        call.message = Message(found, kind, body, self.loop.now, self)
        self._arrive(call.message)
        return call

    def _spec(self, user_id: str | None, kind: str, members: Body, message_id: str | None) -> Body:
        unique = str(UUID(int=self.rng.getrandbits(128), version=4))
        body: Body = {"type": kind, "userId": user_id, **members, "integrations": {}}
        if self.python:
            body |= {"anonymousId": None, "context": {"library": {"name": "analytics-python", "version": "2.4.0"}}}
            return body | {"timestamp": stamp(self.loop.now).replace("Z", "+00:00"), "messageId": message_id or unique}
        if self.vendor == "rudderstack":
            body |= {"context": {"library": {"name": "analytics-node", "version": "3.0.4"}}, "channel": "server"}
            return body | {"originalTimestamp": stamp(self.loop.now), "messageId": message_id or unique}
        body |= {"context": {"library": {"name": "@segment/analytics-node", "version": "3.1.0"}}}
        body |= {"_metadata": {"nodeVersion": "v20.20.2", "jsRuntime": "node"}}
        own = f"node-next-{self.loop.now}-{unique}"
        return body | {"timestamp": stamp(self.loop.now), "messageId": message_id or own}

    def _posthog(self, user_id: str | None, kind: str, members: Body, message_id: str | None) -> Body:
        lib: Body = {"$lib": "posthog-node", "$lib_version": "5.70.0", "$geoip_disable": True}
        event = members.get("event", "$identify")
        more: Body = {"$set": members["traits"], "$set_once": {}} if kind == "identify" else members["properties"]
        unique = message_id or str(UUID(int=self.rng.getrandbits(128), version=4))
        return {
            "distinct_id": user_id,
            "event": event,
            "properties": {**more, **lib},
            "uuid": unique,
            "type": "capture",
            "timestamp": stamp(self.loop.now),
        }

    def _arrive(self, message: Message) -> None:
        """On its way: a flush, and a fast line."""
        body: Any = deepcopy(message.body)
        sent_at = self.loop.now + self.rng.randint(1, 5)
        if self.vendor == "posthog":
            request = {"api_key": KEY, "batch": [body], "sent_at": stamp(sent_at)}
            copy = stored(request, 0)
        else:
            copy = {**body, "sentAt": stamp(sent_at)}
        pause = self.rng.randint(8, 60)
        self.loop.after(pause, lambda: self.collector.receive(self.loop.now, [(message, copy)], self))
