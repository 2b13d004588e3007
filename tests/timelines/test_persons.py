"""Persons: whom we believe an event to be by. Not connected components: one laptop would fuse a family."""

from auditor.timelines.timelines import Timelines
from tests.stories import Story
from tests.timelines.conftest import Build


def persons(timelines: Timelines) -> dict[int, str | None]:
    return {event.line: timelines.person(event) for event in timelines.log.events}


def test_a_visit_belongs_to_the_one_user_its_browser_was_ever_seen_with(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    browser.wait(900).identify("u1")
    browser.user = None
    browser.wait(900).load("/later")
    assert set(persons(built(story.records)).values()) == {"user u1"}


def test_a_shared_browser_stays_a_device_of_its_own(built: Build) -> None:
    story = Story()
    rudder = story.rudder()
    rudder.load("/")
    rudder.identify("u1")
    rudder.identify("u2")
    found = persons(built(story.records))
    assert found == {1: f"device {rudder.anonymous}", 2: "user u1", 3: "user u2"}


def test_a_placeholder_links_nothing(built: Build) -> None:
    story = Story()
    one, two = story.browser(), story.browser()
    one.identify("undefined")
    two.identify("undefined")
    assert persons(built(story.records)) == {1: f"device {one.anonymous}", 2: f"device {two.anonymous}"}


def test_a_placeholder_does_not_make_a_browser_a_shared_one(built: Build) -> None:
    story = Story()
    phone = story.phone()
    phone.screen("Home")
    phone.identify("undefined")
    phone.identify("u1")
    assert set(persons(built(story.records)).values()) == {"user u1"}


def test_alias_says_whose_the_anonymous_id_is(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    story.server().send({"type": "alias", "userId": "u1", "previousId": browser.anonymous})
    assert persons(built(story.records)) == {1: "user u1", 2: "user u1"}


def test_the_server_may_say_whose_a_browser_is(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    story.server().track("Paid", "u1", anonymousId=browser.anonymous)
    assert persons(built(story.records)) == {1: "user u1", 2: "user u1"}


def test_the_same_user_on_two_devices_is_one_person(built: Build) -> None:
    story = Story()
    browser, phone = story.browser(), story.phone()
    browser.load("/")
    browser.identify("u1")
    phone.screen("Home")
    phone.identify("u1")
    assert set(persons(built(story.records)).values()) == {"user u1"}
