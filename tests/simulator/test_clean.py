"""Correct tracking in forty ways and more: no error and no warning, in any form that ``auditor check`` reads."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.simulate.answers import answers
from benchmarks.simulate.clean import CLEAN, SERVER_ALONE
from benchmarks.simulate.forms import FORMS, Form
from benchmarks.simulate.mistakes import Plan, aliased
from benchmarks.simulate.run import Household, last_visitor, play
from benchmarks.simulate.score import checked
from benchmarks.simulate.seen import Seen
from tests.conftest import Judge
from tests.simulator.worlds import read

SEED = "clean"
TIMES = 3
"""How often each plan is played, with other people on another network."""


def households(vendor: str, variants: list[Plan], *, aliasing: bool = False) -> list[Household]:
    held = [
        play(plan, number * TIMES + time, vendor, SEED, aliasing=aliasing)
        for number, plan in enumerate(variants)
        for time in range(TIMES)
        if vendor in plan.vendors
    ]
    return [*held, last_visitor(held, vendor, SEED)]


def variants(form: Form) -> list[Plan]:
    if not form.aliasing:
        return CLEAN
    kept = [aliased(plan) for plan in CLEAN if plan.name not in SERVER_ALONE and "identify" not in plan.code.server]
    return [plan for plan in kept if plan is not None]


def test_there_are_at_least_forty_and_each_is_another() -> None:
    assert len(CLEAN) >= 40
    assert len({plan.name for plan in CLEAN}) == len(CLEAN)
    assert len({replace(plan, name="") for plan in CLEAN}) == len(CLEAN)
    assert {plan.breaks for plan in CLEAN} == {()}


@pytest.mark.parametrize("vendor", ["segment", "rudderstack", "posthog"])
def test_the_key_finds_nothing_wrong_with_them(vendor: str) -> None:
    """But that a copy was received twice, which vendors drop."""
    found = [
        (answer.rule, answer.kind, answer.cause)
        for household in households(vendor, CLEAN)
        for answer in answers(household, Seen())
        if answer.asked
    ]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_all_of_them_in_one_log_raise_no_error_and_no_warning(form: Form) -> None:
    held = [one for one in households(form.vendor, variants(form), aliasing=form.aliasing) if form.holds(one)]
    assert len(held) > 80
    report = read(checked, form, held)
    owners = {call.message.id: one.plan.name for one in held for call in one.truth.calls if call.message is not None}
    loud = [finding for finding in report["findings"] if finding["severity"] != "info"]
    said = Counter((finding["rule"], owners.get(finding["event"]["message_id"])) for finding in loud)
    assert said == Counter()


ALONE = [
    pytest.param(form, plan, id=f"{form.name}-{plan.name}")
    for form in FORMS
    for plan in CLEAN
    if not form.aliasing and form.vendor in plan.vendors and form.holds(play(plan, 7, form.vendor, SEED))
]


@pytest.mark.parametrize(("form", "plan"), ALONE)
def test_each_in_a_log_of_its_own_raises_no_error_and_no_warning(
    form: Form, plan: Plan, judge: Judge, tmp_path: Path
) -> None:
    household = play(plan, 7, form.vendor, SEED)
    assert household.collector.stored
    report = judge(form.write([household], tmp_path))
    assert report.events > 1
    assert [(finding.rule, finding.message) for finding in report.findings if finding.severity != "info"] == []
