"""Each cause with a story that it explains, and the twin where nothing was lost."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from auditor.model.funnel import Funnel
from auditor.reports.funnel_csv import render as render_csv
from auditor.reports.funnel_json import document
from auditor.reports.funnel_text import render
from tests.funnels.conftest import Draw
from tests.funnels.lives import MINUTE, leave, sign_up, visit
from tests.stories import Browser, Story

Told = Callable[[Story], None]


def causes(funnel: Funnel) -> dict[str, tuple[str, ...]]:
    return {loss.cause: loss.users for loss in funnel.losses}


def in_order(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1", story.server())
    leave(story)


def signup_first(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1", story.server(), track_first=True)
    leave(story)


def nobody_identified(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1", story.server(), identify=False)
    leave(story)


def on_the_form(browser: Browser, user: str, *, lost: bool) -> None:
    """The form's page tracks, and is left; the next page identifies."""
    story = browser.story
    visit(browser)
    story.server().track("Account Created", user)
    if not lost:
        browser.track("Signed Up", sent=3, travels=10)
    browser.wait(90)
    browser.load("/welcome")
    browser.identify(user)
    browser.wait(6_000)
    browser.load("/app/home")
    browser.wait(5 * MINUTE)


def redirected(story: Story) -> None:
    for number in range(3):
        on_the_form(story.browser(), f"u{number}", lost=False)
    on_the_form(story.browser(), "u1-lost", lost=True)
    leave(story)


def blocked(story: Story) -> None:
    in_order(story)
    story.wait(5 * MINUTE)
    story.server().track("Account Created", "unseen")
    leave(story)


def nothing_tracked(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1", story.server(), track=False)
    leave(story)


def no_reset(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1", story.server())
    browser.track("Signed Out")
    browser.wait(2_000)
    browser.load("/logout")
    browser.wait(8_000)
    browser.load("/signup")
    browser.wait(30_000)
    sign_up(browser, "u2", story.server(), track_first=True)
    leave(story)


def twice(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1")
    browser.load("/welcome")
    browser.track("Signed Up")
    leave(story)


def other_host(story: Story) -> None:
    browser = story.browser()
    story.site = "https://www.shop-news.example"
    browser.load("/", referrer="")
    browser.wait(9_000)
    browser.anonymous = story.uuid()
    story.site = "https://shop.example"
    browser.load("/signup", referrer="https://www.shop-news.example/")
    browser.wait(9_000)
    sign_up(browser, "u1", story.server())
    leave(story)


def an_old_user(story: Story) -> None:
    browser = story.browser()
    browser.load("/")
    browser.identify("u1", {"createdAt": "2025-01-01T00:00:00Z"})
    browser.track("Signed Up")
    leave(story)


@pytest.mark.parametrize(
    ("told", "cause", "users", "figures"),
    [
        (in_order, None, (), (1, 1, 0)),
        (signup_first, "identify-after-track", ("u1",), (1, 1, 0)),
        (nobody_identified, "no-identify", ("u1",), (1, 1, 0)),
        (blocked, "blocked", ("unseen",), (1, 2, 0)),
        (nothing_tracked, "not-tracked", ("u1",), (0, 1, 0)),
        (twice, "double-count", ("u1",), (1, 1, 0)),
        (other_host, "domain-change", ("u1",), (1, 1, 0)),
        (an_old_user, "old-user", ("u1",), (1, 0, 1)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_loss_has_its_cause(
    draw: Draw, told: Told, cause: str | None, users: tuple[str, ...], figures: tuple[int, int, int]
) -> None:
    story = Story()
    told(story)
    funnel = draw(story.records)
    assert causes(funnel) == ({} if cause is None else {cause: users})
    assert (funnel.signups.measured, funnel.signups.actual, funnel.signups.extra) == figures
    assert all(loss.examples for loss in funnel.losses)


def test_a_signup_lost_without_a_trace_is_told_by_the_others_of_the_site(draw: Draw) -> None:
    story = Story()
    redirected(story)
    funnel = draw(story.records)
    assert [(loss.cause, loss.counted, loss.people) for loss in funnel.losses] == [
        ("redirect", False, 1),
        ("redirect", True, 3),
    ]
    (example,) = funnel.losses[0].examples
    assert example.key == ("user", "u1-lost")
    assert "3 of 3 signups that came from this site were tracked on a page being left" in example.why
    assert (funnel.signups.measured, funnel.signups.actual) == (3, 4)
    assert {step.name: step.lost for step in funnel.steps if step.lost} == {"signup tracked": 4}
    assert sum(step.left or 0 for step in funnel.steps[1:]) == 0  # whom broken tracking lost has not left


def test_where_the_others_are_right_nothing_says_why(draw: Draw) -> None:
    story = Story()
    in_order(story)
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u2", story.server(), track=False)
    leave(story)
    funnel = draw(story.records)
    assert causes(funnel) == {"unknown": ("u2",)}
    assert (funnel.signups.measured, funnel.signups.actual) == (1, 2)


def test_the_second_user_without_reset_is_the_one_who_is_missing(draw: Draw) -> None:
    story = Story()
    no_reset(story)
    funnel = draw(story.records)
    assert causes(funnel) == {"missing-reset": ("u2",)}
    assert (funnel.signups.measured, funnel.signups.actual) == (1, 2)


def test_a_visitor_of_two_hosts_is_one_person_and_measured_as_two(draw: Draw) -> None:
    story = Story()
    other_host(story)
    conversion = draw(story.records).conversion
    assert (conversion.visitors_measured, conversion.visitors) == (3, 2)
    assert (conversion.measured, conversion.corrected) == (1 / 3, 1 / 2)


def test_a_blocked_person_is_a_visitor_too(draw: Draw) -> None:
    story = Story()
    blocked(story)
    conversion = draw(story.records).conversion
    assert (conversion.visitors_measured, conversion.visitors) == (3, 4)
    assert conversion.low is not None
    assert conversion.high is not None
    assert conversion.low < 0.5 < conversion.high


def test_a_visit_that_ended_on_the_form_may_be_the_one_that_is_missing_so_it_is_not_called_blocked(draw: Draw) -> None:
    story = Story()
    in_order(story)
    visit(story.browser())
    story.server().track("Account Created", "u2")
    leave(story)
    funnel = draw(story.records)
    assert causes(funnel) == {"unknown": ("u2",)}
    assert funnel.conversion.visitors == 4


def test_while_the_signup_may_still_come_it_is_uncertain_and_nothing_is_corrected(draw: Draw) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/signup")
    story.server().track("Account Created", "u1")
    funnel = draw(story.records)
    assert funnel.losses == ()
    assert (funnel.signups.measured, funnel.signups.actual, funnel.signups.uncertain) == (0, 0, 1)


def test_a_log_of_the_server_alone_says_nothing_of_what_clients_sent(draw: Draw) -> None:
    story = Story()
    story.server().track("Account Created", "u1")
    story.wait(60 * MINUTE)
    story.server().track("Paid", "u1")
    funnel = draw(story.records)
    assert funnel.losses == ()
    assert (funnel.signups.actual, funnel.signups.uncertain) == (0, 1)
    assert funnel.steps[0].reason is not None


def test_the_order_of_the_lines_changes_nothing(draw: Draw) -> None:
    story = Story()
    for told in (redirected, no_reset, twice, signup_first, nobody_identified):
        told(story)
    shuffled = list(story.records)
    random.Random(7).shuffle(shuffled)
    one, other = (without_places(document(draw(records))) for records in (story.records, shuffled))
    assert one == other
    assert len(one["losses"]) >= 4


def without_places(held: Any) -> Any:
    """The report without the lines that its examples stand on, and without the numbers of lanes."""
    if isinstance(held, dict):
        return {key: without_places(value) for key, value in held.items() if key not in ("line", "lane")}
    return [without_places(value) for value in held] if isinstance(held, list) else held


def test_redaction_leaves_no_id(draw: Draw) -> None:
    story = Story()
    no_reset(story)
    blocked(story)
    funnel = draw(story.records, redact=True)
    shown = json.dumps(document(funnel)) + render(funnel) + render_csv(funnel)
    assert "missing-reset" in shown
    assert "user#" in shown
    assert [user for user in ("u1", "u2", "unseen") if user in shown] == []
