"""Amplitude, by the scenarios of its page on how Amplitude IDs are assigned."""

from auditor.identities.amplitude import Amplitude
from tests.identities.playing import Call, alias, event, identify, profiles, refused

A, B, C, G = (f"device-{letter}" for letter in "ABCG")
JOHN, MARY = "John1", "Mary1"


def test_no_user_id_one_for_each_device() -> None:
    assert profiles(Amplitude, [event(A), event(B), event(B), event(C), event(A), event(C)]) == "ABBCAC"


def test_a_user_id_takes_over_the_anonymous_events_before() -> None:
    assert profiles(Amplitude, [event(G), event(G), event(G, JOHN)]) == "AAA"


def test_anonymous_events_after_logout_stay_with_the_user() -> None:
    assert profiles(Amplitude, [event(G), event(G, JOHN), event(G), event(G)]) == "AAAA"


def test_a_second_user_on_the_device_is_another_and_has_what_comes_after() -> None:
    assert profiles(Amplitude, [event(G), event(G, JOHN), event(G), event(G, MARY), event(G)]) == "AAABB"


def test_one_user_on_two_devices_is_one() -> None:
    assert profiles(Amplitude, [event(A), event(A, JOHN), event(B), event(B, JOHN), event(None, JOHN)]) == "AAAAA"


def test_a_new_device_id_at_reset_keeps_two_people_apart() -> None:
    assert profiles(Amplitude, [event(A, JOHN), event(B), event(B, MARY)]) == "ABB"


def test_ids_under_five_characters_are_taken_off() -> None:
    calls = [event(G), event(G, "u1"), event(None, "u1"), event("d", None)]
    assert profiles(Amplitude, calls) == "AA--"
    assert refused(Amplitude, calls) == {"events_with_invalid_id_lengths": 2, "events_with_missing_fields": 2}


def test_user_ids_are_case_sensitive_and_none_is_a_user() -> None:
    assert profiles(Amplitude, [event(None, "John1"), event(None, "john1")]) == "AB"
    assert profiles(Amplitude, [event(A, "undefined"), event(B, "undefined")]) == "AA"


def test_identify_counts_as_a_sighting_and_alias_is_off() -> None:
    calls: list[Call] = [event(G), identify(JOHN, G), alias(JOHN, G), event(None, JOHN)]
    assert profiles(Amplitude, calls) == "AA"
    assert refused(Amplitude, calls) == {"user_mapping_off": 1}
