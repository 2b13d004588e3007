"""Each mend by a story of its own: what the destination makes of it as it is, and as if it had been right."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.identities.mends import MENDABLE, MERGING, SPLITTING
from auditor.language.loader import load
from auditor.model.identities import Identities, Replay, Worth
from auditor.runners.identities import identities_of
from auditor.runners.local import Request
from tests.identities import test_simulated
from tests.stories import Record, Story

SETTINGS = Settings()
RULES = load(SETTINGS, options_of)


def one(tmp_path: Path, records: list[Record], destination: str, fix: str | None = None) -> Identities:
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    (found,) = identities_of(Request((str(file),), SETTINGS, date(2026, 1, 5)), RULES, (destination,), fix).found
    return found


def mended(tmp_path: Path, records: list[Record], destination: str, fix: str) -> tuple[Worth, Replay]:
    found = one(tmp_path, records, destination, fix)
    assert found.worth is not None
    assert found.worth.findings, found.worth.reason
    assert found.worth.mended == found.worth.findings, found.worth.unmended
    return found.worth, found.replay


def visit(story: Story, browser: Any) -> None:
    for path in ("/", "/pricing", "/signup"):
        browser.load(path)
        story.wait(5000)


def test_three_users_in_a_row_without_reset(tmp_path: Path) -> None:
    """analytics.js takes a new anonymousId at each identify; what comes before it goes by the name of the last user."""
    story = Story()
    browser = story.browser()
    visit(story, browser)
    for user in ("usr-1", "usr-2", "usr-3"):
        browser.load("/welcome")
        browser.identify(user)
        story.wait(5)
        browser.track("Signed Up")
        story.wait(20_000)
        browser.track("Signed Out")
        story.wait(400)
        browser.load(f"/?{user}")
        story.wait(8000)
    worth, after = mended(tmp_path, story.records, "amplitude", "missing-reset-on-logout")
    assert [len(one.people) for one in worth.before.merges] == [2, 2]
    assert (worth.restored, worth.before.uncertain) == (2, 1)
    assert (after.merges, after.splits, after.people, after.profiles) == ((), (), 3, 4)


def test_identify_after_track(tmp_path: Path) -> None:
    """Legacy Mixpanel leaves the signup itself with the visitor."""
    story = Story()
    browser = story.browser()
    visit(story, browser)
    browser.load("/welcome")
    browser.track("Signed Up")
    story.wait(300)
    browser.identify("usr-1")
    worth, after = mended(tmp_path, story.records, "mixpanel-legacy", "identify-after-track")
    assert (worth.before.orphaned, after.orphaned) == (5, 4)


@pytest.mark.parametrize(
    ("rule", "event"), [("signup-without-identify", "Signed Up"), ("login-without-identify", "Signed In")]
)
def test_an_entry_without_identify(rule: str, event: str, tmp_path: Path) -> None:
    """Customer.io gives a person the visits before at an identify alone."""
    story = Story()
    browser = story.browser()
    visit(story, browser)
    browser.track(event, user="usr-1")
    story.wait(200_000)
    browser.track("Thing Seen", user="usr-1")
    worth, after = mended(tmp_path, story.records, "customerio", rule)
    assert (worth.before.orphaned, worth.restored, after.orphaned) == (3, 1, 0)


def test_a_page_load_without_identify_is_whole_already(tmp_path: Path) -> None:
    story = Story()
    browser = story.browser()
    visit(story, browser)
    browser.identify("usr-1")
    story.wait(5000)
    browser.load("/app")
    story.wait(5000)
    browser.load("/app/orders")
    worth, after = mended(tmp_path, story.records, "posthog", "missing-identify-on-page-load")
    assert worth.restored == 0
    assert after.splits == worth.before.splits == ()


def test_a_visitor_whom_only_the_server_identifies(tmp_path: Path) -> None:
    """Kissmetrics joins by the browser's identify; a server's joins nothing."""
    story = Story()
    browser, server = story.browser(), story.server()
    visit(story, browser)
    server.identify("usr-1", anonymousId=browser.anonymous)
    story.wait(5000)
    browser.load("/app")
    story.wait(400_000)
    browser.track("Thing Seen")
    worth, after = mended(tmp_path, story.records, "kissmetrics", "server-identify-only")
    assert (worth.before.orphaned, after.orphaned, worth.restored) == (5, 0, 1)


def test_an_anonymous_id_as_user_id(tmp_path: Path) -> None:
    """Unify: the id is a user_id, and the real one cannot join it."""
    story = Story()
    browser = story.browser()
    visit(story, browser)
    browser.identify(browser.anonymous)
    story.wait(5000)
    browser.identify("usr-1", anonymousId=browser.anonymous)
    browser.load("/app")
    found = one(tmp_path, story.records, "unify")
    assert found.findings["user-id-is-anonymous-id"] == 1
    _, after = mended(tmp_path, story.records, "unify", "user-id-is-anonymous-id")
    assert after.refused == ()
    assert after.profiles < found.replay.profiles


def test_another_id_from_the_server_than_from_the_browser(tmp_path: Path) -> None:
    """They are one person, whom every destination but a graph without limits keeps as two."""
    story = Story()
    browser, server = story.browser(), story.server()
    visit(story, browser)
    browser.identify("usr-1")
    browser.track("Signed Up")
    story.wait(3000)
    server.identify("42-in-the-database", anonymousId=browser.anonymous)
    story.wait(3000)
    server.track("Invoice Paid", "42-in-the-database")
    worth, after = mended(tmp_path, story.records, "mixpanel-simplified", "client-server-id-mismatch")
    assert [split.name for split in worth.before.splits] == ["usr-1"]
    assert worth.before.people == 1
    assert (after.splits, after.profiles) == ((), 1)


def test_an_id_that_the_destination_takes_off(tmp_path: Path) -> None:
    """Amplitude takes ids of less than five characters off: two devices of one user stay two."""
    story = Story()
    for _ in range(2):
        browser = story.browser()
        browser.load("/login")
        browser.identify("u1")
        browser.load("/app")
        story.wait(60_000)
    worth, after = mended(tmp_path, story.records, "amplitude", "user-id-refused-by-destination")
    assert (worth.before.profiles, len(worth.before.splits)) == (2, 1)
    assert worth.before.refused[0].reason == "events_with_invalid_id_lengths"
    assert (after.profiles, after.splits, after.refused) == (1, (), ())


def test_an_anonymous_id_of_ones_own(tmp_path: Path) -> None:
    """Mixpanel's Original ID Merge refuses what is no version 4 UUID."""
    story = Story()
    browser = story.browser()
    browser.anonymous = "visitor-17"
    visit(story, browser)
    browser.identify("usr-1")
    browser.track("Signed Up")
    worth, after = mended(tmp_path, story.records, "mixpanel-original", "anonymous-id-not-uuid4")
    assert (worth.before.orphaned, worth.restored, worth.signups, after.orphaned) == (3, 1, 1, 0)


def test_every_mend_has_a_story_here_or_a_simulated_site() -> None:
    told = Path(__file__).read_text(encoding="utf-8") + Path(test_simulated.__file__).read_text(encoding="utf-8")
    by_plan = {"alias-after-identify", "server-identify-before-client-alias", "missing-alias"}
    assert {rule for rule in MENDABLE - by_plan if f'"{rule}"' not in told} == set()
    assert MERGING | SPLITTING <= MENDABLE
    assert {rule.id for rule in RULES.rules} >= MENDABLE


# --- Whom events are by -------------------------------------------------------------------------------------


def test_what_two_users_of_one_device_did_anonymously_is_uncertain(tmp_path: Path) -> None:
    """Both are identified by the server: no rule sees where one left and the other came."""
    story = Story()
    browser, server = story.browser(), story.server()
    visit(story, browser)
    server.identify("usr-1", anonymousId=browser.anonymous)
    story.wait(5000)
    server.identify("usr-2", anonymousId=browser.anonymous)
    found = one(tmp_path, story.records, "rudderstack")
    assert found.replay.uncertain == 3
    assert found.replay.people == 2
    assert found.replay.merged_people == 2


def test_a_placeholder_without_an_anonymous_id_is_nobodys(tmp_path: Path) -> None:
    story = Story()
    server = story.server()
    server.track("Invoice Paid", "undefined")
    found = one(tmp_path, story.records, "amplitude")
    assert (found.replay.people, found.replay.uncertain, found.replay.profiles) == (0, 1, 1)


def test_after_a_reset_that_keeps_the_id_there_is_another_visitor(tmp_path: Path) -> None:
    story = Story()
    rudder = story.rudder()
    visit(story, rudder)
    rudder.identify("usr-1")
    story.wait(5000)
    rudder.reset()
    rudder.load("/")
    found = one(tmp_path, story.records, "amplitude")
    assert found.replay.people == 2
    assert {share.name for share in found.replay.shares} == {"usr-1", f"{rudder.anonymous} after reset 1"}
    assert (found.replay.splits, found.replay.merges) == ((), ())
