"""Every active rule over its timelines. A rule is asked only about timelines that hold an event it could blame."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from auditor.checks.problem import Problem, Unsure
from auditor.engine.checking import function_of
from auditor.engine.evaluate import Compiled, compile_conditions
from auditor.engine.findings import sign
from auditor.engine.plan import Active, Plan
from auditor.engine.verdicts import UNSURE, VIOLATED, Case, Judge
from auditor.language.rule import Clause, Conditions
from auditor.model.event import Event
from auditor.model.finding import Finding, RuleResult
from auditor.model.naming import Naming
from auditor.timelines.order import sort_key
from auditor.timelines.timelines import Timelines

_CLIENT_KEYS = {"lane", "device", "page_load", "session"}


@dataclass
class Outcomes:
    """What all rules said. ``findings`` are in order of time."""

    rules: list[RuleResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def run(plan: Plan, timelines: Timelines, naming: Naming) -> Outcomes:
    """Evaluate every active rule."""
    outcomes = Outcomes()
    seen = 0
    for event in timelines.log.events:
        seen |= event.mask
    found: list[Finding] = []
    for active in plan.active:
        rule = active.rule
        result = RuleResult(rule.id, active.severity(None), rule.summary, rule.why)
        outcomes.rules.append(result)
        missing = [name for name, bit in plan.needs[rule.id] if not seen & bit]
        if missing:
            result.status = "not-evaluated"
            result.reason = f"the log holds no {', '.join(name.replace('_', ' ') for name in missing)} events"
            continue
        if seen & active.flag:
            runner = _RuleRun(plan, active, timelines, naming, result)
            found.extend(runner.findings())
        if result.candidates == 0:
            result.status = "no-candidates"
    for rule, reason in plan.skipped:
        outcomes.rules.append(
            RuleResult(rule.id, rule.severity, rule.summary, rule.why, "not-evaluated", reason=reason)
        )
    outcomes.rules.sort(key=lambda result: result.id)
    outcomes.findings = _ordered(_without_superseded(plan, found))
    for result in outcomes.rules:
        result.findings = sum(1 for finding in outcomes.findings if finding.rule == result.id)
    return outcomes


class _RuleRun:
    """One rule over the timelines of one log."""

    def __init__(self, plan: Plan, active: Active, timelines: Timelines, naming: Naming, result: RuleResult) -> None:
        self.active, self.rule = active, active.rule
        self.bits = plan.classifier.bits
        self.timelines, self.naming, self.result = timelines, naming, result
        self.shared = compile_conditions(self.rule.conditions, self.compiled)
        self.kinds = {kind.name: kind for kind in active.kinds}
        self.cases: list[tuple[int, Case]] = [
            (
                self.bits[kind.flag] if kind.flag is not None else 0,
                (kind.name, compile_conditions(kind.conditions, self.compiled)),
            )
            for kind in active.kinds
        ] or [(0, (None, compile_conditions(Conditions(), self.compiled)))]
        self.pages = "page_load" in self.rule.fields
        self.indexes: dict[int, dict[object, list[Event]]] = {}

    def compiled(self, clause: Clause) -> Compiled:
        """A clause with its bits."""
        return Compiled(
            clause,
            self.bits[clause.predicate],
            self.bits[clause.since] if clause.since is not None else 0,
            self.bits[clause.until] if clause.until is not None else 0,
            None if clause.where is None else clause.where.matcher(),
        )

    def findings(self) -> Iterator[Finding]:
        """The rule's findings, ``once`` heeded; candidates and unsure ones are counted on the result."""
        evaluate = self.checked if self.rule.check is not None else self.judged
        for events in self.groups():
            for finding in evaluate(events):
                yield finding
                if self.rule.once:
                    break

    def groups(self) -> Iterator[list[Event]]:
        """The timelines that hold a flagged event, each in order, with the events this rule can see."""
        flag, timelines = self.active.flag, self.timelines
        needed = flag | self._needed()
        if not self.rule.by:
            for event in timelines.log.events:
                if event.mask & flag:
                    yield [event]
        elif self.rule.by == ("lane",):
            for lane in timelines.lanes:
                if lane.mask & flag:
                    events = timelines.sort(lane)
                    if self.pages:
                        timelines.load_pages(lane)
                    yield events if self.rule.check else [e for e in events if e.mask & needed]
        else:
            if _CLIENT_KEYS & set(self.rule.by):
                _ = timelines.sorted_lanes
            if self.pages:
                _ = timelines.page_loads
            shown = [event for event in timelines.log.events if event.mask & needed]
            for events in timelines.by(self.rule.by, shown).values():
                if any(event.mask & flag for event in events):
                    yield events

    def _needed(self) -> int:
        bits = 0
        for conditions in (self.shared, *(case[1] for _, case in self.cases)):
            for compiled in conditions.clauses:
                bits |= compiled.bit | compiled.since | compiled.until
        for option in self.rule.options.values():
            if option.__hash__ is not None and option in self.bits:
                bits |= self.bits[option]
        return bits

    def judged(self, events: list[Event]) -> Iterator[Finding]:
        """The findings of a clause rule on one timeline."""
        judge = Judge(self.shared, events, self.timelines.end, self.elsewhere)
        for index, event in enumerate(events):
            if not event.mask & self.active.flag:
                continue
            self.result.candidates += 1
            cases = [case for bit, case in self.cases if not bit or event.mask & bit]
            verdict, kind, outcome = judge.verdict(index, cases)
            if verdict == UNSURE:
                self.result.unsure += 1
            elif verdict == VIOLATED:
                assert outcome is not None
                yield sign(
                    self.active,
                    self.kinds.get(kind) if kind is not None else None,
                    event,
                    outcome.evidence,
                    outcome.counts,
                    {},
                    "",
                    self.key(event),
                    self.naming,
                )

    def checked(self, events: list[Event]) -> Iterator[Finding]:
        """The findings of a check rule on one timeline."""
        assert self.rule.check is not None
        check = function_of(self.rule.check)
        options = SimpleNamespace(**{name: self._answer(option) for name, option in self.rule.options.items()})
        for event in events:
            if not event.mask & self.active.flag:
                continue
            self.result.candidates += 1
            for problem in check(event, events, options, self.timelines):
                if isinstance(problem, Unsure):
                    self.result.unsure += 1
                    continue
                assert isinstance(problem, Problem)
                kind = self.kinds.get(problem.kind) if problem.kind is not None else None
                if problem.kind is not None and kind is None:
                    continue  # a kind that the destinations in use do not ask for
                evidence, extra = problem.evidence, problem.fields
                yield sign(self.active, kind, event, evidence, {}, extra, problem.trait, self.key(event), self.naming)

    def _answer(self, option: Any) -> Any:
        if not hasattr(option, "matcher"):
            return option
        bit = self.bits[option]
        return lambda event: bool(event.mask & bit)

    def elsewhere(self, clause: Clause, flagged: Event) -> list[Event]:
        """The events of a clause's own timeline."""
        assert clause.by is not None
        index = self.indexes.get(id(clause))
        if index is None:
            bit = self.bits[clause.predicate]
            shown = [event for event in self.timelines.log.events if event.mask & bit]
            index = self.indexes[id(clause)] = self.timelines.by((clause.by,), shown)
        return index.get(self.timelines.key(clause.by)(flagged), [])

    def key(self, event: Event) -> tuple[str, str]:
        """The key of the timeline a finding was made on, with a value that people can look for."""
        name = self.rule.by[0] if self.rule.by else "event"
        value = {
            "user": event.user_id,
            "userId": event.user_id,
            "person": event.user_id or event.anonymous_id,
            "groupId": event.group_id,
            "session": event.session,
            "messageId": event.message_id,
            "event": event.message_id,
        }.get(name, event.anonymous_id)
        return name, value or ""


def _without_superseded(plan: Plan, findings: list[Finding]) -> list[Finding]:
    above: dict[int, set[str]] = {}
    supersedes = {active.rule.id: active.rule.supersedes for active in plan.active if active.rule.supersedes}
    for finding in findings:
        if finding.rule in supersedes:
            above.setdefault(id(finding.event), set()).update(supersedes[finding.rule])
    return [finding for finding in findings if finding.rule not in above.get(id(finding.event), ())]


def _ordered(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (sort_key(finding.event), finding.rule, finding.kind or ""))
