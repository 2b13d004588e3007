"""What the engine decides, one decision a test: order, windows, evidence, and how a run counts."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from auditor.engine.run import run
from auditor.language.rule import Rule
from auditor.model.finding import Finding, RuleResult
from auditor.model.naming import Naming
from tests.conftest import Judge
from tests.engine.random_rules import compiled, iso, prepared

START = 1_767_607_200_000
SERVER = {"context": {"library": {"name": "analytics-python"}}, "anonymousId": None}


def rule(**given: Any) -> Rule:
    plain = {"id": "random-rule", "summary": "s", "severity": "error", "message": "m", "examples": [{"fail": []}, {}]}
    return compiled({**plain, "by": "lane", **given})


def call(kind: str, at: int, **given: Any) -> dict[str, Any]:
    return {"type": kind, "anonymousId": "a", "timestamp": iso(START + at), "sentAt": iso(START + at), **given}


def outcome(rule: Rule, *records: dict[str, Any]) -> tuple[RuleResult, list[Finding]]:
    """Records get their number as messageId."""
    numbered = []
    for record in records:
        calls = record.get("batch", [record])
        for item in calls:
            item.setdefault("messageId", str(sum(len(r.get("batch", [r])) for r in numbered) + calls.index(item)))
        numbered.append(record)
    plan, timelines = prepared(rule, b"\n".join(map(msgspec.json.encode, numbered)))
    outcomes = run(plan, timelines, Naming())
    return outcomes.rules[0], outcomes.findings


def verdict(rule: Rule, *records: dict[str, Any]) -> str:
    """The verdict where there is one candidate."""
    result, _ = outcome(rule, *records)
    assert result.candidates == 1
    return "violated" if result.findings else "unsure" if result.unsure else "satisfied"


def evidence(rule: Rule, *records: dict[str, Any]) -> dict[str, str | None]:
    (finding,) = outcome(rule, *records)[1]
    return {role: event.message_id for role, event in finding.evidence}


# Order ----------------------------------------------------------------------------------------------------

EARLY = rule(flag="signup", **{"if": {"after": "identify"}})


def test_one_millisecond_in_one_lane_is_proof() -> None:
    assert verdict(EARLY, call("track", 0, event="A"), call("identify", 1, userId="u")) == "violated"
    assert verdict(EARLY, call("track", 1, event="A"), call("identify", 0, userId="u")) == "satisfied"


def test_equal_milliseconds_go_by_the_place_in_one_batch() -> None:
    track, identify = call("track", 0, event="A"), call("identify", 0, userId="u")
    assert verdict(EARLY, {"batch": [{**track}, {**identify}]}) == "violated"
    assert verdict(EARLY, {"batch": [{**identify}, {**track}]}) == "satisfied"


def test_the_place_in_a_batch_counts_more_than_a_sent_at_of_each_call() -> None:
    track = call("track", 0, event="A", sentAt=iso(START + 9))
    assert verdict(EARLY, {"batch": [track, call("identify", 0, userId="u", sentAt=iso(START + 3))]}) == "violated"


def test_equal_milliseconds_in_two_requests_are_no_order() -> None:
    assert verdict(EARLY, call("track", 0, event="A"), call("identify", 0, userId="u")) == "unsure"


@pytest.mark.parametrize(("gap", "wanted"), [(999, "unsure"), (1000, "violated")])
def test_two_clocks_need_a_second_between_them(gap: int, wanted: str) -> None:
    by_user = rule(flag="signup", by="user", **{"if": {"after": "identify"}})
    records = call("track", 0, event="A", userId="u"), call("identify", gap, userId="u", **SERVER)
    assert verdict(by_user, *records) == wanted


def test_a_clause_that_holds_either_way_is_no_doubt() -> None:
    either = rule(flag="signup", if_any=[{"before": "identify"}, {"after": "identify"}])
    assert verdict(either, call("track", 0, event="A"), call("identify", 0, userId="u")) == "violated"


def test_an_unordered_pair_elsewhere_in_the_timeline_leaves_no_doubt() -> None:
    scoped = rule(flag="signup", unless={"before": "identify", "since": "reset"})
    pairs = [call(kind, number, userId="u") for number in range(20) for kind in ("reset", "identify")]
    assert verdict(scoped, *pairs, call("identify", 30, userId="u"), call("track", 40, event="A")) == "satisfied"
    assert verdict(scoped, *pairs, call("reset", 30), call("track", 40, event="A")) == "violated"


def test_an_unordered_pair_that_decides_the_scope_is_a_doubt() -> None:
    scoped = rule(flag="signup", unless={"before": "identify", "since": "reset"})
    assert verdict(scoped, call("identify", 0, userId="u"), call("reset", 0), call("track", 40, event="A")) == "unsure"
    scoped = rule(flag="signup", **{"if": {"after": "identify", "until": "reset"}})
    assert verdict(scoped, call("track", 0, event="A"), call("identify", 9, userId="u"), call("reset", 9)) == "unsure"


def test_more_calls_than_can_be_put_in_every_order_are_a_doubt_unless_both_ends_agree() -> None:
    crowd = [call("track", 9, event="B") for _ in range(30)]
    some = rule(flag="signup", unless={"before": {"track": "B"}})
    assert verdict(some, *crowd, call("track", 9, event="A")) == "unsure"
    assert verdict(some, call("track", 0, event="B"), *crowd, call("track", 9, event="A")) == "satisfied"


def test_a_match_is_not_missed_behind_one_that_another_order_puts_nearer() -> None:
    """Of two events after the candidate the one that stands nearer may lie further away in time."""
    window = rule(
        flag="signup", by="user", **{"if": [{"after": "identify", "within": "100ms"}, {"around": "identify"}]}
    )
    records = [
        call("identify", 500, userId="u", **SERVER),
        call("track", 1000, event="A", userId="u"),
        call("identify", 1050, userId="u"),
        call("track", 5000, event="B", userId="u"),
    ]
    assert verdict(window, *records) == "violated"


# Received -------------------------------------------------------------------------------------------------

FIRST_RECEIVED = rule(flag={"type": "alias"}, by="user", **{"if": {"before": {"source": "server"}, "received": True}})


def received(kind: str, at: int, arrived: int, **given: Any) -> dict[str, Any]:
    return call(kind, at, userId="u", receivedAt=iso(START + arrived), **given)


def test_what_the_collector_received_first_came_first_across_sides() -> None:
    alias = received("alias", 0, 500, previousId="a")
    assert verdict(FIRST_RECEIVED, alias, received("identify", 0, 499, **SERVER)) == "violated"
    assert verdict(FIRST_RECEIVED, alias, received("identify", 0, 501, **SERVER)) == "satisfied"


def test_without_received_at_the_order_is_as_ever() -> None:
    alias = call("alias", 5000, userId="u", previousId="a")
    assert verdict(FIRST_RECEIVED, alias, call("identify", 0, userId="u", **SERVER)) == "violated"
    assert verdict(FIRST_RECEIVED, alias, call("identify", 4500, userId="u", **SERVER)) == "unsure"


# Windows and scopes ---------------------------------------------------------------------------------------

WINDOW = rule(flag="signup", unless={"after": "identify", "within": "10s"})


@pytest.mark.parametrize(
    ("last", "wanted"), [(9_999, "unsure"), (10_000, "violated"), (60_000, "violated")]
)  # fmt: skip
def test_a_window_that_the_log_does_not_outlast_is_a_doubt(last: int, wanted: str) -> None:
    assert verdict(WINDOW, call("track", 0, event="A"), call("page", last)) == wanted


def test_a_window_closes_where_another_lane_goes_on() -> None:
    assert verdict(WINDOW, call("track", 0, event="A"), call("page", 10_000, anonymousId="b")) == "violated"


def test_an_until_event_closes_a_window() -> None:
    until = rule(flag="signup", unless={"after": "identify", "within": "10s", "until": "reset"})
    assert verdict(until, call("track", 0, event="A"), call("reset", 2000)) == "violated"


def test_a_window_that_changes_nothing_is_no_doubt() -> None:
    both = rule(flag="signup", **{"if": [{"before": "identify"}, {"after": "identify", "within": "10s"}]})
    assert verdict(both, call("track", 0, event="A"), call("page", 1)) == "satisfied"


def test_a_window_of_another_timeline_has_to_close_as_well() -> None:
    by = rule(flag="signup", unless={"anywhere": "identify", "by": "anonymousId", "within": "10s"})
    assert verdict(by, call("track", 0, event="A"), call("page", 9_999)) == "unsure"
    assert verdict(by, call("track", 0, event="A"), call("page", 10_000)) == "violated"


def test_a_scope_leaves_the_event_out_that_opens_it() -> None:
    since = rule(flag="signup", **{"if": {"before": "identify", "since": "identify"}})
    assert verdict(since, call("identify", 0, userId="u"), call("track", 9, event="A")) == "satisfied"


# Evidence -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pick", "wanted"), [("nearest", "1"), ("first", "0"), ("last", "1")])
def test_the_evidence_before_is_the_nearest_first_or_last(pick: str, wanted: str) -> None:
    picked = rule(flag="signup", **{"if": {"before": "identify", "as": "it", "pick": pick}})
    records = call("identify", 0, userId="u"), call("identify", 9, userId="u"), call("track", 20, event="A")
    assert evidence(picked, *records) == {"it": wanted}


@pytest.mark.parametrize(("pick", "wanted"), [("nearest", "1"), ("first", "1"), ("last", "2")])
def test_the_evidence_after_is_the_nearest_first_or_last(pick: str, wanted: str) -> None:
    picked = rule(flag="signup", **{"if": {"after": "identify", "as": "it", "pick": pick}})
    records = call("track", 0, event="A"), call("identify", 9, userId="u"), call("identify", 20, userId="u")
    assert evidence(picked, *records) == {"it": wanted}


@pytest.mark.parametrize(("after", "wanted"), [(29, "2"), (30, "0"), (31, "0")])
def test_the_nearest_of_both_sides_is_the_one_closer_in_time_and_before_on_a_tie(after: int, wanted: str) -> None:
    picked = rule(flag="signup", **{"if": {"around": "identify", "as": "it"}})
    records = call("identify", 0, userId="u"), call("track", 30, event="A"), call("identify", 30 + after, userId="u")
    assert evidence(picked, *records) == {"it": wanted}


def test_the_nearest_of_another_timeline_is_the_one_closer_in_time() -> None:
    by = rule(flag="signup", **{"if": {"anywhere": "identify", "by": "anonymousId", "as": "it"}})
    records = call("identify", 0, userId="u"), call("track", 30, event="A"), call("identify", 39, userId="u")
    assert evidence(by, *records) == {"it": "2"}


def test_a_message_counts_all_matches() -> None:
    counted = rule(flag="signup", message="{it.count} of {it.userId}", **{"if": {"before": "identify", "as": "it"}})
    calls = [call("identify", number, userId="u") for number in range(7)]
    (finding,) = outcome(counted, *calls, call("track", 20, event="A"))[1]
    assert finding.message == "7 of u"


# Comparing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"p": {"x": [1, {"y": None}]}}, {"p": {"x": [1, {"y": None}]}}, True),
        ({"p": {"x": [1, 2]}}, {"p": {"x": [2, 1]}}, False),
        ({"p": 1}, {"p": 1.0}, True),
        ({"p": 1}, {"p": True}, False),
        ({"p": [1]}, {"p": [True]}, False),
        ({"p": 0}, {"p": None}, False),
        ({"p": "1"}, {"p": 1}, False),
        ({"p": None}, {}, True),
        (None, {}, True),
    ],
)
def test_same_and_differs_compare_values_of_every_json_type(one: Any, other: Any, alike: bool) -> None:
    records = call("track", 0, event="B", properties=one), call("track", 9, event="A", properties=other)
    same = rule(flag="signup", **{"if": {"before": "track", "same": "properties.p"}})
    differs = rule(flag="signup", **{"if": {"before": "track", "differs": "properties.p"}})
    assert verdict(same, *records) == ("violated" if alike else "satisfied")
    assert verdict(differs, *records) == ("satisfied" if alike else "violated")


def test_same_compares_whole_objects() -> None:
    same = rule(flag="signup", **{"if": {"before": "track", "same": ["properties"]}})
    once, again = {"a": {"b": [1]}}, {"a": {"b": [1]}}
    assert verdict(
        same, call("track", 0, event="B", properties=once), call("track", 9, event="A", properties=again)
    ) == ("violated")


# Kinds ----------------------------------------------------------------------------------------------------


def test_a_rule_whose_kinds_all_ask_for_other_destinations_finds_nothing(judge: Judge, tmp_path: Path) -> None:
    from auditor.config.settings import Settings

    pack = tmp_path / "pack.yml"
    kinds = "{one: {destinations: [kissmetrics]}}"
    pack.write_text(
        "pack: p\nrules: [{id: only-there, summary: s, severity: error, message: m, by: lane, flag: track, "
        f"kinds: {kinds}, examples: [{{pass: [{{page: /}}]}}, {{fail: [{{track: A, flagged: true}}]}}]}}]\n"
    )
    log = [call("track", 0, event="A")]
    there = judge(log, settings=Settings(rule_packs=(pack,), destinations=("kissmetrics",)), select=("only-there",))
    here = judge(log, settings=Settings(rule_packs=(pack,)), select=("only-there",))
    assert [finding.kind for finding in there.findings] == ["one"]
    assert here.findings == []


def test_the_first_kind_that_holds_names_the_finding() -> None:
    kinds = {"late": {"if": {"after": "identify"}}, "any": {}}
    two = rule(flag="signup", kinds=kinds)
    track = call("track", 0, event="A")
    assert [finding.kind for finding in outcome(two, track, call("identify", 9, userId="u"))[1]] == ["late"]
    assert [finding.kind for finding in outcome(two, {**track})[1]] == ["any"]


def test_once_reports_the_earliest_of_each_timeline() -> None:
    once = rule(flag="signup", once=True)
    records = [call("track", at, event="A", anonymousId=visitor) for at, visitor in ((9, "a"), (0, "a"), (5, "b"))]
    assert [finding.event.message_id for finding in outcome(once, *records)[1]] == ["1", "2"]


# Resets that only the whole log shows ---------------------------------------------------------------------


def test_an_inferred_reset_counts_whatever_the_key_and_whatever_other_rules_run() -> None:
    rudder = {"context": {"library": {"name": "RudderLabs JavaScript SDK"}, "sessionId": 1}}
    later = {"context": {"library": {"name": "RudderLabs JavaScript SDK"}, "sessionId": 2}}
    since = rule(flag="signup", by="anonymousId", **{"if": {"before": "identify", "since": "reset"}})
    records = [
        call("identify", 0, userId="u", **rudder),
        call("page", 2000, **later),
        call("track", 9000, event="A", **later),
    ]
    assert verdict(since, *records) == "satisfied"
    assert verdict(since, *records[::2]) == "violated"


def test_an_event_after_an_inferred_reset_can_be_flagged_itself() -> None:
    rudder = {"library": {"name": "RudderLabs JavaScript SDK"}}
    records = [
        call("identify", 0, userId="u", context={**rudder, "sessionId": 1}),
        call("page", 2000, context={**rudder, "sessionId": 2}),
    ]
    assert [f.event.type for f in outcome(rule(flag={"after_reset": True}), *records)[1]] == ["page"]
    assert [f.event.type for f in outcome(rule(flag={"after_reset": False}), *records)[1]] == ["identify"]
