"""A compiled rule: what the engine evaluates and what the reports say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.config.share import Share
from auditor.language.predicates import Predicate
from auditor.model.sdk import Snippet

POSITIONS = ("before", "after", "around", "anywhere")
PROFILES = "profiles"
"""In place of the profiles of the destinations in use, which a check may ask for."""
TRACKING_PLAN = "tracking_plan"
"""In place of the tracking plan of a run, likewise."""
GIVEN = frozenset({PROFILES, TRACKING_PLAN})
"""Options of checks that the engine gives, not the rule."""
PICKS = ("nearest", "first", "last")


@dataclass(frozen=True)
class Clause:
    """Some other event before, after, around or anywhere (rule-language.md, semantics 3).

    ``within`` is milliseconds. ``by`` looks into another timeline than the rule's (only with ``anywhere``).
    ``received`` orders events of two sides by when the collector received them, where both say so (design.md 4).
    """

    position: str
    predicate: Predicate
    where: Predicate | None = None
    within: int | None = None
    since: Predicate | None = None
    until: Predicate | None = None
    same: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    at_least: int = 1
    name: str | None = None
    pick: str = "nearest"
    by: str | None = None
    received: bool = False
    words: str = ""

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """What events it needs to see in the timeline."""
        return tuple(p for p in (self.predicate, self.since, self.until) if p is not None)


@dataclass(frozen=True)
class Conditions:
    """Every ``if``, some ``if_any`` (if given), no ``unless``."""

    all: tuple[Clause, ...] = ()
    any: tuple[Clause, ...] = ()
    unless: tuple[Clause, ...] = ()

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All of them, in the order they are evaluated."""
        return (*self.all, *self.any, *self.unless)


@dataclass(frozen=True)
class Kind:
    """One way to break a rule, with its own words and severity; ``None`` means as the rule says."""

    name: str
    conditions: Conditions = Conditions()
    flag: Predicate | None = None
    severity: str | None = None
    message: str | None = None
    fix: str | None = None
    summary: str | None = None
    signup_is: str | None = None
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """A little log and what the rule must say of it: ``pass``, ``fail`` or ``unsure``."""

    outcome: str
    events: tuple[dict[str, Any], ...]
    name: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    message: str | None = None
    evidence: dict[str, int] = field(default_factory=dict)
    kind: str | None = None
    severity: str | None = None
    candidates: int | None = None
    destinations: tuple[str, ...] | None = None
    plan: Any = None


@dataclass(frozen=True)
class Rule:
    """One rule, compiled with the parameters of a run.

    ``settings`` are the parameters as messages show them; ``signup_is`` says in a word or two what a signup with this
    finding is ("before identify"), for the first line of a report. ``fix_code`` and ``examples`` of built-in rules are
    read where they are asked for (``language.snippets``).
    """

    id: str
    summary: str
    severity: str
    flag: Predicate
    message: str
    fix: str
    group: str
    source: str
    by: tuple[str, ...] = ()
    conditions: Conditions = Conditions()
    kinds: tuple[Kind, ...] = ()
    check: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    docs: str = ""
    notes: str = ""
    signup_is: str | None = None
    confidence: str = "high"
    status: str = "stable"
    enabled: bool = True
    once: bool = False
    tolerate: Share | None = None
    needs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    used_params: tuple[str, ...] = ()
    flag_words: str = ""
    examples: tuple[Example, ...] = ()
    fix_code: Mapping[str, Snippet] = field(default_factory=dict)
    pack: bool = False

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Every clause, of the rule and of its kinds."""
        return (*self.conditions.clauses, *(c for kind in self.kinds for c in kind.conditions.clauses))

    @property
    def fields(self) -> frozenset[str]:
        """Every field it reads."""
        predicates = [self.flag, *(k.flag for k in self.kinds if k.flag is not None)]
        named: set[str] = set()
        for clause in self.clauses:
            predicates.extend(clause.predicates)
            if clause.where is not None:
                predicates.append(clause.where)
            named.update(clause.same, clause.differs)
        predicates.extend(v for v in self.options.values() if hasattr(v, "matcher"))
        return frozenset(named).union(*(p.fields for p in predicates))
