"""missing-signup: who is new, when the wait is over, and what counts as having arrived."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.model.event import own
from auditor.model.finding import Report
from tests.conftest import Judge
from tests.hars import COLLECTOR, call, har, request
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


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"delivery": "ok"}, (1, 0)),  # each call in a request of its own: all of them are in the HAR
        ({"delivery": "ok", own("identified"): False}, (0, 1)),
        ({own("identified"): False}, (1, 0)),  # the collector's log: what is not there did not come
    ],
    ids=["analytics.js in a HAR", "an SDK of beacons in a HAR", "an SDK of beacons, by its collector"],
)
def test_what_left_by_a_beacon_is_in_no_har(told: dict[str, Any], outcome: tuple[int, int], judge: Judge) -> None:
    story, browser, server = visitor()
    server.track("Account Created", "u1")
    welcomed(browser)
    browser.wait(900).load("/app")
    story.wait(3_600_000)
    browser.load("/")
    ours = [record for record in story.records if record["context"]["library"]["name"] == "analytics.js"]
    records = [{**record, **told} if record in ours else record for record in story.records]
    assert fared(judge(records, select=(RULE,))) == outcome


def test_a_batch_in_a_har_may_not_have_been_the_last_one(judge: Judge, tmp_path: Path) -> None:
    calls = [call(n, n * 1000, "/app", type="identify", event=None, userId="u1") for n in range(3)]
    signup = {**call(9, 9500, event="Account Created", anonymousId=None, userId="u1"), "channel": "server"}
    signup["context"] = {"library": {"name": "analytics-python"}}
    (tmp_path / "server.jsonl").write_text(json.dumps(signup) + "\n", encoding="utf-8")
    later = request(3_000_000, call(10, 2_999_000, "/app", type="page", event=None, userId="u1"))
    batch = request(9000, {"batch": calls, "sentAt": calls[-1]["sentAt"]}, url=f"{COLLECTOR[:-1]}b")
    single = [request(9000 + n, one) for n, one in enumerate(calls)]
    for entries, outcome in (([batch], (0, 1)), (single, (1, 0))):
        (tmp_path / "session.har").write_bytes(har(*entries, later))
        files = [tmp_path / "session.har", tmp_path / "server.jsonl"]
        assert fared(judge(files, select=(RULE,))) == outcome
