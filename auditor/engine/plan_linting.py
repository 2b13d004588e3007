"""Rules over a plan: run their lints, and sign what they yield (id, severity, words, fingerprint)."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from auditor import __version__
from auditor.config.settings import CONFIDENCES, Ignore, Settings
from auditor.language.plan_rules import PlanRule
from auditor.language.rule import PROFILES
from auditor.model.finding import RuleResult, fails
from auditor.model.plan import Place, Plan
from auditor.model.plan_finding import PlanFinding, PlanReport
from auditor.plans.lints import SUBJECTS, module_of
from auditor.plans.lints.problem import Problem

CLEAN, FOUND, NOTHING = 0, 1, 3
_PLACE = re.compile(r"\{([a-z_.]+)\}")
_WHERE = ("event", "property", "kind")


@dataclass(frozen=True)
class Chosen:
    """What the command line asks for, beside the settings."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def lint_plan(
    plan: Plan, rules: tuple[PlanRule, ...], settings: Settings, today: date, chosen: Chosen = Chosen()
) -> PlanReport:
    """Run the rules over a plan. The exit code is 3 where the plan holds nothing."""
    results, findings = [], []
    for rule in rules:
        result, found = _run(plan, rule, settings, chosen)
        results.append(result)
        findings.extend(found)
    kept, ignored, notes = _without_ignored(findings, settings, {rule.id for rule in rules}, today)
    by_id = {result.id: result for result in results}
    for result in results:
        result.findings = sum(finding.rule == result.id for finding in kept)
    kept.sort(key=lambda one: (one.place.file, one.place.line or 0, one.place.pointer, one.rule, one.property))
    failed = any(fails(finding.severity, settings.fail_on) for finding in kept)
    empty = not plan.events and not plan.invalid
    return PlanReport(
        version=__version__,
        file=plan.files[0] if plan.files else "",
        format=plan.format,
        name=plan.name,
        events=len(plan.distinct),
        versions=sum(map(len, plan.distinct.values())),
        ignored=ignored,
        rules=list(by_id.values()),
        findings=kept,
        exit_code=NOTHING if empty else FOUND if failed else CLEAN,
        notes=[*plan.notes, *notes],
    )


def _run(plan: Plan, rule: PlanRule, settings: Settings, chosen: Chosen) -> tuple[RuleResult, list[PlanFinding]]:
    said = settings.rules.get(rule.id)
    severity = (said.severity if said is not None else None) or rule.severity
    result = RuleResult(rule.id, severity, rule.summary, rule.why)
    reason = _why_not(rule, settings, chosen)
    if reason is not None:
        result.status, result.reason = "not-evaluated", reason
        return result, []
    module = module_of(rule.lint)
    assert module is not None  # the rule's reader has looked
    result.candidates = SUBJECTS[module.SUBJECT](plan)
    result.status = "evaluated" if result.candidates or plan.invalid else "no-candidates"
    own = said.severity if said is not None else None
    problems = module.lint(plan, SimpleNamespace(**rule.options))
    spoken = [problem for problem in problems if not rule.kinds or rule.kind(problem.kind) is not None]
    found = [_signed(rule, problem, own, plan) for problem in spoken]
    if CONFIDENCES.index(rule.confidence) < CONFIDENCES.index(settings.min_confidence):
        result.hidden = len(found)
        return result, []
    return result, found


def _why_not(rule: PlanRule, settings: Settings, chosen: Chosen) -> str | None:
    if chosen.select:
        return None if rule.id in chosen.select else "not selected"
    if rule.id in chosen.ignore:
        return "left out by --ignore"
    said = settings.rules.get(rule.id)
    enabled = rule.enabled if said is None or said.enabled is None else said.enabled
    if not enabled:
        return "off"
    wanted = (module := module_of(rule.lint)) is not None and PROFILES in module.OPTIONS.values()
    return (
        "no destination is configured (destinations: in auditor.yml)" if wanted and not settings.destinations else None
    )


def _signed(rule: PlanRule, problem: Problem, severity: str | None, plan: Plan) -> PlanFinding:
    kind = rule.kind(problem.kind)
    event = problem.event
    path = ".".join(problem.path)
    words = {**problem.fields, "property": path, "event": problem.fields.get("event", event.label if event else "")}
    template = (kind.message if kind is not None else None) or rule.message
    parts = (
        rule.id,
        problem.kind or "",
        event.type if event else "",
        event.label if event else "",
        path,
        problem.trait,
    )
    return PlanFinding(
        rule=rule.id,
        kind=problem.kind,
        severity=severity or (kind.severity if kind is not None else None) or rule.severity,
        confidence=rule.confidence,
        message=_filled(template, words),
        fix=_filled((kind.fix if kind is not None else None) or rule.fix, words),
        fingerprint=hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16],
        event=event.label if event is not None else None,
        version=event.version if event is not None else None,
        property=path,
        place=problem.place or (event.place if event is not None else Place(plan.files[0] if plan.files else "")),
        others=tuple(other.place for other in problem.others),
    )


def _filled(template: str, words: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: words.get(match[1], match[0]), template)


# --- What the configuration accepts -----------------------------------------------------------------------


def _without_ignored(
    findings: list[PlanFinding], settings: Settings, known: set[str], today: date
) -> tuple[list[PlanFinding], int, list[str]]:
    """The findings that stay, how many were left out, and notes on entries that no longer serve."""
    entries = [entry for entry in settings.ignore if entry.rule in known]
    used: dict[int, int] = {}
    kept = []
    for finding in findings:
        entry = next((each for each in entries if not _expired(each, today) and _accepts(each, finding)), None)
        if entry is None:
            kept.append(finding)
        else:
            used[entry.place] = used.get(entry.place, 0) + 1
    return kept, sum(used.values()), list(_stale(entries, used, settings, today))


def _stale(entries: list[Ignore], used: Mapping[int, int], settings: Settings, today: date) -> Iterator[str]:
    for entry in entries:
        place = settings.place("ignore", entry.place)
        if _expired(entry, today):
            yield f"{place}: this ignore of {entry.rule} has expired ({entry.expires})"
        elif entry.place not in used:
            yield f"{place}: this ignore of {entry.rule} meets no finding; it can go"


def _expired(entry: Ignore, today: date) -> bool:
    return entry.expires is not None and entry.expires < today


def _accepts(entry: Ignore, finding: PlanFinding) -> bool:
    if entry.rule != finding.rule:
        return False
    where = entry.where if isinstance(entry.where, dict) else {}
    return all(_meets(getattr(finding, key, None), wanted) for key, wanted in where.items())


def _meets(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted


def ignore_mistakes(settings: Settings, known: set[str]) -> list[str]:
    """What is wrong with the ``where`` of entries for rules over plans."""
    found = []
    for entry in settings.ignore:
        if entry.rule not in known or entry.where is None:
            continue
        unknown = [key for key in entry.where if key not in _WHERE] if isinstance(entry.where, dict) else ["where"]
        if unknown:
            place = settings.place("ignore", entry.place, "where")
            found.append(f'{place}: "where" of a rule over plans is a map of {", ".join(_WHERE)}; not "{unknown[0]}"')
    return found
