"""A log against a tracking plan, both ways: read once, counted call by call, nothing kept."""

from auditor import __version__
from auditor.engine.conforming import worded
from auditor.language.loader import RuleSet
from auditor.language.rule import TRACKING_PLAN
from auditor.logs.classes import Tests, Unclassified
from auditor.logs.reader import RejectSink, read_log
from auditor.model.coverage import Coverage
from auditor.model.event import Event
from auditor.model.log import Log
from auditor.plans.conformance import CALLS, Conformance
from auditor.plans.coverage import Counting
from auditor.runners.local import Request, zone_of


class _Counted(Unclassified):
    """What the reader asks while it reads: each call is shown to the counting, and let go."""

    kept = 0

    def __init__(self, counting: Counting) -> None:
        self._counting = counting

    def decide(self, event: Event) -> tuple[int, Tests]:
        """One bit for all; each call that a plan can speak of is counted."""
        return 1, ((0, self._count),) if event.type in CALLS else ()

    def _count(self, event: Event, bindings: object) -> bool:
        del bindings
        self._counting.count(event)
        return False


def cover(request: Request, plan: Conformance, rules: RuleSet, on_reject: RejectSink | None = None) -> Coverage:
    """How the inputs cover the plan. Raises ``InputError`` where an input cannot be read at all."""
    counting = counting_of(plan, rules)
    log = read_log(
        list(request.inputs),
        dialect=request.settings.dialect,
        zone=zone_of(request.settings.tz),
        fields=counting.fields,
        classes=_Counted(counting),
        on_reject=on_reject,
    )
    return covered(counting, log)


def counting_of(plan: Conformance, rules: RuleSet) -> Counting:
    """What is to be shown each call of a log."""
    return Counting(worded(next(rule for rule in rules.rules if TRACKING_PLAN in rule.options.values()), plan))


def covered(counting: Counting, log: Log) -> Coverage:
    """What was counted of a log."""
    plan = counting.plan.plan
    return Coverage(
        version=__version__,
        files=tuple(log.files),
        records=log.records,
        calls=len(log.events),
        rejected=log.rejected,
        skipped=log.skipped,
        rejects=log.located,
        plan=plan.name,
        format=plan.format,
        events=counting.events(),
        unplanned=counting.unplanned(),
    )
