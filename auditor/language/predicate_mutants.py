"""Changes to a predicate: each condition taken away in turn."""

from collections.abc import Iterator
from typing import Any

from auditor.language.reading import Path
from auditor.language.written import GONE, Change, shown

ANYTHING = {"type": {"exists": True}}
NOTHING = {"type": {"exists": False}}
_JOINED = ("is", "any", "all")


def predicate_changes(value: Any, path: Path, where: str = "") -> Iterator[Change]:
    """Every change to the predicate at a place. A defined name alone has none."""
    if isinstance(value, list):
        yield from _without_each(value, path, where)
        for number, item in enumerate(value):
            yield from predicate_changes(item, (*path, number), where)
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        place = (*path, key)
        if len(value) > 1:
            yield Change((place,), (GONE,), f"`{key}: {shown(inner)}` is gone{where}")
        if key == "not":
            if len(value) == 1:
                yield Change((path,), (inner,), f"the `not` of `not: {shown(inner)}` is gone{where}")
            yield from predicate_changes(inner, place, where)
        elif key in _JOINED:
            yield from predicate_changes(inner, place, where)
        else:
            yield from _condition(inner, place, where)


def _condition(value: Any, path: Path, where: str) -> Iterator[Change]:
    """A list of values without each of them; a map of operators without each of them."""
    if isinstance(value, list):
        yield from _without_each(value, path, where)
    if not isinstance(value, dict):
        return
    for operator, operand in value.items():
        if len(value) > 1:
            yield Change(((*path, operator),), (GONE,), f"`{operator}: {shown(operand)}` is gone{where}")
        if isinstance(operand, list):
            yield from _without_each(operand, (*path, operator), where)


def _without_each(items: list[Any], path: Path, where: str) -> Iterator[Change]:
    if len(items) > 1:
        for number, item in enumerate(items):
            yield Change(((*path, number),), (GONE,), f"`{shown(item)}` is gone from `{path[-1]}`{where}")
