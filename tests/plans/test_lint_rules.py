"""Each example of each rule over plans comes out as it says and notices mutants; no log needs these rules."""

from dataclasses import replace

import pytest

from auditor.cli.plan_rules import plan_rules_in_force
from auditor.config.settings import ConfigError, Settings
from auditor.engine.plan_examples import judge_plan, run_plan_examples
from auditor.engine.plan_mutation import mutate_plan_rule
from auditor.language.plan_rules import PlanExample, PlanRule
from tests.conftest import DEFAULT_RULES

DEFAULTS = Settings()
RULES = plan_rules_in_force(DEFAULTS)
BY_ID = {rule.id: rule for rule in RULES}
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}:{example.name or number}")
    for rule in RULES
    for number, example in enumerate(rule.examples)
]


def outcome(rule: PlanRule, example: PlanExample) -> str | None:
    return judge_plan(rule, example, DEFAULTS, plan_rules_in_force)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_comes_out_as_it_says(rule: PlanRule, example: PlanExample) -> None:
    assert outcome(rule, example) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_kind_of_a_rule_has_an_example(rule: PlanRule) -> None:
    assert {kind.name for kind in rule.kinds} <= {example.kind for example in rule.examples}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_notice_every_mutant(rule: PlanRule) -> None:
    assert mutate_plan_rule(rule, DEFAULTS, plan_rules_in_force).survivors == []


def test_what_reads_a_log_reads_no_rule_over_plans() -> None:
    assert not {rule.id for rule in DEFAULT_RULES.rules} & set(BY_ID)
    assert {rule.id for rule in RULES} >= {"plan-invalid-schema", "plan-loose-pattern"}


# An example that says something false ---------------------------------------------------------------------

RULE = BY_ID["plan-near-duplicate-event"]
FAILING = next(example for example in RULE.examples if example.name == "case and separators")
PASSING = next(example for example in RULE.examples if example.name == "other words")


@pytest.mark.parametrize(
    ("example", "text"),
    [
        (replace(FAILING, outcome="pass"), 'expected to pass, but blames "signed_up"'),
        (replace(PASSING, outcome="fail"), "expected to fail, but nothing is found"),
        (replace(FAILING, finds=("Signed Up",)), 'expected to blame "Signed Up", but it is "signed_up"'),
        (replace(FAILING, kind="order"), 'expected the kind "order", but it is "spelling"'),
        (replace(FAILING, severity="error"), 'expected the severity "error", but it is "warning"'),
        (
            replace(FAILING, message="Twice."),
            'expected the message "Twice.", but it is '
            '""signed_up" and "Signed Up" are one name in different spellings."',
        ),
    ],
)
def test_a_false_example_is_told_what_came_instead(example: PlanExample, text: str) -> None:
    assert outcome(RULE, example) == text


def test_an_example_that_is_no_plan_says_so() -> None:
    rule = replace(RULE, examples=(PlanExample("pass", {"rules": 1}, "broken"),))
    (failure,) = run_plan_examples(rule, DEFAULTS, plan_rules_in_force)
    assert failure.text == "example: no tracking plan"
    assert failure.place.endswith("plan-near-duplicate-event.yml:1")


# A pack of one's own --------------------------------------------------------------------------------------

PACK = """
rules:
  - id: our-events
    applies_to: plan
    summary: An event is not in snake_case.
    severity: error
    why: Our warehouse has it so.
    lint: {event_case: {convention: snake_case}}
    message: '"{name}" is not.'
    fix: Rename it.
    examples:
      - fail: {events: {Signed Up: {}}}
        finds: [Signed Up]
      - pass: {events: {signed_up: {}}}
"""


def test_a_pack_may_hold_rules_over_plans(tmp_path, cli) -> None:  # type: ignore[no-untyped-def]
    pack = tmp_path / "ours.yml"
    pack.write_text(PACK, encoding="utf-8")
    done = cli("rules", "test", pack)
    assert done.stdout == "1 rules, 2 examples: 2 as expected, 0 otherwise\n"
    plan = tmp_path / "plan.yml"
    plan.write_text("schema: auditor/tracking-plan/1\nevents: {Signed Up: {}}\n", encoding="utf-8")
    done = cli("plan", "lint", plan, "--rules", pack, "--select", "our-events")
    assert '"Signed Up" is not.' in done.stdout
    assert done.returncode == 1
    assert cli("check", "sample_logs/clean.jsonl", "--rules", pack).returncode == 0, "a log needs none of it"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("id: our-events", "id: plan-event-case"), "ours.yml:3: there is a rule"),
        (("event_case:", "evnt_case:"), 'ours.yml:8: there is no lint "evnt_case"'),
        (("{convention: snake_case}", "{}"), 'ours.yml:8: lint event_case needs the option "convention"'),
        (("severity: error", "severity: awful"), 'ours.yml:6: "severity" must be one of'),
        (("    why: Our warehouse has it so.\n", ""), 'ours.yml:3: a rule needs "why"'),
        (("finds: [Signed Up]", "find: [Signed Up]"), 'ours.yml:13: an example has no key "find"'),
        (("      - pass: {events: {signed_up: {}}}\n", ""), "needs at least two examples, one of them failing"),
    ],
)
def test_a_mistake_in_a_rule_over_plans_is_located(tmp_path, change: tuple[str, str], said: str) -> None:  # type: ignore[no-untyped-def]
    pack = tmp_path / "ours.yml"
    pack.write_text(PACK.replace(*change), encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        plan_rules_in_force(DEFAULTS, (pack,))
    assert said in str(told.value)
