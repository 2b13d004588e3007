"""missing-reset-on-logout: the last logout signal, and who the next view is by."""

from collections.abc import Callable

import pytest

from auditor.model.finding import Finding, Report
from tests.conftest import Judge
from tests.stories import Browser, Rudder, Story

RULE = "missing-reset-on-logout"


def found(judge: Judge, story: Story) -> list[Finding]:
    return judge(story.records, select=(RULE,)).findings


def unsure(report: Report) -> int:
    return sum(rule.unsure for rule in report.rules)


def logged_in(story: Story, browser: Browser) -> None:
    browser.load("/app")
    browser.wait(5).identify("u1")
    story.wait(9000)


CORRECT: dict[str, Callable[[Story, Browser], object]] = {
    "reset after the track": lambda story, browser: (
        browser.track("Signed Out"), browser.reset(), browser.wait(700).load("/"),
    ),
    "the logout page, then reset": lambda story, browser: (
        browser.load("/logout"), browser.wait(5).track("Signed Out"), browser.reset(), browser.wait(700).load("/"),
    ),
    "reset by a single-page application": lambda story, browser: (
        browser.track("Signed Out"), browser.reset(), browser.wait(4).route("/login"),
    ),
    "the same user is back before the next view": lambda story, browser: (
        browser.track("Signed Out"), browser.wait(900).identify("u1"), browser.wait(5).load("/app"),
    ),
    "the next view is of the same user, who has just logged in again": lambda story, browser: (
        browser.track("Signed Out"), browser.wait(900).load("/app"), browser.wait(50).identify("u1"),
    ),
    "a call that is no view": lambda story, browser: (
        browser.track("Signed Out"), browser.wait(3).track("Dialog Closed"), browser.reset(),
        browser.wait(700).load("/"),
    ),
    "the user is gone though the device stays": lambda story, browser: (
        browser.track("Signed Out"), browser.wait(700).load("/", user=None),
    ),
    "an old view that was sent after the logout": lambda story, browser: (
        browser.page(sent=60_000), browser.wait(900).track("Signed Out"), browser.reset(), browser.wait(700).load("/"),
    ),
    "nobody was known": lambda story, browser: (
        browser.reset(), browser.track("Signed Out"), browser.wait(700).load("/"),
    ),
    "a reset that a wrapper recorded": lambda story, browser: (
        browser.track("Signed Out"), browser.wait(3).send({"type": "reset"}), browser.wait(700).load("/login"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_logout_is_silent(name: str, judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    CORRECT[name](story, browser)
    assert found(judge, story) == []


MISTAKES: dict[str, tuple[str, Callable[[Story, Browser], object]]] = {
    "the next page": ("still-sent", lambda story, browser: (
        browser.track("Signed Out"), browser.wait(700).load("/"),
    )),
    "the next page a day later": ("still-sent", lambda story, browser: (
        browser.track("Signed Out"), browser.wait(86_400_000).load("/"),
    )),
    "a route change at once": ("still-sent", lambda story, browser: (
        browser.track("Signed Out"), browser.wait(4).route("/login"),
    )),
    "a logout page without a track": ("still-sent", lambda story, browser: (
        browser.load("/logout"), browser.wait(700).load("/"),
    )),
    "identify of the same user comes too late to have filled the view": ("still-sent", lambda story, browser: (
        browser.track("Signed Out"), browser.wait(700).load("/login"), browser.wait(51).identify("u1"),
    )),
    "the second user's first page still is the first user's": ("still-sent", lambda story, browser: (
        browser.track("Signed Out"), browser.wait(700).load("/welcome"), browser.wait(4).identify("u2"),
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_missing_reset_is_found_once(name: str, judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    kind, act = MISTAKES[name]
    act(story, browser)
    assert [finding.kind for finding in found(judge, story)] == [kind]


def test_the_last_of_several_logout_signals_is_blamed(judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    browser.load("/logout")
    last = browser.wait(5).track("Signed Out")
    browser.wait(700).load("/")
    assert [finding.event.message_id for finding in found(judge, story)] == [last["messageId"]]


def test_each_view_that_leaked_is_shown_up_to_three(judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    browser.track("Signed Out")
    leaked = [browser.wait(700).load(path)["messageId"] for path in ("/", "/pricing", "/about", "/jobs")]
    (finding,) = found(judge, story)
    assert [event.message_id for _, event in finding.evidence] == leaked[:3]


def test_on_a_phone_the_next_user_inherits_the_device(judge: Judge) -> None:
    story = Story()
    phone = story.phone()
    phone.identify("u1")
    phone.wait(900).track("Signed Out")
    phone.wait(900).identify("u2")
    assert [finding.kind for finding in found(judge, story)] == ["inherited"]


def logged_out_of_rudderstack() -> tuple[Story, Rudder]:
    story = Story()
    rudder = story.rudder()
    rudder.load("/app")
    rudder.wait(5).identify("u1")
    rudder.wait(900).track("Signed Out")
    rudder.reset()
    return story, rudder


def test_rudderstack_resets_in_the_session_and_keeps_the_device(judge: Judge) -> None:
    story, rudder = logged_out_of_rudderstack()
    rudder.wait(700).load("/login")
    rudder.wait(9000).identify("u2")
    assert found(judge, story) == []


def test_a_reset_shows_in_the_first_call_of_a_session_view_or_not(judge: Judge) -> None:
    story, rudder = logged_out_of_rudderstack()
    rudder.wait(700).track("Banner Closed")
    rudder.wait(9000).identify("u2")
    assert found(judge, story) == []


def test_another_device_of_the_same_user_may_go_on(judge: Judge) -> None:
    story = Story()
    browser, other = story.browser(), story.browser()
    for one in (browser, other):
        logged_in(story, one)
    browser.track("Signed Out")
    browser.reset()
    other.wait(700).load("/app/orders")
    browser.wait(700).load("/")
    assert found(judge, story) == []


def test_a_logout_that_nothing_follows_is_left_open(judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    browser.track("Signed Out")
    assert unsure(judge(story.records, select=(RULE,))) == 1


def test_a_logout_that_the_same_browser_goes_on_from_is_settled(judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    browser.track("Signed Out")
    browser.reset()
    browser.wait(700).load("/")
    assert unsure(judge(story.records, select=(RULE,))) == 0


def test_a_view_in_the_same_millisecond_is_not_certainly_after_the_logout(judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    logged_in(story, browser)
    browser.track("Signed Out")
    browser.route("/app/settings")
    for record in story.records[-2:]:
        record["messageId"] = f"m-{record['type']}"
    report = judge(story.records, select=(RULE,))
    assert report.findings == []
    assert unsure(report) == 1
