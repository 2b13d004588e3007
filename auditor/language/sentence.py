"""A rule as one English sentence, generated from its structure (rule-language.md: text and rule cannot drift apart)."""

from typing import Any

from auditor.config.share import share_words
from auditor.language.rule import Clause, Conditions, Rule


def sentence(rule: Rule) -> str:
    """The sentence of a rule; for a rule with kinds, one more per kind."""
    first = f"Flag each {rule.flag_words}"
    if rule.by:
        first += f" of a {' and '.join(rule.by)}"
    conditions = _conditions(rule.conditions)
    if conditions:
        first += f", {conditions}"
    if rule.check is not None:
        first += f", where the check {rule.check} finds a problem"
    if rule.once:
        first += "; once per timeline"
    if rule.tolerate is not None:
        first += f"; reported only where more than {share_words(rule.tolerate)} of them are so"
    lines = [first + "."]
    for kind in rule.kinds:
        said = _conditions(kind.conditions)
        if said or kind.summary:
            lines.append(f"{kind.name}: {kind.summary or said}.")
    return "\n".join(lines)


def predicate_words(data: Any) -> str:
    """A predicate's YAML in a few words."""
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return " or ".join(predicate_words(item) for item in data)
    if not isinstance(data, dict):
        return str(data)
    parts: list[str] = []
    for key, value in data.items():
        if key in ("is", "type"):
            words = " or ".join(value) if isinstance(value, list) else str(value)
            parts.append(f"type {words}" if key == "type" and parts else words)
        elif key in ("all", "any"):
            joined = (" and " if key == "all" else " or ").join(predicate_words(item) for item in value)
            parts.append(f"({joined})")
        elif key == "not":
            parts.append(f"not {predicate_words(value)}")
        elif key in ("track", "identify", "page", "screen", "group", "alias"):
            parts.append(key if value is None else f"{key} {_condition(value)}")
        else:
            parts.append(f"{key} {_condition(value)}")
    return " with ".join(parts)


def _condition(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, dict):
        return " and ".join(
            ("present" if v else "absent") if op == "exists" else f"{op} {_condition(v)}"
            for op, v in value.items()
            if op != "ignore_case"
        )
    if isinstance(value, list):
        return "one of " + ", ".join(str(item) for item in value)
    return str(value)


def _conditions(conditions: Conditions) -> str:
    parts = []
    if conditions.all:
        parts.append("if " + _joined(conditions.all, " and "))
    if conditions.any:
        parts.append("if " + _joined(conditions.any, " or "))
    if conditions.unless:
        parts.append("unless " + _joined(conditions.unless, " or "))
    return ", ".join(parts)


def _joined(clauses: tuple[Clause, ...], word: str) -> str:
    return word.join(clause.words for clause in clauses)
