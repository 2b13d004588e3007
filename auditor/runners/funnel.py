"""The signup funnel of a log: read, judged by the rules that explain losses, counted."""

from dataclasses import replace
from functools import partial

from auditor import __version__
from auditor.engine.classify import Classifier
from auditor.engine.plan import make_plan
from auditor.funnels.build import Building, prepare
from auditor.funnels.causes import RULES
from auditor.funnels.definition import define
from auditor.funnels.reconcile import reconcile
from auditor.funnels.signed import match
from auditor.funnels.splitting import ask_for
from auditor.language.loader import RuleSet
from auditor.language.params import duration
from auditor.logs.reader import RejectSink
from auditor.model.finding import Finding
from auditor.model.funnel import Example, Funnel
from auditor.model.naming import Naming
from auditor.runners.local import Request, judge
from auditor.runners.redaction import Renaming
from auditor.timelines.timelines import Timelines


class Prepared:
    """A funnel before its log is read, split ``by`` a property: what it asks of events is in ``plan``.

    Where something else reads the log, ``classifier`` is that one's. Raises ``ConfigError`` where ``funnel:`` is
    wrong."""

    def __init__(
        self, request: Request, rules: RuleSet, by: str | None = None, classifier: Classifier | None = None
    ) -> None:
        self.rules, self.by, self.truth = rules, by, request.truth
        self.definition = define(request.settings, rules)
        self.settings = replace(request.settings, min_confidence="low")
        self.late = duration(self.settings.params.get("late_window", rules.params["late_window"].default))
        self.plan = plan = make_plan(rules, self.settings, RULES, classifier=classifier)
        prepare(plan, self.definition, rules)
        if by is not None:
            ask_for(plan, rules, by)
        for active in plan.active:
            active.tolerate = None  # what a report does not show is evidence none the less

    def funnel(self, timelines: Timelines, naming: Naming, found: list[Finding]) -> Funnel:
        """The funnel of the log, in which ``plan`` has ``found`` what explains losses. Raises ``InputError`` where the
        truth cannot be read."""
        building = Building(self.plan, self.definition, self.rules, timelines, naming)
        building.look(found, None if self.truth is None else partial(reconcile, self.truth), self.late)
        lacking = bool(building.unmatched.absent)
        tally = building.count(found, match(building.unmatched), building.sites, self.by, lacking=lacking)
        log = timelines.log
        funnel = tally.funnel(self.definition, self.rules, __version__, log.files, self.by)
        funnel.records, funnel.events, funnel.skipped = log.records, log.arrivals, log.skipped
        funnel.rejected, funnel.rejects = log.rejected, log.located
        return funnel


def funnel_of(
    request: Request,
    rules: RuleSet,
    on_reject: RejectSink | None = None,
    by: str | None = None,
    parts: int | None = None,
) -> Funnel:
    """The funnel, split ``by`` a property; counted in so many ``parts``, ``None``: as many as the log is large. Raises
    ``InputError`` where an input or the truth cannot be read, ``ConfigError`` where ``funnel:`` is wrong."""
    prepared = Prepared(request, rules, by)
    settings = prepared.settings
    if parts != 1 and request.events is None:
        from auditor.logs.spilling import Undivided  # most logs fit into memory
        from auditor.runners.parts import LARGE, Parts, bytes_of

        if parts is not None or bytes_of(request.inputs) >= LARGE:
            try:
                divided = Parts(
                    replace(request, settings=settings), rules, prepared.plan, prepared.definition, prepared.late, by
                )
                funnel = divided.funnel(parts, on_reject)
            except Undivided:
                on_reject = None  # it has them already
            else:
                return _redacted(funnel, Renaming(divided.naming)) if request.redact else funnel
    judged = judge(replace(request, settings=settings, truth=None), rules, on_reject, prepared.plan)
    funnel = prepared.funnel(judged.timelines, judged.naming, judged.outcomes.findings)
    return _redacted(funnel, Renaming(judged.naming)) if request.redact else funnel


def _redacted(funnel: Funnel, renaming: Renaming) -> Funnel:
    """The funnel with every id that it would show replaced by its pseudonym; sentences have them already."""
    naming = renaming.naming

    def shown(example: Example) -> Example:
        name, value = example.key
        key = naming.user(value) if name == "user" else naming.device(value)
        return replace(example, key=(name, key), events=tuple((role, renaming.event(e)) for role, e in example.events))

    losses = (
        replace(one, users=tuple(map(naming.user, one.users)), examples=tuple(map(shown, one.examples)))
        for one in funnel.losses
    )
    return replace(
        funnel,
        losses=tuple(losses),
        invariants=tuple(replace(one, examples=tuple(map(shown, one.examples))) for one in funnel.invariants),
        groups=tuple(replace(group, value=naming.text(group.value)) for group in funnel.groups),
    )
