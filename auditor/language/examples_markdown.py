"""A rule's examples in Markdown: little logs as rows of calls, little plans as YAML."""

from collections.abc import Iterator
from typing import Any

import yaml

from auditor.language.plan_rules import PlanExample, PlanRule
from auditor.language.prose import prose
from auditor.language.rule import Example, Rule

_OUTCOMES = {"fail": "What it flags", "pass": "What it does not flag", "unsure": "What it cannot tell"}
_CALLS = ("track", "identify", "page", "screen", "group", "alias", "reset", "navigation")
_SAID_ELSEWHERE = ("wait", "flagged", "repeat")
_LEGEND = " A row is a call, with the time since the one before; `>` marks what is flagged."


def examples_of(rule: Rule | PlanRule) -> Iterator[str]:
    """The paragraphs of a rule's examples: what it flags, what it does not, what it cannot tell."""
    yield "They are the rule's tests." + (_LEGEND if isinstance(rule, Rule) else "")
    for outcome, title in _OUTCOMES.items():
        chosen: list[Example | PlanExample] = [example for example in rule.examples if example.outcome == outcome]
        if chosen:
            yield f"### {title}"
        for example in chosen:
            yield _named(example)
            yield from _plan(example) if isinstance(example, PlanExample) else _log(example)


def _named(example: Example | PlanExample) -> str:
    said = [example.kind and f"kind `{example.kind}`", example.severity]
    if example.destinations:
        said.append("for " + ", ".join(f"`{name}`" for name in example.destinations))
    said += [f"with `{name}: {_flow(value)}`" for name, value in example.params.items()]
    told = ", ".join(part for part in said if part)
    name = prose(example.name or ("flagged" if example.outcome == "fail" else "correct"))
    return f"**{name[0].upper()}{name[1:]}**" + (f" ({told})" if told else "")


def _log(example: Example) -> Iterator[str]:
    if example.plan is not None:
        yield f"```yaml\n{_block(example.plan)}```"
    rows = [_event(event, number) for number, event in enumerate(example.events)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    yield "```text\n" + "\n".join(line.rstrip() for line in lines) + "\n```"


def _event(event: dict[str, Any], number: int) -> tuple[str, str, str, str, str]:
    """Mark, time since the event before, call, what it is called with, and the rest."""
    call = next((word for word in _CALLS if word in event), str(event.get("type", "event")))
    named = event.get(call)
    rest = [f"{event['repeat']} times"] if "repeat" in event else []
    rest += [f"{key}: {_flow(value)}" for key, value in event.items() if key not in (*_SAID_ELSEWHERE, call)]
    gap = f"+{event.get('wait', '1s')}" if number else ""
    return ">" if event.get("flagged") else " ", gap, call, "" if named is None else str(named), ", ".join(rest)


def _plan(example: PlanExample) -> Iterator[str]:
    yield f"```yaml\n{_block(example.plan)}```"
    if example.finds:
        yield f"Flagged: {', '.join(f'`{place}`' if place else 'the plan' for place in example.finds)}."


def _block(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)


def _flow(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)
