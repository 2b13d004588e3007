"""A log replayed through the merge rules of destinations: read once, judged once, replayed for each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from auditor import __version__
from auditor.config.settings import Settings
from auditor.engine.adjusting import adjust
from auditor.engine.inventory import profiles_of
from auditor.engine.plan import make_plan
from auditor.engine.run import Outcomes, run
from auditor.identities.catalogue import DESTINATIONS, WITHOUT, kind_of
from auditor.identities.mends import MENDABLE
from auditor.identities.stage import Stage
from auditor.language.loader import RuleSet
from auditor.language.predicates import Condition, Every
from auditor.logs.reader import RejectSink
from auditor.model.finding import Finding
from auditor.model.identities import Identified, Identities, Merged, Replay, Share, Split
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
    """
    configured = [name for name in request.settings.destinations if name in DESTINATIONS]
    named = tuple(wanted) or tuple(configured)
    settings = replace(request.settings, destinations=named or DESTINATIONS)
    plan = make_plan(rules, settings, _asked(rules, settings, fix))
    if any(kind_of(name).reads_email for name in settings.destinations):
        plan.fields.update(_EMAILS)
        plan.classifier.keep([Every(tuple(Condition(field, "exists", True) for field in _EMAILS), any=True)])
    log, timelines = read(request, plan, on_reject)
    names, by = named, COMMAND_LINE if wanted else CONFIGURATION
    if not named and log.events:
        names, by = _seen(log, rules, request.settings), LOG
    outcomes = run(plan, timelines, Naming())
    signups = timelines.having(plan.classifier.bits[plan.defines["client_signup"]])
    stage = Stage(timelines, outcomes.findings, signups, plan.is_placeholder)
    naming = Redacting(plan.is_placeholder) if request.redact else Naming()
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
        found=tuple(_of_one(name, fix, stage, rules, outcomes, naming) for name in names),
        notes=() if wanted else tuple(WITHOUT[name] for name in request.settings.destinations if name in WITHOUT),
    )


def _asked(rules: RuleSet, settings: Settings, fix: str | None) -> list[str]:
    """The rules to run: all that can be mended, but for those that the configuration switches off."""
    off = {name for name, said in settings.rules.items() if said.enabled is False}
    return [rule.id for rule in rules.rules if rule.id in MENDABLE and (rule.id not in off or rule.id == fix)]


def _seen(log: Log, rules: RuleSet, settings: Settings) -> tuple[str, ...]:
    """The destinations that the log names, as far as their merge rules are known. Raises ``InputError``."""
    fitting = {profile for name in log.destinations_seen for profile in profiles_of(name, rules)}
    found = tuple(name for name in DESTINATIONS if name in fitting)
    if found:
        return found
    known = ", ".join(DESTINATIONS)
    seen = ", ".join(sorted(log.destinations_seen))
    why = f"the log names {seen}, none" if seen else "the log names none"
    if settings.destinations:
        why = f"the configuration names {', '.join(settings.destinations)}, and {why}"
    raise InputError(
        f"which destination? {why} whose merge rules are known here; say it with --destination NAME, or with"
        f" destinations: [NAME] in auditor.yml. NAME is one of {known}"
    )


def _of_one(name: str, fix: str | None, stage: Stage, rules: RuleSet, outcomes: Outcomes, naming: Naming) -> Identities:
    kind = kind_of(name)
    findings = _about(name, outcomes.findings, rules)
    worth = None
    if fix is None:
        replayed = stage.replay(kind, findings)
    else:
        replayed, worth = stage.worth(kind, fix, findings)
        why = None if worth.findings else _why_none(fix, name, rules, outcomes)
        worth = replace(worth, before=_renamed(worth.before, naming), reason=why)
    counts = Counter(finding.rule for finding in findings)
    return Identities(
        destination=name,
        title=kind.title,
        links_by=kind.links_by,
        doubts=kind.doubts,
        replay=_renamed(replayed, naming),
        findings=dict(sorted(counts.items())),
        worth=worth,
    )


def _about(name: str, findings: list[Finding], rules: RuleSet) -> list[Finding]:
    """The findings that there are where this is the only destination in use."""
    profile = rules.profiles.get(name)
    kinds: dict[str, set[str | None]] = {}
    for rule in rules.rules:
        if rule.id not in MENDABLE or (rule.destinations and name not in rule.destinations):
            continue
        adjusted = adjust(rule, {} if profile is None else {name: profile}, decided=False)
        if not adjusted.off:
            kinds[rule.id] = {kind.name for kind in adjusted.kinds} if rule.kinds else {None}
    return [finding for finding in findings if finding.kind in kinds.get(finding.rule, ())]


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
        return naming.user(name) if known else naming.device(name)

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
