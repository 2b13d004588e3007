"""Reading `auditor/findings/1` back: a report without the log it came from, to be rendered in another format."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.model.event import Event, Sender, milliseconds
from auditor.model.finding import Adjustment, Finding, Report, RuleResult, Signups, Suppressed
from auditor.reports.json import SCHEMA

if TYPE_CHECKING:
    from auditor.model.violation import PlanResult, Violation

_OF_GROUP = ("type", "severity", "fingerprint", "count", "calls", "app_versions", "libraries")


class NotFindings(Exception):
    """A file that is no report of `auditor check --format json`; the text says what is wrong."""


def read_report(data: bytes) -> Report:
    """The report that was written with the format ``json``. Raises ``NotFindings``."""
    try:
        held = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise NotFindings(f"it is not JSON ({error})") from error
    if not isinstance(held, dict) or not isinstance(held.get("schema"), str):
        raise NotFindings("it is no report of `auditor check --format json`")
    if held["schema"] != SCHEMA:
        raise NotFindings(f"it says it is {held['schema'][:80]}; this command reads {SCHEMA}")
    for wrong in _validator().iter_errors(held):
        place = "/".join(map(str, wrong.instance_path)) or "the document"
        raise NotFindings(f"it is not as {SCHEMA} is: {place}: {str(wrong.message)[:200]}")
    reading = _Reading(held)
    try:
        return reading.report()
    except (KeyError, ValueError) as error:
        raise NotFindings(f"it is not whole: {error}") from error


def _validator() -> Any:
    import jsonschema_rs

    schema = Path(__file__).parents[1] / "schemas" / f"{SCHEMA.removeprefix('auditor/').replace('/', '-')}.json"
    return jsonschema_rs.validator_for(json.loads(schema.read_text(encoding="utf-8")))


def _violation(kind: str, held: dict[str, Any], label: str = "", words: str = "") -> "Violation":
    from auditor.model.violation import Violation  # most reports have no tracking plan

    common = held["segment"] == "common_schema_violation"
    return Violation(kind, label, held["property"] or "", words, held["keyword"] or "", common)


def _plan_result(held: dict[str, Any]) -> "PlanResult":
    from auditor.model.violation import PlanResult, ViolationGroup

    groups = tuple(
        ViolationGroup(
            violation=_violation(one["kind"], one, one["event"], one["description"]),
            first=_moment(one["first"]),
            last=_moment(one["last"]),
            **{name: one[name] for name in _OF_GROUP},
        )
        for one in held["violations"]
    )
    return PlanResult(held["name"], held["format"], held["events"], held["invalid"], groups)


def _moment(text: str) -> int:
    return milliseconds(datetime.fromisoformat(text))


class _Reading:
    """One document. Events of one lane get one ``Sender``, as in the log."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held
        self.files: list[str] = held["files"]
        self.numbers = {name: number for number, name in enumerate(self.files)}
        self.senders: dict[tuple[int | None, int], Sender] = {}
        self.last_entries: dict[int, int] = {}

    def report(self) -> Report:
        held, summary, signups = self.held, self.held["summary"], self.held["signups"]
        findings = held["findings"]
        report = Report(
            version=held["tool"]["version"],
            files=self.files,
            records=summary["records"],
            events=summary["events"],
            copies=summary["copies"],
            rejected=summary["rejected"],
            skipped=summary["skipped"],
            devices=summary["devices"],
            users=summary["users"],
            rules=[RuleResult(**{**rule, "tags": tuple(rule["tags"])}) for rule in held["rules"]],
            findings=[self.finding(finding) for finding in findings],
            exit_code=summary["exit_code"],
            fail_on=summary["fail_on"],
            day=summary["day"],
            signups=Signups(
                signups["seen"],
                tuple(signups["names"]),
                signups["default_names"],
                signups["right"],
                tuple(signups["troubled"].items()),
                signups["missing"],
                tuple(signups["similar"].items()),
            ),
            suppressed=[
                Suppressed(self.finding(one), one["suppression"]["kind"], one["suppression"]["reason"])
                for one in held["suppressed"]
            ],
            redacted=summary["redacted"],
            placeholders=frozenset(summary["placeholders"]),
            rejects=[(one["file"], one["line"], one["offset"], one["reason"]) for one in held["rejects"]],
            notes=held["notes"],
            destinations=tuple(held["destinations"]),
            adjustments=[
                Adjustment(**{**one, "destinations": tuple(one["destinations"])}) for one in held["adjustments"]
            ],
            causes={place: one["cause"]["finding"] for place, one in enumerate(findings) if one["cause"] is not None},
            around={place: self.event(one["before"]) for place, one in enumerate(findings) if "before" in one},
            tracking_plan=_plan_result(held["tracking_plan"]) if "tracking_plan" in held else None,
            entries={number: range(1, last + 1) for number, last in self.last_entries.items()},
        )
        self.sound(report)
        return report

    @staticmethod
    def sound(report: Report) -> None:
        """Renderers rely on it: every finding's rule is listed, every cause is a finding that has none."""
        rules = {rule.id for rule in report.rules}
        unknown = {finding.rule for finding in report.findings} - rules
        if unknown:
            raise ValueError(f"a finding is of a rule that is not listed: {', '.join(sorted(unknown))}")
        if any(not 0 <= cause < len(report.findings) or cause in report.causes for cause in report.causes.values()):
            raise ValueError("a cause must be a finding that has none itself")

    def finding(self, held: dict[str, Any]) -> Finding:
        return Finding(
            rule=held["rule"],
            kind=held["kind"],
            severity=held["severity"],
            confidence=held["confidence"],
            message=held["message"],
            fix=held["fix"],
            fingerprint=held["fingerprint"],
            key=(held["key"]["name"], held["key"]["value"]),
            event=self.event(held["event"]),
            evidence=tuple(self.evidence(held["evidence"])),
            private=held.get("redacted_message", ""),
            violation=_violation(held["kind"], held["violation"]) if "violation" in held else None,
        )

    def evidence(self, held: list[dict[str, Any]]) -> Iterable[tuple[str, Event]]:
        return ((one["role"], self.event(one)) for one in held)

    def event(self, held: dict[str, Any]) -> Event:
        number, entry = self.number(held["file"]), held.get("entry", 0)
        if entry:  # an event's position is what tells its entry
            self.last_entries[number] = max(entry, self.last_entries.get(number, 0))
        clock, corrected = _moment(held["timestamp"]), _moment(held["corrected"])
        return Event(
            type=held["type"],
            event=held["event"],
            user_id=held["user_id"],
            anonymous_id=held["anonymous_id"],
            message_id=held["message_id"],
            name=held.get("name"),
            previous_id=held.get("previous_id"),
            group_id=held.get("group_id"),
            t=clock,
            side=held.get("side", ""),
            library=held.get("library"),
            version=held.get("version"),
            path=held.get("path"),
            file=number,
            line=held["line"],
            position=entry,
            sender=self.sender(held.get("lane"), corrected - clock),
        )

    def number(self, file: str) -> int:
        if file not in self.numbers:
            raise ValueError(f"an event stands in {file}, which is not among the files")
        return self.numbers[file]

    def sender(self, lane: int | None, offset: int) -> Sender:
        key = lane, offset
        if key not in self.senders:
            sender = self.senders[key] = Sender()
            sender.number, sender.offset = lane, offset
        return self.senders[key]
