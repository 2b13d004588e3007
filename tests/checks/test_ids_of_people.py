"""The corners of the checks on ids: numbers in copies, lanes that go on, what proves that two users are one."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Judge
from tests.stories import Browser, Record, Story, again


def rules(records: list[Record], judge: Judge, *select: str) -> list[str]:
    """The rules of the findings, one for each."""
    return [finding.rule for finding in judge(records, select=select).findings]


# --- user-id-not-string -------------------------------------------------------------------------------------


def paid(user: Any, **wire: Any) -> tuple[Story, Record]:
    story = Story()
    record = story.server().send({"type": "track", "event": "Paid", "userId": user, "properties": {}}, **wire)
    return story, record


@pytest.mark.parametrize(
    ("user", "flagged"), [(42, True), (4.5, True), ("42", False), (None, False), (0, False), (True, False)]
)
def test_a_number_is_flagged_and_a_placeholder_left_to_its_own_rule(user: Any, flagged: bool, judge: Judge) -> None:
    story, _ = paid(user)
    story.browser().load("/")
    assert rules(story.records, judge, "user-id-not-string") == ["user-id-not-string"] * flagged


def test_a_copy_of_such_a_call_is_no_second_finding(judge: Judge) -> None:
    story, record = paid(42)
    again(story, record, after=900)
    assert rules(story.records, judge, "user-id-not-string") == ["user-id-not-string"]


def test_an_id_that_is_no_string_inside_a_batch_counts_too(judge: Judge) -> None:
    story, record = paid(42)
    sent = record.pop("sentAt")
    assert rules([{"batch": [record], "sentAt": sent}], judge, "user-id-not-string") == ["user-id-not-string"]
    del story


# --- Where a visit goes on under another id -----------------------------------------------------------------


def to_the_form(story: Story) -> Browser:
    browser = story.browser()
    for path in ("/", "/signup"):
        browser.load(path)
        browser.wait(9_000)
    return browser


def signs_up(browser: Browser) -> None:
    browser.reset()
    browser.load("/welcome")
    browser.wait(5).identify("u1")
    browser.wait(9_000)


OTHERS: dict[str, tuple[int, Callable[[Story], object]]] = {
    "nobody else": (1, lambda story: None),
    "somebody who left the form an hour ago": (1, lambda story: to_the_form(story) and story.wait(3_600_000)),
    "somebody who is on the form": (0, to_the_form),
    "somebody who went on from the form": (1, lambda story: to_the_form(story).load("/pricing")),
}


@pytest.mark.parametrize("others", OTHERS)
def test_a_visit_is_joined_only_where_nobody_else_may_have_gone_on(others: str, judge: Judge) -> None:
    expected, act = OTHERS[others]
    story = Story()
    act(story)
    signs_up(to_the_form(story))
    assert len(rules(story.records, judge, "anonymous-history-lost")) == expected


def test_of_two_visitors_each_goes_on_from_the_visit_that_the_other_cannot_have_left(judge: Judge) -> None:
    """On a single-page app: when the second one begins anew, the first visit has its successor already."""
    story = Story()
    one = to_the_form(story)
    one.reset()
    one.identify("u1")
    two = to_the_form(story)
    two.reset()
    two.identify("u2")
    for browser in (one, two):
        browser.wait(9_000).track("Tour Started")
    assert len(rules(story.records, judge, "anonymous-history-lost")) == 2


def test_a_visit_that_a_server_joined_to_the_user_is_not_lost(judge: Judge) -> None:
    story = Story()
    browser = to_the_form(story)
    story.server().identify("u1", anonymousId=browser.anonymous)
    signs_up(browser)
    assert rules(story.records, judge, "anonymous-history-lost") == []


# --- One person, two ids ------------------------------------------------------------------------------------


def accounts(*calls: tuple[str, Record]) -> list[Record]:
    """Identify calls from one browser after another."""
    story = Story()
    for user, traits in calls:
        story.browser().identify(user, traits)
        story.wait(60_000)
    return story.records


SEEN: Record = {"email": "ada@x.example", "createdAt": "2025-01-05T10:00:00Z"}
LATER: Record = {"email": "ada@x.example", "createdAt": "2025-06-01T10:00:00Z"}


@pytest.mark.parametrize(
    ("calls", "flagged"),
    [
        ([("a", SEEN), ("b", SEEN)], True),
        ([("a", SEEN), ("b", {**SEEN, "createdAt": 1736071200})], True),
        ([("a", SEEN), ("b", LATER)], False),
        ([("a", SEEN), ("b", {"email": "ada@x.example"})], False),
        ([("a", SEEN), ("b", SEEN), ("a", SEEN)], False),
        ([("a", SEEN), ("b", {**SEEN, "email": None})], False),
    ],
)
def test_one_account_is_told_by_its_address_and_its_date(
    calls: list[tuple[str, Record]], flagged: bool, judge: Judge
) -> None:
    found = rules(accounts(*calls), judge, "user-id-changes-for-person")
    assert found == ["user-id-changes-for-person"] * flagged
