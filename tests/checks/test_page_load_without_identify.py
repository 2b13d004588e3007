"""missing-identify-on-page-load: which loads count, and which identify belongs to them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from auditor.config.settings import Settings
from auditor.model.finding import Report
from tests.conftest import Judge
from tests.stories import Browser, Story

RULE = "missing-identify-on-page-load"
BY_PATHS = replace(Settings(), params={"app_paths": ["^/app"]})


def paths(report: Report) -> list[str | None]:
    return [finding.event.path for finding in report.findings]


def logged_in() -> tuple[Story, Browser]:
    story = Story()
    browser = story.browser()
    browser.load("/login")
    browser.wait(9000).load("/app")
    browser.wait(5).identify("u1")
    story.wait(9000)
    return story, browser


CORRECT: dict[str, Callable[[Story, Browser], object]] = {
    "identified on each": lambda story, browser: (browser.load("/app/a"), browser.wait(900).identify("u1")),
    "identified just before page()": lambda story, browser: (
        browser.go("/app/a", browser.place["url"]), browser.identify("u1"), browser.wait(4).page(),
    ),
    "reloaded and identified just before page()": lambda story, browser: (
        browser.identify("u1"), browser.wait(4).page(),
    ),
    "a route change": lambda story, browser: browser.route("/app/a"),
    "a route change of the query alone": lambda story, browser: browser.route("/app?tab=2"),
    "page() called twice": lambda story, browser: (
        browser.load("/app/a"), browser.wait(5).identify("u1"), browser.wait(5).page(name="A"),
    ),
    "another user logs in where the last one was not logged out": lambda story, browser: (
        browser.load("/app/a"), browser.wait(4).identify("u2"), story.wait(9000),
    ),
    "another tab loads in between": lambda story, browser: (
        browser.load("/app/a"), browser.wait(310).load("/app/b"), browser.wait(90).go("/app/a", f"{story.site}/app"),
        browser.identify("u1"), browser.go("/app/b", f"{story.site}/app"), browser.wait(200).identify("u1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("settings", [Settings(), BY_PATHS], ids=["by what the log shows", "by paths"])
@pytest.mark.parametrize("name", CORRECT)
def test_an_identified_page_load_is_silent(name: str, settings: Settings, judge: Judge) -> None:
    story, browser = logged_in()
    CORRECT[name](story, browser)
    browser.reset()
    browser.wait(60_000).load("/")
    assert paths(judge(story.records, settings=settings, select=(RULE,))) == []


def test_each_load_without_identify_is_found_once(judge: Judge) -> None:
    story, browser = logged_in()
    browser.load("/app/a")
    browser.wait(400).route("/app/a/detail")
    browser.wait(900).load("/app/b")
    browser.wait(900).page()
    story.wait(9000)
    browser.reset()
    browser.load("/")
    for settings in (Settings(), BY_PATHS):
        assert paths(judge(story.records, settings=settings, select=(RULE,))) == ["/app/a", "/app/b", "/app/b"]


def test_without_paths_a_page_of_the_same_user_counts_wherever_it_is(judge: Judge) -> None:
    story, browser = logged_in()
    browser.load("/pricing")
    browser.wait(9000).load("/app")
    browser.wait(5).identify("u1")
    assert paths(judge(story.records, select=(RULE,))) == ["/pricing"]
    assert paths(judge(story.records, settings=BY_PATHS, select=(RULE,))) == []


def test_without_paths_nobody_is_expected_before_identify_after_logout_or_on_the_logout_page(judge: Judge) -> None:
    story, browser = logged_in()
    browser.load("/logout")
    browser.wait(4).track("Signed Out")
    for path in ("/", "/pricing"):
        browser.wait(3000).load(path)
    assert paths(judge(story.records, select=(RULE,))) == []


def test_with_paths_an_anonymous_page_counts_as_well(judge: Judge) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/app")
    browser.wait(9000).load("/pricing")
    assert paths(judge(story.records, settings=BY_PATHS, select=(RULE,))) == ["/app"]
    assert paths(judge(story.records, select=(RULE,))) == []


@pytest.mark.parametrize("gap", [299, 300])
def test_a_page_left_at_once_may_have_had_no_time(gap: int, judge: Judge) -> None:
    story, browser = logged_in()
    browser.load("/app/redirects")
    browser.wait(gap).load("/app/a")
    browser.wait(5).identify("u1")
    report = judge(story.records, select=(RULE,))
    assert paths(report) == ([] if gap < 300 else ["/app/redirects"])
    assert [rule.unsure for rule in report.rules if rule.id == RULE] == [1 if gap < 300 else 0]


def test_the_last_page_of_the_log_is_left_open(judge: Judge) -> None:
    story, browser = logged_in()
    browser.load("/app/a")
    browser.wait(1900).track("Seen")
    report = judge(story.records, select=(RULE,))
    assert paths(report) == []
    assert [rule.unsure for rule in report.rules if rule.id == RULE] == [1]
