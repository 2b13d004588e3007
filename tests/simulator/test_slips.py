"""Slips with ids and resets: each is found, and the same people on a site that does it right raise nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from auditor.config.settings import Settings
from benchmarks.simulate.answers import answers
from benchmarks.simulate.forms import write_calls
from benchmarks.simulate.mistakes import Plan
from benchmarks.simulate.run import Household, last_visitor, play
from benchmarks.simulate.seen import Seen
from benchmarks.simulate.slip_plans import ALIASING_SLIPS, RIGHT, SLIPS, done_right
from tests.conftest import Judge

ALL = [*SLIPS, *ALIASING_SLIPS]
OWNER = Settings(destinations=("mixpanel-legacy",))


def told(plan: Plan, vendor: str, judge: Judge, folder: Path) -> tuple[Household, set[tuple[str, str]]]:
    """A household and the errors and warnings about it, rule and message, by the site owner's configuration."""
    aliasing = plan in ALIASING_SLIPS or plan.code.alias is not None
    household = play(plan, 7, vendor, "slips", aliasing=aliasing)
    log = write_calls([household, last_visitor([household], vendor, "slips")], folder)
    report = judge(log, settings=OWNER if aliasing else Settings())
    loud = {(f.rule, f.event.message_id or "") for f in report.findings if f.severity != "info"}
    return household, loud


def test_each_slip_is_another_and_breaks_something() -> None:
    assert len({plan.name for plan in ALL}) == len(ALL)
    assert len({replace(plan, name="") for plan in ALL}) == len(ALL)
    assert all(plan.breaks for plan in ALL)
    assert set(RIGHT) <= {plan.code.slip for plan in ALL}


@pytest.mark.parametrize("plan", SLIPS, ids=lambda plan: plan.name)
def test_a_slip_is_found_and_nothing_else(plan: Plan, judge: Judge, tmp_path: Path) -> None:
    household, loud = told(plan, "segment", judge, tmp_path)
    key = answers(household, Seen())
    asked = [answer for answer in key if answer.planted]
    assert asked
    assert [answer for answer in asked if not any((answer.rule, message) in loud for message in answer.ids)] == []
    known = {(answer.rule, message) for answer in key for message in answer.ids}
    assert loud - known == set()


@pytest.mark.parametrize("vendor", ["segment", "rudderstack"])
@pytest.mark.parametrize("plan", ALL, ids=lambda plan: plan.name)
def test_the_same_people_on_a_site_that_does_it_right_raise_nothing(
    plan: Plan, vendor: str, judge: Judge, tmp_path: Path
) -> None:
    right = done_right(plan)
    household, loud = told(right, vendor, judge, tmp_path)
    assert household.collector.stored
    assert [answer.rule for answer in answers(household, Seen()) if answer.planted] == []
    assert loud == set()
