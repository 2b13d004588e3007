"""signup-on-redirecting-page: whether the page stayed, and what became of the signup."""

from collections.abc import Callable

import pytest

from tests.conftest import Judge
from tests.stories import Browser, Story, again

RULE = "signup-on-redirecting-page"


def kinds(judge: Judge, story: Story) -> list[str | None]:
    return [finding.kind for finding in judge(story.records, select=(RULE,)).findings]


def on_form() -> tuple[Story, Browser]:
    story = Story()
    browser = story.browser()
    browser.load("/")
    browser.wait(4000).load("/signup")
    story.wait(20_000)
    return story, browser


CORRECT: dict[str, Callable[[Browser], object]] = {
    "on the page after the form": lambda browser: (
        browser.load("/welcome"), browser.wait(5).track("Signed Up"), browser.wait(9000).load("/app"),
    ),
    "a route change afterwards: no document was left": lambda browser: (
        browser.track("Signed Up"), browser.wait(60).route("/welcome"),
    ),
    "the form's page stays, with a message": lambda browser: (
        browser.track("Signed Up"), browser.wait(4000).track("Mail Resent"), browser.wait(2000).load("/app"),
    ),
    "the form's page stays, and the log ends": lambda browser: (
        browser.track("Signed Up"), browser.wait(700).track("Mail Shown"),
    ),
    "in a dialog of another page": lambda browser: (
        browser.load("/pricing"), browser.wait(9000).track("Signed Up"), browser.wait(1500).load("/app"),
    ),
    "the form's page is left much later": lambda browser: (
        browser.track("Signed Up"), browser.wait(10_001).load("/app"),
    ),
    "the last event of the log, elsewhere": lambda browser: (
        browser.load("/welcome"), browser.wait(5).track("Signed Up"),
    ),
    "no signup": lambda browser: (browser.track("Signup Started"), browser.wait(100).load("/welcome")),
}  # fmt: skip


@pytest.mark.parametrize("name", CORRECT)
def test_a_page_that_stays_is_no_redirect(name: str, judge: Judge) -> None:
    story, browser = on_form()
    CORRECT[name](browser)
    assert kinds(judge, story) == []


MISTAKES: dict[str, tuple[str, Callable[[Story, Browser], object]]] = {
    "delivered before the page was left": ("delivered", lambda story, browser: (
        browser.track("Signed Up"), browser.wait(300).load("/welcome"),
    )),
    "a slow answer to the form": ("delivered", lambda story, browser: (
        browser.track("Signed Up"), browser.wait(2500).load("/welcome"),
    )),
    "a slow answer to the form, which the page fills with calls": ("delivered", lambda story, browser: (
        browser.track("Signed Up"), browser.wait(2900).track("Still Waiting"), browser.wait(100).load("/welcome"),
    )),
    "any page that is left at once": ("delivered", lambda story, browser: (
        browser.load("/start"), browser.wait(5).track("Signed Up"), browser.wait(300).load("/welcome"),
    )),
    "sent by the next page": ("late", lambda story, browser: (
        browser.track("Signed Up", sent=700), browser.wait(120).load("/welcome"),
    )),
    "received before and after": ("duplicated", lambda story, browser: (
        again(story, browser.track("Signed Up"), after=500, userId="u1"), browser.wait(120).load("/welcome"),
    )),
    "aborted, and sent again by the next page": ("late", lambda story, browser: (
        again(story, browser.track("Signed Up", delivery="aborted"), after=500, delivery="ok"),
        browser.wait(120).load("/welcome"),
    )),
    "aborted for good": ("lost", lambda story, browser: (
        browser.track("Signed Up", delivery="aborted"), browser.wait(120).load("/welcome"),
    )),
    "aborted twice": ("lost", lambda story, browser: (
        again(story, browser.track("Signed Up", delivery="aborted"), after=500),
        browser.wait(120).load("/welcome"),
    )),
    "aborted, and the next page is of another site": ("lost", lambda story, browser: (
        browser.load("/start"), browser.wait(900).track("Signed Up", delivery="failed"),
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_signup_on_a_page_that_is_left_is_found_with_its_fate(name: str, judge: Judge) -> None:
    story, browser = on_form()
    kind, act = MISTAKES[name]
    act(story, browser)
    assert kinds(judge, story) == [kind]


def test_only_a_lost_signup_is_an_error(judge: Judge) -> None:
    for name, (kind, act) in MISTAKES.items():
        story, browser = on_form()
        act(story, browser)
        (finding,) = judge(story.records, select=(RULE,)).findings
        assert finding.severity == ("error" if kind == "lost" else "warning"), name
