"""Mixpanel's Simplified ID Merge, by the tables of user flows in its documentation."""

from auditor.identities.mixpanel_simplified import MixpanelSimplified
from tests.identities.playing import D1, D2, alias, event, identify, profiles, refused


def test_new_user_signup_is_updated_retroactively() -> None:
    assert profiles(MixpanelSimplified, [event(D1), event(D1), event(D1, "u1")]) == "AAA"


def test_returning_user_on_a_new_device() -> None:
    calls = [event(D1), event(D1), event(D1, "u1"), event(D2), event(D2), event(D2, "u1")]
    assert profiles(MixpanelSimplified, calls) == "AAAAAA"


def test_multiple_users_on_one_device_with_reset() -> None:
    calls = [event(D1), event(D1, "u1"), event(D2), event(D2), event(D2, "u2")]
    assert profiles(MixpanelSimplified, calls) == "AABBB"


def test_identify_needs_an_event_after_it() -> None:
    assert profiles(MixpanelSimplified, [event(D1), identify("u1", D1), event(None, "u1")]) == "AB"
    assert profiles(MixpanelSimplified, [event(D1), identify("u1", D1), event(D1, "u1")]) == "AA"


def test_two_users_never_merge_and_the_device_stays_with_the_first() -> None:
    calls = [event(D1), event(D1, "u1"), event(D1, "u2"), event(D1)]
    assert profiles(MixpanelSimplified, calls) == "AABA"
    assert refused(MixpanelSimplified, calls) == {"device_already_joined": 1}


def test_alias_has_no_function() -> None:
    calls = [event(D1), alias("u1", D1), event(None, "u1")]
    assert profiles(MixpanelSimplified, calls) == "AB"
    assert refused(MixpanelSimplified, calls) == {"alias_without_function": 1}
