"""missing-signup: who is new, when the wait is over, and what counts as having arrived."""

from collections.abc import Callable

import pytest

from auditor.model.finding import Report
from tests.conftest import Judge
from tests.stories import Browser, Server, Story, again, iso

RULE = "missing-signup"


def fared(report: Report) -> tuple[int, int]:
    """Findings and unsure ones."""
    return len(report.findings), sum(rule.unsure for rule in report.rules)


def visitor() -> tuple[Story, Browser, Server]:
    story = Story()
    browser = story.browser()
    browser.load("/")
    browser.wait(4000).load("/signup")
    story.wait(20_000)
    return story, browser, story.server()


def welcomed(browser: Browser) -> None:
    browser.wait(200).load("/welcome")
    browser.wait(5).identify("u1")


CORRECT: dict[str, Callable[[Story, Browser, Server], object]] = {
    "both sides": lambda story, browser, server: (
        server.track("Account Created", "u1"), welcomed(browser), browser.wait(3).track("Signed Up"),
    ),
    "the client before the server": lambda story, browser, server: (
        welcomed(browser), browser.wait(3).track("Signed Up"), browser.wait(900), server.track("Account Created", "u1"),
    ),
    "the client long after the server, when the mail was confirmed": lambda story, browser, server: (
        server.track("Account Created", "u1"), browser.wait(5 * 3_600_000), welcomed(browser),
        browser.wait(3).track("Signed Up"),
    ),
    "an anonymous signup of a browser that is the user's": lambda story, browser, server: (
        server.track("Account Created", "u1"), browser.track("Signed Up"), welcomed(browser),
    ),
    "an anonymous signup of a browser that two users share": lambda story, browser, server: (
        server.track("Account Created", "u1"), browser.track("Signed Up"),
        browser.identify("u1", anonymousId=browser.anonymous), browser.wait(900),
        browser.send({"type": "identify"}, user="u2"),
    ),
    "an old account": lambda story, browser, server: (
        browser.identify("u1", {"createdAt": "2019-05-01T00:00:00Z"}),
    ),
    "an account made before the log begins": lambda story, browser, server: (
        browser.identify("u1", {"createdAt": iso(story.now - 3_600_000)}),
    ),
    "createdAt is no time": lambda story, browser, server: browser.identify("u1", {"createdAt": "yesterday"}),
    "createdAt lies in the future": lambda story, browser, server: (
        browser.identify("u1", {"createdAt": iso(story.now + 86_400_000)}),
    ),
    "aborted first and delivered later": lambda story, browser, server: (
        server.track("Account Created", "u1"), welcomed(browser),
        again(story, browser.track("Signed Up", delivery="aborted"), after=500, delivery="ok"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRECT)
def test_a_signup_that_arrived_or_no_new_user_is_silent(name: str, judge: Judge) -> None:
    story, browser, server = visitor()
    CORRECT[name](story, browser, server)
    story.browser().wait(3_600_000).send({"type": "page"})
    assert fared(judge(story.records, select=(RULE,))) == (0, 0)


MISTAKES: dict[str, Callable[[Story, Browser, Server], object]] = {
    "the server's word": lambda story, browser, server: server.track("Account Created", "u1"),
    "createdAt, from the browser": lambda story, browser, server: (
        browser.identify("u1", {"createdAt": iso(story.now - 300)}),
    ),
    "createdAt, in seconds": lambda story, browser, server: (
        browser.identify("u1", {"createdAt": story.now // 1000}),
    ),
    "createdAt, from the server": lambda story, browser, server: (
        server.identify("u1", {"createdAt": iso(story.now - 300)}),
    ),
    "the request was aborted for good": lambda story, browser, server: (
        server.track("Account Created", "u1"), welcomed(browser), browser.track("Signed Up", delivery="aborted"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_signup_that_never_arrived_is_found_once(name: str, judge: Judge) -> None:
    story, browser, server = visitor()
    MISTAKES[name](story, browser, server)
    story.browser().wait(3_600_000).send({"type": "page"})
    assert fared(judge(story.records, select=(RULE,))) == (1, 0)


def test_the_wait_is_over_on_a_second_page_load_of_the_user(judge: Judge) -> None:
    story, browser, server = visitor()
    server.track("Account Created", "u1")
    browser.wait(200).load("/welcome")
    browser.wait(5).identify("u1")
    assert fared(judge(story.records, select=(RULE,))) == (0, 1)
    browser.wait(900).load("/app")
    assert fared(judge(story.records, select=(RULE,))) == (1, 0)


def test_the_page_load_of_the_form_itself_is_no_later_one(judge: Judge) -> None:
    story, browser, server = visitor()
    browser.page()
    browser.wait(700)
    server.track("Account Created", "u1", travels=35)
    welcomed(browser)
    assert fared(judge(story.records, select=(RULE,))) == (0, 1)


def test_it_is_not_evaluated_where_no_client_is_in_the_log(judge: Judge) -> None:
    story = Story()
    story.server().track("Account Created", "u1")
    story.wait(3_600_000).server().track("Invoice Sent", "u1")
    (rule,) = [rule for rule in judge(story.records, select=(RULE,)).rules if rule.id == RULE]
    assert (rule.status, rule.findings) == ("not-evaluated", 0)
