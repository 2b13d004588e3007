"""The answer a report opens with: how many signups were seen, and what became of them."""

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from auditor.engine.plan import Plan
from auditor.model.delivery import ABORTED, BLOCKED, FAILED, REJECTED
from auditor.model.event import Event
from auditor.model.finding import Finding, Signups
from auditor.timelines.timelines import Timelines

_NOT_DELIVERED = {ABORTED: "lost", FAILED: "not delivered", BLOCKED: "blocked", REJECTED: "refused by the collector"}
"""What a signup is that no rule speaks of and nobody received."""
_SHOWN = 3


def answer(plan: Plan, timelines: Timelines, findings: list[Finding], default_names: bool) -> Signups:
    """The summary. A signup with several findings counts once, for the first of them in the order of the rules."""
    bit = plan.classifier.bits[plan.defines["client_signup"]]
    words = _words(plan)
    found: dict[int, str] = {}
    missing = 0
    for rule, kind, said in words:
        for finding in findings:
            if finding.rule != rule or finding.kind != kind:
                continue
            if finding.event.mask & bit:
                found.setdefault(id(finding.event), said)
            elif said == "missing":
                missing += 1
    for event in timelines.having(bit):
        if event.delivery in _NOT_DELIVERED and not timelines.arrived(event):
            found.setdefault(id(event), _NOT_DELIVERED[event.delivery])
    seen = Counter(event.event or "" for event in timelines.having(bit))
    troubled = Counter(found.values())
    total = sum(seen.values())
    return Signups(
        seen=total,
        names=tuple(name for name, _ in seen.most_common(_SHOWN)),
        default_names=default_names,
        right=total - sum(troubled.values()),
        troubled=tuple(troubled.most_common()),
        missing=missing,
        similar=() if total else _similar(timelines.log.events),
    )


def _similar(events: Iterable[Event]) -> tuple[tuple[str, int], ...]:
    from auditor.engine.likeness import SIGNUP, similar_names  # only where no signup was seen

    names = Counter(map(attrgetter("type", "event"), events))
    tracked = {name: count for (kind, name), count in names.items() if kind == "track" and name is not None}
    return similar_names(Counter(tracked), SIGNUP)


def _words(plan: Plan) -> list[tuple[str, str | None, str]]:
    """The rules and kinds that say what a signup with their finding is, in the order of the rules."""
    found: list[tuple[str, str | None, str]] = []
    for active in plan.active:
        rule = active.rule
        for kind in active.kinds or (None,):
            said = (kind.signup_is if kind is not None else None) or rule.signup_is
            if said:
                found.append((rule.id, kind.name if kind is not None else None, said))
    return found
