"""Browsers and servers: what analytics.js and the Python library put on the wire for one call.

The members, their order and their sizes are those of recorded traffic (about 1 kB a call): most of a call is context
that no rule reads, as in real archives.
"""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

SITE = "https://www.acme.example"
USER_AGENTS = [
    ("Macintosh; Intel Mac OS X 10_15_7", "macOS", False),
    ("Windows NT 10.0; Win64; x64", "Windows", False),
    ("X11; Linux x86_64", "Linux", False),
    ("X11; CrOS x86_64 14541.0.0", "Chrome OS", False),
    ("Linux; Android 10; K", "Android", True),
]
ZONES = ["America/New_York", "America/Los_Angeles", "Europe/Berlin", "Europe/London", "Asia/Kolkata", "Asia/Tokyo"]
LOCALES = ["en-US", "en-GB", "de-DE", "fr-FR", "ja-JP"]
RESENT, CHANGED, OFFLINE = 0.004, 0.1, 0.01
"""Shares: calls received twice; of those the ones with another body; calls that wait for the network."""

Wire = dict[str, Any]


def identifier(rng: Random) -> str:
    """A random UUID of version 4."""
    h = f"{rng.getrandbits(128):032x}"
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def clock(ms: int) -> str:
    """Milliseconds since 1970 as JavaScript writes them."""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def line(call: Wire) -> str:
    """A call as one line of the log."""
    return json.dumps(call, separators=(",", ":"), ensure_ascii=False) + "\n"


class Browser:
    """One browser with analytics.js. ``now`` is the true time in ms; its own clock may be wrong.

    Calls are sent at the next ``wait``: until then identify fills the userId of earlier calls in, as the library does.
    ``pinned``: the site sets the anonymousId by hand, so that neither reset nor another user changes it.
    """

    def __init__(self, rng: Random, pinned: bool = False) -> None:
        self.rng = rng
        self.now = 0
        self.pinned = pinned
        self.anonymous_id = identifier(rng)
        self.user_id: str | None = None
        self.sent: list[tuple[int, str]] = []
        self._waiting: list[tuple[int, Wire]] = []
        self._skew = rng.choice((0, 0, 0, rng.randrange(-2000, 2000), rng.randrange(-600_000, 600_000)))
        self._referrer = rng.choice(("", "https://www.google.com/", "https://news.ycombinator.com/"))
        self._campaign: Wire | None = None
        self._page: Wire = {}
        system, platform, mobile = rng.choice(USER_AGENTS)
        version = rng.randrange(140, 157)
        engine = "AppleWebKit/537.36 (KHTML, like Gecko)"
        self._user_agent = f"Mozilla/5.0 ({system}) {engine} Chrome/{version}.0.0.0 Safari/537.36"
        self._user_agent_data = {
            "brands": [{"brand": "Not:A-Brand", "version": "8"}, {"brand": "Chromium", "version": str(version)}],
            "mobile": mobile,
            "platform": platform,
        }
        self._locale, self._zone = rng.choice(LOCALES), rng.choice(ZONES)

    def wait(self, least: int, most: int) -> None:
        """Let time pass; what was called before is sent."""
        for made, call in self._waiting:
            self._send(made, call)
        self._waiting.clear()
        self.now += self.rng.randrange(least, most)

    def page(self, path: str, title: str, campaign: str | None = None) -> None:
        """Load a page and call page."""
        search = f"?utm_source={campaign}&utm_campaign=spring" if campaign else ""
        url = SITE + path + search
        title = f"Acme - {title}"
        self._page = {"path": path, "referrer": self._referrer, "search": search, "title": title, "url": url}
        self._campaign = {"source": campaign, "name": "spring"} if campaign else None
        self._referrer = url
        self._call({"type": "page", "properties": self._page})

    def track(self, event: str, **properties: Any) -> None:
        """Call track."""
        self._call({"event": event, "type": "track", "properties": properties})

    def identify(self, user_id: str, traits: Wire, keep: bool = False) -> None:
        """Call identify. Another user gets another anonymousId, unless ``keep``."""
        if self.user_id not in {None, user_id} and not keep:
            self._rotate()
        self.user_id = user_id
        self._call({"type": "identify", "userId": user_id, "traits": traits})

    def group(self, group_id: str, traits: Wire) -> None:
        """Call group."""
        self._call({"type": "group", "traits": traits, "groupId": group_id})

    def alias(self, user_id: str) -> None:
        """Call alias for the anonymousId."""
        self._call({"userId": user_id, "type": "alias", "previousId": self.anonymous_id})

    def reset(self) -> None:
        """Forget the user. Nothing is sent."""
        self.user_id = None
        self._rotate()

    def _rotate(self) -> None:
        if not self.pinned:
            self.anonymous_id = identifier(self.rng)

    def _call(self, said: Wire) -> None:
        made = self.now
        self.now += max(0, int(self.rng.gauss(4, 1.7)))
        stamp = made + self._skew
        context = {
            "page": self._page,
            "userAgent": self._user_agent,
            "userAgentData": self._user_agent_data,
            "locale": self._locale,
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
        }
        if self._campaign:
            context["campaign"] = self._campaign
        context["timezone"] = self._zone
        message_id = f"ajs-next-{stamp}-{identifier(self.rng)}"
        call = {"timestamp": clock(stamp), "integrations": {"Segment.io": True}, **said, "context": context}
        call["messageId"] = message_id
        if self.user_id is not None:
            call.setdefault("userId", self.user_id)
        call["anonymousId"] = self.anonymous_id
        call["writeKey"] = "wk_acme_web"
        call.setdefault("userId", None)
        self._waiting.append((made, call))

    def _send(self, made: int, call: Wire) -> None:
        rng = self.rng
        if call["userId"] is None:
            call["userId"] = self.user_id if call["anonymousId"] == self.anonymous_id else None
        left = made + rng.randrange(8, 30)
        if rng.random() < OFFLINE:
            left += rng.randrange(5_000, 300_000)
        self._receive(left, call)
        if rng.random() < RESENT:
            if rng.random() < CHANGED:
                call = {**call, "integrations": {"Segment.io": True, "Intercom": {"hideDefaultLauncher": True}}}
            self._receive(left + rng.randrange(1_000, 30_000), call)

    def _receive(self, left: int, call: Wire) -> None:
        received = left + 3 + int(self.rng.expovariate(1 / 40))
        call["sentAt"] = clock(left + self._skew)
        call["_metadata"] = {"bundled": ["Segment.io"], "unbundled": [], "bundledIds": []}
        call["receivedAt"] = clock(received)
        self.sent.append((received, line(call)))


def server_track(rng: Random, now: int, user_id: str, event: str, properties: Wire) -> tuple[int, str]:
    """A track call of the Python library: when it was received, and its line."""
    left = now + rng.randrange(100, 500)
    received = left + rng.randrange(2, 20)
    call = {
        "integrations": {},
        "anonymousId": None,
        "properties": {**properties, "source": "backend"},
        "timestamp": clock(now)[:-1] + "+00:00",
        "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
        "userId": user_id,
        "type": "track",
        "event": event,
        "messageId": identifier(rng),
        "sentAt": clock(left)[:-1] + f"{rng.randrange(1000):03d}+00:00",
        "receivedAt": clock(received),
    }
    return received, line(call)
