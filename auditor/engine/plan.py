"""Which rules run, at which severity, and what of each event they need to see. Made before the log is read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.config.settings import Settings
from auditor.config.share import Share
from auditor.engine.adjusting import adjust
from auditor.engine.checking import reads_nested as check_reads_nested
from auditor.engine.classify import Classifier, reads_nested
from auditor.engine.words import fields_named
from auditor.language.fields import DERIVED
from auditor.language.loader import RuleSet
from auditor.language.predicates import Constant, Predicate
from auditor.language.rule import TRACKING_PLAN, Kind, Rule
from auditor.model.event import Event
from auditor.model.finding import IGNORED, NO_PLAN, NOT_SELECTED, OFF, ONLY_FOR, Adjustment

if TYPE_CHECKING:
    from auditor.plans.conformance import Conformance

DEFAULT_DESTINATION = "segment"
"""With none configured, Segment's guidance (design.md 5)."""


@dataclass
class Active:
    """A rule that runs. ``forced`` is a severity that the config sets, over every kind's own; ``adjusted`` are those
    that profiles set, by kind; ``tolerate`` is the share that the config or the rule tolerates."""

    rule: Rule
    flag: int
    kinds: tuple[Kind, ...]
    forced: str | None = None
    adjusted: Mapping[str | None, str] = field(default_factory=dict)
    tolerate: Share | None = None

    def severity(self, kind: Kind | None) -> str:
        """The severity of a finding of this kind."""
        if kind is None:
            return self.forced or self.adjusted.get(None) or self.rule.severity
        return self.forced or self.adjusted.get(kind.name) or kind.severity or self.rule.severity


@dataclass
class Plan:
    """What a run evaluates. ``skipped`` pairs rules that do not run with the reason."""

    classifier: Classifier
    active: list[Active] = field(default_factory=list)
    skipped: list[tuple[Rule, str]] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    needs: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    destinations: tuple[str, ...] = ()
    adjustments: list[Adjustment] = field(default_factory=list)
    min_confidence: str = "medium"
    defines: Mapping[str, Predicate] = field(default_factory=dict)
    _placeholders: dict[int, bool] = field(default_factory=dict)

    def ask(self, predicate: Predicate) -> int:
        """Have a predicate decided of every event beside those of the rules; gives its bit."""
        self.fields |= predicate.fields
        if predicate.fields & DERIVED and reads_nested(predicate.fields):
            self.classifier.keep([Constant(True)])
        return self.classifier.add(predicate)

    def is_placeholder(self, user: str) -> bool:
        """Whether a userId is none, by the definition ``placeholder``."""
        number = self.classifier.user_class(user)
        known = self._placeholders.get(number)
        if known is None:
            matches = self.defines["placeholder"].matcher()
            known = self._placeholders[number] = matches(Event("identify", user_id=user), None)
        return known


def make_plan(
    rules: RuleSet,
    settings: Settings,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    tracking_plan: "Conformance | None" = None,
    classifier: Classifier | None = None,
) -> Plan:
    """Decide what runs. ``select`` and ``ignore`` are rule ids; an empty ``select`` selects all that are enabled.
    Without a ``tracking_plan`` the rules about one do not run. Plans of one ``classifier`` judge one read log."""
    plan = Plan(
        classifier or Classifier(),
        destinations=tuple(settings.destinations),
        min_confidence=settings.min_confidence,
        defines=rules.defines,
    )
    in_use = set(settings.destinations) or {DEFAULT_DESTINATION}
    profiles = {name: rules.profiles[name] for name in sorted(in_use) if name in rules.profiles}
    for written in rules.rules:
        rule = written
        reason = _why_not(rule, settings, in_use, select, ignore)
        if reason is not None:
            plan.skipped.append((rule, reason))
            continue
        if TRACKING_PLAN in rule.options.values():
            if tracking_plan is None:
                plan.skipped.append((rule, NO_PLAN))
                continue
            from auditor.engine.conforming import held_against

            rule = held_against(rule, tracking_plan)
        setting = settings.rules.get(rule.id)
        forced = setting.severity if setting is not None else None
        adjusted = adjust(rule, profiles, decided=forced is not None)
        plan.adjustments += adjusted.adjustments
        if adjusted.off:
            plan.skipped.append((rule, f"of no use to the destinations {', '.join(profiles)}"))
            continue
        tolerate = (setting.tolerate if setting is not None else None) or rule.tolerate
        flag = plan.classifier.add(rule.flag)
        plan.active.append(Active(adjusted.rule, flag, adjusted.kinds, forced, adjusted.severities, tolerate))
        plan.needs[rule.id] = tuple((name, plan.classifier.add(rules.defines[name])) for name in rule.needs)
        _register(plan, rule)
    for name in ("client_signup", "placeholder"):
        plan.classifier.add(rules.defines[name])
    for ignoring in rules.ignores:
        plan.classifier.add(ignoring.where)
        plan.fields |= ignoring.where.fields
    return plan


def _why_not(
    rule: Rule, settings: Settings, in_use: set[str], select: Collection[str], ignore: Collection[str]
) -> str | None:
    if select and rule.id not in select:
        return NOT_SELECTED
    if rule.id in ignore:
        return IGNORED
    setting = settings.rules.get(rule.id)
    enabled = rule.enabled if setting is None or setting.enabled is None else setting.enabled
    if not enabled and rule.id not in select:
        return OFF
    if rule.destinations and not in_use & set(rule.destinations):
        return ONLY_FOR + ", ".join(rule.destinations)
    return None


def _register(plan: Plan, rule: Rule) -> None:
    """Give every predicate of the rule its bit, and note what of the events must be kept for it."""
    classifier = plan.classifier
    seen = [rule.flag, *(kind.flag for kind in rule.kinds if kind.flag is not None)]
    for clause in rule.clauses:
        seen.extend(clause.predicates)
    options = [option for option in rule.options.values() if hasattr(option, "matcher")]
    seen.extend(options)
    for predicate in seen:
        classifier.add(predicate)
    late: set[str] = set()
    for clause in rule.clauses:
        late.update(clause.same, clause.differs)
        if clause.where is not None:
            late.update(clause.where.fields)
    for text in (rule.message, *(kind.message or "" for kind in rule.kinds)):
        late.update(fields_named(text))
    if reads_nested(late):
        classifier.keep(seen)
    if rule.check is not None:
        read = check_reads_nested(rule.check)
        classifier.keep(rule.flag if name == "flagged" else rule.options[name] for name in read)
    if any(predicate.fields & DERIVED and reads_nested(predicate.fields) for predicate in seen):
        classifier.keep([Constant(True)])  # it is decided, or decided again, when the log is read
    plan.fields |= rule.fields | late
