"""The engine against the brute-force reading of the language, on random rules and random little logs."""

from collections import Counter
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, given, seed, settings

from auditor.engine import rule_run
from auditor.engine.run import Outcomes, run
from auditor.engine.verdicts import Judge, Verdict
from auditor.language.rule import Rule
from auditor.model.event import Event
from auditor.model.naming import Naming
from tests.engine import oracle
from tests.engine.oracle import Judged
from tests.engine.random_rules import SHAPES, cases, compiled, prepared

RULES_PER_LOG = 4
LOGS = 2000


class Watched(Judge):
    """The engine's judge, with all that it says written down."""

    said: ClassVar[list[tuple[Event, Verdict]]] = []

    def verdict(self, index: int, cases: Any) -> Verdict:
        said = super().verdict(index, cases)
        self.said.append((self.view.events[index], said))
        return said


def both(rule: Rule, log: bytes) -> tuple[list[Judged], list[tuple[Event, Verdict]], Outcomes]:
    """What the oracle says of a log, what the engine's judge says, and what comes out of the engine's run."""
    plan, timelines = prepared(rule, log)
    Watched.said = []
    outcomes = run(plan, timelines, Naming())
    return oracle.judge(rule, timelines), Watched.said, outcomes


def differences(expected: list[Judged], said: list[tuple[Event, Verdict]], outcomes: Outcomes) -> list[str]:
    """In what the two disagree; evidence and kind count where the order is certain.

    A candidate that never came before the engine's judge is one that the engine saw to be satisfied at a glance.
    """
    found = []
    engine = {id(event): verdict for event, verdict in said}
    for judged in expected:
        verdict, kind, outcome = engine.get(id(judged.event), ("satisfied", None, None))
        name = judged.event.message_id
        if verdict != judged.verdict:
            found.append(f"{name} is {judged.verdict}, the engine says {verdict}")
        elif verdict == "violated" and judged.orders == 1:
            evidence = {role: e.message_id for role, e in outcome.evidence.items() if role} if outcome else {}
            wanted = {role: e.message_id for role, e in judged.evidence.items()}
            if (kind, evidence) != (judged.kind, wanted):
                found.append(f"{name}: {judged.kind} by {wanted}, the engine says {kind} by {evidence}")
    counts = Counter(judged.verdict for judged in expected)
    (result,) = outcomes.rules
    told = (result.candidates, result.findings + result.tolerated, result.unsure)
    if told != (len(expected), counts["violated"], counts["unsure"]):
        found.append(f"{len(expected)} candidates: {dict(counts)}, the engine counts {told}")
    if bool(result.tolerated) != any(judged.verdict == "violated" and not judged.reported for judged in expected):
        found.append(f"the engine tolerates {result.tolerated}")
    reported = {id(finding.event) for finding in outcomes.findings}
    if reported != {id(judged.event) for judged in expected if judged.reported}:
        found.append("the findings are not the violated candidates that are not tolerated")
    return found


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_run, "Judge", Watched)


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_the_engine_says_of_every_candidate_what_the_language_says(shape: str) -> None:
    @seed(SHAPES.index(shape))
    @settings(max_examples=LOGS)
    @given(cases(shape, RULES_PER_LOG))
    def agree(case: tuple[bytes, list[dict[str, Any]]]) -> None:
        log, drawn = case
        for data in drawn:
            found = differences(*both(compiled(data), log))
            assert not found, "; ".join(found)

    agree()


def test_the_runs_add_up_to_twenty_thousand_and_more() -> None:
    assert len(SHAPES) * LOGS * RULES_PER_LOG >= 20_000


# The comparison can fail ----------------------------------------------------------------------------------

CLAUSE = {"before": "identify", "since": "reset", "differs": "userId", "as": "first"}
LOG = (
    b'{"type":"identify","userId":"u1","anonymousId":"a","messageId":"m0","timestamp":"2026-01-05T10:00:00Z"}\n'
    b'{"type":"identify","userId":"u2","anonymousId":"a","messageId":"m1","timestamp":"2026-01-05T10:00:01Z"}\n'
    b'{"type":"identify","userId":"u3","anonymousId":"a","messageId":"m2","timestamp":"2026-01-05T10:00:02Z"}\n'
)


def rule_with(**clause: Any) -> Rule:
    return compiled(
        {
            "id": "random-rule", "summary": "s", "severity": "error", "message": "m", "examples": [{"fail": []}, {}],
            "flag": "identify", "by": "lane", "if": {**CLAUSE, **clause},
        }
    )  # fmt: skip


def test_the_comparison_is_silent_about_a_rule_and_itself() -> None:
    expected, said, outcomes = both(rule_with(), LOG)
    assert [judged.verdict for judged in expected] == ["satisfied", "violated", "violated"]
    assert differences(expected, said, outcomes) == []


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        pytest.param({"at_least": 2}, "m1 is violated, the engine says satisfied", id="another verdict"),
        pytest.param(
            {"pick": "first"}, "m2: None by {'first': 'm1'}, the engine says None by {'first': 'm0'}", id="evidence"
        ),
    ],
)
def test_the_comparison_notices_an_engine_that_reads_a_rule_otherwise(other: dict[str, Any], shown: str) -> None:
    expected, _, _ = both(rule_with(), LOG)
    theirs, said, outcomes = both(rule_with(**other), LOG)
    for judged, twin in zip(expected, theirs, strict=True):  # the two readings of one log are two sets of events
        judged.event = twin.event
    assert shown in differences(expected, said, outcomes)


def test_the_random_comparison_notices_a_judge_that_forgets_the_unordered_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("auditor.engine.verdicts.has_unordered", lambda _: False)

    @settings(max_examples=LOGS, phases=[Phase.generate])
    @given(cases("before", RULES_PER_LOG))
    def agree(case: tuple[bytes, list[dict[str, Any]]]) -> None:
        log, drawn = case
        for data in drawn:
            found = differences(*both(compiled(data), log))
            assert not found, "; ".join(found)

    with pytest.raises(AssertionError, match="is unsure, the engine says"):
        agree()
