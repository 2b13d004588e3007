"""The tracking plan as a predicate: which calls break it is decided while they are read, their properties at hand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from auditor.language.predicates import Condition, Constant, Every, Matcher, Not, Predicate
from auditor.language.rule import TRACKING_PLAN, Rule
from auditor.plans.conformance import CALLS

if TYPE_CHECKING:
    from auditor.model.event import Event
    from auditor.model.violation import Violation
    from auditor.plans.conformance import Conformance


class Broken:
    """True of calls that break the plan; of one ``kind`` of call, once that is known. A predicate like those that rules
    write, with a bit of its own."""

    def __init__(self, plan: "Conformance", kind: str | None = None) -> None:
        self.plan, self.kind = plan, kind

    def matcher(self) -> Matcher:
        """The compiled test."""
        if self.kind is not None:
            breaks = self.plan.breaks(self.kind)
            return lambda event, _: breaks(event)
        kinds = {kind: self.plan.breaks(kind) for kind in self.plan.types}
        return lambda event, _: event.type in kinds and kinds[event.type](event)

    def reduced(self, known: Mapping[str, Any]) -> Predicate:
        """The test for calls of one type, or never, for those that the plan says nothing of."""
        kind = known.get("type")
        if kind is not None and kind not in self.plan.types:
            return Constant(False)
        return cast(Predicate, Broken(self.plan, kind))

    @property
    def fields(self) -> frozenset[str]:
        """The fields it reads."""
        return self.plan.fields

    def violations(self, event: "Event") -> "Iterator[Violation]":
        """How a call breaks the plan."""
        return self.plan.violations(event)


def worded(rule: Rule, plan: "Conformance") -> "Conformance":
    """The plan with what the rule's parameters say: which events are automatic, which keys are sensitive."""
    return plan.with_words(**{name: re.compile(rule.options[name]) for name in ("automatic", "sensitive")})


def held_against(rule: Rule, plan: "Conformance") -> Rule:
    """The rule for the plan of this run: it looks at the calls that the plan speaks of."""
    given = Broken(worded(rule, plan))
    options = {name: given if option == TRACKING_PLAN else option for name, option in rule.options.items()}
    unspoken = Condition("type", "in", tuple(kind for kind in CALLS if kind not in plan.types))
    return replace(rule, options=options, flag=Every((rule.flag, Not(unspoken))))
