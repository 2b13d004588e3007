"""Rules without a capture: a short story as the SDKs would write it that fires each, and its twin that must not.

A story fires its rule alone, so that one mistake is not told twice.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from auditor.config.settings import RuleSetting, Settings
from tests.conftest import Judge
from tests.stories import Record, Story
from tests.stories_of_identity import IDENTITY

RULES = Path(__file__).resolve().parent.parent / "rules"
DAY = 86_400_000
RANDOM = "0d5ff1a0-9c3e-4a55-8f0e-2f6f1f4f7a11"


def welcome(user: str, **wire: str) -> Callable[[Story], None]:
    """The visit of a new user: a page, the form, the welcome page with identify and the signup, and two pages more."""

    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/", **wire)
        story.wait(9_000)
        browser.load("/signup", **wire)
        story.wait(20_000)
        browser.load("/welcome", **wire)
        story.wait(6)
        browser.identify(user, {"plan": "free"}, **wire)
        story.wait(4)
        browser.track("Signed Up", {"plan": "free"}, **wire)
        story.wait(30_000)
        browser.load("/pricing", **wire)
        story.wait(5)
        browser.identify(user, **wire)
        story.wait(30_000)

    return told


def own_anonymous_id(story: Story) -> None:
    browser = story.browser()
    browser.load("/welcome")
    story.wait(6)
    browser.identify(browser.anonymous)
    story.wait(4)
    browser.track("Signed Up")
    story.wait(30_000)


def anonymous_id_by_hand(story: Story) -> None:
    browser = story.browser()
    browser.anonymous = "visitor-17"
    browser.load("/welcome")
    story.wait(6)
    browser.identify("u_1041")
    story.wait(4)
    browser.track("Signed Up")
    story.wait(30_000)


def server_without_ids(story: Story) -> None:
    welcome("u_1041")(story)
    story.server().send({"type": "track", "event": "Invoice Sent", "userId": None, "properties": {}})


def two_id_spaces(story: Story) -> None:
    welcome("jane")(story)
    story.server().identify("1041", anonymousId=story.records[0]["anonymousId"])
    story.wait(3_000)


def one_id_space(story: Story) -> None:
    welcome("1041")(story)
    story.server().identify("1041", anonymousId=story.records[0]["anonymousId"])
    story.wait(3_000)


def server_alone(story: Story) -> None:
    browser = story.browser()
    browser.load("/signup")
    story.wait(20_000)
    story.server().identify("u_1041", {"plan": "free"}, anonymousId=browser.anonymous)
    story.wait(2_000)
    browser.load("/welcome")
    story.wait(400_000)
    browser.load("/app")
    story.wait(3_000)


def grouped(*, first: bool) -> Callable[[Story], None]:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/login")
        story.wait(5_000)
        if first:
            browser.group("acme", sent=2)
            story.wait(40)
        browser.identify("u_1041")
        story.wait(40)
        browser.group("acme")
        story.wait(30_000)

    return told


def address_in_name(story: Story) -> None:
    welcome("u_1041")(story)
    story.server().track("Invited joe@shop.example", "u_1041")
    story.wait(2_000)


def plain_name(story: Story) -> None:
    welcome("u_1041")(story)
    story.server().track("Invite Sent", "u_1041", {"to": "joe@shop.example"})
    story.wait(2_000)


def opened(path: str) -> Callable[[Story], None]:
    def told(story: Story) -> None:
        story.browser().load(path)
        story.wait(5_000)

    return told


def back_after_days(*, signup: bool) -> Callable[[Story], None]:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/login")
        story.wait(6)
        browser.identify("u_1041")
        story.wait(3 * DAY)
        browser.load("/welcome")
        story.wait(6)
        browser.identify("u_1041")
        story.wait(4)
        browser.track("Signed Up" if signup else "Signed In")
        story.wait(30_000)

    return told


def rendered(times: int) -> Callable[[Story], None]:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/app")
        for _ in range(times):
            story.wait(90)
            browser.identify("u_1041")
        story.wait(30_000)

    return told


def named(name: str) -> Callable[[Story], None]:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/")
        story.wait(700)
        browser.track(name)
        story.wait(5_000)

    return told


def asked_for_consent(*, first: bool) -> Callable[[Story], None]:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.go("/", "")
        if not first:
            browser.page()
            story.wait(4_000)
        browser.track("Segment Consent Preference Updated", {"consent": True})
        if first:
            story.wait(30)
            browser.page()
        story.wait(30_000)

    return told


def passed_on(*, whole: bool) -> Callable[[Story], None]:
    """A proxy on the server passes a browser's call on: whole, or under the name of its own library."""

    def told(story: Story) -> None:
        welcome("u_1041")(story)
        call = story.browser().track("Plan Chosen", userId="u_1041")
        if not whole:
            call["context"] = {"library": {"name": "analytics-python", "version": "2.4.0"}}
            call["anonymousId"] = None

    return told


STORIES: dict[str, tuple[Callable[[Story], None], Callable[[Story], None]]] = {
    **IDENTITY,
    "user-id-is-anonymous-id": (own_anonymous_id, welcome("u_1041")),
    "anonymous-id-is-user-id": (welcome("u_1041", anonymousId="u_1041"), welcome("u_1041")),
    "missing-identity": (server_without_ids, welcome("u_1041")),
    "client-server-id-mismatch": (two_id_spaces, one_id_space),
    "server-identify-only": (server_alone, one_id_space),
    "group-before-identify": (grouped(first=True), grouped(first=False)),
    "suspicious-user-id": (welcome("test"), welcome("tess")),
    "user-id-is-phone-number": (welcome("+12025550123"), welcome("12025550123")),
    "anonymous-id-not-uuid4": (anonymous_id_by_hand, welcome("u_1041")),
    "pii-in-event-name": (address_in_name, plain_name),
    "pii-in-url": (opened("/reset?reset_token=3f9c2b7a"), opened("/search?q=joe%40shop.example&utm_term=token")),
    "login-counted-as-signup": (back_after_days(signup=True), back_after_days(signup=False)),
    "identify-storm": (rendered(21), rendered(20)),
    "user-id-refused-by-destination": (welcome("u1"), welcome("u_1041")),
    "tracking-before-consent": (asked_for_consent(first=False), asked_for_consent(first=True)),
    "library-context-mismatch": (passed_on(whole=False), passed_on(whole=True)),
    "event-name-invalid-for-destination": (named("[Amplitude] Opened"), named("Opened")),
}
"""The story that fires a rule and no other, and the one that fires none."""
LOW = {
    "anonymous-id-override", "anonymous-id-churn", "logout-without-user", "tracking-before-consent",
    "library-context-mismatch",
}  # fmt: skip
"""Rules that are hidden by default, and whose stories other hidden rules may see too."""
TOGETHER = {"anonymous-history-lost": {"signup-without-history"}}
"""One mistake that two rules see, each at another event: the report shows them as one problem."""
DESTINATIONS = {
    "alias-too-close": ("mixpanel-legacy",),
    "anonymous-id-not-uuid4": ("mixpanel-original",),
    "user-id-refused-by-destination": ("amplitude",),
    "event-name-invalid-for-destination": ("amplitude",),
}


def found(rule: str, story: Callable[[Story], None], judge: Judge) -> set[str]:
    """The rules that speak about a story, with the one in question switched on."""
    stage = Story(rule)
    story(stage)
    records: list[Record] = stage.records
    shown = "low" if rule in LOW else "medium"
    destinations = DESTINATIONS.get(rule, ())
    settings = Settings(destinations=destinations, rules={rule: RuleSetting(enabled=True)}, min_confidence=shown)
    return {finding.rule for finding in judge(records, settings=settings).findings}


@pytest.mark.parametrize("rule", STORIES)
def test_a_story_fires_its_rule(rule: str, judge: Judge) -> None:
    assert found(rule, STORIES[rule][0], judge) - TOGETHER.get(rule, set()) == {rule}


@pytest.mark.parametrize("rule", STORIES)
def test_its_clean_twin_is_silent(rule: str, judge: Judge) -> None:
    assert found(rule, STORIES[rule][1], judge) == set()


def test_a_rule_with_a_story_has_no_capture() -> None:
    """Those with neither are planted in the simulator (``tests/simulator/test_accuracy.py``)."""
    told = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")).get("notes", "")
        for path in RULES.glob("*/*.yml")
        if path.parent.name != "destinations"
    }
    assert {rule for rule, notes in told.items() if "No real capture" in notes} >= set(STORIES)
