"""The corners of the shorter checks: logins, repeated messages, sensitive keys; and of two rules without a check."""

from collections.abc import Callable
from typing import Any

import pytest

from auditor.model.finding import Report
from tests.conftest import Judge
from tests.stories import Browser, Story, again


def fared(report: Report) -> tuple[list[str | None], int]:
    """The kinds of the findings, and how many are unsure."""
    return [finding.kind for finding in report.findings], sum(rule.unsure for rule in report.rules)


def visitor() -> tuple[Story, Browser]:
    story = Story()
    browser = story.browser()
    browser.load("/login")
    story.wait(9000)
    return story, browser


# --- login-without-identify ---------------------------------------------------------------------------------

LOGINS: dict[str, tuple[int, Callable[[Browser], object]]] = {
    "identified first": (0, lambda b: (b.identify("u1"), b.wait(3).track("Signed In"))),
    "identified on the next page": (0, lambda b: (
        b.track("Signed In"), b.wait(900).load("/app"), b.wait(300).identify("u1"),
    )),
    "identified in the same millisecond": (0, lambda b: (b.identify("u1"), b.track("Signed In"))),
    "identified a minute before": (0, lambda b: (b.identify("u1"), b.wait(3_000_000).track("Signed In"))),
    "identified on another device": (1, lambda b: (
        b.track("Signed In"), b.story.browser().identify("u1"),
    )),
    "identified before a recorded reset": (1, lambda b: (
        b.identify("u1"), b.wait(9).send({"type": "reset"}), b.wait(90_000).track("Signed In"),
    )),
    "never identified": (1, lambda b: b.track("Signed In")),
    "identified two minutes later": (1, lambda b: (b.track("Signed In"), b.wait(120_000).identify("u1"))),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGINS)
def test_a_login_needs_an_identify_of_its_lane_nearby(name: str, judge: Judge) -> None:
    expected, act = LOGINS[name]
    story, browser = visitor()
    act(browser)
    browser.wait(600_000).page()
    kinds, unsure = fared(judge(story.records, select=("login-without-identify",)))
    assert (len(kinds), unsure) == (expected, 0)


def test_in_a_short_log_the_second_page_after_the_login_ends_the_wait(judge: Judge) -> None:
    story, browser = visitor()
    browser.track("Signed In")
    browser.wait(800).load("/app")
    assert fared(judge(story.records, select=("login-without-identify",))) == ([], 1)
    browser.wait(800).load("/app/orders")
    assert fared(judge(story.records, select=("login-without-identify",))) == ([None], 0)


# --- duplicate-message-id -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "after", "delivery", "kind"),
    [
        ({}, 400, None, "resent"),
        ({"_metadata": {"retryCount": 2}}, 400, None, "resent"),
        ({"userId": "u1"}, 400, None, "changed"),
        ({"properties": {"plan": "pro"}}, 400, None, "changed"),
        ({}, 24 * 3_600_000, None, "late"),
        ({"userId": "u1"}, 25 * 3_600_000, None, "late"),
        ({"userId": "u1", "delivery": "ok"}, 400, "aborted", None),
    ],
)
def test_a_repeated_message_is_judged_by_body_and_time(
    changes: dict[str, Any], after: int, delivery: str | None, kind: str | None, judge: Judge
) -> None:
    story, browser = visitor()
    more = {} if delivery is None else {"delivery": delivery}
    again(story, browser.track("Report Opened", sent=0, **more), after=after, **changes)
    assert fared(judge(story.records, select=("duplicate-message-id",))) == ([kind] if kind else [], 0)


def test_a_re_send_is_only_worth_knowing(judge: Judge) -> None:
    story, browser = visitor()
    again(story, browser.track("Report Opened"), after=400)
    report = judge(story.records)
    assert [(finding.rule, finding.severity) for finding in report.findings] == [("duplicate-message-id", "info")]
    assert report.exit_code == 0


# --- sensitive-trait-client-side ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "found"),
    [
        ({"password": "x"}, True),
        ({"Password": "x"}, True),
        ({"user": {"apiKey": "x"}}, True),
        ({"accounts": [{"iban": "DE02 1203 0000 0000 2020 51"}]}, True),
        ({"cvv": 123}, True),
        ({"note": "4111 1111 1111 1111"}, True),
        ({"note": 4111111111111111}, True),
        ({"password": ""}, False),
        ({"password": None}, False),
        ({"password": True}, False),
        ({"password_reset_sent": "2026-01-01"}, False),
        ({"token_count": 3}, False),
        ({"tokens": 900}, False),
        ({"passport_country": "NO"}, False),
        ({"note": "4111 1111 1111 1112"}, False),
        ({"phone": "+47 22 22 55 55"}, False),
        ({"created": 1700000000000}, False),
    ],
)
def test_a_sensitive_trait_is_told_by_key_or_check_digit(traits: dict[str, Any], found: bool, judge: Judge) -> None:
    story, browser = visitor()
    browser.identify("u1", traits)
    assert bool(judge(story.records, select=("sensitive-trait-client-side",)).findings) is found


def test_the_value_of_a_sensitive_trait_is_never_told(judge: Judge) -> None:
    story, browser = visitor()
    browser.identify("u1", {"password": "hunter2", "note": "4111111111111111"})
    (finding,) = judge(story.records, select=("sensitive-trait-client-side",)).findings
    assert "password" in finding.message
    assert "hunter2" not in finding.message + finding.fix
    assert "4111" not in finding.message + finding.fix


# --- double-counted-signup ----------------------------------------------------------------------------------

DOUBLES: dict[str, tuple[list[str], Callable[[Story, Browser], object]]] = {
    "the same message again": ([], lambda s, b: (b.identify("u1"), again(s, b.track("Signed Up"), after=900))),
    "one user after weeks": (["client-again"], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), b.wait(20 * 86_400_000).track("Signed Up"),
    )),
    "one user on another device": (["client-again"], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), s.wait(9000), s.browser().track("Signed Up", user="u1"),
    )),
    "a reload before anybody is known": (["client-again"], lambda s, b: (
        b.track("Signed Up"), b.wait(9000).track("Signed Up"),
    )),
    "two visitors of a browser, hours apart": ([], lambda s, b: (
        b.track("Signed Up"), b.wait(5 * 3_600_000).track("Signed Up"),
    )),
    "two users of one browser": ([], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), b.reset(), b.wait(9000).identify("u2"), b.track("Signed Up"),
    )),
    "two names of one signup": ([], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), b.wait(90).track("Account Created"),
    )),
    "the server as well": (["client-and-server"], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), s.wait(900), s.server().track("Signed Up", "u1"),
    )),
    "the server under another name": ([], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), s.wait(900), s.server().track("Account Created", "u1"),
    )),
    "the server of another user": ([], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), s.wait(900), s.server().track("Signed Up", "u2"),
    )),
    "the server an hour later": ([], lambda s, b: (
        b.identify("u1"), b.track("Signed Up"), s.wait(3_600_000), s.server().track("Signed Up", "u1"),
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBLES)
def test_a_signup_is_double_for_one_user_under_two_messages(name: str, judge: Judge) -> None:
    expected, act = DOUBLES[name]
    story, browser = visitor()
    act(story, browser)
    story.wait(3_600_000).server().track("Invoice Sent", "u9")
    assert fared(judge(story.records, select=("double-counted-signup",))) == (expected, 0)


# --- two-users-on-one-device --------------------------------------------------------------------------------

SHARED: dict[str, tuple[int, Callable[[Browser], object]]] = {
    "analytics.js makes a new anonymousId by itself": (0, lambda b: (b.identify("u1"), b.wait(900).identify("u2"))),
    "the anonymousId is set by hand": (1, lambda b: (
        b.identify("u1", anonymousId="kiosk"), b.wait(900).identify("u2", anonymousId="kiosk"),
    )),
    "a visit of the first user that was re-sent late carries the second": (0, lambda b: (
        b.load("/app", user="u2", sent=3_600_000), b.wait(900).identify("u1"),
    )),
    "a placeholder first": (0, lambda b: (
        b.identify("undefined", anonymousId="kiosk"), b.wait(900).identify("u2", anonymousId="kiosk"),
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_two_users_share_a_device_where_two_real_ones_are_identified_on_it(name: str, judge: Judge) -> None:
    expected, act = SHARED[name]
    story, browser = visitor()
    act(browser)
    assert len(judge(story.records, select=("two-users-on-one-device",)).findings) == expected
