"""Events and properties that nobody has described."""

import re
from collections.abc import Iterator
from typing import Any

from auditor.model.plan import EACH, Plan, properties
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import folded

OPTIONS: dict[str, str] = {}
SUBJECT = "event"
_EMPTY = re.compile(
    r"(?i)\W*(?:to ?do|tbd|tba|fixme|n/?a|none|null|description|desc|add description.*|x+|\?+|test)?\W*"
)


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Events without a description, or with one that says nothing; properties of one event together.

    Of a plan that describes nothing at all nothing is said: its format, or its team, keeps descriptions elsewhere.
    """
    del options
    all_properties = [(event, one) for event in plan.events for one in properties(event) if one.section != "context"]
    if not any(event.description for event in plan.events) and not any(_said(one.schema) for _, one in all_properties):
        return
    described = any(_said(one.schema) for _, one in all_properties)
    for versions in plan.distinct.values():
        event = next((each for each in versions if not _says_nothing(each.description or "", each.label)), versions[-1])
        if _says_nothing(event.description or "", event.label):
            empty = bool((event.description or "").strip())
            fields = {"name": event.label, "text": event.description or ""}
            yield Problem(event, kind="empty" if empty else "event", fields=fields)
        bare = [
            ".".join(one.path)
            for one in properties(event)
            if one.section != "context" and one.path[-1] != EACH and _says_nothing(_said(one.schema), one.path[-1])
        ]
        if bare and described:
            count = "1 property" if len(bare) == 1 else f"{len(bare)} properties"
            yield Problem(event, kind="property", fields={"name": event.label, "count": count, "names": listed(bare)})


def _said(schema: Any) -> str:
    text = schema.get("description") if isinstance(schema, dict) else None
    return text if isinstance(text, str) else ""


def _says_nothing(text: str, name: str) -> bool:
    return _EMPTY.fullmatch(text) is not None or folded(text.rstrip(".")) == folded(name)
