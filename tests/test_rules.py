"""Every example of every built-in rule comes out as it says, and an example that says something false is told so."""

from dataclasses import replace
from functools import partial

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.engine.examples import judge_with_settings, run_examples
from auditor.language.loader import load
from auditor.language.rule import Example, Rule

reload = partial(load, options_of=options_of, with_examples=True)
DEFAULTS = Settings()
RULES = reload(DEFAULTS)
BY_ID = {rule.id: rule for rule in RULES.rules}


EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}:{example.name or number}")
    for rule in RULES.rules
    for number, example in enumerate(rule.examples)
]


def outcome(rule: Rule, example: Example) -> str | None:
    """What is wrong with how an example comes out."""
    return judge_with_settings(rule, example, RULES, DEFAULTS, reload)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_comes_out_as_it_says(rule: Rule, example: Example) -> None:
    assert outcome(rule, example) is None


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_flags_an_event_exactly_if_it_fails(rule: Rule, example: Example) -> None:
    assert any(event.get("flagged") for event in example.events) == (example.outcome == "fail")


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_every_kind_of_a_rule_has_an_example(rule: Rule) -> None:
    shown = {example.kind for example in rule.examples}
    assert {kind.name for kind in rule.kinds} <= shown, "kinds that no example shows"


# An example that says something false ---------------------------------------------------------------------

SWAPPED = BY_ID["identify-after-track"]
FAILING = next(example for example in SWAPPED.examples if example.name == "swapped")
PASSING = next(example for example in SWAPPED.examples if example.name == "identify comes first")
UNSURE = next(example for example in SWAPPED.examples if example.outcome == "unsure")


@pytest.mark.parametrize(
    ("example", "text"),
    [
        (replace(FAILING, outcome="pass"), "expected to pass, but flags event 1"),
        (replace(FAILING, outcome="unsure"), "expected to be unsure, but flags event 1"),
        (replace(PASSING, outcome="fail"), "expected to fail, but nothing is flagged"),
        (replace(PASSING, outcome="unsure"), "expected to be unsure, but nothing is"),
        (replace(UNSURE, outcome="fail"), "expected to fail, but nothing is flagged"),
        (replace(FAILING, kind="replayed"), 'expected the kind "replayed", but it is "swapped"'),
        (replace(FAILING, evidence={"late": 0}), 'expected event 0 as "late", but it is 2'),
        (replace(FAILING, evidence={"early": 0}), 'expected event 0 as "early", but it is None'),
        (
            replace(FAILING, message="Swapped."),
            'expected the message "Swapped.", but it is ""Signed Up" was tracked 40 ms before identify("u1")."',
        ),
        (
            replace(FAILING, events=({**FAILING.events[0], "flagged": True}, *FAILING.events[1:])),
            "expected event 0, 1 to be flagged, but it is 1",
        ),
    ],
)
def test_a_false_example_is_told_what_came_instead(example: Example, text: str) -> None:
    assert outcome(SWAPPED, example) == text


@pytest.mark.parametrize(
    ("events", "text"),
    [
        (({"identify": "u1"}, {"track": "A", "wait": "soon"}), "'soon' is no duration"),
        (({"identify": "u1"}, {"properties": {}}), "event 1 cannot be read: "),
        (({"identify": "u1", "traits": "many"},), "event 0 cannot be read: traits is a string"),
    ],
)
def test_an_example_that_is_no_log_is_told_which_event_is_not(events: tuple[dict[str, object], ...], text: str) -> None:
    rule = replace(SWAPPED, examples=(Example("pass", events, "broken"),))
    (failure,) = run_examples(rule, RULES, DEFAULTS, reload)
    assert failure.example == "broken"
    assert text in failure.text
    assert failure.place.endswith("rules/signup/identify-after-track.yml:1")


def test_an_unnamed_example_is_told_by_its_number() -> None:
    rule = replace(SWAPPED, examples=(PASSING, replace(FAILING, outcome="pass", name=None)))
    assert [failure.example for failure in run_examples(rule, RULES, DEFAULTS, reload)] == ["number 2"]
