"""Ways to write a name: which of them a name follows, and which one a plan follows."""

import re
from collections import Counter
from collections.abc import Iterable

CONVENTIONS = {
    "Title Case": re.compile(
        r"(?:[A-Z0-9][\w'&]*|[a-z]?[A-Z][\w]*)(?:[ ](?:#?[A-Z0-9][\w'&]*|[a-z]?[A-Z]\w*|a|an|and|as|at|by|for|from"
        r"|in|of|on|or|the|to|via|with|&|-))*"
    ),
    "Sentence case": re.compile(r"[A-Z0-9][a-z0-9']*(?:[ ](?:[a-z0-9']+|[A-Z0-9]{2,}))*"),
    "snake_case": re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*"),
    "camelCase": re.compile(r"[a-z]+[a-z0-9]*(?:[A-Z0-9][a-z0-9]*)*"),
    "PascalCase": re.compile(r"(?:[A-Z][a-z0-9]*)+"),
    "kebab-case": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"),
    "lower case": re.compile(r"[a-z0-9']+(?:[ ][a-z0-9']+)*"),
    "UPPER_CASE": re.compile(r"[A-Z0-9]+(?:_[A-Z0-9]+)*"),
}
"""The conventions by name; a name of one word follows several."""
INFERRED = "inferred"
_ENOUGH = 10
"""Names of which a convention can be told, where none is configured (domain.md 8.7 asks for 20 in a log)."""
_MOST = 0.7
"""The share of names that must follow it."""
_PARTS = re.compile(r"[:/.]+ ?|[ ]-[ ]")
"""What stands between a name's domain and the name: `billing:plan_chosen`."""


def follows(name: str, convention: str) -> bool:
    """Whether each part of a name is written so."""
    return all(CONVENTIONS[convention].fullmatch(part) for part in _PARTS.split(name))


def told(names: Iterable[str]) -> tuple[str | None, Counter[str]]:
    """The convention that most names follow, if most do, and how many names follow each at best.

    In the count a name stands for the most followed of the conventions that it follows.
    """
    names = list(names)
    fits = {name: [each for each in CONVENTIONS if follows(name, each)] for name in names}
    totals = Counter(each for held in fits.values() for each in held)
    order = [each for each, _ in totals.most_common()]
    count = Counter(next((each for each in order if each in held), "none of them") for held in fits.values())
    if len(names) < _ENOUGH or not order:
        return None, count
    return (order[0] if totals[order[0]] >= _MOST * len(names) else None), count


def enough(names: Iterable[str]) -> bool:
    """Whether there are so many names that a mixture of conventions is one."""
    return len(list(names)) >= _ENOUGH


def rewritten(name: str, convention: str) -> str | None:
    """A name as a convention writes it, where its words can be told."""
    from auditor.plans.lints.words import words

    if _PARTS.search(name) or not (parts := words(name)):
        return None
    if convention == "Title Case":
        return " ".join(part.capitalize() for part in parts)
    if convention == "Sentence case":
        return " ".join(parts).capitalize()
    if convention in ("camelCase", "PascalCase"):
        joined = "".join(part.capitalize() for part in parts)
        return joined if convention == "PascalCase" else parts[0] + joined[len(parts[0]) :]
    sign = {"snake_case": "_", "kebab-case": "-", "lower case": " ", "UPPER_CASE": "_"}[convention]
    text = sign.join(parts)
    return text.upper() if convention == "UPPER_CASE" else text
