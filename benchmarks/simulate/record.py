"""What truly happened: calls of the site's code, messages the SDKs made of them, requests, arrivals.

The answer key is read from these, not from a log.
"""

from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]


@dataclass(eq=False, slots=True)
class User:
    """An account of the site. ``id`` is what the site's code passes as userId."""

    id: str
    traits: Body
    created: int
    account: str
    """The id in the database, whatever the code passes."""


@dataclass(eq=False, slots=True)
class Exchange:
    """One request as a browser's network log has it. Times are true ones."""

    started: int
    method: str
    url: str
    kind: str
    page: str
    """The url of the document that asked."""
    document: object = None
    body: str | None = None
    ended: int | None = None
    status: int | None = None
    error: str | None = None
    redirect: str = ""
    listed: bool = True
    """A flush with keepalive at the end of a page is in no HAR (domain.md 11.24)."""


def user_of(body: Body) -> str | None:
    """The userId of an event in any wire form."""
    return body.get("userId") or (body.get("properties") or {}).get("$user_id") or None


@dataclass(eq=False, slots=True)
class Arrival:
    """One message in one request that the collector got, as stored."""

    at: int
    stored: Body
    document: object
    """The document (or server) that sent this copy."""


@dataclass(eq=False, slots=True)
class Message:
    """One event as an SDK made it, and what became of it."""

    id: str
    type: str
    body: Body
    t: int
    """The true time of the call as executed, ms; the client's own clock is in the body."""
    document: object
    tries: list[Exchange] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def user(self) -> str | None:
        """The userId that the collector (or, where nothing arrived, the last request) got."""
        return user_of(self.arrivals[0].stored if self.arrivals else self.body)


@dataclass(eq=False, slots=True)
class Call:
    """One call that the site's code made, in a document or on the server."""

    method: str
    made: int
    document: object
    user: User | None = None
    """Whom an identify or alias names."""
    message: Message | None = None
    """What the SDK made of it: nothing if the page was left before the library had loaded, or for a reset."""
    executed: int | None = None
    """When the SDK carried it out, which is later than ``made`` for a call made before the library had loaded."""


@dataclass(eq=False, slots=True)
class Entry:
    """A signup or login: what the code called for it."""

    what: str
    user: User
    document: object
    track: Call | None = None
    identify: Call | None = None
    alias: Call | None = None
    on_leaving_page: bool = False
    """Whether the track was called on a page that the code leaves at once."""
    again: bool = False
    """Whether the same signup was tracked before."""


@dataclass(eq=False, slots=True)
class Leaving:
    """A logout: the calls that signal it, and whether reset was called."""

    user: User
    at: int
    signals: list[Call]
    reset: Call | None = None


@dataclass(eq=False, slots=True)
class Load:
    """A page load, in order; ``user`` is who was logged in when the server rendered it."""

    document: object
    page: Call
    user: User | None
    identifies: list[Call] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Truth:
    """Everything one household did: what the answers are read from."""

    calls: list[Call] = field(default_factory=list)
    executed: list[Call] = field(default_factory=list)
    """In the order in which the SDKs carried them out."""
    entries: list[Entry] = field(default_factory=list)
    leavings: list[Leaving] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    server: list[Call] = field(default_factory=list)
    created: list[User] = field(default_factory=list)
    """The users who made their account in this run."""


def device_of(message: Message) -> str | None:
    """The anonymousId that a message carries, in any wire form."""
    body = message.body
    return body.get("anonymousId") or (body.get("properties") or {}).get("$device_id")
