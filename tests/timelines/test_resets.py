"""Resets send nothing: in RudderStack they are told from what comes after."""

from auditor.timelines.timelines import Timelines
from tests.stories import Rudder, Story
from tests.timelines.conftest import Build


def marked(timelines: Timelines) -> list[int]:
    """The numbers of the events that a reset was found before."""
    return [event.line for lane in timelines.lanes for event in lane.events if event.after_reset]


def logged_in() -> tuple[Story, Rudder]:
    story = Story()
    rudder = story.rudder()
    rudder.load("/")
    rudder.wait(900).identify("u1")
    return story, rudder


def test_a_new_session_without_a_user_shows_a_reset(built: Build) -> None:
    story, rudder = logged_in()
    rudder.wait(900).reset()
    rudder.load("/login")
    rudder.wait(900).load("/pricing")
    assert marked(built(story.records)) == [3]


def test_a_new_session_of_the_same_user_is_no_reset(built: Build) -> None:
    story, rudder = logged_in()
    rudder.wait(3_600_000)
    rudder.session = story.now
    rudder.load("/app")
    assert marked(built(story.records)) == []


def test_a_missing_user_in_the_same_session_is_no_reset(built: Build) -> None:
    story, rudder = logged_in()
    rudder.wait(900).load("/app", user="")
    assert marked(built(story.records)) == []


def test_where_sessions_are_switched_off_the_missing_user_alone_shows_it(built: Build) -> None:
    story, rudder = logged_in()
    rudder.wait(900).reset()
    rudder.load("/login")
    for record in story.records:
        del record["context"]["sessionId"]
    assert marked(built(story.records)) == [3]


def test_nobody_known_nothing_reset(built: Build) -> None:
    story = Story()
    rudder = story.rudder()
    rudder.load("/")
    rudder.wait(3_600_000)
    rudder.session = story.now
    rudder.load("/pricing")
    assert marked(built(story.records)) == []


def test_identify_of_another_user_shows_none_the_sdk_resets_by_itself(built: Build) -> None:
    story, rudder = logged_in()
    rudder.wait(900).identify("u2")
    assert marked(built(story.records)) == []


def test_analytics_js_shows_a_reset_as_another_lane_and_never_inside_one(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    browser.identify("u1")
    browser.wait(900).load("/login", user=None)
    assert marked(built(story.records)) == []
