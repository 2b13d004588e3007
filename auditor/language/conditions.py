"""Conditions on one field: the operators of the language, each a small test of a value."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from auditor.model.nested import telling_keys, texts

Test = Callable[[Any], bool]

OPERATORS = (
    "eq", "not", "in", "not_in", "exists", "type", "matches", "not_matches", "starts", "ends", "contains",
    "gt", "gte", "lt", "lte", "key_matches", "value_matches", "ignore_case",
)  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
_REMEMBERED = 100_000
_SCALARS = frozenset({str, int, float, bool, type(None)})
TYPE_NAMES = tuple(_TYPES)


def test_of(operator: str, operand: Any, ignore_case: bool) -> Test:
    """The test of one operator. Regular expressions are Python's ``re``, searched."""
    fold: Callable[[Any], Any] = _folded if ignore_case else _same
    flags = re.IGNORECASE if ignore_case else 0
    wanted = fold(operand)
    match operator:
        case "eq":
            return lambda value: _alike(fold(value), wanted)
        case "not":
            return lambda value: not _alike(fold(value), wanted)
        case "in" | "not_in":
            inside = _membership(operand, fold)
            return inside if operator == "in" else lambda value: not inside(value)
        case "exists":
            return (lambda value: value is not None) if operand else (lambda value: value is None)
        case "type":
            return lambda value: _is_type(value, operand)
        case "matches" | "not_matches":
            search = re.compile(operand, flags).search
            found = cache(lambda text: search(text) is not None)
            if operator == "matches":
                return lambda value: isinstance(value, str) and found(value)
            return lambda value: not (isinstance(value, str) and found(value))
        case "starts":
            return lambda value: isinstance(value, str) and fold(value).startswith(wanted)
        case "ends":
            return lambda value: isinstance(value, str) and fold(value).endswith(wanted)
        case "contains":
            return lambda value: _contains(fold(value), wanted)
        case "gt" | "gte" | "lt" | "lte":
            return lambda value: compared(operator, value, operand)
        case "key_matches":
            holds = key_matcher(_same, operand, ignore_case)
            return lambda value: holds(value, None)
        case "value_matches":
            return value_test(re.compile(operand, flags).search)
    raise AssertionError(operator)


def compared(operator: str, value: Any, operand: Any) -> bool:
    """Numbers with numbers, strings with strings; anything else is false. True and false are no numbers."""
    numbers = _is_type(value, "number") and _is_type(operand, "number")
    if not numbers and not (isinstance(value, str) and isinstance(operand, str)):
        return False
    return bool(
        {"gt": value > operand, "gte": value >= operand, "lt": value < operand, "lte": value <= operand}[operator]
    )


def key_matcher(read: Callable[[Any], Any], pattern: str, ignore_case: bool) -> Callable[[Any, Any], bool]:
    """``key_matches`` on what ``read`` finds: whether some key, at any depth, matches and holds something.

    This runs once for nearly every event of a log. Maps of one call have the same keys each time, so whether any of a
    set of keys matches is remembered; only maps with a telling key, or with maps or lists inside, are walked through.
    """
    search = re.compile(pattern, re.IGNORECASE if ignore_case else 0).search
    matches = cache(lambda text: search(text) is not None)
    hopeless: dict[tuple[str, ...], bool] = {}

    def match(event: Any, _: Any) -> bool:
        value = read(event)
        if not value or type(value) is not dict:
            return bool(value) and any(True for _ in telling_keys(value, matches))
        keys = tuple(value)
        known = hopeless.get(keys)
        if known is None:
            if len(hopeless) >= _REMEMBERED:
                hopeless.clear()
            known = hopeless[keys] = not any(map(matches, keys))
        if known and _SCALARS.issuperset(map(type, value.values())):
            return False
        return any(True for _ in telling_keys(value, matches))

    return match


def value_test(search: Callable[[str], Any]) -> Test:
    """``value_matches``: whether some string or number, at any depth, has the form."""

    def match(value: Any) -> bool:
        if type(value) is not dict:
            return any(search(text) is not None for text in texts(value))
        for inner in value.values():
            if type(inner) is str:
                if search(inner) is not None:
                    return True
            elif any(search(text) is not None for text in texts(inner)):
                return True
        return False

    return match


def _same(value: Any) -> Any:
    return value


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _alike(value: Any, wanted: Any) -> bool:
    return value is wanted if isinstance(value, bool) or isinstance(wanted, bool) else bool(value == wanted)


def _membership(operand: Any, fold: Callable[[Any], Any]) -> Test:
    members = [fold(member) for member in operand]
    try:
        quick = frozenset((type(member) is bool, member) for member in members)
    except TypeError:
        return lambda value: any(_alike(fold(value), member) for member in members)

    def inside(value: Any) -> bool:
        try:
            return (type(value) is bool, fold(value)) in quick
        except TypeError:
            return False

    return inside


def _is_type(value: Any, name: str) -> bool:
    if name == "number" and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[name])


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    return isinstance(value, list) and any(_alike(inner, wanted) for inner in value)
