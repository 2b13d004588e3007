"""The rule language read slowly: rule-language.md "Semantics", points 2 to 8, with the order of design.md 4.

Nothing here is clever. A candidate is judged under every total order that what is certain allows, each by going
through all events for every clause. It shares with the engine only the data: events, compiled rules, predicates.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from auditor.language.fields import getter
from auditor.language.rule import Clause, Conditions, Rule
from auditor.model.event import Event
from auditor.timelines.order import sort_key
from auditor.timelines.timelines import Timelines

SLACK = 1000


@dataclass
class Judged:
    """One candidate: its verdict, and of a violated one the kind and the evidence (under the first order tried)."""

    event: Event
    verdict: str
    kind: str | None = None
    evidence: dict[str, Event] = field(default_factory=dict)
    orders: int = 1
    reported: bool = False


def certainly_before(one: Event, other: Event) -> bool:
    """In a lane its clock, then the place in one batch; else the corrected times, a second or more apart."""
    if one.lane is not None and one.lane == other.lane:
        same_batch = one.batch is not None and one.batch == other.batch
        return one.t < other.t or (one.t == other.t and same_batch and one.position < other.position)
    return one.time + SLACK <= other.time


def every_order(events: list[Event]) -> Iterator[list[Event]]:
    """All total orders that contradict nothing certain."""
    if not events:
        yield []
    for first in events:
        others = [event for event in events if event is not first]
        if not any(certainly_before(other, first) for other in others):
            for rest in every_order(others):
                yield [first, *rest]


def holds(predicate: Any, event: Event, evidence: dict[str, Event] | None = None) -> bool:
    """Whether a predicate is true of an event; an absent one (``since``, ``until``) is true of none."""
    return predicate is not None and predicate.matcher()(event, evidence)


def judge(rule: Rule, timelines: Timelines) -> list[Judged]:
    """Every candidate of a rule, timeline by timeline. ``once`` reports the earliest violated one of each."""
    keys = [timelines.key(name) for name in rule.by]
    groups: dict[tuple[Any, ...], list[Event]] = {}
    for event in timelines.log.events:
        value = tuple(key(event) for key in keys)
        if None not in value:
            groups.setdefault(value, []).append(event)
    found = []
    for events in groups.values():
        violated = False
        for event in sorted(events, key=sort_key):
            if holds(rule.flag, event) and not (rule.once and violated):
                found.append(judged(rule, event, events, timelines))
                violated = found[-1].verdict == "violated"
    for judged_one in found:
        judged_one.reported = judged_one.verdict == "violated" and not tolerated(rule, found)
    return found


def tolerated(rule: Rule, found: list[Judged]) -> bool:
    """Point 7: the share of violated candidates stays at or below what the rule tolerates."""
    if rule.tolerate is None:
        return False
    most = len(found) * rule.tolerate[0] / rule.tolerate[1]
    return sum(1 for one in found if one.verdict == "violated") <= most


def judged(rule: Rule, flagged: Event, events: list[Event], timelines: Timelines) -> Judged:
    """The verdict on one candidate of a timeline."""
    looked_at = [p for clause in rule.clauses for p in (clause.predicate, clause.since, clause.until)]
    relevant = [e for e in events if e is flagged or any(holds(predicate, e) for predicate in looked_at)]
    results = [under(rule, flagged, order, timelines) for order in every_order(relevant)]
    verdicts = {verdict for verdict, _, _ in results}
    if len(verdicts) > 1:
        return Judged(flagged, "unsure", orders=len(results))
    return Judged(flagged, *results[0], orders=len(results))


def under(
    rule: Rule, flagged: Event, order: list[Event], timelines: Timelines
) -> tuple[str, str | None, dict[str, Event]]:
    """Verdict, kind and evidence under one order. A rule with kinds is broken in the way of the first that holds."""
    shared, shared_evidence = conditions_hold(rule.conditions, flagged, order, timelines)
    kinds = [kind for kind in rule.kinds if kind.flag is None or holds(kind.flag, flagged)]
    said = [conditions_hold(kind.conditions, flagged, order, timelines) for kind in kinds]
    some_kind = {any(values) for values in product(*(truth for truth, _ in said))} if rule.kinds else {True}
    broken = {one and other for one, other in product(shared, some_kind)}
    if len(broken) > 1:
        return "unsure", None, {}
    if broken == {False}:
        return "satisfied", None, {}
    for kind, (truth, evidence) in zip(kinds, said, strict=True):
        if truth == {True}:
            return "violated", kind.name, {**shared_evidence, **evidence}
    return "violated", None, shared_evidence


def conditions_hold(
    conditions: Conditions, flagged: Event, order: list[Event], timelines: Timelines
) -> tuple[set[bool], dict[str, Event]]:
    """What every ``if``, some ``if_any`` and no ``unless`` may come out as, and the evidence.

    More than one value: the log ends before a window has closed on which it depends.
    """
    evidence: dict[str, Event] = {"": flagged}
    all_of = [clause_holds(clause, flagged, order, evidence, timelines) for clause in conditions.all]
    any_of = [clause_holds(clause, flagged, order, evidence, timelines) for clause in conditions.any]
    none_of = [clause_holds(clause, flagged, order, evidence, timelines) for clause in conditions.unless]
    truths = {
        all(ifs) and (not conditions.any or any(if_anys)) and not any(unlesses)
        for ifs in product(*all_of)
        for if_anys in product(*any_of)
        for unlesses in product(*none_of)
    }
    return truths, {name: event for name, event in evidence.items() if name}


def clause_holds(
    clause: Clause, a: Event, order: list[Event], evidence: dict[str, Event], timelines: Timelines
) -> set[bool]:
    """What a clause may come out as for the flagged event; if it holds, its evidence is put into ``evidence``."""
    if clause.by is not None:
        return elsewhere_holds(clause, a, evidence, timelines)
    found = [e for e in order if matches(clause, e, a, order, evidence)]
    if len(found) >= clause.at_least:
        if clause.name is not None:
            evidence[clause.name] = picked(clause.pick, found, a, lambda e: order.index(e) < order.index(a))
        return {True}
    closed_by_until = any(holds(clause.until, u) for u in order[order.index(a) + 1 :])
    return {False} if closed_by_until or closed(clause, a, timelines) else {False, True}


def matches(clause: Clause, e: Event, a: Event, order: list[Event], evidence: dict[str, Event]) -> bool:
    """Point 3. ``received`` (this project's addition): across sides the collector's clock says which came before."""
    at, here = order.index(e), order.index(a)
    earlier = at < here
    across = (e.side == "server") != (a.side == "server")
    if clause.received and across and e.received is not None and a.received is not None and e.received != a.received:
        earlier = e.received < a.received
    return (
        e is not a
        and alike(clause, e, a, evidence)
        and (clause.position != "before" or earlier)
        and (clause.position != "after" or not earlier)
        and not any(holds(clause.since, s) for s in order[at:here])
        and not any(holds(clause.until, u) for u in order[here + 1 : at + 1])
    )


def alike(clause: Clause, e: Event, a: Event, evidence: dict[str, Event]) -> bool:
    """What a match needs besides its position."""
    return (
        holds(clause.predicate, e)
        and all(value(e, name) == value(a, name) for name in clause.same)
        and all(value(e, name) != value(a, name) for name in clause.differs)
        and (clause.where is None or holds(clause.where, e, evidence))
        and (clause.within is None or abs(e.time - a.time) <= clause.within)
    )


def value(event: Event, name: str) -> Any:
    """A field for comparing."""
    return told_apart(getter(name)(event))


def told_apart(found: Any) -> Any:
    """A JSON value whose true is not 1."""
    if isinstance(found, dict):
        return {key: told_apart(inner) for key, inner in found.items()}
    if isinstance(found, list):
        return [told_apart(inner) for inner in found]
    return ("a boolean", found) if isinstance(found, bool) else found


def closed(clause: Clause, a: Event, timelines: Timelines) -> bool:
    """Whether the log goes on until nothing later can match. Without ``within`` its end closes every window."""
    return clause.position == "before" or clause.within is None or a.time + clause.within <= timelines.end


def elsewhere_holds(clause: Clause, a: Event, evidence: dict[str, Event], timelines: Timelines) -> set[bool]:
    """``anywhere`` with ``by`` (this project's addition): the timeline of another key that *a* is in."""
    key = timelines.key(clause.by or "")
    found = [e for e in timelines.log.events if key(a) is not None and key(e) == key(a) and e is not a]
    found = sorted((e for e in found if alike(clause, e, a, evidence)), key=sort_key)
    if len(found) >= clause.at_least:
        if clause.name is not None:
            evidence[clause.name] = picked(clause.pick, found, a, lambda e: e.time <= a.time)
        return {True}
    return {False} if closed(clause, a, timelines) else {False, True}


def picked(pick: str, found: list[Event], a: Event, is_before: Callable[[Event], bool]) -> Event:
    """First, last, or nearest: of the last before and the first after the one closer in time, before on a tie."""
    if pick != "nearest":
        return found[0 if pick == "first" else -1]
    before = [e for e in found if is_before(e)]
    after = [e for e in found if not is_before(e)]
    return min([*before[-1:], *after[:1]], key=lambda e: abs(e.time - a.time))
