"""Parts of a plan that mean nothing, such as a schema that is none."""

from collections.abc import Iterator

from auditor.model.plan import Place, Plan
from auditor.plans.lints.problem import Options, Problem

OPTIONS: dict[str, str] = {}
SUBJECT = "version"


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """What the reader of the plan had to leave out."""
    del options
    by_name = {event.label: event for event in plan.events}
    for part in plan.invalid:
        yield Problem(
            by_name.get(part.event or ""),
            fields={"what": f'of "{part.event}"' if part.event else "of the plan", "reason": part.reason},
            trait=f"{part.event} {part.reason}",
            place=Place(part.file, part.line, part.pointer),
        )
