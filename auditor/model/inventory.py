"""What is in a log: the names, the senders, the people, and what it cannot show."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Named:
    """An event name: how often it was tracked, first and last when (ms by the sender's clock), by which sides.

    ``roles`` are the parameters that list it (``signup_events``); ``like`` names what it reads like although none does.
    """

    name: str
    count: int
    first: int
    last: int
    sides: tuple[tuple[str, int], ...]
    roles: tuple[str, ...] = ()
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """A library that made calls, on one side."""

    side: str
    library: str | None
    version: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """The names that play a role (signup, login, logout): those a parameter lists, and those that read like it.

    ``default`` says that the parameter has its default.
    """

    role: str
    param: str
    default: bool
    names: tuple[tuple[str, int], ...]
    like: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the log does not hold, and the rules that this silences or makes less sure.

    ``silent`` are rule ids, or ``id (kind)`` where only one kind of it is; ``params`` may name it otherwise.
    """

    lacks: str
    silent: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    advice: str | None = None


@dataclass(slots=True)
class Inventory:
    """Everything that `auditor events` says. Counts are of calls; ``copies`` are further arrivals of one messageId.

    ``records`` = ``events`` (of them ``copies``) + ``rejected`` + ``skipped``, as in a report. ``first`` and ``last``
    are ms by the senders' clocks. ``destinations`` pairs the names in the log with the profiles that may be meant;
    ``off`` the rules that do not run with the reason.
    """

    version: str
    files: list[str]
    records: int
    events: int
    copies: int
    rejected: int
    skipped: int
    first: int
    last: int
    devices: int
    users: int
    persons: int
    calls: tuple[tuple[str, int], ...]
    names: tuple[Named, ...]
    pages: tuple[tuple[str, int], ...]
    senders: tuple[Sender, ...]
    sources: tuple[tuple[str | None, int], ...]
    found: tuple[Found, ...]
    destinations: tuple[tuple[str, tuple[str, ...]], ...]
    gaps: tuple[Gap, ...]
    off: tuple[tuple[str, str], ...]
    rejects: list[tuple[str, int, int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
