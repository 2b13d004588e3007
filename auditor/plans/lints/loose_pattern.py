"""Alternations in patterns that let more through than was meant: `^a|b$` is "begins with a" or "ends with b"."""

import re
from collections.abc import Iterator

from auditor.model.plan import Plan
from auditor.plans.lints.nodes import nodes
from auditor.plans.lints.problem import Options, Problem

OPTIONS: dict[str, str] = {}
SUBJECT = "property"
_STEP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]|.", re.DOTALL)
_FIRST = ("^", r"\A")
_LAST = ("$", r"\Z", r"\z")
_LITERAL = re.compile(r"(?:[\w \-:/&,']|\\[.\-/+ ()&])+")


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Judge the pattern of each property; JSON Schema searches a pattern, so that nothing anchors it by itself."""
    del options
    for event in plan.events:
        for path, schema in nodes(event):
            pattern = schema.get("pattern")
            if not isinstance(pattern, str):
                continue
            kind = _looseness(pattern)
            if kind is not None:
                fields = {"pattern": pattern, "anchored": _anchored(pattern)}
                yield Problem(event, path, kind, fields, trait=pattern)


def _looseness(pattern: str) -> str | None:
    """``partly`` where anchors hold for some alternatives only; ``open`` for a list of values without any anchor."""
    parts = _alternatives(_bare(pattern))
    if len(parts) < 2:
        return None
    starts = [part.startswith(_FIRST) for part in parts]
    ends = [part.endswith(_LAST) and not part.endswith(r"\$") for part in parts]
    if starts[0] and ends[-1] and not any(starts[1:]) and not any(ends[:-1]):
        return "partly"
    if not any(starts) and not any(ends) and all(_LITERAL.fullmatch(part) for part in parts):
        return "open"
    return None


def _bare(pattern: str) -> str:
    """The pattern without one group around the whole of it."""
    match = re.fullmatch(r"\((?:\?:)?(.*)\)", pattern, re.DOTALL)
    if match is None:
        return pattern
    depth = 0
    for step in _STEP.finditer(match[1]):
        depth += {"(": 1, ")": -1}.get(step[0], 0)
        if depth < 0:
            return pattern
    return match[1]


def _alternatives(pattern: str) -> list[str]:
    """The alternatives at the top of a pattern."""
    parts, depth = [""], 0
    for step in _STEP.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(step[0], 0)
        if step[0] == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += step[0]
    return parts


def _anchored(pattern: str) -> str:
    bare = _bare(pattern)
    return f"^(?:{bare.removeprefix('^').removesuffix('$')})$"
