"""Devices: lanes of one browser or phone, where the log shows it."""

import pytest

from auditor.timelines.timelines import Timelines
from tests.stories import Record, Story
from tests.timelines.conftest import Build


def devices(timelines: Timelines) -> list[list[int]]:
    """The lines of each device's events."""
    found: dict[int | None, list[int]] = {}
    for lane in timelines.lanes:
        found.setdefault(timelines.device(lane.events[0]), []).extend(event.line for event in lane.events)
    return sorted(sorted(lines) for lines in found.values())


def test_the_page_after_a_reset_chains_the_two_lanes(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/logout")
    browser.reset()
    browser.wait(800).load("/login")
    assert devices(built(story.records)) == [[1, 2]]


def test_a_browser_that_logs_out_twice_is_still_one_device(built: Build) -> None:
    story = Story()
    browser = story.browser()
    for user in ("u1", "u2"):
        browser.load("/app")
        browser.wait(5).identify(user)
        browser.wait(9000).load("/logout")
        browser.reset()
        browser.wait(700)
    browser.load("/login")
    assert devices(built(story.records)) == [[1, 2, 3, 4, 5, 6, 7]]


@pytest.fixture
def two_left() -> list[Record]:
    """Two browsers on the page of a logout, and the page of one of them after its reset."""
    story = Story()
    one, two = story.browser(), story.browser()
    one.load("/logout")
    two.load("/logout")
    one.reset()
    one.wait(800).load("/login")
    return story.records


def test_two_browsers_that_left_the_same_page_are_no_proof(two_left: list[Record], built: Build) -> None:
    assert devices(built(two_left)) == [[1], [2], [3]]


def test_two_browsers_are_told_apart_by_their_user_agent(two_left: list[Record], built: Build) -> None:
    for record, agent in zip(two_left, ("Chrome", "Firefox", "Chrome"), strict=True):
        record["context"]["userAgent"] = agent
    assert devices(built(two_left)) == [[1, 3], [2]]
    two_left[2]["context"]["userAgent"] = "Safari"
    assert devices(built(two_left)) == [[1], [2], [3]]


def test_a_lane_that_names_two_browsers_names_none(built: Build) -> None:
    story = Story()
    one, two = story.browser(), story.browser()
    two.load("/about")
    two.wait(1000).load("/logout")
    one.load("/logout")
    one.reset()
    one.wait(9000).load("/login")
    for record, agent in zip(story.records, ("Chrome", "Firefox", "Chrome", "Chrome"), strict=True):
        record["context"]["userAgent"] = agent
    assert devices(built(story.records)) == [[1, 2], [3], [4]]
    assert devices(built(story.records[::-1])) == [[1], [2], [3, 4]]


def test_half_an_hour_later_it_may_be_anybody(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/logout")
    browser.reset()
    browser.wait(31 * 60_000).load("/login")
    assert devices(built(story.records)) == [[1], [2]]


def test_a_page_typed_in_chains_nothing(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/logout")
    browser.reset()
    browser.wait(800).load("/login", referrer="")
    assert devices(built(story.records)) == [[1], [2]]


def test_a_phone_says_itself_that_it_is_one(built: Build) -> None:
    story = Story()
    phone = story.phone()
    phone.screen("Home")
    phone.reset()
    phone.wait(86_400_000).screen("Login")
    story.phone().screen("Home")
    assert devices(built(story.records)) == [[1, 2], [3]]


def test_a_server_event_has_no_device(built: Build) -> None:
    story = Story()
    story.browser().load("/")
    story.server().track("Paid", "u1")
    timelines = built(story.records)
    assert [timelines.device(event) for event in timelines.alone] == [None]
