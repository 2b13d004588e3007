"""The mutants of a rule as written: each one change, and none that could not matter."""

from copy import deepcopy
from typing import Any

import pytest

from auditor.language.mutants import mutants

PARAMS = {"window": 60_000, "most": 2, "names": ("A", "B"), "paths": "^/app"}


def texts(data: dict[str, Any], **options: str) -> list[str]:
    return [mutant.text for mutant in mutants(data, PARAMS, options)]


def made(data: dict[str, Any], text: str, **options: str) -> dict[str, Any]:
    """The rule that the mutant with this text is."""
    (found,) = (mutant for mutant in mutants(data, PARAMS, options) if mutant.text == text)
    return dict(found.data)


CLAUSE = {"before": "identify", "within": "$window", "same": ["event", "userId"], "at_least": "$most"}
RULE: dict[str, Any] = {"flag": {"is": "track", "not": "placeholder"}, "by": "lane", "if": CLAUSE}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("`if: before identify` is gone", {"if": ...}),
        ("`if: before identify` is turned round", {"if": ..., "unless": [CLAUSE]}),
        (
            "`if: before identify` is `after`",
            {"if": {"after": "identify", **{k: v for k, v in CLAUSE.items() if k != "before"}}},
        ),
        ("`within: $window` is twice as long in `if: before identify`", {"if": {**CLAUSE, "within": "120000ms"}}),
        ("`within: $window` is half as long in `if: before identify`", {"if": {**CLAUSE, "within": "30000ms"}}),
        ("`at_least: $most` is 3 in `if: before identify`", {"if": {**CLAUSE, "at_least": 3}}),
        ("`userId` is gone from `same` in `if: before identify`", {"if": {**CLAUSE, "same": ["event"]}}),
        ("`by: lane` is `by: user`", {"by": "user"}),
        ("`not: placeholder` is gone", {"flag": {"is": "track"}}),
    ],
)
def test_a_mutant_is_the_rule_with_one_thing_changed(text: str, changed: dict[str, Any]) -> None:
    wanted = {key: value for key, value in {**RULE, **changed}.items() if value is not ...}
    before = deepcopy(RULE)
    assert made(RULE, text) == wanted
    assert before == RULE, "the rule itself is left as it was"


def test_a_clause_of_several_moves_beside_those_that_are_there() -> None:
    rule = {"flag": "track", "by": "lane", "if": [{"after": "a"}, {"after": "b"}], "unless": {"before": "c"}}
    assert made(rule, "`if: after b` is turned round") == {
        **rule,
        "if": [{"after": "a"}],
        "unless": [{"before": "c"}, {"after": "b"}],
    }
    assert made(rule, "`unless: before c` is turned round") == {
        "flag": "track", "by": "lane", "if": [{"after": "a"}, {"after": "b"}, {"before": "c"}],
    }  # fmt: skip


def test_a_defined_name_is_one_thing() -> None:
    assert texts({"flag": "client_signup"}) == ["`flag: client_signup` flags any event"]


def test_the_conditions_of_a_predicate_go_one_by_one() -> None:
    flag = {"is": "call", "any": [{"delivery": {"not_in": ["aborted", "failed"]}}, {"not": "copied"}]}
    assert set(texts({"flag": flag})[1:]) == {
        "`is: call` is gone",
        "`any: [{delivery: {not_in: [aborted, failed]}}, {not: copied}]` is gone",
        "`{delivery: {not_in: [aborted, failed]}}` is gone from `any`",
        "`{not: copied}` is gone from `any`",
        "`aborted` is gone from `not_in`",
        "`failed` is gone from `not_in`",
        "the `not` of `not: copied` is gone",
    }


def test_kinds_go_and_lose_their_severity() -> None:
    rule = {"flag": "a", "kinds": {"one": {"severity": "info"}, "two": {}}}
    assert made(rule, "the kind `two` is gone") == {"flag": "a", "kinds": {"one": {"severity": "info"}}}
    assert made(rule, "`severity: info` of one is gone") == {"flag": "a", "kinds": {"one": {}, "two": {}}}


def test_options_of_a_check_change_by_their_type() -> None:
    rule = {"flag": "a", "check": {"c": {"view": "view", "settle": "2s", "most": "$most", "paths": "$paths"}}}
    said = texts(rule, view="predicate", settle="duration", most="value", paths="value")
    assert said[1:] == [
        "the option `view: view` takes no event",
        "the option `view: view` takes any event",
        "`settle: 2s` is twice as long",
        "`settle: 2s` is half as long",
        "the option `most: $most` is 3",
        "the option `most: $most` is 1",
        "the option `paths: $paths` matches nothing",
    ]


def test_what_two_clocks_decide_is_not_widened() -> None:
    rule = {"flag": "a", "by": "user", "if": {"before": "b", "received": True}}
    assert "`if: before b` is `anywhere`" not in texts(rule)
    assert "`received: true` is gone in `if: before b`" in texts(rule)
