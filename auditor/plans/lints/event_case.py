"""Event names that are not written as the plan's others are."""

from collections.abc import Iterator

from auditor.model.plan import Plan
from auditor.plans.lints.cases import CONVENTIONS, INFERRED, enough, follows, rewritten, told
from auditor.plans.lints.problem import Options, Problem
from auditor.plans.lints.words import named_events

OPTIONS = {"convention": "value"}
SUBJECT = "event"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge each name by the configured convention, else by the one that most names follow."""
    events = list(named_events(plan))
    convention, count = told(event.label for event in events)
    if options.convention != INFERRED:
        convention = options.convention if options.convention in CONVENTIONS else None
    elif convention is None:
        if enough(event.label for event in events) and len(count) > 1:
            said = ", ".join(f"{number} {word}" for word, number in count.most_common(4))
            yield Problem(None, kind="mixed", fields={"conventions": said})
        return
    for event in events:
        if convention is not None and not follows(event.label, convention):
            hint = rewritten(event.label, convention)
            fields = {
                "name": event.label,
                "convention": convention,
                "hint": f', such as "{hint}"' if hint is not None and hint != event.label else "",
                "share": f"{sum(follows(each.label, convention) for each in events)} of {len(events)}",
            }
            yield Problem(event, kind="other", fields=fields)
