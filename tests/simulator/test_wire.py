"""What is simulated is spelled as what the real SDKs sent: each form is held against the captures."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulate.forms import FORMS
from benchmarks.simulate.run import Household, last_visitor, plans, play, play_all

CAPTURES = Path(__file__).resolve().parents[1] / "captures"
SEEN_IN = {
    "segment": [
        "08-clean-alias-explicit-mixpanel",
        "09-clean-server-and-client-signup",
        "13-clean-server-identify-after",
    ],
    "rudderstack": ["70-rudder-clean-reset-true"],
    "posthog": ["80-posthog-clean-two-users", "81-posthog-two-users-no-reset"],
}
PEOPLE = 120


def run(vendor: str) -> list[Household]:
    return play_all(plans(PEOPLE, "wire"), vendor, "wire")


def captured(vendor: str) -> list[dict[str, Any]]:
    files = [CAPTURES / name / "events.jsonl" for name in SEEN_IN[vendor]]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def written(name: str, folder: Path) -> list[dict[str, Any]]:
    form = next(form for form in FORMS if form.name == name)
    (file,) = form.write(run(form.vendor), folder)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def spelled(event: dict[str, Any]) -> tuple[str, str, frozenset[str], frozenset[str]]:
    """Library, type and the members of an event and its context."""
    context = event["context"]
    return context["library"]["name"], event["type"], frozenset(event), frozenset(context)


def by_kind(events: Iterable[dict[str, Any]]) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """Per library and type the members that every such event has, and those that some has."""
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for event in events:
        library, kind, top, context = spelled(event)
        members = {*top, *(f"context.{name}" for name in context)}
        always, ever = found.setdefault((library, kind), (set(members), set()))
        always &= members
        ever |= members
    return found


@pytest.mark.parametrize(("vendor", "form"), [("segment", "Segment JSONL"), ("rudderstack", "RudderStack JSONL")])
def test_an_event_has_the_members_of_a_captured_one(vendor: str, form: str, tmp_path: Path) -> None:
    ours, theirs = by_kind(written(form, tmp_path)), by_kind(captured(vendor))
    compared = set(ours) & set(theirs)
    assert {kind for _, kind in compared} >= {"page", "track", "identify"}
    for key in compared:
        left_out = {"context.screen"}  # the size of a window: nobody reads it
        assert theirs[key][0] - ours[key][1] - left_out == set(), key
        assert ours[key][0] - theirs[key][1] == set(), key


def test_a_posthog_event_has_the_members_that_tell_who_it_was(tmp_path: Path) -> None:
    events = [event for body in written("PostHog captures", tmp_path) for event in body["batch"]]
    ours = {name: event for event in events if (name := event["event"])}
    theirs = {name: event for event in captured("posthog") if (name := event["event"])}
    telling = {
        "distinct_id",
        "$device_id",
        "$user_id",
        "$session_id",
        "$is_identified",
        "$anon_distinct_id",
        "$pageview_id",
    }
    for name in ("$pageview", "$identify", "$set", "$pageleave", "Signed Up"):
        assert set(theirs[name]) - {"sentAt", "receivedAt", "$set_once"} <= set(ours[name]), name
        held, wanted = set(ours[name]["properties"]) & telling, set(theirs[name]["properties"]) & telling
        assert held - {"$user_id", "$pageview_id"} == wanted - {"$user_id", "$pageview_id"}, name


@pytest.mark.parametrize("name", ["HAR, Playwright", "HAR, Chrome"])
def test_a_har_has_the_members_of_a_captured_one(name: str, tmp_path: Path) -> None:
    form = next(form for form in FORMS if form.name == name)
    form.write(run("segment"), tmp_path)
    logs = [json.loads(file.read_text(encoding="utf-8"))["log"] for file in sorted(tmp_path.glob("*.har"))]
    real = json.loads((CAPTURES / "41-redirecting-signup-duplicated" / "session.har").read_text(encoding="utf-8"))[
        "log"
    ]
    entries = [entry for log in logs for entry in log["entries"]]
    for member in ("version", "creator", "pages", "entries"):
        assert all(member in log for log in logs)
    for entry in entries:
        assert set(real["entries"][0]) - {"serverIPAddress", "_resourceType"} <= set(entry)
        assert set(real["entries"][0]["request"]) <= set(entry["request"])
        assert set(real["entries"][0]["response"]) <= set(entry["response"])
    aborted = [entry["response"] for entry in entries if entry["response"]["status"] <= 0]
    assert aborted
    status, said = {"HAR, Playwright": (-1, "_failureText"), "HAR, Chrome": (0, "_error")}[name]
    assert {response["status"] for response in aborted} == {status}
    assert {said in response for response in aborted} == {True}
    assert {entry["pageref"] for log in logs for entry in log["entries"]} <= {
        p["id"] for log in logs for p in log["pages"]
    }


def test_a_seed_gives_the_same_run_and_another_seed_another(tmp_path: Path) -> None:
    drawn = plans(12, "a")
    first, again, other = (play_all(drawn, "segment", seed) for seed in ("a", "a", "b"))
    stored = [[household.collector.stored for household in held] for held in (first, again, other)]
    assert stored[0] == stored[1] != stored[2]


def test_vendors_share_what_people_do() -> None:
    """The same household calls the same things in the same order, whatever SDK the site has chosen."""
    plan = plans(1, "same")[0]
    assert plan.code.alias is None
    made = [[call.method for call in play(plan, 0, vendor, "same").truth.calls] for vendor in SEEN_IN]
    assert made[0] == made[1] == made[2]
    assert last_visitor([], "segment", "same").plan.breaks == ()
