"""The simulated SDKs do what domain.md 2, 3 and 11 say the real ones do."""

import pytest

from benchmarks.simulate.browser import Document
from benchmarks.simulate.record import Body
from benchmarks.simulate.sdk import Delivery
from tests.simulator.worlds import ADA, BEN, World, events

HOME, SIGN_UP, WELCOME = (f"https://www.shop.example{path}" for path in ("/", "/signup", "/welcome"))
ELSEWHERE = "https://app.elsewhere.example/start"


def test_a_track_made_before_identify_carries_the_user_and_an_earlier_time() -> None:
    world = World()
    world.visit(WELCOME, lambda d: (d.sdk.page(), d.sdk.track("Signed Up", {}), d.sdk.identify(ADA, ADA.traits)))
    stored = world.run()
    (page,), (track,), (identify,) = (events(stored, kind) for kind in ("page", "track", "identify"))
    assert track["userId"] == page["userId"] == identify["userId"] == ADA.id
    assert page["timestamp"] <= track["timestamp"] <= identify["timestamp"]
    assert page["timestamp"] < identify["timestamp"]


def test_rudderstack_keeps_an_early_track_anonymous() -> None:
    world = World("rudderstack")
    world.visit(WELCOME, lambda d: (d.sdk.page(), d.sdk.track("Signed Up", {}), d.sdk.identify(ADA, ADA.traits)))
    (track,) = events(world.run(), "track")
    assert track["userId"] == ""


QUEUED = [("page", None), ("track", "A"), ("identify", ADA), ("track", "B"), ("reset", None), ("identify", BEN)]


@pytest.mark.parametrize(
    ("vendor", "order"),
    [
        ("segment", [0, 1, 3, 2, 5, 4]),
        ("rudderstack", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_calls_queued_before_the_library_loads_are_replayed_as_the_sdk_does(vendor: str, order: list[int]) -> None:
    """analytics.js groups them by method, in the order of each method's first use (domain.md 2.4)."""
    world = World(vendor)

    def code(document: Document) -> None:
        sdk = document.sdk
        for method, what in QUEUED:
            if method == "track":
                sdk.track(what, {})
            elif method == "identify":
                sdk.identify(what, {})
            else:
                getattr(sdk, method)()

    world.visit(HOME, code)
    world.run()
    made = world.truth.calls
    assert [made.index(call) for call in world.truth.executed] == order


def test_a_page_left_before_the_library_has_loaded_takes_its_calls_along() -> None:
    world = World(delivery=Delivery(library=4_000))
    world.visit(HOME, lambda d: d.sdk.page(), stay=100)
    world.visit(SIGN_UP, lambda d: d.sdk.page(), stay=9_000)
    assert [page["context"]["page"]["path"] for page in events(world.run(), "page")] == ["/signup"]


def two_users(vendor: str, delivery: Delivery | None = None, *, reset: bool) -> list[Body]:
    world = World(vendor, delivery)
    world.visit(HOME, lambda d: (d.sdk.page(), d.sdk.identify(ADA, ADA.traits)))
    world.visit(HOME, lambda d: (d.sdk.page(), d.sdk.reset() if reset else None))
    world.visit(HOME, lambda d: d.sdk.page())
    world.visit(HOME, lambda d: (d.sdk.page(), d.sdk.identify(BEN, {})))
    return world.run()


def test_analytics_js_takes_a_new_anonymous_id_at_reset_and_at_another_user() -> None:
    first, second = events(two_users("segment", reset=False), "identify")
    assert first["anonymousId"] != second["anonymousId"]
    assert second["traits"] == {}
    pages = events(two_users("segment", reset=False), "page")
    assert [page["userId"] for page in pages] == [ADA.id] * 4
    pages = events(two_users("segment", reset=True), "page")
    assert [page["userId"] for page in pages] == [ADA.id, ADA.id, None, BEN.id]
    assert pages[1]["anonymousId"] != pages[2]["anonymousId"] == pages[3]["anonymousId"]


def test_rudderstack_keeps_the_anonymous_id_and_changes_the_session() -> None:
    stored = two_users("rudderstack", reset=True)
    assert len({body["anonymousId"] for body in stored}) == 1
    pages = events(stored, "page")
    assert [page["userId"] for page in pages] == ["", ADA.id, "", ""]
    sessions = [page["context"]["sessionId"] for page in pages]
    assert sessions[0] == sessions[1] != sessions[2] == sessions[3]
    assert pages[2]["context"]["sessionStart"] is True
    stored = two_users("rudderstack", Delivery(resets_device=True), reset=True)
    assert len({body["anonymousId"] for body in stored}) == 2


def test_posthog_keeps_the_device_and_sends_no_second_identify() -> None:
    stored = two_users("posthog", reset=False)
    assert [b["event"] for b in stored if b["event"] in ("$identify", "$set")] == ["$identify", "$set"]
    assert len({body["properties"]["$device_id"] for body in stored}) == 1
    stored = two_users("posthog", reset=True)
    assert [b["event"] for b in stored if b["event"] in ("$identify", "$set")] == ["$identify", "$identify"]
    assert len({body["properties"]["$device_id"] for body in stored}) == 1


def test_traits_are_kept_and_sent_again() -> None:
    world = World()
    world.visit(HOME, lambda d: d.sdk.identify(ADA, {"plan": "pro"}))
    world.visit(HOME, lambda d: d.sdk.identify(ADA, {"seats": 3}))
    assert events(world.run(), "identify")[-1]["traits"] == {"plan": "pro", "seats": 3}


def test_a_stale_second_tab_undoes_a_reset() -> None:
    """Its copy in memory is written back at its next call (domain.md 11.6)."""
    world = World()
    world.visit(HOME, lambda d: (d.sdk.page(), d.sdk.identify(ADA, {})))
    world.visit(SIGN_UP, lambda d: d.sdk.page(), tab=world.other)
    world.do(lambda: world.call("reset"))
    world.do(lambda: world.other.document.sdk.track("Seen", {}))
    world.visit(HOME, lambda d: d.sdk.page())
    assert events(world.run(), "page")[-1]["userId"] == ADA.id


def test_alias_is_filled_in_when_it_leaves() -> None:
    """With identify in the same script it names the user as its own previous id; awaited it does not."""
    world = World()
    world.visit(HOME, lambda d: (d.sdk.alias(ADA), d.sdk.identify(ADA, {})))
    (alias,) = events(world.run(), "alias")
    assert alias["userId"] == alias["previousId"] == ADA.id
    world = World()
    world.visit(HOME, lambda d: d.sdk.page())
    world.do(lambda: world.sdk.alias(ADA, world.sdk.anonymous_id()))
    world.do(lambda: world.sdk.identify(ADA, {}))
    (alias,) = events(world.run(), "alias")
    assert (alias["userId"], alias["previousId"]) == (ADA.id, alias["anonymousId"])


def outcomes(answer: int, delivery: Delivery | None = None, url: str = WELCOME) -> list[list[Body]]:
    """The copies of a signup tracked as its form is sent, for 40 networks; the server answers after so many ms."""
    found = []
    for seed in range(40):
        world = World(delivery=delivery, seed=seed)
        world.visit(SIGN_UP, lambda d: d.sdk.page())
        world.do(lambda world=world: world.sdk.track("Signed Up", {}), stay=0)
        world.visit(url, lambda d: (d.sdk.page(), d.sdk.identify(ADA, {})), server=answer)
        found.append(events(world.run(), "Signed Up"))
    return found


def test_what_becomes_of_a_signup_on_its_forms_page_depends_on_milliseconds() -> None:
    """domain.md 11.18: a slow server lets it out; a fast one aborts it, and the next page sends it again."""
    assert {len(copies) for copies in outcomes(600)} == {1}
    late = outcomes(4)
    assert {len(copies) for copies in late} == {1}
    for (signup,) in late:
        assert signup["userId"] == ADA.id
        assert signup["context"]["page"]["path"] == "/signup"
        assert signup["sentAt"] > signup["timestamp"]
    twice = [copies for copies in outcomes(50) if len(copies) == 2]
    assert twice
    for first, second in twice:
        assert first["messageId"] == second["messageId"]
        assert (first["userId"], second["userId"]) == (None, ADA.id)
        assert first["timestamp"] == second["timestamp"]
        assert first["sentAt"] < second["sentAt"]


def test_a_signup_is_lost_where_nothing_is_kept_or_the_next_page_is_of_another_origin() -> None:
    assert [copies for copies in outcomes(4, Delivery(persists=False)) if copies] == []
    assert [copies for copies in outcomes(4, url=ELSEWHERE) if copies] == []


def test_batches_are_flushed_as_the_page_ends() -> None:
    world = World(delivery=Delivery(batching=True))
    world.visit(HOME, lambda d: d.sdk.page(), stay=1_000)
    world.visit(SIGN_UP, lambda d: d.sdk.page(), stay=1_000)
    assert len(events(world.run(), "page")) == 2
    assert [one.listed for one in world.browser.network.log if one.kind == "fetch"] == [False, False]


def test_what_is_done_offline_arrives_later_with_its_own_time() -> None:
    world = World()
    world.visit(HOME, lambda d: d.sdk.page())
    world.do(lambda: setattr(world.weather, "offline", True))
    world.do(lambda: world.sdk.track("Seen", {}), stay=20_000)
    world.do(lambda: setattr(world.weather, "offline", False))
    assert len(events(world.run(), "Seen")) == 1
    (call,) = [call for call in world.truth.calls if call.method == "track"]
    assert call.message is not None
    assert call.message.arrivals[0].at - call.message.t > 19_000


def test_a_call_answered_with_503_is_sent_again_under_its_id() -> None:
    world = World()
    world.visit(HOME, lambda d: d.sdk.page())
    world.do(lambda: setattr(world.weather, "flaky", 1))
    world.do(lambda: world.sdk.track("Seen", {}))
    first, second = events(world.run(), "Seen")
    assert first["messageId"] == second["messageId"]
    assert ("retryCount" in first["_metadata"], second["_metadata"]["retryCount"]) == (False, 2)


def test_a_blocked_library_sends_nothing() -> None:
    world = World()
    world.weather.blocked = True
    world.visit(HOME, lambda d: d.sdk.page())
    assert world.run() == []
