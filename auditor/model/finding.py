"""What a rule found, and how every rule fared."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.event import Event

if TYPE_CHECKING:
    from auditor.model.violation import PlanResult, Violation

SEVERITIES = ("info", "warning", "error")
"""Lowest first."""
ONLY_FOR = "runs only for the destinations "
"""How the reason begins why a rule for other destinations was not evaluated."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated candidate with its evidence.

    ``key`` names the timeline it was found on (name, value); ``evidence`` pairs a role with an event, in order of
    time. ``fingerprint`` holds no id, time or line, so that it survives the next capture (design.md 8).
    """

    rule: str
    kind: str | None
    severity: str
    confidence: str
    message: str
    fix: str
    fingerprint: str
    key: tuple[str, str]
    event: Event
    evidence: tuple[tuple[str, Event], ...] = ()
    violation: "Violation | None" = None


@dataclass(slots=True)
class RuleResult:
    """How one rule fared. ``status`` is ``evaluated``, ``no-candidates`` or ``not-evaluated`` (then ``reason``).

    ``reason`` also says why a rule without candidates had none, where that can be told. ``findings`` are those that
    are reported; ``tolerated`` were within what the rule tolerates, ``hidden`` of less confidence than asked for.
    """

    id: str
    severity: str
    summary: str
    why: str = ""
    status: str = "evaluated"
    candidates: int = 0
    findings: int = 0
    unsure: int = 0
    tolerated: int = 0
    hidden: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the profiles of ``destinations`` make of a rule, or one kind of it: another severity than ``default``, or
    "off"."""

    rule: str
    kind: str | None
    severity: str
    default: str
    destinations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signups:
    """The answer the report opens with: client signups seen, under which names, and what became of them.

    ``troubled`` pairs words ("before identify") with how many signups they hold for; ``missing`` counts new users
    whose signup is not in the log. ``similar`` are names in the log that look like a signup, where none was seen.
    """

    seen: int
    names: tuple[str, ...]
    default_names: bool
    right: int
    troubled: tuple[tuple[str, int], ...]
    missing: int = 0
    similar: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Report:
    """Everything a renderer needs; it filters and reads nothing itself, and shows ids as they stand here.

    ``findings`` are in order of time; ``around`` gives, for some of them, an event before that says where it happened.
    ``files`` are the inputs by index (``Event.file``). ``records`` = ``events`` (of them ``copies`` are repeated
    arrivals) + ``rejected`` + ``skipped``. ``notes`` are sentences for the reader. ``tracking_plan``
    is what became of one, with its findings once more by event, property and kind.
    """

    version: str
    files: list[str]
    records: int
    events: int
    copies: int
    rejected: int
    skipped: int
    devices: int
    users: int
    ignored: int
    rules: list[RuleResult]
    findings: list[Finding]
    exit_code: int
    signups: Signups
    rejects: list[tuple[str, int, int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    destinations: tuple[str, ...] = ()
    adjustments: list[Adjustment] = field(default_factory=list)
    around: dict[int, Event] = field(default_factory=dict)
    tracking_plan: "PlanResult | None" = None

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(1 for finding in self.findings if finding.severity == severity)
