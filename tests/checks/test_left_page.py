"""signup-on-redirecting-page: whether the page stayed, and what became of the signup."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.model.finding import Report
from tests.conftest import Judge
from tests.hars import PLAYWRIGHT, call, document, har, request
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


def goes_on_in_another_tab(browser: Browser) -> None:
    """Which was opened before; the form's page is never heard of again."""
    browser.load("/pricing", referrer="")
    other = browser.place
    browser.wait(9000).load("/signup", referrer=f"{browser.story.site}/")
    browser.wait(9000).track("Signed Up")
    browser.place = other
    browser.wait(40_000).track("Plan Compared")


MISTAKES: dict[str, tuple[str, Callable[[Story, Browser], object]]] = {
    "delivered before the page was left": ("delivered", lambda story, browser: (
        browser.track("Signed Up"), browser.wait(300).load("/welcome"),
    )),
    "left, while another tab goes on": ("delivered", lambda story, browser: goes_on_in_another_tab(browser)),
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


# --- What became of the request, where the log says it ------------------------------------------------------

OUTCOMES: dict[str, tuple[list[str | None], int, Callable[[Story, Browser], object]]] = {
    "blocked: lost on any page, and no redirect's fault": ([], 0, lambda story, browser: (
        browser.track("Signed Up", delivery="blocked"), browser.wait(120).load("/welcome"),
    )),
    "refused by the collector": ([], 0, lambda story, browser: (
        browser.track("Signed Up", delivery="rejected"), browser.wait(120).load("/welcome"),
    )),
    "a beacon: nobody knows": ([], 1, lambda story, browser: (
        browser.track("Signed Up", delivery="unknown"), browser.wait(120).load("/welcome"),
    )),
    "nobody knows of the first try, and the next page sent it again": (["late"], 0, lambda story, browser: (
        again(story, browser.track("Signed Up", delivery="unknown"), after=500, delivery="ok"),
        browser.wait(120).load("/welcome"),
    )),
    "an outage on the page after the form, over which the library sends it again": ([], 0, lambda story, browser: (
        browser.load("/welcome"), browser.wait(5).track("Signed Up", delivery="failed"),
        again(story, story.records[-1], after=9000, delivery="ok"), browser.wait(8000).load("/app"),
    )),
    "an outage on the page after the form, for good": (["lost"], 0, lambda story, browser: (
        browser.load("/welcome"), browser.wait(5).track("Signed Up", delivery="failed"),
        browser.wait(8000).load("/app"),
    )),
    "cut off on the page after the form, and sent again": (["late"], 0, lambda story, browser: (
        browser.load("/welcome"), browser.wait(900).track("Signed Up", delivery="aborted"),
        again(story, story.records[-1], after=900, delivery="ok"), browser.wait(400).load("/app"),
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_outcome_of_the_request_decides_what_is_said(name: str, judge: Judge) -> None:
    story, browser = on_form()
    expected, unsure, act = OUTCOMES[name]
    act(story, browser)
    report = judge(story.records, select=(RULE,))
    assert [finding.kind for finding in report.findings] == expected
    assert [rule.unsure for rule in report.rules if rule.id == RULE] == [unsure]


# --- What the log has to show for it ------------------------------------------------------------------------


def seen(report: Report) -> list[str]:
    return [finding.message.partition(" Seen: ")[2] for finding in report.findings]


def test_an_event_log_shows_page_changes_late_sends_and_repeated_ids(judge: Judge) -> None:
    told = []
    for name in ("delivered before the page was left", "sent by the next page", "received before and after"):
        story, browser = on_form()
        MISTAKES[name][1](story, browser)
        told += seen(judge(story.records, select=(RULE,)))
    assert told == [
        "the page view of /welcome 300 ms later.",
        "the page view of /welcome 120 ms later, a sentAt that is 700 ms behind its own clock.",
        "the page view of /welcome 120 ms later, its messageId 2 times.",
    ]


SITE = "https://shop.example"


def form(*entries: dict[str, object], to: str = f"{SITE}/welcome", creator: dict[str, str] = PLAYWRIGHT) -> bytes:
    """The HAR of a signup tracked as the form is sent, with what came of it."""
    return har(
        document(0, f"{SITE}/signup"),
        request(105, call(1, 100, "/signup", type="page", event=None)),
        document(5012, f"{SITE}/signup", to=to, method="POST", took=30),
        document(5042, to),
        *entries,
        creator=creator,
    )  # fmt: skip


def signed_up(**more: object) -> dict[str, object]:
    return request(5005, call(2, 5000, "/signup", event="Signed Up"), **more)


def welcome(at: int = 5300, **more: object) -> list[dict[str, object]]:
    page = {"path": "/welcome", "url": f"{SITE}/welcome", "referrer": f"{SITE}/signup"}
    context = {**call()["context"], "page": page, **more}
    return [request(t + 5, call(t, t, type="page", event=None, context=context)) for t in (at, at + 5000)]


GONE = {"status": -1, "response": {"_failureText": "net::ERR_ABORTED"}}
AGAIN = request(5600, {**call(2, 5000, "/signup", event="Signed Up"), "sentAt": "2026-01-05T10:00:05.600Z"})
IN_A_HAR: dict[str, tuple[bytes, str, str]] = {
    "delivered": (form(signed_up(), *welcome()), "delivered", "the outcome of its request (ok)."),
    "sent again": (form(signed_up(**GONE), AGAIN, *welcome()), "late",
                   "the outcome of its request (aborted), a sentAt that is 600 ms behind its own clock."),
    "lost": (form(signed_up(**GONE), *welcome()), "lost", "the outcome of its request (aborted)."),
}  # fmt: skip


@pytest.mark.parametrize("name", IN_A_HAR)
def test_a_har_shows_the_request_that_left_the_page_and_what_became_of_the_call(
    name: str, judge: Judge, tmp_path: Path
) -> None:
    data, kind, outcome = IN_A_HAR[name]
    (tmp_path / "session.har").write_bytes(data)
    report = judge(tmp_path / "session.har", select=(RULE,))
    assert [finding.kind for finding in report.findings] == [kind]
    assert seen(report) == [f"the document request for /welcome 12 ms later, {outcome}"]
    left = dict(report.findings[0].evidence)["page left"]
    assert (left.type, left.path, left.t - report.findings[0].event.t) == ("navigation", "/welcome", 12)


def test_a_signup_lost_to_another_site_is_shown_by_the_request_alone(judge: Judge, tmp_path: Path) -> None:
    """The welcome page of another origin is another lane: no event of this one says that the page was left."""
    other = "https://www.other.example/welcome"
    there = request(5400, call(9, 5390, anonymousId="b", context={
        **call()["context"], "page": {"path": "/welcome", "url": other}}))  # fmt: skip
    later = request(9400, call(10, 9390, anonymousId="b"))
    (tmp_path / "session.har").write_bytes(form(signed_up(**GONE), there, later, to=other))
    (finding,) = judge(tmp_path / "session.har", select=(RULE,)).findings
    assert finding.kind == "lost"
    assert [role for role, _ in finding.evidence] == ["page left"]
    assert "Seen: the document request for /welcome 12 ms later" in finding.message
