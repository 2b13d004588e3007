"""A configuration proposed from a log: what to set, how sure that is, and what it was seen in."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One key of the proposed file. ``sure`` is false for a guess: it is written, but commented out.

    ``seen`` are sentences about what in the log speaks for it; they hold no ids. ``values`` may be empty: then there is
    nothing to set, and ``seen`` says why.
    """

    key: str
    values: tuple[str, ...]
    sure: bool
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `auditor init` writes. The counts are of the log; ``rejects`` are (file, line, byte offset, reason)."""

    params: tuple[Line, ...]
    destinations: tuple[Line, ...]
    records: int
    events: int
    devices: int
    users: int
    first: int
    last: int
    rejected: int
    skipped: int
    rejects: list[tuple[str, int, int, str]] = field(default_factory=list)
