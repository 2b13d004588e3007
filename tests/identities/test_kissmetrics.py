"""Kissmetrics, by its pages on identities, on several people in one browser, and on squished identities."""

from auditor.identities.kissmetrics import Kissmetrics
from tests.identities.playing import D1, D2, D3, alias, event, identify, profiles, refused

BOB, BILL = "bob@example.com", "bill@example.com"


def test_the_browser_aliases_the_visitor_by_itself() -> None:
    assert profiles(Kissmetrics, [event(D1), identify(BOB, D1), event(D1, BOB), event(None, BOB)]) == "AAA"


def test_bob_and_his_brother_bill_in_one_browser_are_two_and_what_bill_does_before_login_is_bobs() -> None:
    calls = [event(D1), identify(BOB, D1), event(D1, BOB), event(D1), identify(BILL, D1), event(D1, BILL)]
    assert profiles(Kissmetrics, calls) == "AAAB"
    assert refused(Kissmetrics, calls) == {"browser_already_named": 1}


def test_a_cleared_identity_gives_bill_his_own_visits() -> None:
    calls = [event(D1), identify(BOB, D1), event(D2), identify(BILL, D2), event(D2, BILL)]
    assert profiles(Kissmetrics, calls) == "ABB"


def test_three_devices_of_one_person() -> None:
    calls = [one for device in (D1, D2, D3) for one in (event(device), identify(BOB, device), event(device, BOB))]
    assert profiles(Kissmetrics, calls) == "AAAAAA"


def test_a_server_has_to_alias_before_it_identifies() -> None:
    assert profiles(Kissmetrics, [event(D1), identify(BOB, D1, server=True), event(None, BOB)]) == "AB"
    calls = [event(D1), alias(BOB, D1, server=True), identify(BOB, server=True), event(None, BOB)]
    assert profiles(Kissmetrics, calls) == "AA"


def test_alias_joins_two_names_of_one_person() -> None:
    assert profiles(Kissmetrics, [event(None, "User 12345"), alias(BOB, "User 12345"), event(None, BOB)]) == "AA"


def test_alias_squishes_two_people_too() -> None:
    calls = [event(D1), alias(BOB, D1), event(D1, BOB), alias(BILL, D1), event(D1, BILL)]
    assert profiles(Kissmetrics, calls) == "AAA"


def test_everybody_called_none_is_one_person() -> None:
    calls = [event(D1), identify("none", D1), event(D2), identify("none", D2), event(D2, "none")]
    assert profiles(Kissmetrics, calls) == "AAA"


def test_an_identity_has_255_characters() -> None:
    assert refused(Kissmetrics, [event(None, "x" * 255), event(None, "x" * 256)]) == {"id_too_long": 1}
