"""RudderStack: its gateway, and the identity graph of its Profiles."""

from auditor.identities.rudderstack import RudderStack
from tests.identities.playing import D1, D2, D3, alias, event, identify, profiles, refused


def test_known_and_unknown_ids_of_one_journey_are_one() -> None:
    """Anonymous visits, a signup, and another device that logs in."""
    calls = [event(D1), event(D1), identify("u1", D1), event(D2), event(D2, "u1"), event(None, "u1")]
    assert profiles(RudderStack, calls) == "AAAAA"


def test_what_is_connected_however_far_is_one() -> None:
    calls = [event(D1, "u1"), event(D2, "u2"), event(D3, "u3"), event(D2, "u1"), event(D3, "u2")]
    assert profiles(RudderStack, calls) == "AAAAA"


def test_two_users_of_one_kept_anonymous_id_are_one() -> None:
    assert profiles(RudderStack, [event(D1, "u1"), event(D1), event(D1, "u2")]) == "AAA"


def test_reset_with_a_new_anonymous_id_keeps_them_apart() -> None:
    assert profiles(RudderStack, [event(D1, "u1"), event(D2), event(D2, "u2")]) == "ABB"


def test_an_anonymous_id_that_equals_a_user_id_is_another_kind_of_id() -> None:
    assert profiles(RudderStack, [event("u1"), event(None, "u1")]) == "AB"


def test_the_gateway_refuses_a_call_without_ids_and_alias_is_no_input() -> None:
    calls = [event(None), event(D1), alias("u1", D1), event(None, "u1")]
    assert profiles(RudderStack, calls) == "-AB"
    assert refused(RudderStack, calls) == {"no_ids": 1, "alias_not_an_input": 1}
