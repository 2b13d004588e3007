"""Steps: who took them, in which order, on how many devices, and which the log cannot show."""

import pytest

from auditor.config.settings import ConfigError
from auditor.model.funnel import Funnel, Step
from tests.funnels.conftest import Draw
from tests.funnels.lives import MINUTE, leave, sign_up, visit
from tests.stories import Story


def step(funnel: Funnel, name: str) -> Step:
    return next(one for one in funnel.steps if one.name == name)


def people(funnel: Funnel) -> dict[str, int | None]:
    return {one.name: one.people for one in funnel.steps}


def test_a_right_signup_takes_every_step_and_one_who_reads_takes_the_first(draw: Draw) -> None:
    story = Story()
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1", story.server())
    leave(story)
    funnel = draw(story.records)
    assert people(funnel) == {
        "visit": 2, "signup page": 1, "signup attempt": None, "account created": 1, "identified": 1,
        "signup tracked": 1, "first page behind login": 1,
    }  # fmt: skip
    assert step(funnel, "visit").left == 1
    assert step(funnel, "signup page").conversion == 0.5
    assert step(funnel, "signup page").median == 9_000
    assert step(funnel, "signup attempt").reason == "no event of the log takes it"
    assert funnel.losses == ()
    assert (funnel.signups.measured, funnel.signups.actual, funnel.signups.events) == (1, 1, 1)
    assert funnel.conversion.measured == funnel.conversion.corrected == 0.5


def test_a_step_that_nothing_shows_is_not_counted_as_zero(draw: Draw) -> None:
    story = Story()
    story.browser().load("/")
    funnel = draw(story.records)
    shown = step(funnel, "account created")
    assert (shown.people, shown.devices, shown.conversion, shown.left) == (None, None, None, None)


def test_a_person_counts_once_over_a_reset_and_on_two_devices(draw: Draw) -> None:
    story = Story()
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1")
    browser.track("Signed Out")
    browser.reset()
    browser.load("/")
    browser.wait(9_000)
    other = story.browser()
    other.load("/login", referrer="")
    other.identify("u1")
    leave(story)
    funnel = draw(story.records)
    assert (step(funnel, "visit").people, step(funnel, "visit").devices) == (2, 3)
    assert funnel.people == 2


def test_an_unknown_visit_on_a_device_of_two_users_counts_for_nobody(draw: Draw) -> None:
    story = Story()
    browser = story.rudder()
    for user in ("u1", "u2"):
        browser.load("/signup")
        browser.wait(5_000)
        browser.identify(user)
        browser.track("Signed Up")
        browser.wait(5_000)
        browser.track("Signed Out")
        browser.reset()
        browser.wait(5_000)
    browser.load("/")
    funnel = draw(story.records)
    assert (funnel.people, funnel.uncertain, funnel.signups.measured) == (2, 1, 2)


def test_who_logs_in_to_an_older_account_is_not_followed(draw: Draw) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/login")
    browser.identify("old")
    browser.track("Signed In")
    leave(story)
    funnel = draw(story.records)
    assert (step(funnel, "visit").people, step(funnel, "identified").people, funnel.returning) == (2, 0, 1)


CONFIG = """
funnel:
  within: 30m
  steps:
    - visit
    - {name: plan chosen, when: {track: Plan Chosen}, optional: true, within: 1m}
    - {name: paid, when: {track: Paid}}
    - {name: used, when: {track: Report Made}}
"""


def test_steps_of_ones_own_have_order_and_windows(draw: Draw) -> None:
    story = Story()
    for number, (plan, late) in enumerate([(2_000, 0), (2 * MINUTE, 0), (2_000, 40 * MINUTE)]):
        browser = story.browser()
        browser.load("/", referrer="")
        browser.wait(plan)
        browser.track("Plan Chosen")
        browser.wait(late)
        browser.track("Paid")
        browser.wait(1_000)
        browser.track("Report Made")
        browser.wait(MINUTE + number)
    browser = story.browser()
    browser.load("/", referrer="")
    browser.wait(2_000)
    browser.track("Report Made")
    browser.wait(2_000)
    browser.track("Paid")
    assert people(draw(story.records, CONFIG)) == {"visit": 4, "plan chosen": 2, "paid": 3, "used": 2}
    loose = draw(story.records, CONFIG.replace("within: 30m", "any_order: true"))
    assert people(loose) == {"visit": 4, "plan chosen": 2, "paid": 4, "used": 4}


def test_a_way_to_sign_up_may_take_a_step_otherwise_or_not_at_all(draw: Draw) -> None:
    config = """
funnel:
  steps:
    - visit
    - name: started
      when: {track: Form Sent}
      methods: {oauth: {track: OAuth Started}, invite: null}
    - {name: invited, when: {track: Never}, optional: true, methods: {invite: {track: Invitation Opened}}}
    - signup tracked
"""
    story = Story()
    for begin in ("Form Sent", "OAuth Started", "Invitation Opened", None):
        browser = story.browser()
        browser.load("/", referrer="")
        browser.wait(1_000)
        if begin:
            browser.track(begin)
        browser.wait(1_000)
        browser.identify(f"u-{begin}")
        browser.track("Signed Up")
        browser.wait(1_000)
    found = draw(story.records, config)
    assert people(found) == {"visit": 4, "started": 2, "invited": 1, "signup tracked": 3}
    assert [(loss.cause, loss.step, loss.users) for loss in found.losses] == [("unknown", "started", ("u-None",))]


@pytest.mark.parametrize(
    ("config", "line", "said"),
    [
        ("funnel: {step: []}", 1, 'has no key "step"; did you mean "steps"?'),
        ("funnel:\n  steps: [vist]", 2, 'there is no default step "vist"; did you mean "visit"?'),
        ("funnel:\n  steps:\n    - {name: a}", 3, 'needs "when"'),
        ("funnel:\n  steps:\n    - visit\n    - {name: a, when: {trak: A}}", 4, 'there is no field "trak"'),
        ("funnel:\n  steps:\n    - {name: a, when: {track: A}, within: soon}", 3, "is no duration"),
        ("funnel:\n  steps: [visit, visit]", 2, 'two steps "visit"'),
        ("funnel:\n  steps: [signup page]", 2, "every step is optional"),
        ("funnel: {any_order: maybe}", 1, "must be true or false"),
    ],
)
def test_what_is_wrong_with_a_funnel_is_said_with_its_line(draw: Draw, config: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        draw([], config)
    assert f"auditor.yml:{line}: " in str(wrong.value)
    assert said in str(wrong.value)
