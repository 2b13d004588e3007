"""Customer.io, by its pages on anonymous activity and on alias."""

from auditor.identities.customerio import CustomerIo
from tests.identities.playing import D1, D2, DAY, alias, event, identify, profiles, refused

MINUTE = 60_000


def test_anonymous_activity_is_merged_when_the_person_is_identified() -> None:
    calls = [event(D1), event(D1, time=MINUTE), identify("u1", D1, time=2 * MINUTE), event(D1, "u1", time=3 * MINUTE)]
    assert profiles(CustomerIo, calls) == "AAA"


def test_anonymous_activity_makes_no_person() -> None:
    assert profiles(CustomerIo, [event(D1), event(D1)]) == "--"
    assert profiles(CustomerIo, [event(D1), identify("u1"), event(None, "u1")]) == "-A"


def test_it_is_kept_for_thirty_days() -> None:
    calls = [event(D1), event(D1, time=5 * DAY), identify("u1", D1, time=33 * DAY), event(None, "u1", time=33 * DAY)]
    assert profiles(CustomerIo, calls) == "-AA"
    assert refused(CustomerIo, calls) == {"anonymous_events_expired": 1}


def test_what_arrives_within_five_minutes_after_identify_is_merged_too_and_later_waits_for_the_next() -> None:
    calls = [identify("u1", D1), event(D1, time=4 * MINUTE), event(D1, time=6 * MINUTE)]
    assert profiles(CustomerIo, calls) == "A-"
    assert profiles(CustomerIo, [*calls, identify("u1", D1, time=7 * MINUTE)]) == "AA"


def test_a_second_user_on_the_device_gets_only_what_came_in_between() -> None:
    calls = [event(D1), identify("u1", D1), event(D1, time=DAY), identify("u2", D1, time=DAY), event(None, "u2")]
    assert profiles(CustomerIo, calls) == "ABB"


def test_an_event_with_a_user_merges_nothing() -> None:
    assert profiles(CustomerIo, [event(D1), event(D1, "u1")]) == "-A"


def test_alias_merges_the_previous_profile_or_the_waiting_events() -> None:
    assert profiles(CustomerIo, [event(None, "old"), alias("u1", "old"), event(None, "u1")]) == "AA"
    assert profiles(CustomerIo, [event(D1), alias("u1", D1), identify("u1"), event(None, "u1")]) == "AA"
    assert refused(CustomerIo, [alias("u1", "u1")]) == {"self_alias": 1}


def test_ids_addresses_and_internal_ids_are_three_kinds_and_an_id_has_150_characters() -> None:
    calls = [event(None, "u1"), event(None, "ada@example.com"), event(None, "cio_1"), event(D2, "x" * 151)]
    assert profiles(CustomerIo, calls) == "ABC-"
    assert refused(CustomerIo, calls) == {"id_too_long": 1}
