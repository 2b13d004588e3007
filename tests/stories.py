"""Stories written as logs: browsers, phones and servers that put on the wire what their SDKs do (domain.md 2, 11)."""

import copy
import random
import uuid
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]

CHROME = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)
START = datetime(2026, 2, 3, 9, 0, tzinfo=UTC)


def iso(milliseconds: int) -> str:
    """A time as the browser writes it."""
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:03d}Z"


class Story:
    """Who is on stage, one clock for all, and ``records``: what was recorded, in order of call."""

    def __init__(self, seed: str = "a story", start: datetime = START, site: str = "https://shop.example") -> None:
        self.now = round(start.timestamp() * 1000)
        self.records: list[Record] = []
        self.site = site
        self._random = random.Random(seed)

    def wait(self, milliseconds: int) -> "Story":
        """Let time pass."""
        self.now += milliseconds
        return self

    def uuid(self) -> str:
        """A new random id."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def browser(self) -> "Browser":
        """A browser with analytics.js that nobody has used yet."""
        return Browser(self)

    def rudder(self) -> "Rudder":
        """A browser with RudderStack's SDK."""
        return Rudder(self)

    def phone(self, library: str = "@segment/analytics-react-native") -> "Phone":
        """A phone with an app."""
        return Phone(self, library)

    def server(self) -> "Server":
        """A server with analytics-python."""
        return Server(self)

    def write(self, record: Record, sent: int, travels: int) -> Record:
        """Record a call that leaves ``sent`` ms after it was made and is under way for ``travels`` ms."""
        record["sentAt"] = iso(self.now + sent)
        record["receivedAt"] = iso(self.now + sent + travels)
        self.records.append(record)
        return record


class Client:
    """What browsers and phones have in common: an anonymousId, perhaps a user, a page or screen they are on.

    ``sent`` is how long after the call its request leaves; ``user`` what the wire says where it differs from what is
    known (a userId filled in later).
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.anonymous = story.uuid()
        self.user: str | None = None
        self.place: Record = {}

    def wait(self, milliseconds: int) -> "Client":
        self.story.wait(milliseconds)
        return self

    def track(self, event: str, properties: Record | None = None, **wire: Any) -> Record:
        return self.send({"type": "track", "event": event, "properties": properties or {}}, **wire)

    def identify(self, user: str, traits: Record | None = None, **wire: Any) -> Record:
        self.meet(user)
        return self.send({"type": "identify", "traits": traits or {}}, **wire)

    def alias(self, user: str, previous: str | None = None, **wire: Any) -> Record:
        """analytics.js: with nobody identified, to the new id; else the stored id wins on both sides."""
        if self.user is None:
            return self.send({"type": "alias", "previousId": previous or self.anonymous}, **{"user": user, **wire})
        return self.send({"type": "alias", "previousId": self.user}, **wire)

    def group(self, group: str, **wire: Any) -> Record:
        return self.send({"type": "group", "groupId": group, "traits": {}}, **wire)

    def meet(self, user: str) -> None:
        """What identify does to the ids."""
        self.user = user

    def send(self, members: Record, **wire: Any) -> Record:
        raise NotImplementedError


class Browser(Client):
    """analytics.js: reset, and identify of another user, make a new anonymousId."""

    def load(self, path: str, referrer: str | None = None, **wire: Any) -> Record:
        """Load a document, and call page()."""
        self.go(path, self.place.get("url", "") if referrer is None else referrer)
        return self.page(**wire)

    def route(self, path: str, **wire: Any) -> Record:
        """Change the route of a single-page application, and call page(): the referrer stays."""
        self.go(path, self.place.get("referrer", ""))
        return self.page(**wire)

    def go(self, path: str, referrer: str) -> None:
        """Be on a page."""
        bare, _, query = path.partition("?")
        title = bare.strip("/").replace("/", " ").capitalize() or "Home"
        search = f"?{query}" if query else ""
        url = self.story.site + path
        self.place = {"path": bare, "referrer": referrer, "search": search, "title": title, "url": url}

    def page(self, **wire: Any) -> Record:
        return self.send({"type": "page", "properties": dict(self.place)}, **wire)

    def meet(self, user: str) -> None:
        if self.user is not None and self.user != user:
            self.anonymous = self.story.uuid()
        self.user = user

    def reset(self) -> None:
        """Sends nothing."""
        self.user, self.anonymous = None, self.story.uuid()

    def send(self, members: Record, *, sent: int = 12, travels: int = 35, user: Any = ..., **more: Any) -> Record:
        record = {
            "timestamp": iso(self.story.now),
            **members,
            "context": {
                "page": dict(self.place),
                "userAgent": CHROME,
                "library": {"name": "analytics.js", "version": "next-1.84.3"},
            },
            "messageId": f"ajs-next-{self.story.now}-{self.story.uuid()}",
            "anonymousId": self.anonymous,
            "userId": self.user if user is ... else user,
            "_metadata": {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []},
            **more,
        }
        return self.story.write(record, sent, travels)


class Rudder(Browser):
    """RudderStack: the anonymousId stays, the session changes; identify of another user calls reset by itself."""

    def __init__(self, story: Story) -> None:
        super().__init__(story)
        self.session = story.now
        self.started = True

    def reset(self) -> None:
        self.user, self.session, self.started = None, self.story.now, True

    def meet(self, user: str) -> None:
        if self.user is not None and self.user != user:
            self.reset()
        self.user = user

    def send(self, members: Record, *, sent: int = 8, travels: int = 30, user: Any = ..., **more: Any) -> Record:
        members = dict(members)
        traits = members.pop("traits", {}) if members["type"] == "identify" else {}
        session: Record = {"sessionId": self.session, **({"sessionStart": True} if self.started else {})}
        self.started = False
        record = {
            **members,
            "channel": "web",
            "context": {
                "traits": traits,
                **session,
                "library": {"name": "RudderLabs JavaScript SDK", "version": "3.34.1"},
                "userAgent": CHROME,
                "page": {**self.place, "referrer": self.place["referrer"] or "$direct"} if self.place else {},
            },
            "originalTimestamp": iso(self.story.now),
            "messageId": self.story.uuid(),
            "userId": (self.user or "") if user is ... else user,
            "anonymousId": self.anonymous,
            **more,
        }
        return self.story.write(record, sent, travels)


class Phone(Client):
    """A mobile SDK: identify of another user keeps the anonymousId, reset makes a new one."""

    def __init__(self, story: Story, library: str) -> None:
        super().__init__(story)
        self.library = library
        self.id = story.uuid()

    def screen(self, name: str, **wire: Any) -> Record:
        return self.send({"type": "screen", "name": name, "properties": {}}, **wire)

    def reset(self) -> None:
        """Sends nothing."""
        self.user, self.anonymous = None, self.story.uuid()

    def send(self, members: Record, *, sent: int = 900, travels: int = 80, user: Any = ..., **more: Any) -> Record:
        record = {
            "timestamp": iso(self.story.now),
            **members,
            "context": {
                "device": {"id": self.id, "type": "ios"},
                "library": {"name": self.library, "version": "2.21.0"},
            },
            "messageId": self.story.uuid(),
            "anonymousId": self.anonymous,
            "userId": self.user if user is ... else user,
            **more,
        }
        return self.story.write(record, sent, travels)


class Server:
    """A server library: exactly the ids that it is given."""

    def __init__(self, story: Story) -> None:
        self.story = story

    def track(self, event: str, user: str, properties: Record | None = None, **wire: Any) -> Record:
        return self.send({"type": "track", "event": event, "userId": user, "properties": properties or {}}, **wire)

    def identify(self, user: str, traits: Record | None = None, **wire: Any) -> Record:
        return self.send({"type": "identify", "userId": user, "traits": traits or {}}, **wire)

    def send(self, members: Record, *, sent: int = 180, travels: int = 4, **more: Any) -> Record:
        record = {
            "timestamp": iso(self.story.now).replace("Z", "+00:00"),
            **members,
            "anonymousId": None,
            "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
            "messageId": self.story.uuid(),
            **more,
        }
        return self.story.write(record, sent, travels)


def again(story: Story, record: Record, *, after: int, travels: int = 30, **changed: Any) -> Record:
    """The same call received once more, sent ``after`` ms from now: what a re-send by the next page or a retry is."""
    return story.write({**copy.deepcopy(record), **changed}, after, travels)
