"""A signup that is planned without what a signup funnel needs beside it."""

from collections.abc import Iterator

from auditor.model.plan import Plan, PlannedEvent, properties
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import folded

OPTIONS = {"signups": "value", "logins": "value", "logouts": "value", "describing": "value"}
SUBJECT = "event"
_ATTEMPTS = {
    "signupstarted", "signupclicked", "signupbuttonclicked", "signupformsubmitted", "signupsubmitted",
    "clickedsignup", "startedsignup", "registrationstarted", "registrationsubmitted",
}  # fmt: skip
"""Events of somebody who only tries (domain.md 5.4)."""
_CALLS = {"segment-v1", "segment-v2", "rudderstack-yaml-v1", "rudderstack-yaml-v0.1", "rudderstack-json", "auditor"}
"""Formats in which an identify can be planned."""


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """The signup without identify, without a word on how, the attempt without the signup, a login without logout."""
    names: dict[str, list[PlannedEvent]] = {}
    for event in plan.events:
        if event.type == "track":
            names.setdefault(folded(event.label), []).append(event)
    signups = [names[name] for name in _folded(options.signups) if name in names]
    if not signups:
        attempts = [events[0] for name, events in names.items() if name in _ATTEMPTS]
        for event in attempts[:1]:
            yield Problem(event, kind="attempt-only", fields={"name": event.label})
    for event, *others in signups:
        planned_elsewhere = any(other.type == "identify" for other in plan.events)
        if plan.format in _CALLS and not planned_elsewhere:
            yield Problem(event, kind="no-identify", fields={"name": event.label})
        if not any(_describes(each, options.describing) for each in (event, *others)):
            fields = {"name": event.label, "wanted": listed(options.describing, 3)}
            yield Problem(event, kind="no-method", fields=fields)
    logins = [names[name] for name in _folded(options.logins) if name in names]
    if logins and not any(name in names for name in _folded(options.logouts)):
        yield Problem(logins[0][0], kind="no-logout", fields={"name": logins[0][0].label})


def _folded(names: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(folded(name) for name in names))


def _describes(event: PlannedEvent, wanted: tuple[str, ...]) -> bool:
    """Whether a signup says how or as what somebody signed up, or for which account."""
    names = {folded(one.path[-1]) for one in properties(event)}
    return bool(names & {folded(word) for word in wanted})
