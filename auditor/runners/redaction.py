"""Reports with pseudonyms in place of every id that they would show: the last step before anything is rendered."""

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from auditor.model.event import Event
from auditor.model.finding import Finding, Report
from auditor.model.naming import Naming, Redacting

if TYPE_CHECKING:
    from auditor.model.coverage import Coverage
    from auditor.model.funnel import Funnel
    from auditor.model.violation import PlanResult


class Renaming:
    """Events and findings under their pseudonyms; one event stays one event."""

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self._memo: dict[int, Event] = {}

    def event(self, event: Event) -> Event:
        """The event with every id and text that a report may show renamed."""
        held = self._memo.get(id(event))
        if held is None:
            naming = self.naming
            held = self._memo[id(event)] = msgspec.structs.replace(
                event,
                user_id=None if event.user_id is None else naming.user(event.user_id),
                anonymous_id=None if event.anonymous_id is None else naming.device(event.anonymous_id),
                previous_id=None if event.previous_id is None else naming.device(event.previous_id),
                group_id=None if event.group_id is None else naming.group(event.group_id),
                event=None if event.event is None else naming.text(event.event),
                name=None if event.name is None else naming.text(event.name),
                path=None if event.path is None else naming.text(event.path),
            )
        return held

    def finding(self, finding: Finding) -> Finding:
        """The finding with its events and its key renamed, and the message that was written with the same names."""
        return replace(
            finding,
            message=finding.private,
            event=self.event(finding.event),
            evidence=tuple((role, self.event(event)) for role, event in finding.evidence),
            key=self._key(finding),
        )

    def _key(self, finding: Finding) -> tuple[str, str]:
        name, value = finding.key
        if name in ("event", "messageId"):
            return name, value
        if name == "groupId":
            return name, self.naming.group(value)
        if value == finding.event.user_id:
            return name, self.naming.user(value)
        return name, self.naming.device(value)


def _without_addresses(result: "PlanResult", naming: Naming) -> "PlanResult":
    """The groups of violations with what may hold an e-mail address renamed: names of events and of properties."""
    replaced = msgspec.structs.replace
    groups = []
    for group in result.violations:
        one = group.violation
        clean = replaced(one, label=naming.text(one.label), place=naming.text(one.place), words=naming.text(one.words))
        groups.append(replaced(group, violation=clean))
    return replaced(result, violations=tuple(groups))


def _funnel_without_addresses(funnel: "Funnel", naming: Naming) -> "Funnel":
    """The funnel of a report, whose names of events may hold an e-mail address; it names nobody."""
    return replace(
        funnel,
        names={naming.text(name): count for name, count in funnel.names.items()},
        similar=tuple((naming.text(name), count) for name, count in funnel.similar),
    )


def _coverage_without_addresses(coverage: "Coverage", naming: Naming) -> "Coverage":
    """The coverage with what a log may name so renamed: unplanned events and properties."""
    replaced = msgspec.structs.replace
    unplanned = (replaced(one, name=naming.text(one.name)) for one in coverage.unplanned)
    events = (
        replaced(one, unplanned={naming.text(name): count for name, count in one.unplanned.items()})
        for one in coverage.events
    )
    return replaced(coverage, events=tuple(events), unplanned=tuple(unplanned))


def redacted_report(report: Report) -> Report:
    """The report with every id that it would show replaced by its pseudonym. Its messages must know theirs."""
    if report.redacted:
        return report
    naming = Redacting(report.placeholders.__contains__)
    renaming = Renaming(naming)
    return replace(
        report,
        redacted=True,
        suppressed=[replace(one, finding=renaming.finding(one.finding)) for one in report.suppressed],
        findings=[renaming.finding(finding) for finding in report.findings],
        around={index: renaming.event(event) for index, event in report.around.items()},
        tracking_plan=None if report.tracking_plan is None else _without_addresses(report.tracking_plan, naming),
        funnel=None if report.funnel is None else _funnel_without_addresses(report.funnel, naming),
        coverage=None if report.coverage is None else _coverage_without_addresses(report.coverage, naming),
    )
