"""PostHog, by what its documentation of identify says and its server does."""

import pytest

from auditor.identities.posthog import PostHog, is_illegal
from tests.identities.playing import D1, D2, Call, alias, event, identify, profiles, refused


def test_identify_merges_the_visitor_into_the_user() -> None:
    assert profiles(PostHog, [event(D1), event(D1), identify("u1", D1), event(D1, "u1"), event(None, "u1")]) == "AAAA"


def test_several_devices_of_one_user() -> None:
    calls = [event(D1), identify("u1", D1), event(D2), identify("u1", D2), event(D2, "u1")]
    assert profiles(PostHog, calls) == "AAA"


def test_a_visitor_who_is_identified_is_not_merged_into_another_known_user() -> None:
    calls = [
        event(D2),
        identify("u2", D2),
        event(D1),
        identify("u1", D1),
        identify("u2", D1),
        event(D1, "u2"),
        event(D1),
    ]
    assert profiles(PostHog, calls) == "ABAB"
    assert refused(PostHog, calls) == {"cannot_merge_already_identified": 1}


def test_a_user_who_is_new_becomes_whoever_had_the_device() -> None:
    calls = [event(D1), identify("u1", D1), identify("u2", D1), event(D1, "u2")]
    assert profiles(PostHog, calls) == "AA"


def test_alias_merges_the_other_id_into_the_user() -> None:
    assert profiles(PostHog, [event(None, "backend-7"), event(None, "u1"), alias("u1", "backend-7")]) == "AA"


def test_alias_of_a_user_who_is_identified_is_refused() -> None:
    calls = [event(D1), identify("u1", D1), event(D2), identify("u2", D2), alias("u1", "u2"), event(None, "u2")]
    assert profiles(PostHog, calls) == "ABB"
    assert refused(PostHog, calls) == {"cannot_merge_already_identified": 1}


@pytest.mark.parametrize(
    "value", ["anonymous", "GUEST", "uNdEfInEd", "NaN", "[object Object]", '"null"', "'true'", " "]
)
def test_illegal_ids_are_not_merged_and_their_events_kept(value: str) -> None:
    calls = [event(D1), identify(value, D1), event(None, value)]
    assert is_illegal(value)
    assert profiles(PostHog, calls) == "AB"
    assert refused(PostHog, calls) == {"cannot_merge_with_illegal_distinct_id": 1}


@pytest.mark.parametrize("value", ["nan", "NONE", "Null", "anonymous-1", "u1"])
def test_others_are_legal(value: str) -> None:
    assert not is_illegal(value)


def test_ids_are_cut_to_200_characters() -> None:
    assert profiles(PostHog, [event(None, "x" * 200 + "1"), event(None, "x" * 200 + "2")]) == "AA"


def test_what_is_only_set_links_nothing() -> None:
    assert profiles(PostHog, [event(D1), Call("set", "u1", D1), event(D1, "u1")]) == "AB"
