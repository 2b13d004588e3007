"""Findings as people read them: those of one fingerprint together, and under a cause what follows from it."""

from dataclasses import dataclass, field

from auditor.model.finding import SEVERITIES, Finding, Report


@dataclass
class Group:
    """Findings of one fingerprint by their place in the report, the earliest first, and what follows from them."""

    places: list[int]
    first: Finding
    consequences: "list[Group]" = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, int, int]:
        """The severest first, then the largest, then the earliest."""
        return -SEVERITIES.index(self.first.severity), -len(self.places), self.places[0]


def groups(report: Report) -> list[Group]:
    """The groups of a report in the order to read them."""
    held: dict[str, Group] = {}
    follow: dict[tuple[str, str], Group] = {}
    for place, finding in enumerate(report.findings):
        own, cause = finding.fingerprint, report.findings[report.causes.get(place, place)].fingerprint
        if cause == own:
            held.setdefault(own, Group([], finding)).places.append(place)
        else:
            follow.setdefault((cause, own), Group([], finding)).places.append(place)
    for (cause, _), group in follow.items():
        held[cause].consequences.append(group)
    for group in held.values():
        group.consequences.sort(key=lambda group: group.rank)
    return sorted(held.values(), key=lambda group: group.rank)
