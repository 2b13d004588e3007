"""What a rule found in a tracking plan, and the report of a plan."""

from dataclasses import dataclass, field

from auditor.model.finding import RuleResult
from auditor.model.plan import Place


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """A mistake in a plan and where it stands.

    ``event`` is the planned event as people call it ("Signed Up", "identify"; ``None`` for the plan as a whole);
    ``property`` the way to a property of it ("properties.plan"), or empty. ``others`` are further places of the same
    mistake. ``fingerprint`` holds no line and no version, so that it survives an edit of the plan (design.md 8).
    """

    rule: str
    kind: str | None
    severity: str
    confidence: str
    message: str
    fix: str
    fingerprint: str
    event: str | None
    version: str | None
    property: str
    place: Place
    others: tuple[Place, ...] = ()


@dataclass(slots=True)
class PlanReport:
    """Everything a renderer needs. ``versions`` counts the planned events with all their versions."""

    version: str
    file: str
    format: str
    name: str
    events: int
    versions: int
    ignored: int
    rules: list[RuleResult]
    findings: list[PlanFinding]
    exit_code: int
    notes: list[str] = field(default_factory=list)

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(1 for finding in self.findings if finding.severity == severity)
