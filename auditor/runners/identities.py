"""A log replayed through the merge rules of destinations: read once, judged once, replayed for each."""

from collections.abc import Sequence
from dataclasses import replace

from auditor import __version__
from auditor.engine.ignoring import without_ignored
from auditor.engine.inventory import profiles_of
from auditor.engine.plan import make_plan
from auditor.engine.run import Outcomes, run
from auditor.identities.catalogue import DESTINATIONS, WITHOUT, kind_of
from auditor.identities.concerning import concerning
from auditor.identities.mends import MENDABLE
from auditor.identities.stage import Stage
from auditor.language.loader import RuleSet
from auditor.language.predicates import Condition, Every
from auditor.logs.reader import RejectSink
from auditor.model.identities import AFTER_RESET, Identified, Merged, Replay, Share, Split
from auditor.model.log import InputError, Log
from auditor.model.naming import Naming, Redacting
from auditor.runners.local import Request, read

_EMAILS = ("traits.email", "context.traits.email", "properties.email")
COMMAND_LINE, CONFIGURATION, LOG = "--destination", "the configuration", "the log"


def identities_of(
    request: Request,
    rules: RuleSet,
    wanted: Sequence[str] = (),
    fix: str | None = None,
    on_reject: RejectSink | None = None,
) -> Identified:
    """What each destination makes of the log: those ``wanted``, else those configured, else those that the log names.

    ``fix`` is a rule of ``MENDABLE`` whose findings are mended. Nothing is found where the log has no events and nobody
    names a destination. Raises ``InputError`` where an input cannot be read at all, or no destination is known.

    All rules run that can be mended, as for all destinations at once: whom events are by depends neither on what is
    asked for nor on the configuration. Each destination is then told those findings that are about it and accepted.
    """
    configured = request.settings.destinations
    named = tuple(wanted) or tuple(name for name in configured if name in DESTINATIONS)
    plan = make_plan(rules, replace(request.settings, destinations=DESTINATIONS), MENDABLE)
    if any(kind_of(name).reads_email for name in named or DESTINATIONS):
        plan.fields.update(_EMAILS)
        plan.classifier.keep([Every(tuple(Condition(field, "exists", True) for field in _EMAILS), any=True)])
    log, timelines = read(request, plan, on_reject)
    names, by = named, COMMAND_LINE if wanted else CONFIGURATION
    if not named and log.events:
        names, by = _seen(log, rules, configured), LOG
    outcomes = run(plan, timelines, Naming())
    signups = timelines.having(plan.classifier.bits[plan.defines["client_signup"]])
    stage = Stage(timelines, outcomes.findings, signups, plan.is_placeholder)
    accepted, _, _ = without_ignored(outcomes.findings, rules.ignores, plan.classifier, set(MENDABLE), request.today)
    off = {name for name, said in request.settings.rules.items() if said.enabled is False and name != fix}
    counting = [rule for rule in rules.rules if rule.id not in off]
    naming = Redacting(plan.is_placeholder) if request.redact else Naming()
    found = []
    for name in names:
        findings = concerning(rules.profiles[name], accepted, counting, timelines)
        one = stage.identities(kind_of(name), findings, fix)
        if one.worth is not None and fix is not None:
            why = None if one.worth.findings else _why_none(fix, name, rules, outcomes)
            one = replace(one, worth=replace(one.worth, before=_renamed(one.worth.before, naming), reason=why))
        found.append(replace(one, replay=_renamed(one.replay, naming)))
    return Identified(
        version=__version__,
        files=log.files,
        records=log.records,
        events=log.arrivals,
        rejected=log.rejected,
        skipped=log.skipped,
        rejects=log.located,
        named_by=by,
        by_arrival=stage.arrived.received,
        found=tuple(found),
        notes=() if wanted else tuple(WITHOUT[name] for name in configured if name in WITHOUT),
    )


def _seen(log: Log, rules: RuleSet, configured: Sequence[str]) -> tuple[str, ...]:
    """The destinations that the log names, as far as their merge rules are known. Raises ``InputError``."""
    fitting = {profile for name in log.destinations_seen for profile in profiles_of(name, rules)}
    found = tuple(name for name in DESTINATIONS if name in fitting)
    if found:
        return found
    known = ", ".join(DESTINATIONS)
    seen = ", ".join(sorted(log.destinations_seen))
    why = f"the log names {seen}, none" if seen else "the log names none"
    if configured:
        why = f"the configuration names {', '.join(configured)}, and {why}"
    raise InputError(
        f"which destination? {why} whose merge rules are known here; say it with --destination NAME, or with"
        f" destinations: [NAME] in auditor.yml. NAME is one of {known}"
    )


def _why_none(fix: str, name: str, rules: RuleSet, outcomes: Outcomes) -> str | None:
    """Why a rule has no findings, where that can be told."""
    rule = next(rule for rule in rules.rules if rule.id == fix)
    if rule.destinations and name not in rule.destinations:
        return f"what {fix} is about makes no difference to {name}"
    result = next((result for result in outcomes.rules if result.id == fix), None)
    if result is None or result.findings:
        return None
    if result.reason:
        return result.reason
    if result.hidden or result.tolerated:
        return f"{result.hidden + result.tolerated} of its findings are tolerated, or of less confidence than asked for"
    return "it finds nothing in this log"


def _renamed(replayed: Replay, naming: Naming) -> Replay:
    """The replay with every id under the name that a report shows."""

    def shown(name: str, known: bool) -> str:
        if known:
            return naming.user(name)
        anonymous, after, number = name.partition(AFTER_RESET)
        return f"{naming.device(anonymous)}{after}{number}"

    def split(one: Split) -> Split:
        return replace(one, name=shown(one.name, one.known))

    def merge(one: Merged) -> Merged:
        return replace(one, people=tuple((shown(name, known), known) for name, known in one.people))

    def share(one: Share) -> Share:
        return replace(one, name=shown(one.name, one.known) if one.name else "")

    if type(naming) is Naming:
        return replayed
    return replace(
        replayed,
        splits=tuple(map(split, replayed.splits)),
        merges=tuple(map(merge, replayed.merges)),
        shares=tuple(map(share, replayed.shares)),
    )
