"""Two plans compared, and what recorded events say of the difference."""

from dataclasses import dataclass, field

from auditor.model.plan import Place


@dataclass(frozen=True)
class Change:
    """What became of an event, or of a property of it (``property``, such as "properties.plan").

    ``breaking``: an event that was valid may be a violation now. ``kind`` is a word for programs, ``text`` a sentence
    for people; ``place`` is where the new plan says it, or where the old one did.
    """

    kind: str
    breaking: bool
    event: str
    type: str
    property: str
    text: str
    place: Place


@dataclass(frozen=True)
class Started:
    """Recorded events of one name that would start to violate the plan in one way.

    ``kind`` and ``words`` are those of the violation, ``property`` its place. ``examples`` are files and lines.
    """

    event: str
    type: str
    kind: str
    property: str
    words: str
    count: int
    examples: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Replay:
    """A log held against both plans. ``events`` are the calls that a plan can plan; ``starting`` of them would start to
    violate the plan, ``stopping`` would stop, ``violating`` do so under both. ``by_event`` gives, by call and name, how
    many would start, of how many."""

    files: tuple[str, ...]
    events: int
    starting: int
    stopping: int
    violating: int
    by_event: dict[tuple[str, str], tuple[int, int]]
    started: tuple[Started, ...]


@dataclass(frozen=True)
class PlanDiff:
    """Everything a renderer needs."""

    version: str
    old: str
    new: str
    changes: tuple[Change, ...]
    replay: Replay | None
    exit_code: int
    notes: list[str] = field(default_factory=list)

    @property
    def breaking(self) -> int:
        """How many changes may break what is sent."""
        return sum(change.breaking for change in self.changes)
