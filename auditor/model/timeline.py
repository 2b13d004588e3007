"""One timeline, ready to be shown: its events in order with what changes between them, and the findings beside them."""

from dataclasses import dataclass, field

from auditor.model.event import Event
from auditor.model.finding import Finding, entry_of


@dataclass(frozen=True, slots=True)
class Change:
    """An id that is another one from here on; ``None`` is no id."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a finding (by its number in the timeline's ``findings``) touches an event: flagged, or evidence in a role.

    ``role`` is ``None`` for the flagged event.
    """

    finding: int
    role: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """An event of the timeline.

    ``gap`` is how long, ms, after the row before; ``sure`` is false where either of the two may have come first.
    ``device`` is the number of its device in the log, ``None`` for a server's event; ``page_load`` that of its page
    load in the timeline, ``None`` for a server's or a phone's; both from 1. ``first`` says that nothing of its device
    (or of a server) came before, and then ``changes`` holds the ids that it begins with. ``copies`` are further
    arrivals of its messageId.
    """

    event: Event
    gap: int | None
    sure: bool
    device: int | None
    page_load: int | None
    first: bool
    changes: tuple[Change, ...]
    copies: int
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Timeline:
    """What `auditor timeline` shows. ``key`` is what was asked for (name, value).

    ``devices`` are the numbers, from 1, of the devices on it, out of ``of_devices`` in the log; ``skewed`` those whose
    clock is wrong by a second or more, with by how much, ms. The other counts are of the whole log. ``entries`` are
    those of ``model.log.Log``.
    """

    version: str
    files: list[str]
    key: tuple[str, str]
    devices: tuple[int, ...]
    of_devices: int
    users: tuple[str, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    skewed: tuple[tuple[int, int], ...]
    records: int
    events: int
    rejected: int
    skipped: int
    rejects: list[tuple[str, int, int, str]] = field(default_factory=list)
    entries: dict[int, list[int]] = field(default_factory=dict)

    def entry(self, event: Event) -> int | None:
        """Which entry of a HAR an event stands in."""
        return entry_of(event, self.entries)
