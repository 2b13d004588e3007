"""Mixpanel's Original ID Merge, by the user flows and the criteria of its documentation."""

from auditor.identities.mixpanel_original import MOST_IDS, MixpanelOriginal
from tests.identities.playing import D1, D2, alias, event, identify, profiles, refused


def test_new_user_signup() -> None:
    assert profiles(MixpanelOriginal, [event(D1), event(D1), identify("u1", D1), event(D1, "u1"), event(D1)]) == "AAAA"


def test_returning_user_on_a_new_device() -> None:
    calls = [event(D1), identify("u1", D1), event(D2), identify("u1", D2), event(D2, "u1"), event(None, "u1")]
    assert profiles(MixpanelOriginal, calls) == "AAAA"


def test_multiple_users_on_one_device_with_reset() -> None:
    calls = [event(D1), identify("u1", D1), event(D1, "u1"), event(D2), identify("u2", D2), event(D2, "u2")]
    assert profiles(MixpanelOriginal, calls) == "AABB"


def test_an_anonymous_id_merges_with_one_user_only() -> None:
    calls = [event(D1), identify("u1", D1), event(D1), identify("u2", D1), event(D1, "u2"), event(D1)]
    assert profiles(MixpanelOriginal, calls) == "AABA"
    assert refused(MixpanelOriginal, calls) == {"anon_id_already_merged": 1}


def test_the_anonymous_id_has_to_be_a_version_4_uuid() -> None:
    calls = [event("visitor-17"), identify("u1", "visitor-17"), event("visitor-17", "u1")]
    assert profiles(MixpanelOriginal, calls) == "AB"
    assert refused(MixpanelOriginal, calls) == {"anon_id_not_uuid4": 1}


def test_create_alias_joins_and_maps_to_one_id_only() -> None:
    calls = [event(D1), alias("u1", D1), event(None, "u1"), event(D2), alias("u1", D2), event(D2)]
    assert profiles(MixpanelOriginal, calls) == "AABB"
    assert refused(MixpanelOriginal, calls) == {"alias_taken": 1}


def test_one_id_has_any_number_of_aliases() -> None:
    assert (
        profiles(MixpanelOriginal, [event(D1), alias("u1", D1), alias("u2", D1), event(None, "u1"), event(None, "u2")])
        == "AAA"
    )


def test_a_cluster_holds_500_ids() -> None:
    devices = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(1, MOST_IDS + 1)]
    calls = [call for device in devices for call in (event(device), identify("u1", device))]
    assert profiles(MixpanelOriginal, calls) == "A" * (MOST_IDS - 1) + "B"
    assert refused(MixpanelOriginal, calls) == {"cluster_limit": 1}


def test_ids_that_are_rejected_or_reserved() -> None:
    assert profiles(MixpanelOriginal, [event(D1), identify("null", D1), event(D1, "null")]) == "A-"
    assert refused(MixpanelOriginal, [identify("$device:1", D1)]) == {"reserved_prefix": 1}
