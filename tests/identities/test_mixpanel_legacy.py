"""Mixpanel without ID merge, by the examples of its page on aliases and of Segment's page on Mixpanel."""

from auditor.identities.mixpanel_legacy import MixpanelLegacy
from tests.identities.playing import D1, D2, alias, event, identify, profiles, refused

SALLY = "sally@example.com"


def test_sally_signs_up_alias_then_identify_and_all_is_hers() -> None:
    calls = [event(D1), event(D1), alias(SALLY, D1), identify(SALLY, D1), event(D1, SALLY), event(None, SALLY)]
    assert profiles(MixpanelLegacy, calls) == "AAAA"
    assert refused(MixpanelLegacy, calls) == {}


def test_sally_on_her_phone_is_identified_and_what_she_did_there_anonymously_is_orphaned() -> None:
    known = [event(D1), alias(SALLY, D1), identify(SALLY, D1), event(D1, SALLY)]
    phone = [event(D2), identify(SALLY, D2), event(D2, SALLY)]
    assert profiles(MixpanelLegacy, known + phone) == "AABA"


def test_a_second_alias_of_sally_fails() -> None:
    calls = [event(D1), alias(SALLY, D1), identify(SALLY, D1), event(D2), alias(SALLY, D2), event(D2, SALLY)]
    assert profiles(MixpanelLegacy, calls) == "ABA"
    assert refused(MixpanelLegacy, calls) == {"alias_taken": 1}


def test_identify_alone_joins_nothing() -> None:
    assert profiles(MixpanelLegacy, [event(D1), identify(SALLY, D1), event(D1, SALLY)]) == "AB"


def test_alias_after_identify_is_too_late_on_any_side() -> None:
    for server in (False, True):
        calls = [event(D1), identify(SALLY, None if server else D1, server=server), alias(SALLY, D1), event(D1, SALLY)]
        assert profiles(MixpanelLegacy, calls) == "AB"
        assert refused(MixpanelLegacy, calls) == {"already_identified": 1}


def test_an_alias_does_not_move_what_is_stored_already() -> None:
    calls = [event(D1, SALLY), event(D1), alias(SALLY, D1), event(D1, SALLY)]
    assert profiles(MixpanelLegacy, calls) == "ABA"


def test_an_alias_of_the_user_to_itself_links_nothing() -> None:
    calls = [event(D1), alias(SALLY, SALLY), identify(SALLY, D1), event(D1, SALLY)]
    assert profiles(MixpanelLegacy, calls) == "AB"
    assert refused(MixpanelLegacy, calls) == {"self_alias": 1}


def test_two_users_who_alias_one_device_become_one() -> None:
    calls = [event(D1), alias("u1", D1), event(D1, "u1"), alias("u2", D1), event(D1, "u2")]
    assert profiles(MixpanelLegacy, calls) == "AAA"


def test_rejected_ids_are_stored_for_nobody() -> None:
    calls = [event(D1), event(D1, "undefined"), event(D1, "N/A"), event(None, "0")]
    assert profiles(MixpanelLegacy, calls) == "A---"
    assert refused(MixpanelLegacy, calls) == {"rejected_distinct_id": 3}
