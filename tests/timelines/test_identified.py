"""SDKs that stamp the userId when a call is made and whose identify may send nothing: what their ids show."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.model.event import Event
from auditor.model.finding import Report
from auditor.timelines.timelines import Timelines
from tests.conftest import Judge

Build = Callable[[Iterable[dict[str, Any]]], Timelines]
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
DEVICE = "0195a000-0000-7abc-8def-00000000000d"


class PostHog:
    """What posthog-js sends in one browser."""

    def __init__(self) -> None:
        self.now, self.sent, self.user, self.session = START, 0, None, 1
        self.distinct, self.path, self.viewed = DEVICE, "/", False
        self.records: list[dict[str, Any]] = []

    def wait(self, milliseconds: int) -> "PostHog":
        self.now += timedelta(milliseconds=milliseconds)
        return self

    def capture(self, event: str, **properties: Any) -> "PostHog":
        self.sent += 1
        held = {
            "distinct_id": self.distinct, "$device_id": DEVICE, "$lib": "web", "$session_id": f"s{self.session}",
            "$is_identified": self.user is not None, "$current_url": f"https://x.example{self.path}",
            "$pathname": self.path, "$referrer": "$direct", **properties,
        }  # fmt: skip
        moment = self.now.isoformat(timespec="milliseconds")
        self.records.append({"uuid": f"p{self.sent}", "event": event, "timestamp": moment, "properties": held})
        return self.wait(5)

    def load(self, path: str) -> "PostHog":
        self.path, self.viewed = path, False
        return self.wait(3000)

    def view(self) -> "PostHog":
        moved = {"$prev_pageview_pathname": "/before"} if self.viewed else {}
        self.viewed = True
        return self.capture("$pageview", **moved)

    def identify(self, user: str, **traits: Any) -> "PostHog":
        before, known = self.distinct, self.user
        self.distinct = self.user = user
        if known is None:
            return self.capture("$identify", **{"$anon_distinct_id": before, "$set": traits})
        return self.capture("$set", **{"$set": traits}) if traits else self

    def reset(self) -> "PostHog":
        self.user, self.session = None, self.session + 1
        self.distinct = f"0195a000-0000-7abc-8def-0000000000a{self.session}"
        return self


def found(report: Report) -> list[str]:
    return sorted(finding.rule for finding in report.findings)


@pytest.fixture
def tab() -> PostHog:
    return PostHog().load("/").view()


def test_an_anonymous_event_in_a_new_session_shows_a_reset(tab: PostHog, built: Build) -> None:
    tab.load("/app").identify("u1").view().load("/logout").capture("Signed Out").reset().view().load("/").view()
    (lane,) = built(tab.records).lanes
    assert [(e.after_reset, e.after_identify) for e in lane.events] == [
        (False, False), (False, False), (False, False), (False, False), (True, False), (False, False),
    ]  # fmt: skip


def test_an_anonymous_event_of_another_tab_in_the_same_session_shows_none(tab: PostHog, built: Build) -> None:
    tab.load("/app").identify("u1").view()
    tab.user, tab.distinct = None, DEVICE
    tab.capture("Seen in the other tab")
    (lane,) = built(tab.records).lanes
    assert not any(event.after_reset for event in lane.events)


def test_an_identify_event_for_another_user_shows_that_reset_was_called_just_before(
    tab: PostHog, built: Build, judge: Judge
) -> None:
    """It is only sent where the id before it was anonymous."""
    tab.load("/app").identify("u1").view().wait(5000).reset().identify("u2").capture("Paid").view().wait(9000).view()
    (lane,) = built(tab.records).lanes
    assert [event.user_id for event in lane.events if event.after_reset] == ["u2"]
    assert found(judge(tab.records)) == []


def test_a_second_user_whose_identify_sends_nothing_shows_in_the_ids(tab: PostHog, built: Build, judge: Judge) -> None:
    tab.load("/app").identify("u1").view().wait(60_000).load("/app").identify("u2").capture("Paid").view()
    timelines = built(tab.records)
    assert [(e.event, e.user_id) for lane in timelines.lanes for e in lane.events if e.after_identify] == [
        ("Paid", "u2")
    ]
    report = judge(tab.records)
    assert found(report) == ["two-users-on-one-device"]
    assert report.findings[0].event.event == "Paid"


def test_of_two_calls_of_one_millisecond_the_identify_is_the_one_that_brought_the_user(
    tab: PostHog, judge: Judge
) -> None:
    """Each in a request of its own, and by its id the other call sorts first."""
    tab.load("/app").identify("u1").view().wait(60_000).load("/app").identify("u2", plan="pro").view()
    named, viewed = tab.records[-2:]
    assert named["event"] == "$set"
    viewed["timestamp"], viewed["uuid"], named["uuid"] = named["timestamp"], "a", "b"
    report = judge(tab.records)
    assert [(f.rule, f.event.type) for f in report.findings] == [("two-users-on-one-device", "identify")]


def test_after_a_logout_without_reset_the_next_user_inherits_the_device(tab: PostHog, judge: Judge) -> None:
    tab.load("/app").identify("u1").view().load("/app").capture("Signed Out")
    tab.load("/app").identify("u2").view().wait(5000).load("/app").view()
    assert found(judge(tab.records)) == ["missing-reset-on-logout", "two-users-on-one-device"]


def test_a_track_with_a_user_proves_that_identify_ran_though_the_log_does_not_show_it(judge: Judge) -> None:
    """The log begins in the middle of a visit; later identifies for the same user are no late ones."""
    tab = PostHog()
    tab.user = tab.distinct = "u1"
    tab.load("/app").view().capture("Signed In").capture("Signed Up").wait(90).identify("u1", plan="pro")
    tab.load("/app").view().wait(5000).load("/app").view().wait(60_000).capture("Paid")
    assert found(judge(tab.records)) == []


def test_a_signup_is_not_without_identify_where_it_is_all_that_the_log_has_of_its_user(judge: Judge) -> None:
    tab = PostHog()
    tab.user = tab.distinct = "u1"
    assert found(judge(tab.load("/app").capture("Signed Up").records)) == []


def test_a_signup_before_identify_is_found(tab: PostHog, judge: Judge) -> None:
    tab.load("/welcome").capture("Signed Up").wait(200).identify("u1", plan="pro").view().wait(9000).view()
    assert found(judge(tab.records)) == ["identify-after-track"]


def test_a_signup_without_identify_is_found(tab: PostHog, judge: Judge) -> None:
    tab.load("/welcome").view().capture("Signed Up").load("/app").view().wait(9000).view()
    assert found(judge(tab.records)) == ["signup-without-identify"]


def test_a_page_of_a_user_whom_the_sdk_knows_needs_no_identify(tab: PostHog, judge: Judge) -> None:
    tab.load("/app").identify("u1", plan="pro").view()
    for _ in range(3):
        tab.load("/app").identify("u1").view().wait(4000)
    assert found(judge(tab.records)) == []


def test_page_loads_are_what_the_sdk_says_they_are(tab: PostHog, built: Build) -> None:
    tab.wait(900).view().load("/app").identify("u1", plan="pro").view()
    tab.path = "/app/next"
    tab.wait(900).view()
    timelines = built(tab.records)
    _ = timelines.page_loads
    (lane,) = timelines.lanes
    loads = [event.page_load for event in lane.events]
    assert [load == loads[0] for load in loads] == [True, True, False, False, False]
    assert len(set(loads)) == 2


def test_an_alias_of_posthogs_may_come_at_any_time(tab: PostHog, judge: Judge) -> None:
    tab.load("/app").identify("u1", plan="pro").view().wait(3000).capture("$create_alias", alias="old-id").wait(
        9000
    ).view()
    assert found(judge(tab.records)) == []


def amplitude(number: int, user: str | None, kind: str = "Seen", device: str = "d1") -> dict[str, Any]:
    moment = START + timedelta(seconds=number)
    return {
        "uuid": f"am{number}", "event_type": kind, "user_id": user, "device_id": device, "platform": "Web",
        "client_event_time": moment.strftime("%Y-%m-%d %H:%M:%S.%f"),
    }  # fmt: skip


def test_of_amplitude_a_user_on_the_events_is_all_that_shows_of_set_user_id(built: Build, judge: Judge) -> None:
    records = [
        amplitude(0, None),
        amplitude(5, "user-1", "Signed Up"),
        amplitude(9, "user-1"),
        amplitude(4000, "user-1"),
    ]
    (lane,) = built(records).lanes
    assert [event.after_identify for event in lane.events] == [False, True, False, False]
    assert found(judge(records)) == []


def test_of_amplitude_another_user_on_the_same_device_shows_a_missing_reset(judge: Judge) -> None:
    same = [amplitude(0, "user-1"), amplitude(60, None), amplitude(90, "user-2"), amplitude(4000, "user-2")]
    assert found(judge(same)) == ["two-users-on-one-device"]
    reset = [amplitude(0, "user-1"), amplitude(60, None, device="d2"), amplitude(90, "user-2", device="d2")]
    assert found(judge(reset)) == []


def test_of_amplitude_a_signup_whose_user_comes_later_is_identified_later(judge: Judge) -> None:
    records = [amplitude(0, None, "Signed Up"), amplitude(5, "user-1"), amplitude(4000, "user-1")]
    assert found(judge(records)) == ["identify-after-track"]


def mixpanel(number: int, event: str, user: str | None, **properties: Any) -> dict[str, Any]:
    held = {
        "time": int(START.timestamp()) + number, "$insert_id": f"i{number}", "$device_id": "d1", "mp_lib": "web",
        "distinct_id": user or "$device:d1", **properties,
    }  # fmt: skip
    return {"event": event, "properties": held | ({"$user_id": user} if user else {})}


def test_of_mixpanel_two_users_on_one_device_show_a_missing_reset(judge: Judge) -> None:
    records = [
        mixpanel(0, "Seen", None), mixpanel(5, "Signed In", "u1"), mixpanel(60, "$identify", "u2", **{
            "$anon_distinct_id": "u1"}), mixpanel(61, "Signed In", "u2"), mixpanel(4000, "Seen", "u2"),
    ]  # fmt: skip
    assert found(judge(records)) == ["two-users-on-one-device"]


def test_of_mixpanel_events_of_one_second_are_unordered_and_so_never_to_blame(judge: Judge) -> None:
    records = [
        mixpanel(0, "Seen", None), mixpanel(9, "Signed Up", None, **{"$insert_id": "x"}),
        mixpanel(9, "$identify", "u1"),
        mixpanel(4000, "Seen", "u1"),
    ]  # fmt: skip
    assert found(judge(records)) == []


def test_an_event_of_which_more_is_known_twice_is_one_event(tab: PostHog, built: Build) -> None:
    """A repeated call is classified anew as a copy, and once more as what shows that identify ran."""
    tab.load("/app").identify("u1").view().wait(60_000).load("/app").identify("u2").capture("Paid")
    log = built([*tab.records, tab.records[-1]]).log
    told: list[int] = []

    def derive(event: Event) -> None:
        told.append(id(event))
        event.mask |= 1 << told.count(id(event))

    timelines = Timelines(log, derive=derive)
    (paid,) = timelines.having(4)
    assert paid.event == "Paid"
    assert timelines.count(4) == 1
    assert timelines.count(2 | 4) == len(list(timelines.having(2 | 4)))
