"""The sentence of a rule comes from its structure."""

from typing import Any

import pytest

from auditor.language.explain import explained
from auditor.language.rule import Rule
from auditor.language.sentence import sentence
from tests.language.conftest import DEFAULTS, Pack, reload


def ours(pack: Pack, **rule: Any) -> Rule:
    return next(one for one in pack(**rule).rules if one.pack)


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ({"if": {"before": "identify"}}, "if identify came before"),
        ({"if": {"after": "identify"}}, "if identify comes after"),
        ({"if": {"around": "identify", "within": "10s"}}, "if identify is around it within 10s"),
        ({"if": {"anywhere": "identify"}}, "if identify is anywhere in the timeline"),
        ({"if": {"anywhere": "identify", "by": "user"}}, "if identify is anywhere in the timeline of the same user"),
        ({"if": {"after": "identify", "within": "$late_window", "until": "reset", "as": "late"}},
         "if identify comes after within $late_window up to reset"),
        ({"unless": {"before": "identify", "since": "reset"}}, "unless identify came before counted since reset"),
        ({"if": {"before": "track", "same": ["event", "userId"], "differs": "messageId"}},
         "if track came before with the same event and userId with another messageId"),
        ({"if": {"before": "track", "at_least": 3}}, "if at least 3 track came before"),
        ({"if": {"before": "track", "where": {"userId": "$.userId"}}}, "if track came before where userId $.userId"),
        ({"if": {"before": "track", "received": True}},
         "if track came before by the order the collector received them"),
        ({"if": [{"before": "track"}, {"after": "reset"}]}, "if track came before and reset comes after"),
        ({"if_any": [{"before": "track"}, {"after": "reset"}]}, "if track came before or reset comes after"),
        ({"unless": [{"before": "track"}, {"after": "reset"}]}, "unless track came before or reset comes after"),
        ({"if": {"before": "track"}, "unless": {"after": "reset"}}, "if track came before, unless reset comes after"),
    ],
)  # fmt: skip
def test_every_word_of_a_clause_is_said(pack: Pack, clauses: dict[str, Any], said: str) -> None:
    assert sentence(ours(pack, flag="signup", by="lane", **clauses)) == f"Flag each signup of a lane, {said}."


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("signup", "signup"),
        (["signup", "login"], "signup or login"),
        ({"is": "call", "userId": None}, "call with userId absent"),
        ({"is": ["login", "signup"]}, "login or signup"),
        ({"track": "Paid"}, "track Paid"),
        ({"type": "track", "source": "client"}, "track with source client"),
        ({"type": ["track", "page"]}, "track or page"),
        ({"is": "call", "type": ["track", "page"]}, "call with type track or page"),
        ({"track": None}, "track"),
        ({"event": ["a", "b"]}, "event one of a, b"),
        ({"userId": {"exists": True}}, "userId present"),
        ({"path": {"starts": "/app", "ends": "/"}}, "path starts /app and ends /"),
        ({"event": {"in": ["a"], "ignore_case": True}}, "event in one of a"),
        ({"any": ["signup", "login"], "source": "client"}, "(signup or login) with source client"),
        ({"is": "track", "not": {"any": ["signup", "login"]}}, "track with not (signup or login)"),
    ],
)
def test_every_word_of_a_predicate_is_said(pack: Pack, flag: Any, said: str) -> None:
    assert sentence(ours(pack, flag=flag)) == f"Flag each {said}."


def test_keys_once_checks_and_kinds_are_said(pack: Pack) -> None:
    rule = ours(pack, flag="call", by=["lane", "user"], once=True, check={"repeated_message": {"far": "1h"}})
    assert sentence(rule) == (
        "Flag each call of a lane and user, where the check repeated_message finds a problem; once per timeline."
    )
    assert sentence(ours(pack, flag="call", tolerate="2.5%")) == (
        "Flag each call; reported only where more than 2.5% of them are so."
    )
    kinds = {"first": {"if": {"before": "track"}}, "second": {"summary": "it is the second"}, "third": {}}
    assert sentence(ours(pack, flag="call", by="lane", kinds=kinds)).splitlines() == [
        "Flag each call of a lane.", "first: if track came before.", "second: it is the second.",
    ]  # fmt: skip


RULES = reload(DEFAULTS)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_built_in_rule_explains_itself_completely(rule: Rule) -> None:
    page = explained(rule, RULES)
    told = " ".join(page.split())
    assert page.startswith(f"{rule.id} ({rule.severity})\n{rule.summary}\n")
    for text in (rule.why, rule.fix, sentence(rule), *(kind.message for kind in rule.kinds if kind.message)):
        assert " ".join(text.split()) in told
    assert page.count("\n  pass") + page.count("\n  fail") + page.count("\n  unsure") == len(rule.examples)
    for name in rule.used_params:
        doc = rule.params.get(name) or RULES.params[name].doc
        assert f"{name}: {' '.join(doc.split())}" in told
    assert all(len(line) <= 100 for line in page.splitlines())
