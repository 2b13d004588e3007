"""Lanes: which events share a clock, and what that clock is."""

from auditor.timelines.timelines import Timelines
from tests.stories import Story
from tests.timelines.conftest import Build


def sizes(timelines: Timelines) -> list[int]:
    return sorted(len(lane.events) for lane in timelines.lanes)


def test_a_lane_holds_the_client_events_of_one_anonymous_id(built: Build) -> None:
    story = Story()
    one, two = story.browser(), story.browser()
    one.load("/")
    two.load("/")
    one.wait(500).track("Seen")
    assert sizes(built(story.records)) == [1, 2]


def test_reset_begins_a_new_lane_in_analytics_js_and_none_in_rudderstack(built: Build) -> None:
    for make, expected in (("browser", [1, 1]), ("rudder", [2])):
        story = Story()
        client = getattr(story, make)()
        client.load("/")
        client.reset()
        client.wait(800).load("/login")
        assert sizes(built(story.records)) == expected


def test_a_server_event_is_on_no_lane_even_with_the_browsers_anonymous_id(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    story.server().track("Paid", "u1", anonymousId=browser.anonymous)
    timelines = built(story.records)
    assert sizes(timelines) == [1]
    assert [event.lane for event in timelines.alone] == [None]


def test_another_source_or_another_library_is_another_lane(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/", writeKey="wk_site")
    browser.page(writeKey="wk_shop")
    browser.page(writeKey="wk_site", context={"library": {"name": "RudderLabs JavaScript SDK"}})
    assert sizes(built(story.records)) == [1, 1, 1]


def test_two_names_of_one_library_are_one_lane(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/")
    browser.page(context={"library": {"name": "@segment/analytics-next"}})
    assert sizes(built(story.records)) == [2]


def test_a_lane_is_in_the_order_of_the_clients_clock_however_it_arrived(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/", sent=9000)
    browser.wait(40).track("A", sent=3)
    browser.wait(40).track("B", sent=4000)
    arrived = sorted(story.records, key=lambda record: str(record["receivedAt"]))
    (lane,) = built(arrived).lanes
    assert [event.event for event in lane.events] == [None, "A", "B"]
    assert arrived != story.records


def test_the_clock_of_a_lane_is_corrected_by_its_fastest_request(built: Build) -> None:
    """Queues and slow networks only ever add to the difference between sent and received."""
    story = Story()
    browser = story.browser()
    browser.load("/", travels=5000)
    browser.wait(1000).track("A", travels=40)
    (lane,) = built(story.records).lanes
    assert [event.time - event.t for event in lane.events] == [40, 40]


def test_a_server_event_is_corrected_by_itself(built: Build) -> None:
    story = Story()
    story.server().track("A", "u1", travels=7000)
    story.server().track("B", "u1", travels=10)
    assert [event.time - event.t for event in built(story.records).alone] == [7000, 10]


def test_where_nothing_was_received_the_client_clock_stands(built: Build) -> None:
    story = Story()
    record = story.browser().load("/")
    (lane,) = built([{key: value for key, value in record.items() if key != "receivedAt"}]).lanes
    assert [event.time - event.t for event in lane.events] == [0]
