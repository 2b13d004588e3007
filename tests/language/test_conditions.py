"""Every operator, at its corners: null, booleans, numbers, strings."""

from typing import Any

import pytest

from auditor.language.conditions import OPERATORS
from auditor.language.conditions import test_of as condition

ABSENT = None
TRUE_OF: list[tuple[str, Any, list[Any], list[Any]]] = [
    ("eq", "a", ["a"], ["A", "", None, 0, ["a"], {"a": 1}]),
    ("eq", 1, [1, 1.0], ["1", True, None, 2]),
    ("eq", 0, [0, 0.0, -0.0], [False, None, "", "0", []]),
    ("eq", True, [True], [1, 1.0, "true", None, False]),
    ("eq", False, [False], [0, None, "", "false"]),
    ("eq", None, [None], [0, False, "", "null", []]),
    ("not", "a", ["b", None, 1, True], ["a"]),
    ("not", True, [1, False, None, "true"], [True]),
    ("in", ("a", 1, True), ["a", 1, 1.0, True], ["A", "1", False, 0, None, ["a"], {"a": 1}]),
    ("in", (0, None), [0, None], [False, "", []]),
    ("in", (), [], ["a", None]),
    ("not_in", ("a", 1), ["b", True, None, ["a"]], ["a", 1, 1.0]),
    ("exists", True, ["", 0, False, [], {}], [None]),
    ("exists", False, [None], ["", 0, False, [], {}]),
    ("type", "string", ["", "1"], [1, None, True, []]),
    ("type", "number", [0, 1.5], [True, False, "1", None]),
    ("type", "boolean", [True, False], [0, 1, "true", None]),
    ("type", "object", [{}, {"a": 1}], [[], None, "{}"]),
    ("type", "array", [[], [1]], [{}, None, "[]"]),
    ("matches", "^a.c", ["abc", "abcd"], ["xabc", "ABC", "", None, 1, ["abc"]]),
    ("matches", "b", ["abc"], ["ac"]),
    ("not_matches", "b", ["ac", None, 1, ["b"]], ["abc"]),
    ("starts", "ab", ["ab", "abc"], ["cab", "Ab", None, 1, ["ab"]]),
    ("ends", "ab", ["ab", "cab"], ["abc", "AB", None, 1]),
    ("contains", "b", ["abc", "b", ["a", "b"]], ["B", "", None, 1, [], ["abc"], {"b": 1}]),
    ("contains", 1, [[1], [1.0]], ["1", [True], ["1"], 1]),
    ("contains", True, [[True]], [[1], "True", True]),
    ("gt", 1, [2, 1.5], [1, 0, "2", None, [2]]),
    ("gte", 1, [1, 2], [0, "1", None]),
    ("lt", 1, [0, -1.5], [1, 2, "0", None]),
    ("lte", 1, [1, 0], [2, "0", None]),
    ("gt", "b", ["c", "ba"], ["b", "a", 1, None]),
    ("lte", "2026-01-05", ["2026-01-05", "2025-12-31"], ["2026-01-06", None]),
    ("gt", 0, [1, 0.5], [True, False, None]),
    ("lt", True, [], [0, False, None]),
    ("key_matches", "(?i)^pass", [{"Password": "x"}, {"a": [{"pass": 1}]}], [{"a": "pass"}, {"by": 1}, "pass", None]),
    ("value_matches", r"^\d+$", [{"a": "12"}, {"a": [{"b": 12}]}, 12, ["x", "1"]], [{"12": "x"}, {"a": True}, None]),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "operand", "true_of", "false_of"), TRUE_OF)
def test_an_operator_is_true_of_these_and_false_of_those(
    operator: str, operand: Any, true_of: list[Any], false_of: list[Any]
) -> None:
    holds = condition(operator, operand, False)
    assert [value for value in true_of if not holds(value)] == []
    assert [value for value in false_of if holds(value)] == []


def test_every_operator_is_tested() -> None:
    assert {operator for operator, *_ in TRUE_OF} | {"ignore_case"} == set(OPERATORS)


@pytest.mark.parametrize(
    ("operator", "operand", "negated"),
    [("eq", "a", "not"), ("in", ("a", 1), "not_in"), ("matches", "a", "not_matches")],
)
@pytest.mark.parametrize("value", ["a", "A", "b", "", None, 1, 0, True, False, [], ["a"], {}, {"a": 1}, 1.5])
def test_a_negated_operator_is_the_opposite_of_every_value(
    operator: str, operand: Any, negated: str, value: Any
) -> None:
    assert condition(negated, operand, False)(value) is not condition(operator, operand, False)(value)


@pytest.mark.parametrize(
    ("operator", "operand", "value"),
    [
        ("eq", "Null", "nULL"), ("eq", "straße", "STRASSE"), ("in", ("None", "NaN"), "nan"), ("matches", "^ab", "AB"),
        ("starts", "Ab", "aBc"), ("ends", "BC", "abc"), ("contains", "B", "abc"), ("key_matches", "^pass", {"PASS": 1}),
        ("value_matches", "^x", {"a": "X"}),
    ],
)  # fmt: skip
def test_ignore_case_folds_both_sides(operator: str, operand: Any, value: Any) -> None:
    assert condition(operator, operand, True)(value)
    assert not condition(operator, operand, False)(value)


@pytest.mark.parametrize(("operator", "operand"), [("eq", 1), ("in", (1, None)), ("contains", 1)])
def test_ignore_case_leaves_alone_what_is_no_string(operator: str, operand: Any) -> None:
    value = [1] if operator == "contains" else 1
    assert condition(operator, operand, True)(value)


def test_ignore_case_looks_into_lists() -> None:
    assert condition("contains", "B", True)(["a", "b"])


@pytest.mark.parametrize("held", [None, True, False, "", [], {}])
def test_a_key_that_holds_nothing_tells_nothing(held: Any) -> None:
    """``password: true`` says that there is one, not which."""
    assert not condition("key_matches", "password", False)({"password": held})
    assert condition("key_matches", "password", False)({"password": 0})
