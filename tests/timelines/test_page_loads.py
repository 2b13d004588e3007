"""Page loads: a new document, a route change, a reload, and what was called before page()."""

from auditor.timelines.timelines import Timelines
from tests.stories import Browser, Story
from tests.timelines.conftest import Build


def loads(timelines: Timelines) -> list[list[int]]:
    """The lines of each page load of the only lane."""
    _ = timelines.page_loads
    (lane,) = timelines.lanes
    found: dict[int | None, list[int]] = {}
    for event in lane.events:
        found.setdefault(event.page_load, []).append(event.line)
    return list(found.values())


def on_stage() -> tuple[Story, Browser]:
    story = Story()
    browser = story.browser()
    browser.load("/", referrer="https://search.example/")
    story.wait(900)
    return story, browser


def test_another_referrer_is_a_new_document(built: Build) -> None:
    story, browser = on_stage()
    browser.load("/pricing")
    browser.wait(20).track("Seen")
    browser.wait(900).load("/signup")
    assert loads(built(story.records)) == [[1], [2, 3], [4]]


def test_the_same_referrer_with_another_path_is_a_route(built: Build) -> None:
    story, browser = on_stage()
    browser.route("/pricing")
    browser.wait(900).route("/signup")
    assert loads(built(story.records)) == [[1, 2, 3]]


def test_the_same_referrer_with_another_query_is_a_route(built: Build) -> None:
    story, browser = on_stage()
    browser.route("/?tab=two")
    assert loads(built(story.records)) == [[1, 2]]


def test_the_same_address_again_is_a_reload(built: Build) -> None:
    story, browser = on_stage()
    browser.page()
    browser.wait(500).page()
    assert loads(built(story.records)) == [[1], [2], [3]]


def test_page_called_twice_by_one_script_is_one_load(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/app")
    browser.wait(30).page(name="Dashboard")
    assert loads(built(story.records)) == [[1, 2]]


def test_routes_that_all_have_no_referrer_are_routes(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/", referrer="")
    browser.wait(900).route("/pricing")
    del story.records[1]["context"]["page"]["referrer"]
    assert loads(built(story.records)) == [[1, 2]]


def test_calls_before_page_belong_to_the_page_they_were_made_on(built: Build) -> None:
    story, browser = on_stage()
    browser.go("/app", browser.place["url"])
    browser.identify("u1")
    browser.wait(300).track("Early")
    browser.wait(4).page()
    assert loads(built(story.records)) == [[1], [2, 3, 4]]


def test_before_page_on_a_reloaded_page_only_the_calls_of_the_same_script(built: Build) -> None:
    story, browser = on_stage()
    browser.track("Late click")
    browser.wait(900).identify("u1")
    browser.wait(5).page()
    assert loads(built(story.records)) == [[1, 2], [3, 4]]


def test_events_before_the_first_page_are_in_its_load(built: Build) -> None:
    story = Story()
    browser = story.browser()
    browser.go("/", "")
    browser.track("Early")
    browser.wait(10).page()
    assert loads(built(story.records)) == [[1, 2]]


def test_a_recorded_navigation_is_believed(built: Build) -> None:
    story, browser = on_stage()
    browser.go("/pricing", "https://search.example/")
    browser.send({"type": "navigation"})
    browser.wait(30).track("Seen")
    assert loads(built(story.records)) == [[1], [2, 3]]


def test_each_lane_has_loads_of_its_own(built: Build) -> None:
    story = Story()
    for browser in (story.browser(), story.browser()):
        browser.load("/")
    timelines = built(story.records)
    _ = timelines.page_loads
    assert len({event.page_load for lane in timelines.lanes for event in lane.events}) == 2
