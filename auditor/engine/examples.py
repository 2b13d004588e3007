"""A rule's examples as its tests: each is written out as a log, read, and judged like any other log."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from auditor.config.settings import ConfigError, Settings
from auditor.engine.plan import make_plan
from auditor.engine.run import Outcomes, run
from auditor.language.compiler import CALL_SUGAR
from auditor.language.loader import RuleSet
from auditor.language.params import UNITS, duration
from auditor.language.rule import Example, Rule
from auditor.logs.reader import read_sources
from auditor.logs.sources import Source
from auditor.model.event import own
from auditor.model.naming import Naming
from auditor.timelines.timelines import Timelines

if TYPE_CHECKING:
    from auditor.plans.conformance import Conformance

_START = 1_767_607_200_000
"""2026-01-05 10:00 UTC, in milliseconds: examples do not depend on the day they run."""
_OWN = ("wait", "repeat", "flagged", "page_load", *CALL_SUGAR, "reset", "navigation")
_PAGE = ("path", "url", "referrer")


class ExampleError(Exception):
    """An example that is no log: which event of it, and why."""


@dataclass(frozen=True)
class Failure:
    """An example that came out otherwise than it says. ``text`` is for people."""

    rule: str
    example: str
    text: str
    place: str


Reload = Callable[[Settings], RuleSet]
"""Loads the same rules with other settings: an example may set parameters."""


def run_examples(rule: Rule, rules: RuleSet, settings: Settings, reload: Reload) -> list[Failure]:
    """Run a rule's examples and say which fail."""
    failures = []
    for number, example in enumerate(rule.examples):
        try:
            text = judge_with_settings(rule, example, rules, settings, reload)
        except (ExampleError, ConfigError) as error:
            text = str(error)
        if text is not None:
            failures.append(Failure(rule.id, example.name or f"number {number + 1}", text, rule.source))
    return failures


def judge_with_settings(rule: Rule, example: Example, rules: RuleSet, settings: Settings, reload: Reload) -> str | None:
    """``judge`` with the parameters and destinations that the example asks for."""
    settings = settings_for(rule, example, settings)
    if example.params:
        rules = reload(settings)
        rule = next(other for other in rules.rules if other.id == rule.id)
    return judge(rule, example, rules, settings)


def settings_for(rule: Rule, example: Example, settings: Settings) -> Settings:
    """The settings with what the example asks for: its parameters and destinations, else one that the rule is for.
    Its findings are shown whatever the rule's confidence."""
    settings = replace(settings, min_confidence="low")
    if example.destinations is not None:
        settings = replace(settings, destinations=example.destinations)
    elif rule.destinations:
        settings = replace(settings, destinations=rule.destinations[:1])
    return replace(settings, params={**settings.params, **example.params}) if example.params else settings


def judge(rule: Rule, example: Example, rules: RuleSet, settings: Settings) -> str | None:
    """What is wrong with how an example comes out, or ``None``."""
    lines = list(written(example.events))
    records, loads = [record for record, _, _ in lines], [load for _, load, _ in lines]
    outcomes = outcomes_of(rule, records, rules, settings, loads, _tracking_plan(example))
    result = next(item for item in outcomes.rules if item.id == rule.id)
    found = [finding for finding in outcomes.findings if finding.rule == rule.id]
    flagged = sorted(finding.event.line - 1 for finding in found)
    if example.candidates is not None and result.candidates != example.candidates:
        return f"expected {example.candidates} candidates, but there are {result.candidates}"
    if example.outcome == "pass":
        return f"expected to pass, but flags event {_numbers(flagged)}" if found else None
    if example.outcome == "unsure":
        if found:
            return f"expected to be unsure, but flags event {_numbers(flagged)}"
        return None if result.unsure else "expected to be unsure, but nothing is"
    wanted = [index for index, (_, _, flag) in enumerate(lines) if flag]
    if not found:
        return "expected to fail, but nothing is flagged"
    if wanted and flagged != wanted:
        return f"expected event {_numbers(wanted)} to be flagged, but it is {_numbers(flagged)}"
    if example.kind is not None and found[0].kind != example.kind:
        return f'expected the kind "{example.kind}", but it is "{found[0].kind}"'
    if example.severity is not None and found[0].severity != example.severity:
        return f'expected the severity "{example.severity}", but it is "{found[0].severity}"'
    if example.message is not None and found[0].message != example.message:
        return f'expected the message "{example.message}", but it is "{found[0].message}"'
    roles = {role: event.line - 1 for role, event in found[0].evidence}
    for role, index in example.evidence.items():
        if roles.get(role) != index:
            return f'expected event {index} as "{role}", but it is {roles.get(role)}'
    return None


def _tracking_plan(example: Example) -> "Conformance | None":
    """The tracking plan that an example brings, in the form of Segment's Public API."""
    if example.plan is None:
        return None
    from auditor.model.plan import PlanError
    from auditor.plans.conformance import Conformance
    from auditor.plans.formats import segment_v2
    from auditor.plans.json_text import JsonText
    from auditor.plans.source import Source as Written

    try:
        text = JsonText(msgspec.json.encode(example.plan).decode(), "plan")
        plan = segment_v2.plan(Written(text), "plan")
    except PlanError as error:
        raise ExampleError(str(error)) from error
    if plan.invalid:
        raise ExampleError(f"the plan has an invalid part: {plan.invalid[0].pointer}: {plan.invalid[0].reason}")
    return Conformance(plan)


def outcomes_of(
    rule: Rule,
    records: list[dict[str, Any]],
    rules: RuleSet,
    settings: Settings,
    loads: list[Any] | None = None,
    tracking_plan: "Conformance | None" = None,
) -> Outcomes:
    """What one rule says of a log of records (segment's shape), ``loads`` giving recorded page loads."""
    plan = make_plan(rules, settings, select=[rule.id], tracking_plan=tracking_plan)
    named = {value: number for number, value in enumerate(dict.fromkeys(loads or ()))}

    text = b"\n".join(msgspec.json.encode(record) for record in records)
    source = Source("example", None, spool=io.BytesIO(text))
    log = read_sources([source], fields=plan.fields, classes=plan.classifier)
    for event in log.events:
        load = loads[event.line - 1] if loads is not None else None
        if load is not None:
            event.page_load = -1 - named[load]
    if log.rejects:
        reject = log.rejects[0]
        raise ExampleError(f"event {reject.line - 1} cannot be read: {reject.reason}")
    return run(plan, Timelines(log, plan.is_placeholder, plan.classifier.derive), Naming())


def written(events: tuple[dict[str, Any], ...]) -> Any:
    """The records of an example's events, each with its page load and whether it is to be flagged."""
    clock = _START
    number = 0
    for given in events:
        for turn in range(int(given.get("repeat", 1))):
            if number:
                clock += _milliseconds(given.get("wait", "1s"))
            yield _record(given, clock, number), given.get("page_load"), bool(given.get("flagged")) and not turn
            number += 1


def _milliseconds(text: Any) -> int:
    try:
        return duration(text)
    except ValueError as error:
        raise ExampleError(str(error)) from error


def _record(given: Mapping[str, Any], clock: int, number: int) -> dict[str, Any]:
    server = given.get("source") == "server" or given.get("side") == "server"
    device = given.get("side") == "device"
    library = given.get("library", "analytics-python" if server else "analytics-swift" if device else "analytics.js")
    record: dict[str, Any] = {
        "messageId": f"m-{number}",
        "anonymousId": None if server else "anon-1",
        "userId": None,
        "timestamp": _iso(clock),
        "sentAt": _iso(clock),
    }
    context: dict[str, Any] = {"library": {"name": library, "version": "1"}}
    page: dict[str, Any] = {}
    for call, member in CALL_SUGAR.items():
        if call in given:
            record["type"] = call
            if call == "page":
                page["path"] = given[call]
            else:
                record[member] = given[call]
    for call in ("reset", "navigation"):
        if call in given:
            record["type"] = call
            page |= {} if given[call] is None else {"path": given[call]}
    for key, value in given.items():
        if key in _OWN or key in ("source", "side", "library"):
            continue
        if key in _PAGE:
            page[key] = value
        elif key == "session":
            context["sessionId"] = value
        elif key in ("sentAt", "receivedAt"):
            record[key] = None if value is None else _iso(clock + _milliseconds(value))
        elif key == "identified":  # what a vendor's dialect says for its SDK
            record[own(key)] = value
        elif "." in key:
            root, _, rest = key.partition(".")
            _set(context if root == "context" else record, rest if root in ("context", "raw") else key, value)
        else:
            record[key] = value
    if page:
        context["page"] = page
    record["context"] = {**context, **record["context"]} if isinstance(record.get("context"), dict) else context
    return record


def _set(record: dict[str, Any], dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    for parent in parents:
        record = record.setdefault(parent, {})
    record[last] = value


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / UNITS["s"], UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _numbers(indexes: list[int]) -> str:
    return ", ".join(map(str, indexes)) or "none"
