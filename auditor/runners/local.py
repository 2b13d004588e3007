"""One run in this process: inputs and settings in, a report out."""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from operator import attrgetter

import msgspec

from auditor import __version__
from auditor.config.settings import Settings
from auditor.engine.ignoring import without_ignored
from auditor.engine.plan import Plan, make_plan
from auditor.engine.run import count_findings, run
from auditor.engine.signups import answer
from auditor.language.loader import RuleSet
from auditor.logs.reader import RejectSink, read_log
from auditor.model.event import Event
from auditor.model.finding import SEVERITIES, Finding, Report
from auditor.model.log import Log
from auditor.model.naming import Naming, Redacting
from auditor.timelines.timelines import Timelines

CLEAN, FOUND, NOTHING = 0, 1, 3
"""Exit codes of a run that did its job (design.md 8)."""
_CLOCK = attrgetter("t")
_EXPLAINED = 3
"""Findings of one fingerprint that are shown with what came before them."""


@dataclass(frozen=True)
class Request:
    """What to check and how. ``select`` and ``ignore`` are rule ids; ``today`` decides which ignores have expired."""

    inputs: tuple[str, ...]
    settings: Settings
    today: date
    select: Collection[str] = ()
    ignore: Collection[str] = ()
    redact: bool = False


def check(request: Request, rules: RuleSet, on_reject: RejectSink | None = None) -> Report:
    """Read, judge, report. Raises ``InputError`` where an input cannot be read at all."""
    settings = request.settings
    plan = make_plan(rules, settings, request.select, request.ignore)
    log = read_log(
        list(request.inputs),
        dialect=settings.dialect,
        zone=_zone(settings.tz),
        fields=plan.fields,
        classes=plan.classifier,
        on_reject=on_reject,
    )
    timelines = Timelines(log, plan.is_placeholder, plan.classifier.derive)
    naming = Redacting(plan.is_placeholder) if request.redact else Naming()
    outcomes = run(plan, timelines, naming)
    ran = {result.id for result in outcomes.rules if result.status != "not-evaluated"}
    findings, ignored, notes = without_ignored(outcomes.findings, rules.ignores, plan.classifier, ran, request.today)
    count_findings(outcomes.rules, findings)
    report = Report(
        version=__version__,
        files=log.files,
        records=log.records,
        events=log.arrivals,
        copies=log.arrivals - len(log.events),
        rejected=log.rejected,
        skipped=log.skipped,
        devices=timelines.devices.count,
        users=timelines.users,
        ignored=ignored,
        rules=outcomes.rules,
        findings=findings,
        exit_code=_exit_code(log, findings, settings.fail_on),
        signups=answer(plan, timelines, outcomes.findings, "signup_events" not in rules.given),
        rejects=[(reject.file, reject.line, reject.offset, reject.reason) for reject in log.rejects],
        notes=[*_notes(plan, rules, log), *notes],
        destinations=plan.destinations,
        around=_around(findings, timelines),
    )
    return _shown(report, naming) if request.redact else report


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    from zoneinfo import ZoneInfo  # it loads for a while, and hardly anybody needs it

    return ZoneInfo(name)


def _exit_code(log: Log, findings: list[Finding], fail_on: str) -> int:
    if not log.events:
        return NOTHING
    if fail_on == "never":
        return CLEAN
    least = SEVERITIES.index(fail_on)
    return FOUND if any(SEVERITIES.index(finding.severity) >= least for finding in findings) else CLEAN


def _notes(plan: Plan, rules: RuleSet, log: Log) -> list[str]:
    notes = []
    if log.skipped_files:
        shown = ", ".join(log.skipped_files[:3]) + (", ..." if len(log.skipped_files) > 3 else "")
        notes.append(f"left out, because they hold no events: {len(log.skipped_files)} file(s) ({shown})")
    if not plan.destinations and log.destinations_seen:
        seen = {name.casefold() for name in log.destinations_seen}
        fitting = [name for name, profile in rules.profiles.items() if seen & set(profile.seen_as)]
        names = ", ".join(sorted(log.destinations_seen))
        if fitting:
            depends = sorted(rule.id for rule in rules.rules if rule.destinations)
            also = [rule for name in fitting for rule in rules.profiles[name].rules if rule not in depends]
            notes.append(
                f"the log names these destinations: {names}. What {', '.join([*depends, *also])} say depends on them;"
                f" say which you use in auditor.yml, such as: destinations: [{fitting[0]}]"
                + (f" (or {', '.join(fitting[1:])})" if fitting[1:] else "")
            )
    return notes


def _around(findings: list[Finding], timelines: Timelines) -> dict[int, Event]:
    """The page view before a finding's first event, for the first findings of each fingerprint."""
    counts: dict[str, int] = {}
    found = {}
    for index, finding in enumerate(findings):
        counts[finding.fingerprint] = counts.get(finding.fingerprint, 0) + 1
        if counts[finding.fingerprint] > _EXPLAINED or finding.event.lane is None:
            continue
        shown = [finding.event, *(event for _, event in finding.evidence)]
        first = min((event.t for event in shown if event.lane == finding.event.lane), default=finding.event.t)
        lane = timelines.lanes[finding.event.lane].events
        for place in range(bisect_right(lane, first, key=_CLOCK) - 1, -1, -1):
            if lane[place].type in ("page", "screen") and all(lane[place] is not event for event in shown):
                found[index] = lane[place]
                break
    return found


def _shown(report: Report, naming: Naming) -> Report:
    """The report with every id that it would show replaced by its pseudonym."""
    memo: dict[int, Event] = {}

    def renamed(event: Event) -> Event:
        held = memo.get(id(event))
        if held is None:
            held = memo[id(event)] = msgspec.structs.replace(
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

    findings = [
        replace(
            finding,
            event=renamed(finding.event),
            evidence=tuple((role, renamed(event)) for role, event in finding.evidence),
            key=_renamed_key(finding, naming),
        )
        for finding in report.findings
    ]
    return replace(report, findings=findings, around={i: renamed(event) for i, event in report.around.items()})


def _renamed_key(finding: Finding, naming: Naming) -> tuple[str, str]:
    name, value = finding.key
    if name in ("event", "messageId"):
        return name, value
    if name == "groupId":
        return name, naming.group(value)
    if value == finding.event.user_id:
        return name, naming.user(value)
    return name, naming.device(value)
