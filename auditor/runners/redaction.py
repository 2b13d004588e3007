"""Reports with pseudonyms in place of every id that they would show: the last step before anything is rendered."""

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from auditor.model.event import Event
from auditor.model.finding import Finding, Report
from auditor.model.naming import Naming

if TYPE_CHECKING:
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
        """The finding with its events and its key renamed; its message is written with the same names already."""
        return replace(
            finding,
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


def redacted_report(report: Report, naming: Naming) -> Report:
    """The report with every id that it would show replaced by its pseudonym."""
    renaming = Renaming(naming)
    return replace(
        report,
        findings=[renaming.finding(finding) for finding in report.findings],
        around={index: renaming.event(event) for index, event in report.around.items()},
        tracking_plan=None if report.tracking_plan is None else _without_addresses(report.tracking_plan, naming),
    )
