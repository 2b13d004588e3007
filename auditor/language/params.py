"""Parameters: typed values that a config can set, and the durations and references written with them."""

import re
from functools import cache
from typing import Any

UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)(ms|s|m|h|d)$")
_PARTS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d+,?\d*\}|\{,\d+\}|.", re.DOTALL)
"""An escape, a set of characters, a counted repetition, or any other character."""
TYPES = ("string", "int", "bool", "list", "regex", "regex_list", "duration")


def duration(text: Any) -> int:
    """Milliseconds of ``300ms``, ``2s``, ``30m``, ``12h``, ``1d``. Raises ``ValueError`` with what to write."""
    match = _DURATION.match(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is no duration: write a number and ms, s, m, h or d, such as "30m"')
    return round(float(match[1]) * UNITS[match[2]])


def duration_words(milliseconds: int) -> str:
    """``30m`` for 1,800,000: the largest unit that divides it."""
    for unit in ("d", "h", "m", "s"):
        if milliseconds and milliseconds % UNITS[unit] == 0:
            return f"{milliseconds // UNITS[unit]}{unit}"
    return f"{milliseconds}ms"


def typed(kind: str, value: Any) -> Any:
    """A parameter's value by its type. Raises ``ValueError`` saying what is wrong.

    ``list`` gives a tuple; ``regex_list`` one expression that matches what any of them matches (a single string is a
    list of one, none match nothing); ``duration`` milliseconds.
    """
    if kind == "duration":
        return duration(value)
    if kind == "regex":
        return _regex(value)
    if kind == "regex_list":
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            raise ValueError("must be a regular expression or a list of them")
        return "|".join(f"(?:{_regex(part)})" for part in parts) if parts else r"(?!)"
    if kind == "list":
        if not isinstance(value, list | tuple):
            raise ValueError('must be a list, such as ["Signed Up"]')
        if any(isinstance(item, dict | list) for item in value):
            raise ValueError("must be a list of plain values")
        return tuple(value)
    wanted = {"string": str, "int": int, "bool": bool}[kind]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        names = {"string": "a string", "int": "a whole number", "bool": "true or false"}
        raise ValueError(f"must be {names[kind]}")
    return value


def _regex(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a regular expression (a string)")
    problem = regex_problem(value)
    if problem is not None:
        raise ValueError(problem)
    return value


@cache  # the defaults of the vocabulary are looked at for each rule
def regex_problem(pattern: str) -> str | None:
    """What is wrong with a regular expression: it is none, or could take for ever on some text."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression: {error}"
    if _repeats_a_repetition(pattern):
        return "repeats a group that holds a repetition, which can take for ever on some texts: unnest it"
    return None


def _repeats_a_repetition(pattern: str) -> bool:
    open_groups = [False]
    closed = False
    for part in _PARTS.finditer(pattern):
        text = part[0]
        if text == "(":
            open_groups.append(False)
        elif text == ")":
            closed = open_groups.pop()
            open_groups[-1] = open_groups[-1] or closed
            continue
        elif text[0] in "+*{":
            if closed:
                return True
            open_groups[-1] = True
        closed = False
    return False
