"""The signup funnel of a log: read, judged by the rules that explain losses, counted."""

from dataclasses import replace
from functools import partial

from auditor import __version__
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
from auditor.model.funnel import Example, Funnel
from auditor.runners.local import Request, judge
from auditor.runners.redaction import Renaming


def funnel_of(
    request: Request,
    rules: RuleSet,
    on_reject: RejectSink | None = None,
    by: str | None = None,
    parts: int | None = None,
) -> Funnel:
    """The funnel, split ``by`` a property; counted in so many ``parts``, ``None``: as many as the log is large. Raises
    ``InputError`` where an input or the truth cannot be read, ``ConfigError`` where ``funnel:`` is wrong."""
    definition = define(request.settings, rules)
    settings = replace(request.settings, min_confidence="low")
    plan = make_plan(rules, settings, RULES)
    prepare(plan, definition, rules)
    if request.truth is not None:
        plan.fields.add("context.userAgent")
        plan.classifier.keep([rules.defines["client_signup"], rules.defines["client_identify"]])
    if by is not None:
        ask_for(plan, rules, by)
    for active in plan.active:
        active.tolerate = None  # what a report does not show is evidence none the less
    if parts != 1 and request.events is None:
        from auditor.logs.spilling import Undivided  # most logs fit into memory
        from auditor.runners.parts import LARGE, Parts, bytes_of

        if parts is not None or bytes_of(request.inputs) >= LARGE:
            try:
                divided = Parts(
                    replace(request, settings=settings), rules, plan, definition, late_of(request, rules), by
                )
                funnel = divided.funnel(parts, on_reject)
            except Undivided:
                on_reject = None  # it has them already
            else:
                return _redacted(funnel, Renaming(divided.naming)) if request.redact else funnel
    judged = judge(replace(request, settings=settings, truth=None), rules, on_reject, plan)
    building = Building(plan, definition, rules, judged.timelines, judged.naming)
    found = judged.outcomes.findings
    building.look(found, None if request.truth is None else partial(reconcile, request.truth), late_of(request, rules))
    lacking = bool(building.unmatched.absent)
    tally = building.count(found, match(building.unmatched), building.sites, by, lacking=lacking)
    log = judged.log
    funnel = tally.funnel(definition, rules, __version__, log.files, by)
    funnel.records, funnel.events, funnel.skipped = log.records, log.arrivals, log.skipped
    funnel.rejected, funnel.rejects = log.rejected, log.located
    return _redacted(funnel, Renaming(judged.naming)) if request.redact else funnel


def late_of(request: Request, rules: RuleSet) -> int:
    """How long, ms, after its account a signup is late."""
    return duration(request.settings.params.get("late_window", rules.params["late_window"].default))


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
