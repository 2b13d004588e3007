"""A funnel split by a property: each person in one group, and the groups make the whole."""

from collections.abc import Callable
from typing import Any

import pytest

from auditor.funnels.browsers import browser_of
from auditor.funnels.splitting import known
from auditor.model.funnel import Funnel
from tests.funnels.conftest import Draw
from tests.funnels.lives import MINUTE, leave, sign_up, visit
from tests.stories import CHROME, Story

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def campaigns() -> Story:
    """Three by mail, of whom one tracks before identify; two by search, one of whom only reads; one blocked."""
    story = Story()
    for number, source in enumerate(("mail", "search", "mail", "mail", "search")):
        browser = story.browser()
        before = len(story.records)
        visit(browser)
        if number != 4:
            sign_up(browser, f"u{number}", story.server(), track_first=number == 2)
        else:
            browser.load("/pricing")
        for record in story.records[before : before + 1]:
            record["context"]["campaign"] = {"source": source}
        for record in story.records[before:]:
            if record["context"]["library"]["name"] == "analytics.js":
                record["context"]["userAgent"] = SAFARI if source == "mail" else CHROME
                record["context"]["app"] = {"version": f"{number % 2}.0"}
            if record.get("event") == "Signed Up":
                record["properties"] = {"method": "oauth" if number else "password"}
        story.wait(2 * MINUTE)
    story.server().track("Account Created", "blocked")
    story.wait(24 * 60 * MINUTE)
    leave(story)
    return story


def groups(funnel: Funnel) -> dict[str, tuple[int, int, int, int]]:
    return {
        group.value: (group.conversion.visitors, group.signups.measured, group.signups.actual, group.lost)
        for group in funnel.groups
    }


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("context.campaign.source", {"mail": (3, 3, 3, 1), "search": (2, 1, 1, 0), "(none)": (2, 0, 1, 1)}),
        ("browser", {"Safari": (3, 3, 3, 1), "Chrome": (3, 1, 1, 0), "(none)": (1, 0, 1, 1)}),
        ("method", {"oauth": (3, 3, 3, 1), "password": (1, 1, 1, 0), "(none)": (3, 0, 1, 1)}),
        ("version", {"0.0": (3, 2, 2, 1), "1.0": (2, 2, 2, 0), "(none)": (2, 0, 1, 1)}),
        ("day", {"2026-02-03": (6, 4, 5, 2), "2026-02-04": (1, 0, 0, 0)}),
    ],
)
def test_a_funnel_is_split(draw: Draw, by: str, expected: dict[str, Any]) -> None:
    funnel = draw(campaigns().records, by=by)
    assert groups(funnel) == expected
    assert sum(group.conversion.visitors for group in funnel.groups) == funnel.conversion.visitors == 7
    for number, step in enumerate(funnel.steps):
        if step.shown:
            assert sum(group.people[number] or 0 for group in funnel.groups) == step.people


def test_what_a_funnel_can_be_split_by() -> None:
    assert all(map(known, ("day", "browser", "library", "properties.plan", "context.app.version")))
    assert not any(map(known, ("person", "device", "plan", "dya")))


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome"),
        (SAFARI, "Safari"),
        (CHROME + " Edg/141.0.0.0", "Edge"),
        (CHROME + " OPR/100.0", "Opera"),
        ("Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox"),
        ("curl/8.5", "other"),
        ("", None),
        (None, None),
        (17, None),
    ],
)
def test_browsers_are_told_by_their_user_agent(agent: object, name: str | None) -> None:
    assert browser_of(agent) == name


# --- Invariants -------------------------------------------------------------------------------------------


def broken(funnel: Funnel) -> dict[str, int]:
    return {one.name: one.people for one in funnel.invariants}


def started(story: Story, *, again: bool) -> None:
    for number in range(3):
        browser = story.browser()
        visit(browser)
        if number:
            browser.track("Signup Started")
        sign_up(browser, f"u{number}", story.server())
        if again:
            browser.load("/welcome")
            browser.track("Signed Up")
    leave(story)


def account_after(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    sign_up(browser, "u1")
    for record in story.records:
        record.get("traits", {}).pop("createdAt", None)
    story.wait(25 * MINUTE)
    story.server().track("Account Created", "u1")
    leave(story)


def known_before(story: Story) -> None:
    phone = story.phone()
    phone.screen("Home")
    phone.identify("u1")
    story.wait(3 * 24 * 60 * MINUTE)
    browser = story.browser()
    visit(browser)
    browser.identify("u1")
    browser.track("Signed Up")
    leave(story)


def old_account(story: Story) -> None:
    browser = story.browser()
    visit(browser)
    browser.identify("u1", {"createdAt": "2024-02-03T09:00:00Z"})
    browser.track("Signed Up")
    leave(story)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (lambda story: started(story, again=False), {"more-signups-than-starts": 1}),
        (lambda story: started(story, again=True), {"more-signups-than-starts": 3}),
        (account_after, {"signup-before-account": 1, "user-before-account": 1}),
        (known_before, {"signup-of-known-user": 1}),
        (old_account, {"signup-of-old-account": 1}),
    ],
    ids=["one start missing", "signups twice", "account after", "known before", "old account"],
)
def test_what_cannot_be_is_said(draw: Draw, told: Callable[[Story], None], expected: dict[str, int]) -> None:
    story = Story()
    told(story)
    funnel = draw(story.records)
    assert broken(funnel) == expected
    assert all(one.examples for one in funnel.invariants)


def test_a_right_signup_breaks_no_invariant(draw: Draw) -> None:
    story = Story()
    browser = story.browser()
    visit(browser)
    browser.track("Signup Started")
    browser.wait(900)
    browser.track("Signup Started")
    sign_up(browser, "u1", story.server())
    story.wait(2 * 24 * 60 * MINUTE)
    browser.load("/login")
    browser.track("Signed In")
    leave(story)
    assert draw(story.records).invariants == ()


def test_a_wrong_clock_breaks_no_invariant(draw: Draw) -> None:
    story = Story()
    account_after(story)
    for record in story.records:
        record.pop("sentAt")
        record.pop("receivedAt")
    assert draw(story.records).invariants == ()
