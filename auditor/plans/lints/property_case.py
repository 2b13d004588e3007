"""Property names that are not written as the plan's others are."""

from collections.abc import Iterator

from auditor.model.plan import Plan
from auditor.plans.lints.cases import CONVENTIONS, INFERRED, enough, follows, rewritten, told
from auditor.plans.lints.problem import Options, Problem
from auditor.plans.lints.words import named_properties

OPTIONS = {"convention": "value"}
SUBJECT = "property"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge each name once by the configured convention, else by the one that most names follow."""
    held = {key: places for key, places in named_properties(plan).items() if not key[1].startswith("$")}
    names = list(dict.fromkeys(name for _, name in held))
    convention, count = told(names)
    if options.convention != INFERRED:
        convention = options.convention if options.convention in CONVENTIONS else None
    elif convention is None:
        if enough(names) and len(count) > 1:
            said = ", ".join(f"{number} {word}" for word, number in count.most_common(4))
            yield Problem(None, kind="mixed", fields={"conventions": said})
        return
    for (section, name), places in held.items():
        if convention is not None and not follows(name, convention):
            hint = rewritten(name, convention)
            fields = {
                "name": name,
                "convention": convention,
                "hint": f', such as "{hint}"' if hint is not None and hint != name else "",
                "share": f"{sum(follows(each, convention) for each in names)} of {len(names)}",
            }
            (first, _), *others = places
            path = (section.removeprefix("group "), name)
            yield Problem(first, path, "other", fields, others=tuple(event for event, _ in others))
