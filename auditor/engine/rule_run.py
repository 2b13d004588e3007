"""One rule over the timelines of one log."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from auditor.checks.problem import Problem, Unsure
from auditor.engine.checking import module_of
from auditor.engine.evaluate import Compiled, compile_conditions
from auditor.engine.findings import sign
from auditor.engine.outlook import Outlook
from auditor.engine.plan import Active, Plan
from auditor.engine.verdicts import UNSURE, VIOLATED, Case, Judge
from auditor.language.rule import Clause, Conditions, Kind
from auditor.model.event import Event
from auditor.model.finding import Finding, RuleResult
from auditor.model.naming import Naming
from auditor.timelines.lanes import Lane
from auditor.timelines.order import TIME, sort_events
from auditor.timelines.timelines import Timelines


class RuleRun:
    """A rule at work: candidates and unsure ones are counted on ``result``."""

    def __init__(self, plan: Plan, active: Active, timelines: Timelines, naming: Naming, result: RuleResult) -> None:
        self.active, self.rule = active, active.rule
        self.bits = plan.classifier.bits
        self.timelines, self.naming, self.result = timelines, naming, result
        self.texts = [text for text in (self.rule.message, *(kind.message for kind in self.rule.kinds)) if text]
        self.shared = compile_conditions(self.rule.conditions, self.compiled)
        self.kinds: dict[str | None, Kind] = {kind.name: kind for kind in active.kinds}
        self.cases: list[tuple[int, Case]] = [
            (
                self.bits[kind.flag] if kind.flag is not None else 0,
                (kind.name, compile_conditions(kind.conditions, self.compiled)),
            )
            for kind in active.kinds
        ]
        if not self.rule.kinds:
            self.cases.append((0, (None, compile_conditions(Conditions(), self.compiled))))
        self.pages = "page_load" in self.rule.fields
        self.needed = active.flag | self._needed()
        self.indexes: dict[int, dict[object, list[Event]]] = {}
        self.in_order: set[tuple[int, object]] = set()
        module = module_of(self.rule.check) if self.rule.check is not None else None
        self.check = getattr(module, "check", None)
        self.glance = getattr(module, "glance", None)
        self.screen = getattr(module, "screen", None)
        self.passes = getattr(module, "passes", None)
        self.asked = {name: self.bits[o] for name, o in self.rule.options.items() if hasattr(o, "matcher")}
        self.options = SimpleNamespace(**{name: self._answer(option) for name, option in self.rule.options.items()})

    def compiled(self, clause: Clause) -> Compiled:
        """A clause with its bits."""
        return Compiled(
            clause,
            self.bits[clause.predicate],
            self.bits[clause.since] if clause.since is not None else 0,
            self.bits[clause.until] if clause.until is not None else 0,
            None if clause.where is None else clause.where.matcher(),
            counted=clause.name is not None and any(f"{{{clause.name}.count}}" in text for text in self.texts),
        )

    def _needed(self) -> int:
        bits = 0
        for conditions in (self.shared, *(case[1] for _, case in self.cases)):
            for compiled in conditions.clauses:
                bits |= compiled.bit | compiled.since | compiled.until
        for option in self.rule.options.values():
            if hasattr(option, "matcher"):
                bits |= self.bits[option]
        return bits

    def _only(self) -> int:
        """The bit without which no event can be a problem, where a check says so; 0 where it does not."""
        name = getattr(module_of(self.rule.check), "ONLY", None) if self.rule.check is not None else None
        return self.asked[name] if name is not None else 0

    def _answer(self, option: Any) -> Any:
        if not hasattr(option, "matcher") or hasattr(option, "violations"):
            return option
        bit = self.bits[option]
        return lambda event: bool(event.mask & bit)

    # Timelines ------------------------------------------------------------------------------------------------

    def on_lane(self, lane: Lane) -> Iterator[Finding]:
        """The findings on one lane that holds a flagged event."""
        if self.pages:
            self.timelines.load_pages(lane)
        if self.check is not None:
            return self._on(lane.events, lane.mask)
        needed = self.needed
        return self._on([event for event in lane.events if event.mask & needed], lane.mask)

    def elsewhere(self) -> Iterator[Finding]:
        """The findings on all timelines, of a rule by another key than the lane."""
        flag, timelines = self.active.flag, self.timelines
        if not self.rule.by:
            only = self._only()
            for event in timelines.having(only or flag):
                yield from self._on([event], event.mask)
            if only:
                self.result.candidates = timelines.count(flag)
            return
        if self.pages:
            _ = timelines.page_loads
        flagged = doubtful = list(timelines.having(flag))
        if self.passes is not None:
            doubtful = [event for event in flagged if not self.passes(event, self.options, timelines)]
        groups = timelines.by(self.rule.by, timelines.having(self.needed), doubtful)
        if doubtful is not flagged:
            keys = map(timelines.key_of(self.rule.by), flagged)
            self.result.candidates += sum(key is not None and key not in groups for key in keys)
        for events in groups.values():
            held = 0
            for event in events:
                held |= event.mask
            yield from self._on(events, held)

    def _on(self, events: list[Event], held: int) -> Iterator[Finding]:
        """The findings on one timeline, ``once`` heeded; ``held`` are the bits that some of its events has."""
        evaluate = self._checked if self.check is not None else self._judged
        for finding in evaluate(events, held):
            yield finding
            if self.rule.once:
                return

    # Candidates -----------------------------------------------------------------------------------------------

    def _judged(self, events: list[Event], held: int) -> Iterator[Finding]:
        """The findings of a clause rule on one timeline."""
        flag = self.active.flag
        outlook = Outlook(events, held, self.timelines.end, lane=self.rule.by == ("lane",))
        if outlook.hopeless(self.shared):
            self.result.candidates += sum(1 for event in events if event.mask & flag)
            return
        judge: Judge | None = None
        for index, event in enumerate(events):
            if not event.mask & flag:
                continue
            self.result.candidates += 1
            if outlook.clean(self.shared, index):
                continue
            cases = [case for bit, case in self.cases if not bit or event.mask & bit]
            if all(outlook.clean(case[1], index) for case in cases):
                continue
            if judge is None:
                every = [case for _, case in self.cases]
                judge = Judge(self.shared, every, events, self.timelines.end, self._timeline_of)
            verdict, kind, outcome = judge.verdict(index, cases)
            if verdict == UNSURE:
                self.result.unsure += 1
            elif verdict == VIOLATED:
                assert outcome is not None
                named, key = self.kinds.get(kind), self._key(event)
                yield sign(self.active, named, event, outcome.evidence, outcome.counts, {}, "", key, self.naming)

    def _checked(self, events: list[Event], held: int) -> Iterator[Finding]:
        """The findings of a check rule on one timeline."""
        flag = self.active.flag
        flagged = [index for index, event in enumerate(events) if event.mask & flag]
        if self.glance is not None:
            holds = SimpleNamespace(**{name: bool(held & bit) for name, bit in self.asked.items()})
            if not self.glance(self.options, holds):
                self.result.candidates += len(flagged)
                return
        assert self.check is not None
        if self.screen is not None:
            doubtful = self.screen(flagged, events, self.options)
            self.result.candidates += len(flagged) - len(doubtful)
            flagged = doubtful
        for index in flagged:
            self.result.candidates += 1
            event = events[index]
            for problem in self.check(index, events, self.options, self.timelines):
                if isinstance(problem, Unsure):
                    self.result.unsure += 1
                    continue
                assert isinstance(problem, Problem)
                kind = self.kinds.get(problem.kind)
                if problem.kind is not None and kind is None:
                    continue  # a kind that the destinations in use do not ask for
                evidence, extra = problem.evidence, problem.fields
                yield sign(
                    self.active, kind, event, evidence, {}, extra, problem.trait, self._key(event), self.naming,
                    problem.violation,
                )  # fmt: skip

    def _timeline_of(self, clause: Clause, flagged: Event) -> list[Event]:
        """The events of a clause's own timeline."""
        assert clause.by is not None
        index = self.indexes.get(id(clause))
        if index is None:
            shown = self.timelines.having(self.bits[clause.predicate])
            index = self.indexes[id(clause)] = self.timelines.by((clause.by,), shown, ordered=False)
        key = self.timelines.key(clause.by)(flagged)
        held = index.get(key, [])
        if (id(clause), key) not in self.in_order:
            self.in_order.add((id(clause), key))
            sort_events(held, TIME)
        return held

    def _key(self, event: Event) -> tuple[str, str]:
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
