"""Segment Unify, by the examples of its pages on identity resolution."""

from auditor.identities.unify import Unify
from tests.identities.playing import D1, D2, alias, event, identify, profiles, refused

JANE = "jane@example.com"


def test_no_match_makes_a_profile_one_match_adds_to_it() -> None:
    assert profiles(Unify, [event(D1), event(D1), identify("u1", D1), event(D1, "u1"), event(None, "u1")]) == "AAAA"


def test_several_matches_merge() -> None:
    assert profiles(Unify, [event(D1), event(None, "u1"), event(D1, "u1"), event(D1)]) == "AAAA"


def test_a_second_user_id_with_the_same_address_demotes_the_address_and_makes_a_new_profile() -> None:
    calls = [event(None, "abc123", email=JANE), event(None, "abc456", email=JANE), event(None, None, email=JANE)]
    assert profiles(Unify, calls) == "ABA"
    assert refused(Unify, calls) == {"user_id_limit": 1}


def test_a_shared_tablet_does_not_merge_its_users() -> None:
    calls = [event(D1), event(D1, "u1"), event(D1, "u2"), event(D1, "u3"), event(D1)]
    assert profiles(Unify, calls) == "AABCA"


def test_one_address_on_two_anonymous_devices_is_one_person() -> None:
    assert profiles(Unify, [event(D1), event(D1, email=JANE), event(D2), event(D2, email=JANE)]) == "AAAA"


def test_a_profile_holds_five_anonymous_ids() -> None:
    devices = [f"device {number}" for number in range(6)]
    calls = [one for device in devices for one in (event(device), event(device, "u1"))]
    assert profiles(Unify, calls) == "AAAAAAAAAABA"
    assert refused(Unify, calls) == {"anonymous_id_limit": 1}


def test_profiles_of_two_users_are_not_merged_by_a_device_that_comes_to_both() -> None:
    calls = [event(D1, "u1"), event(D2, "u2"), event(D1, "u2"), event(D1)]
    assert profiles(Unify, calls) == "ABBA"


def test_alias_does_nothing_and_blocked_values_are_off() -> None:
    assert profiles(Unify, [event(D1), alias("u1", D1), event(None, "u1")]) == "AB"
    assert profiles(Unify, [event(D1, "null"), event(D2, "null")]) == "AA"
