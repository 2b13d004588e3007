"""One run in this process: inputs and settings in, a report out."""

from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, tzinfo
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from auditor import __version__
from auditor.config.settings import Settings
from auditor.engine.causes import causes
from auditor.engine.ignoring import without_ignored
from auditor.engine.plan import Plan, make_plan
from auditor.engine.run import Outcomes, count_findings, run
from auditor.engine.signups import answer
from auditor.language.loader import RuleSet
from auditor.logs.inputs import sources_of
from auditor.logs.reader import RejectSink, read_sources
from auditor.logs.sources import in_memory
from auditor.model.event import Event
from auditor.model.finding import Finding, Report, Suppressed, fails
from auditor.model.log import Log
from auditor.model.naming import PLAIN, Naming, Redacting
from auditor.timelines.timelines import Timelines

if TYPE_CHECKING:
    from auditor.engine.timing import Statistics
    from auditor.model.baseline import Baseline
    from auditor.model.truth import TruthSource
    from auditor.model.violation import PlanResult
    from auditor.plans.conformance import Conformance

CLEAN, FOUND, NOTHING = 0, 1, 3
"""Exit codes of a run that did its job (design.md 8)."""
_CLOCK = attrgetter("t")
_EXPLAINED = 3
"""Findings of one fingerprint that are shown with what came before them."""


@dataclass(frozen=True)
class Request:
    """What to check and how. ``select`` and ``ignore`` are rule ids; ``today`` decides which ignores have expired;
    ``truth`` is where the database's signups are.

    ``redact``: the report shows pseudonyms. ``private``: it shows ids, but can be redacted afterwards.
    ``events`` are JSON lines that take the place of the inputs. ``overview``: the report has the funnel and the plan's
    coverage too. ``statistics`` takes down where the time goes.
    """

    inputs: tuple[str, ...]
    settings: Settings
    today: date
    select: Collection[str] = ()
    ignore: Collection[str] = ()
    redact: bool = False
    private: bool = False
    baseline: "Baseline | None" = None
    truth: "TruthSource | None" = None
    tracking_plan: "Conformance | None" = None
    events: bytes | None = None
    overview: bool = False
    statistics: "Statistics | None" = None


class Judged(NamedTuple):
    """A log that was read, and what the rules say of it. ``notes`` are sentences for the reader."""

    plan: Plan
    log: Log
    timelines: Timelines
    naming: Naming
    outcomes: Outcomes
    findings: list[Finding]
    suppressed: list[Suppressed]
    notes: list[str]


def read(request: Request, plan: Plan, on_reject: RejectSink | None = None) -> tuple[Log, Timelines]:
    """The inputs as events that ``plan`` has sorted. Raises ``InputError`` where an input cannot be read at all."""
    clock = request.statistics
    if clock is not None:
        clock.begin()
    log = read_sources(
        sources_of(list(request.inputs)) if request.events is None else [in_memory("events", request.events)],
        dialect=request.settings.dialect,
        zone=zone_of(request.settings.tz),
        fields=plan.fields,
        classes=plan.classifier,
        on_reject=on_reject,
    )
    if clock is not None:
        clock.was_read(log.arrivals)
    timelines = Timelines(log, plan.is_placeholder, plan.classifier.derive)
    if clock is not None:
        clock.were_made(timelines)
    return log, timelines


def judge(
    request: Request, rules: RuleSet, on_reject: RejectSink | None = None, plan: Plan | None = None
) -> Judged:
    """Read and judge, by ``plan`` if there is one. Raises ``InputError`` where an input cannot be read at all."""
    plan = plan or make_plan(rules, request.settings, request.select, request.ignore, request.tracking_plan)
    log, timelines = read(request, plan, on_reject)
    naming = Redacting(plan.is_placeholder) if request.redact or request.private else PLAIN
    truth = None
    if request.truth is not None:
        from auditor.runners.truth import MissingByTruth  # few checks ask a database

        truth = MissingByTruth(request.truth, plan, rules, timelines, naming)
    clock = request.statistics
    outcomes = run(plan, timelines, naming, truth, *(() if clock is None else (clock.run,)))
    if clock is not None:
        clock.have_run()
    ran = {r.id for r in outcomes.rules if r.status != "not-evaluated" and not (r.hidden or r.tolerated)}
    findings, suppressed, notes = without_ignored(outcomes.findings, rules.ignores, plan.classifier, ran, request.today)
    if request.baseline is not None:
        from auditor.engine.baselining import without_baselined  # few runs have one

        findings, baselined = without_baselined(findings, request.baseline)
        suppressed += baselined
    count_findings(outcomes.rules, findings)
    notes += truth.notes if truth is not None else []
    return Judged(plan, log, timelines, naming, outcomes, findings, suppressed, notes)


def check(
    request: Request, rules: RuleSet, on_reject: RejectSink | None = None, left: list[object] | None = None
) -> Report:
    """Read, judge, report. Raises ``InputError`` where an input cannot be read at all. ``left`` is for a process that
    ends with the report: what was read is put there, as to free it takes longer than to write most reports."""
    plan = make_plan(rules, request.settings, request.select, request.ignore, request.tracking_plan)
    overview = None
    if request.overview:
        from auditor.runners.overview import Overview  # one format shows it

        overview = Overview(request, rules, plan)
    judged = judge(request, rules, on_reject, plan)
    if left is not None:
        left.append(judged)
    log, timelines, outcomes = judged.log, judged.timelines, judged.outcomes
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
        rules=outcomes.rules,
        findings=judged.findings,
        exit_code=_exit_code(log, judged.findings, request.settings.fail_on),
        fail_on=request.settings.fail_on,
        day=request.today.isoformat(),
        signups=answer(plan, timelines, outcomes.findings, "signup_events" not in rules.given),
        suppressed=judged.suppressed,
        placeholders=_placeholders(judged),
        rejects=log.located,
        notes=[*_notes(plan, rules, log), *_plan_notes(request), *judged.notes],
        destinations=plan.destinations,
        adjustments=plan.adjustments,
        causes=causes(judged.findings),
        around=_around(judged.findings, timelines),
        entries=log.entries,
        tracking_plan=_plan_result(request, judged),
    )
    if overview is not None:
        report.funnel, report.coverage = overview.funnel(judged), overview.coverage(judged)
        report.fix_code = overview.fix_code(judged)
    if not request.redact:
        return report
    from auditor.runners.redaction import redacted_report  # most reports show ids as they are

    return redacted_report(report)


def _placeholders(judged: Judged) -> frozenset[str]:
    shown = [*judged.findings, *(one.finding for one in judged.suppressed)]
    events = [event for finding in shown for event in (finding.event, *(event for _, event in finding.evidence))]
    users = {event.user_id for event in events if event.user_id is not None}
    return frozenset(filter(judged.plan.is_placeholder, users))


def _plan_notes(request: Request) -> list[str]:
    if request.tracking_plan is None:
        return []
    plan = request.tracking_plan.plan
    notes = list(plan.notes)
    if plan.invalid:
        notes.append(
            f"parts of the tracking plan that mean nothing, and so constrain nothing: {len(plan.invalid)} "
            "(`auditor plan show` names them)"
        )
    return notes


def _plan_result(request: Request, judged: Judged) -> "PlanResult | None":
    if request.tracking_plan is None:
        return None
    from auditor.engine.violations import result_of  # most runs have no tracking plan

    return result_of(request.tracking_plan.plan, judged.findings, judged.timelines)


def zone_of(name: str | None) -> tzinfo | None:
    """A time zone by its name."""
    if name is None:
        return None
    from zoneinfo import ZoneInfo  # it loads for a while, and hardly anybody needs it

    return ZoneInfo(name)


def _exit_code(log: Log, findings: list[Finding], fail_on: str) -> int:
    if not log.events:
        return NOTHING
    return FOUND if any(fails(finding.severity, fail_on) for finding in findings) else CLEAN


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
            depends = sorted(r.id for r in rules.rules if r.destinations or any(k.destinations for k in r.kinds))
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
