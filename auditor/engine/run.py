"""Every active rule over its timelines. A rule is asked only about timelines that hold an event it could blame."""

from collections.abc import Callable
from dataclasses import dataclass, field

from auditor.engine.plan import Active, Plan
from auditor.engine.rule_run import RuleRun
from auditor.engine.silence import reported
from auditor.model.finding import Finding, RuleResult
from auditor.model.naming import Naming
from auditor.timelines.order import sort_key
from auditor.timelines.timelines import Timelines


@dataclass
class Outcomes:
    """What all rules said. ``findings`` are in order of time."""

    rules: list[RuleResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


Also = Callable[[list[Finding], list[RuleResult]], list[Finding]]
Run = Callable[[Plan, Active, Timelines, Naming, RuleResult], RuleRun]


def run(
    plan: Plan, timelines: Timelines, naming: Naming, also: Also | None = None, rule_run: Run = RuleRun
) -> Outcomes:
    """Evaluate every active rule, each by a ``rule_run``. ``also`` gives what else is found, by something beside the
    log."""
    outcomes = Outcomes()
    if any("device" in active.rule.fields for active in plan.active):
        timelines.mark_devices()
    runs = []
    for active in plan.active:
        rule = active.rule
        result = RuleResult(rule.id, active.severity(None), rule.summary, rule.why, rule.fix, rule.tags)
        outcomes.rules.append(result)
        missing = [name for name, bit in plan.needs[rule.id] if not timelines.seen & bit]
        if missing:
            result.status = "not-evaluated"
            result.reason = f"the log holds no {', '.join(name.replace('_', ' ') for name in missing)} events"
        elif timelines.seen & active.flag:
            runs.append(rule_run(plan, active, timelines, naming, result))
    found = _found(runs, timelines)
    if also is not None:
        found += also(found, outcomes.rules)
    for result in outcomes.rules:
        if result.status == "evaluated" and result.candidates == 0:
            result.status = "no-candidates"
    for rule, reason in plan.skipped:
        outcomes.rules.append(
            RuleResult(
                rule.id, rule.severity, rule.summary, rule.why, rule.fix, rule.tags, "not-evaluated", reason=reason
            )
        )
    outcomes.rules.sort(key=lambda result: result.id)
    outcomes.findings = _ordered(_without_superseded(plan, reported(plan, found, outcomes.rules)))
    count_findings(outcomes.rules, outcomes.findings)
    return outcomes


def count_findings(rules: list[RuleResult], findings: list[Finding]) -> None:
    """Set how many of the findings each rule has."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    for result in rules:
        result.findings = counts.get(result.id, 0)


def _found(runs: list[RuleRun], timelines: Timelines) -> list[Finding]:
    """What the rules find. All rules by lane look at one lane before the next is fetched: half a million events do not
    fit into a processor's cache, one lane's do."""
    found: list[Finding] = []
    by_lane = [run for run in runs if run.rule.by == ("lane",)]
    for lane in timelines.lanes:
        for one in by_lane:
            if lane.mask & one.active.flag:
                found.extend(one.on_lane(lane))
    for one in runs:
        if one.rule.by != ("lane",):
            found.extend(one.elsewhere())
    return found


def _without_superseded(plan: Plan, findings: list[Finding]) -> list[Finding]:
    above: dict[int, set[str]] = {}
    supersedes = {active.rule.id: active.rule.supersedes for active in plan.active if active.rule.supersedes}
    for finding in findings:
        if finding.rule in supersedes:
            above.setdefault(id(finding.event), set()).update(supersedes[finding.rule])
    return [finding for finding in findings if finding.rule not in above.get(id(finding.event), ())]


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (sort_key(finding.event), finding.rule, finding.kind or ""))
