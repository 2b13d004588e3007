"""Planted mistakes are found, and nothing else is: per rule and form, on a small run; the full table is in the docs."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulate.answer import Answer
from benchmarks.simulate.answers import answers
from benchmarks.simulate.clock import DAY
from benchmarks.simulate.crowd import Crowd
from benchmarks.simulate.forms import FORMS, Form
from benchmarks.simulate.mistakes import ALIASING, MISTAKES, Plan
from benchmarks.simulate.run import BEGINNING, plans, play, play_all
from benchmarks.simulate.score import Score, compare, key, score
from benchmarks.simulate.seen import Seen, SeenInHar
from benchmarks.simulate.sending_mistakes import SENDING
from benchmarks.simulate.slip_plans import ALIASING_SLIPS, SLIPS
from benchmarks.simulate.table import BEGIN, END
from tests.simulator.worlds import read
from tests.stories_of_identity import IDENTITY
from tests.test_catalogue import LOW, STORIES

ROOT = Path(__file__).resolve().parents[2]
APART = {"destinations", "plan-lint"}
RULES = {path.stem for path in (ROOT / "rules").glob("*/*.yml") if path.parent.name not in APART}
WITH_A_PLAN = {"plan-violation"}
"""Rules about a tracking plan: tests/simulator/test_planned.py."""
PAGE = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
PEOPLE = 280
CROWD = 1000
WANTED = 0.97
WANTED_OF_WARNINGS = 0.9


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_rules_find_what_was_planted_and_nothing_else(form: Form) -> None:
    assert_accurate(form, PEOPLE)


@pytest.mark.slow
def test_a_crowd_of_visitors_on_the_same_pages_hides_nothing() -> None:
    """As many as the page of the docs tells of: here several people leave the form in the same minutes."""
    assert_accurate(FORMS[0], CROWD)


def assert_accurate(form: Form, people: int) -> None:
    held = play_all(plans(people, "test", aliasing=form.aliasing), form.vendor, "test", aliasing=form.aliasing)
    result = read(score, form, held)
    errors = {rule for rule, severity in result.severities.items() if severity == "error"}
    assert sum(found.planted for rule, found in result.rules.items() if rule in errors) > 30
    poor = {
        rule: (found.recall, found.precision, dict(found.missed_by), dict(found.false_by))
        for rule, found in result.rules.items()
        if (found.recall is not None and found.recall < (WANTED if rule in errors else WANTED_OF_WARNINGS))
        or (found.precision is not None and found.precision < WANTED)
    }
    assert poor == {}


def test_every_rule_without_a_story_is_broken_by_some_mistake_and_every_mistake_takes_effect_somewhere() -> None:
    planted: Counter[str] = Counter()
    idle = []
    aliasing = [*ALIASING, *ALIASING_SLIPS]
    for number, plan in enumerate([*MISTAKES, *SLIPS, *SENDING, *aliasing]):
        found = [
            answer.rule
            for vendor in ("segment", "rudderstack")
            for time in range(4)
            for seen in (Seen(), SeenInHar())
            for answer in answers(play(plan, 10 * number + time, vendor, "effect", aliasing=plan in aliasing), seen)
            if answer.planted
        ]
        planted.update(found)
        idle += [] if found else [plan.name]
    assert idle == []
    assert RULES - set(planted) - set(STORIES) == WITH_A_PLAN
    assert set(IDENTITY) - set(planted) == LOW & set(IDENTITY), "rules on ids and resets that no simulated site breaks"


def kinds_of(plan: Plan, vendor: str, times: int = 40) -> set[str | None]:
    return {
        answer.kind
        for time in range(times)
        for answer in answers(play(plan, time, vendor, "kinds"), Seen())
        if answer.rule == "signup-on-redirecting-page"
    }


def test_a_signup_on_its_forms_page_has_every_fate() -> None:
    plan = next(plan for plan in MISTAKES if plan.name == "signup on the form")
    assert kinds_of(plan, "segment") == {"delivered", "late", "duplicated"}
    assert kinds_of(plan, "posthog") == {"delivered"}


def test_posthog_mends_what_was_queued_in_the_wrong_order() -> None:
    plan = next(plan for plan in MISTAKES if plan.name == "signup tracked before identify, same tick")
    assert [a.rule for a in answers(play(plan, 1, "segment", "mend"), Seen())] == ["identify-after-track"]
    assert answers(play(plan, 1, "posthog", "mend"), Seen()) == []


# --- The measure itself -----------------------------------------------------------------------------------


def finding(rule: str, message_id: str, kind: str | None = None) -> dict[str, Any]:
    return {"rule": rule, "kind": kind, "severity": "error", "message": "...", "event": {"message_id": message_id}}


def measured(findings: list[dict[str, Any]]) -> Score:
    expected = [
        Answer("r", frozenset({"a", "b"}), planted=True, cause="x"),
        Answer("r", frozenset({"c"}), "late", planted=True, cause="x"),
        Answer("r", frozenset({"d"}), cause="x"),
    ]
    rules = [{"id": "r", "status": "evaluated", "severity": "error"}]
    report = {"summary": {"events": 4}, "rules": rules, "findings": findings}
    return compare("form", report, expected, {"e": "y"})


def test_a_finding_counts_for_the_message_and_the_kind_that_it_names() -> None:
    found = measured([finding("r", "a"), finding("r", "b"), finding("r", "c", "late"), finding("r", "d")]).rules["r"]
    assert (found.planted, found.found, found.right, found.companions, found.false) == (2, 2, 3, 1, 0)
    assert (found.recall, found.precision) == (1, 1)


def test_a_wrong_kind_or_message_is_a_miss_and_a_false_alarm() -> None:
    found = measured([finding("r", "a"), finding("r", "c", "lost"), finding("r", "e")]).rules["r"]
    assert (found.found, found.false) == (1, 2)
    assert (found.recall, found.precision) == (0.5, pytest.approx(1 / 3))
    assert set(found.missed_by) == {"x (late)"}
    assert found.false_by["y (error)"] == 1


def test_what_is_said_once_for_many_households_is_one_answer() -> None:
    plan = next(plan for plan in MISTAKES if plan.name == "placeholder as userId")
    held = [play(plan, number, "segment", "once") for number in range(30)]
    found = [answer for answer in key(FORMS[0], held) if answer.rule == "placeholder-user-id"]
    assert len(found) == len({answer.once for answer in found}) <= 4
    assert sum(len(answer.ids) for answer in found) > 100


def test_somebody_else_of_the_same_browser_on_the_same_page_hides_a_visitor() -> None:
    plan = next(plan for plan in SLIPS if plan.name == "reset as the form is sent")
    held = [play(plan, number, "segment", "crowd", start=BEGINNING) for number in range(60)]
    (one,) = [a for a in answers(held[0], Seen()) if a.rule == "anonymous-history-lost"]
    agent = held[0].browsers[0].agent
    alike = [other for other in held[1:] if other.browsers[0].agent == agent]
    unlike = [other for other in held if other.browsers[0].agent != agent]
    assert one.planted
    assert alike
    assert Crowd([held[0], alike[0]]).hides(one, held[0])
    assert not Crowd([held[0], *unlike]).hides(one, held[0])
    late = play(plan, alike[0].number, "segment", "crowd", start=BEGINNING + DAY)
    assert not Crowd([held[0], late]).hides(one, held[0])
    asked = [a.planted for a in key(FORMS[0], [held[0], alike[0]]) if a.rule == one.rule]
    assert asked == [False, False]


# --- The command and its page -----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_keeps_a_run_and_writes_the_table(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nformer table\n{END}\nafter\n", encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.simulate", "--people", "40", "--seed", "s", "--form", "segment jsonl"]
    done = subprocess.run(
        [*command, "--write", str(tmp_path / "run"), "--document", str(page)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    assert re.search(r"^  identify-after-track +error +\d+ +\d+ +1\.000", done.stdout, flags=re.MULTILINE)
    text = page.read_text(encoding="utf-8")
    assert "former table" not in text
    assert text.startswith("before")
    assert text.endswith("after\n")
    planted = json.loads((tmp_path / "run" / "segment-jsonl" / "key.json").read_text(encoding="utf-8"))
    log = (tmp_path / "run" / "segment-jsonl" / "log" / "events.jsonl").read_text(encoding="utf-8")
    assert planted
    assert [answer for answer in planted if not any(message in log for message in answer["messageIds"])] == []


def test_the_page_names_every_rule_and_every_form_that_can_be_read() -> None:
    rows = [line.split("|")[1].strip(" `") for line in PAGE.splitlines() if line.startswith("| `")]
    assert RULES - set(rows) == set()
    assert "### Segment JSONL\n" in PAGE
    assert "### RudderStack JSONL\n" in PAGE
    assert all(form.name in PAGE for form in FORMS)
