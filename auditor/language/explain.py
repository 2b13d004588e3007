"""A rule explained: everything a person needs, generated from the rule itself."""

import textwrap
from typing import Any

from auditor.language.loader import RuleSet
from auditor.language.rule import Example, Kind, Rule
from auditor.language.sentence import sentence
from auditor.model.sdk import TITLES, Snippet

_WIDTH = 88


def explained(rule: Rule, rules: RuleSet) -> str:
    """The page of a rule as plain text."""
    parts = [f"{rule.id} ({rule.severity})", rule.summary, "", *_block("What it flags", sentence(rule))]
    if rule.why:
        parts += _block("Why it matters", rule.why)
    if rule.fix:
        parts += _block("How to fix it", rule.fix)
    for snippet in dict.fromkeys(rule.fix_code.values()):
        titles = [TITLES[family] for family, held in rule.fix_code.items() if held == snippet]
        parts += _snippet(", ".join(titles), snippet)
    if rule.notes:
        parts += _block("Notes", rule.notes)
    for kind in rule.kinds:
        parts += _kind(rule, kind)
    if rule.used_params:
        parts.append("Parameters (params: in auditor.yml)")
        for name in rule.used_params:
            said = rule.params.get(name) or (rules.params[name].doc if name in rules.params else "")
            parts += textwrap.wrap(f"{name}: {said}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
        parts.append("")
    if rule.destinations:
        parts += _block("Runs for the destinations", ", ".join(rule.destinations))
    parts.append("Examples (they are the rule's tests)")
    for example in rule.examples:
        parts += _example(example)
    parts += ["", f"Defined in {rule.source}"]
    return "\n".join(parts)


def _block(title: str, text: str) -> list[str]:
    rows = [row for line in text.splitlines() for row in textwrap.wrap(line, _WIDTH - 2)]
    return [title, *(f"  {row}" for row in rows), ""]


def _snippet(title: str, snippet: Snippet) -> list[str]:
    if not snippet.is_code:
        return _block(f"With {title}", snippet.text)
    return [f"With {title}", *(f"    {row}".rstrip() for row in snippet.text.splitlines()), ""]


def _kind(rule: Rule, kind: Kind) -> list[str]:
    if kind.message is None and kind.fix is None and kind.severity is None:
        return []
    title = f"Kind {kind.name} ({kind.severity or rule.severity})"
    rows = [f"  {row}" for text in (kind.message, kind.fix) if text for row in textwrap.wrap(text, _WIDTH - 2)]
    return [title, *rows, ""]


def _example(example: Example) -> list[str]:
    rows = [f"  {example.outcome}: {example.name or ''}".rstrip().rstrip(":")]
    for event in example.events:
        mark = ">" if event.get("flagged") else " "
        said = ", ".join(f"{key}: {_value(value)}" for key, value in event.items() if key != "flagged")
        rows += textwrap.wrap(said, _WIDTH - 8, initial_indent=f"    {mark} ", subsequent_indent="        ")
    return rows


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_value(inner)}" for key, inner in value.items()) + "}"
    return str(value)
