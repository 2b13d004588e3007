"""A rule over plans explained: everything a person needs, generated from the rule itself."""

import textwrap
from typing import Any

from auditor.language.loader import RuleSet
from auditor.language.plan_rules import PlanExample, PlanKind, PlanRule

_WIDTH = 88


def explained_plan_rule(rule: PlanRule, rules: RuleSet) -> str:
    """The page of a rule as plain text."""
    parts = [f"{rule.id} ({rule.severity})", rule.summary, ""]
    parts += _block("What it flags", f"Flag each place of a tracking plan that the lint {rule.lint} blames.")
    parts += _block("Why it matters", rule.why)
    if rule.fix:
        parts += _block("How to fix it", rule.fix)
    if rule.notes:
        parts += _block("Notes", rule.notes)
    for kind in rule.kinds:
        parts += _kind(rule, kind)
    if rule.used_params:
        parts.append("Parameters (params: in auditor.yml)")
        for name in rule.used_params:
            said = f"{name}: {rules.params[name].doc}"
            parts += textwrap.wrap(said, _WIDTH, initial_indent="  ", subsequent_indent="    ")
        parts.append("")
    parts.append("Examples (they are the rule's tests)")
    for example in rule.examples:
        parts += _example(example)
    return "\n".join([*parts, "", f"Defined in {rule.source}"])


def _block(title: str, text: str) -> list[str]:
    rows = [row for line in text.splitlines() for row in textwrap.wrap(line, _WIDTH - 2)]
    return [title, *(f"  {row}" for row in rows), ""]


def _kind(rule: PlanRule, kind: PlanKind) -> list[str]:
    title = f"Kind {kind.name} ({kind.severity or rule.severity})"
    rows = [f"  {row}" for text in (kind.message, kind.fix) if text for row in textwrap.wrap(text, _WIDTH - 2)]
    return [title, *rows, ""]


def _example(example: PlanExample) -> list[str]:
    rows = [f"  {example.outcome}: {example.name or ''}".rstrip().rstrip(":")]
    rows += textwrap.wrap(_value(example.plan), _WIDTH - 8, initial_indent="      ", subsequent_indent="        ")
    rows += [f"    > {place or 'the plan'}" for place in example.finds]
    return rows


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return "" if value is None else str(value)
