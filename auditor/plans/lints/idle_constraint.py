"""Constraints that never apply, because the type beside them is another."""

from collections.abc import Iterator

from auditor.model.plan import Plan
from auditor.plans.lints.nodes import nodes, types_of
from auditor.plans.lints.problem import Options, Problem, listed

OPTIONS: dict[str, str] = {}
SUBJECT = "property"
_OF = {
    "string": ("pattern", "minLength", "maxLength"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "minItems", "maxItems", "uniqueItems", "contains"),
    "object": ("properties", "required", "minProperties", "maxProperties", "patternProperties", "propertyNames"),
}


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge the keywords of each property by the types they are for; empty ones, which editors leave, say nothing."""
    del options
    for event in plan.events:
        for path, schema in nodes(event):
            types = {"number" if each == "integer" else each for each in types_of(schema)}
            if not types:
                continue
            for kind, keywords in _OF.items():
                idle = [word for word in keywords if schema.get(word) not in (None, "", [], {}, False, True)]
                if idle and kind not in types:
                    fields = {"keywords": listed(idle), "type": " or ".join(sorted(types)), "kind": kind}
                    yield Problem(event, path, None, fields, trait=" ".join(idle))
