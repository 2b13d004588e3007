"""What was read: every record accounted for."""

from dataclasses import dataclass, field

from auditor.model.event import Copies, Event, Sender


class InputError(Exception):
    """An input that cannot be read at all; the text names it and says what to do. Exit code 2."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read: where it stands and why. ``offset`` counts bytes of the unpacked input."""

    file: str
    line: int
    offset: int
    reason: str


@dataclass(slots=True)
class Log:
    """All that was read from the inputs. ``records`` = arrivals (``events`` and their copies) + rejected + skipped.

    ``events`` holds each call once; further arrivals of a messageId stand in ``copies``. ``lanes`` holds the same calls
    lane by lane, those of servers and of nobody in ``alone``; ``by_mask`` by the bits they have (those of a call that
    is classified anew later stay where they are); ``links`` has those with a previousId,
    ``numbered`` those whose ids are no strings. ``rejects`` holds the first of
    the ``rejected`` records (the rest only counts, and goes whole to ``--rejects``). ``left_by`` has, by messageId,
    the ``navigation`` to the next document from the page that a call was made on, where a HAR shows it. ``sighted`` of
    the ``skipped`` records are requests of a HAR whose calls stand in the log as the collector received them, or as
    the HAR shows them elsewhere. ``entries`` has, by the number of a file that is a HAR, where its entries begin.
    ``large`` are the calls that have a ``size``.
    """

    files: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lanes: list[tuple[Sender, list[Event]]] = field(default_factory=list)
    alone: list[Event] = field(default_factory=list)
    by_mask: dict[int, list[Event]] = field(default_factory=dict)
    links: list[Event] = field(default_factory=list)
    numbered: list[Event] = field(default_factory=list)
    copies: dict[str, Copies] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    records: int = 0
    rejected: int = 0
    skipped: int = 0
    skipped_files: list[str] = field(default_factory=list)
    destinations_seen: set[str] = field(default_factory=set)
    left_by: dict[str, Event] = field(default_factory=dict)
    sighted: int = 0
    entries: dict[int, list[int]] = field(default_factory=dict)
    large: list[Event] = field(default_factory=list)

    @property
    def located(self) -> list[tuple[str, int, int, str]]:
        """The kept rejects as reports take them: file, line, byte offset, reason."""
        return [(reject.file, reject.line, reject.offset, reject.reason) for reject in self.rejects]

    @property
    def arrivals(self) -> int:
        """How many records were calls, copies included."""
        return self.records - self.rejected - self.skipped
