"""What a rule found, and how every rule fared."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.model.event import Event

if TYPE_CHECKING:
    from auditor.model.coverage import Coverage
    from auditor.model.funnel import Funnel
    from auditor.model.sdk import Snippet
    from auditor.model.violation import PlanResult, Violation

SEVERITIES = ("info", "warning", "error")
"""Lowest first."""
ONLY_FOR = "runs only for the destinations "
"""How the reason begins why a rule for other destinations was not evaluated."""
OFF = "switched off"
"""Why a rule was not evaluated that does not run unless it is asked for, or that the configuration switched off."""
NO_PLAN = "no tracking plan is given: --plan PLAN, or tracking_plan in auditor.yml"
"""Why the rules about a tracking plan were not."""
NOT_SELECTED, IGNORED = "not selected", "ignored on the command line"
"""Why a rule was not that the command line left out."""


def fails(severity: str, fail_on: str) -> bool:
    """Whether a finding of a severity makes a run fail whose ``--fail-on`` is a severity or ``never``."""
    return fail_on != "never" and SEVERITIES.index(severity) >= SEVERITIES.index(fail_on)


def entry_of(event: Event, entries: Mapping[int, Sequence[int]]) -> int | None:
    """Which entry of a HAR an event stands in, counted from 1; ``None`` in a log of any other kind. Most HARs are one
    long line, which says nothing of the place. ``entries`` are those of ``model.log.Log``."""
    starts = entries.get(event.file)
    return None if starts is None else bisect_right(starts, event.position)


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated candidate with its evidence.

    ``key`` names the timeline it was found on (name, value); ``evidence`` pairs a role with an event, in order of
    time. ``fingerprint`` holds no id, time or line, so that it survives the next capture (design.md 8). ``private`` is
    the message with pseudonyms in place of ids, where a report asked for them.
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
    private: str = ""
    violation: "Violation | None" = None


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that somebody accepted: ``ignored`` by an entry of the configuration, with its reason, or
    ``baselined``, being among those that a baseline holds."""

    finding: Finding
    kind: str
    reason: str


@dataclass(slots=True)
class RuleResult:
    """How one rule fared. ``status`` is ``evaluated``, ``no-candidates`` or ``not-evaluated`` (then ``reason``).

    ``severity`` is the one in effect; ``summary``, ``why`` and ``fix`` are the rule's words. ``reason`` also says why a
    rule without candidates had none, where that can be told. ``findings`` are those that are reported; ``tolerated``
    were within what the rule tolerates, ``hidden`` of less confidence than asked for.
    """

    id: str
    severity: str
    summary: str
    why: str = ""
    fix: str = ""
    tags: tuple[str, ...] = ()
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

    ``findings`` are in order of time; ``causes`` gives, for those that follow from another, the place of that one;
    ``around`` gives, for some of them, an event before that says where it happened.
    ``files`` are the inputs by index (``Event.file``), ``entries`` where the entries of those begin that are HARs.
    ``records`` = ``events`` (of them ``copies`` are repeated arrivals) + ``rejected`` + ``skipped``. ``suppressed`` are
    findings that somebody accepted. ``notes`` are sentences for the reader; ``day`` is the day of the run, ISO-8601.
    ``placeholders`` are userIds shown that are no ids ("undefined"): redaction leaves them, for to hide them would hide
    the finding. ``redacted`` says that every id is a pseudonym. ``tracking_plan`` is what became of one, with its
    findings once more by event, property and kind. ``funnel`` and ``coverage`` are for the format that shows them, and
    so is ``fix_code``: by rule, how to mend it as code by SDK (``model.sdk``).
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
    rules: list[RuleResult]
    findings: list[Finding]
    exit_code: int
    fail_on: str
    day: str
    signups: Signups
    suppressed: list[Suppressed] = field(default_factory=list)
    redacted: bool = False
    placeholders: frozenset[str] = frozenset()
    rejects: list[tuple[str, int, int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    destinations: tuple[str, ...] = ()
    adjustments: list[Adjustment] = field(default_factory=list)
    causes: dict[int, int] = field(default_factory=dict)
    around: dict[int, Event] = field(default_factory=dict)
    entries: Mapping[int, Sequence[int]] = field(default_factory=dict)
    tracking_plan: "PlanResult | None" = None
    funnel: "Funnel | None" = None
    coverage: "Coverage | None" = None
    fix_code: "Mapping[str, Mapping[str, Snippet]]" = field(default_factory=dict)

    def entry(self, event: Event) -> int | None:
        """Which entry of a HAR an event stands in."""
        return entry_of(event, self.entries)

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(1 for finding in self.findings if finding.severity == severity)

    @property
    def ignored(self) -> int:
        """How many findings the configuration accepts."""
        return sum(1 for one in self.suppressed if one.kind == "ignored")

    @property
    def baselined(self) -> int:
        """How many findings the baseline holds."""
        return sum(1 for one in self.suppressed if one.kind == "baselined")
