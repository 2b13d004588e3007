"""What a report says of the whole log beside its findings: the signup funnel, and how the log covers the tracking plan.

Only the format ``html`` shows it, and how to mend findings as code. It is made of the one log that the check reads: the
funnel's rules share the check's classifier and judge the same timelines; calls are shown to the counting while they are
read.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from auditor.engine.plan import Plan
from auditor.engine.run import run
from auditor.language.loader import RuleSet
from auditor.language.predicates import Constant, Matcher, Predicate
from auditor.language.snippets import fix_code_of
from auditor.model.coverage import Coverage
from auditor.model.event import Event
from auditor.model.funnel import Funnel
from auditor.model.sdk import Snippet
from auditor.plans.conformance import CALLS
from auditor.plans.coverage import Counting
from auditor.runners.coverage import counting_of, covered
from auditor.runners.funnel import Prepared
from auditor.runners.local import Judged, Request


class _Counted:
    """A predicate that is true of nothing: each call that it is asked about is counted, its properties at hand."""

    def __init__(self, counting: Counting) -> None:
        self.fields = counting.fields
        self._counting = counting

    def reduced(self, known: Mapping[str, Any]) -> Predicate:
        """Asked about each call that a plan can speak of."""
        return cast(Predicate, self) if known["type"] in CALLS else Constant(False)

    def matcher(self) -> Matcher:
        """Counts."""
        return self._count

    def _count(self, event: Event, bindings: object) -> bool:
        del bindings
        self._counting.count(event)
        return False


class Overview:
    """It asks ``plan`` for what it needs before the log is read. Raises ``ConfigError`` where ``funnel:`` is wrong."""

    def __init__(self, request: Request, rules: RuleSet, plan: Plan) -> None:
        self._rules = rules
        self._funnel = Prepared(request, rules, classifier=plan.classifier)
        plan.fields |= self._funnel.plan.fields
        self._counting = None
        if request.tracking_plan is not None:
            self._counting = counting_of(request.tracking_plan, rules)
            plan.ask(cast(Predicate, _Counted(self._counting)))

    def funnel(self, judged: Judged) -> Funnel:
        """The funnel, without anybody's id. Raises ``InputError`` where the truth cannot be read."""
        found = run(self._funnel.plan, judged.timelines, judged.naming).findings
        funnel = self._funnel.funnel(judged.timelines, judged.naming, found)
        return replace(
            funnel,
            losses=tuple(replace(loss, users=(), examples=()) for loss in funnel.losses),
            invariants=tuple(replace(one, examples=()) for one in funnel.invariants),
            missing=(),
        )

    def fix_code(self, judged: Judged) -> dict[str, Mapping[str, Snippet]]:
        """How to mend what is found, as code by rule and SDK."""
        return fix_code_of({finding.rule for finding in judged.findings}, self._rules)

    def coverage(self, judged: Judged) -> Coverage | None:
        """How the log covers the plan; ``None`` without a plan."""
        return None if self._counting is None else covered(self._counting, judged.log)
