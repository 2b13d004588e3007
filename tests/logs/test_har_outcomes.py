"""The decision table of delivery outcomes, in the spellings of Chrome DevTools, Playwright and Firefox."""

from collections.abc import Callable
from typing import Any

import pytest

from auditor.model import delivery
from auditor.model.log import Log
from tests.hars import CHROME, FIREFOX, PLAYWRIGHT, call, document, har, request
from tests.test_shape import ROOT, loaded

Read = Callable[..., Log]
SITE = "https://shop.example"

ANSWERED = {
    200: "ok", 201: "ok", 204: "ok", 301: "ok", 304: "ok",
    400: "rejected", 401: "rejected", 403: "rejected", 404: "rejected", 413: "rejected", 422: "rejected",
    408: "failed", 410: "failed", 429: "failed", 460: "failed", 500: "failed", 503: "failed", 504: "failed",
    501: "rejected", 505: "rejected", 407: "failed", 511: "failed",
}  # fmt: skip

Failure = dict[str, Any]


def chrome(error: str, kind: str = "fetch") -> Failure:
    return {"status": 0, "_resourceType": kind, "response": {"_error": error}}


def playwright(text: str | None, kind: str = "fetch") -> Failure:
    return {"status": -1, "took": -1, "_resourceType": kind, "response": {"_failureText": text}}


def firefox(text: str = "") -> Failure:
    return {"status": 0, "_resourceType": None, "response": {"statusText": text, "content": {}}}


CUT_OFF = {
    "Chrome": chrome("net::ERR_ABORTED"),
    "Playwright, Chromium": playwright("net::ERR_ABORTED"),
    "Playwright, Firefox": playwright("NS_BINDING_ABORTED"),
    "Playwright, WebKit": playwright("Load request cancelled"),
    "Playwright, WebKit, shorter": playwright("cancelled"),
    "Firefox": firefox("NS_BINDING_ABORTED"),
}
OTHERS = {
    "Chrome, ad blocker": (chrome("net::ERR_BLOCKED_BY_CLIENT"), "blocked"),
    "Playwright, ad blocker": (playwright("net::ERR_BLOCKED_BY_CLIENT.Inspector"), "blocked"),
    "Chrome, policy of the machine": (chrome("net::ERR_BLOCKED_BY_ADMINISTRATOR"), "blocked"),
    "Playwright, policy of the page": (playwright("csp"), "blocked"),
    "Chrome, a beacon that is blocked": (chrome("net::ERR_BLOCKED_BY_CLIENT", "ping"), "blocked"),
    "Chrome, offline": (chrome("net::ERR_INTERNET_DISCONNECTED"), "failed"),
    "Chrome, another network": (chrome("net::ERR_NETWORK_CHANGED"), "failed"),
    "Chrome, no such host": (chrome("net::ERR_NAME_NOT_RESOLVED"), "failed"),
    "Playwright, no answer": (playwright("net::ERR_EMPTY_RESPONSE"), "failed"),
    "Playwright, Firefox offline": (playwright("NS_ERROR_OFFLINE"), "failed"),
    "Playwright, Firefox, refused": (playwright("NS_ERROR_CONNECTION_REFUSED"), "failed"),
    "Chrome, a beacon": (chrome("", "ping"), "unknown"),
    "Chrome, a beacon let go of": (chrome("net::ERR_ABORTED", "ping"), "unknown"),
}


def outcomes(read: Read, failure: Failure, *around: dict[str, Any], creator: dict[str, str]) -> list[str | None]:
    took = failure.get("took", 40)
    more = {key: value for key, value in failure.items() if key != "took"}
    entry = request(5000, call(1, 4995, "/signup"), took=took, **more)
    return [event.delivery for event in read(har(*around, entry, creator=creator)).events if event.message_id == "m1"]


def leaving(at: int, **more: Any) -> list[dict[str, Any]]:
    """The form's page, and the page that the form leads to, asked for at a time."""
    return [
        document(0, f"{SITE}/signup"),
        document(at, f"{SITE}/signup", to="/welcome", method="POST", took=30, **more),
        document(at + 30, f"{SITE}/welcome", **more),
        request(at + 9000, call(2, at + 9000, "/welcome")),
    ]


@pytest.mark.parametrize("status", ANSWERED)
@pytest.mark.parametrize("error", ["", "net::ERR_ABORTED"], ids=["", "cut off after the headers"])
def test_an_answer_says_what_became_of_the_call(read: Read, status: int, error: str) -> None:
    around = leaving(5010)
    found = outcomes(read, {"status": status, "response": {"_error": error}}, *around, creator=CHROME)
    assert found == [ANSWERED[status]]


@pytest.mark.parametrize("name", CUT_OFF)
@pytest.mark.parametrize("at", [4500, 4990, 5010, 5040, 5900])
def test_a_request_that_a_page_change_cuts_off_is_aborted(read: Read, name: str, at: int) -> None:
    creator = PLAYWRIGHT if name.startswith("Playwright") else FIREFOX if name == "Firefox" else CHROME
    took = {"took": 700} if at == 4500 else {}
    failure = {**CUT_OFF[name], **took}
    around = leaving(at if at != 4500 else 5300)
    assert outcomes(read, failure, *around, creator=creator) == ["aborted"]


@pytest.mark.parametrize("name", CUT_OFF)
@pytest.mark.parametrize(
    "around",
    [
        [document(0, f"{SITE}/signup"), request(9000, call(2, 9000, "/signup"))],
        leaving(6500),
        leaving(3000),
        leaving(5010, pageref="page_of_another_tab"),
        leaving(5010)[:-1],
        [*leaving(5010)[:1], *leaving(5010, response={"status": 204})[1:]],
    ],
    ids=["the page stays", "the page is left later", "the page was left before", "another tab", "the recording ends",
         "no document comes"],
)  # fmt: skip
def test_a_request_cut_off_while_the_page_stays_may_have_come_or_still_come(
    read: Read, name: str, around: list[dict[str, Any]]
) -> None:
    assert outcomes(read, CUT_OFF[name], *around, creator=PLAYWRIGHT) == ["unknown"]


@pytest.mark.parametrize("name", CUT_OFF)
def test_where_no_documents_were_recorded_the_browsers_word_stands(read: Read, name: str) -> None:
    assert outcomes(read, CUT_OFF[name], creator=CHROME) == ["aborted"]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("around", [leaving(5010), leaving(9000)], ids=["the page is left", "the page stays"])
def test_what_is_no_page_change_keeps_its_name(read: Read, name: str, around: list[dict[str, Any]]) -> None:
    failure, expected = OTHERS[name]
    assert outcomes(read, failure, *around, creator=PLAYWRIGHT) == [expected]


@pytest.mark.parametrize("silent", [firefox(), chrome(""), playwright(None)], ids=["Firefox", "Chrome", "Playwright"])
def test_a_request_that_ends_without_a_word_was_cut_off_if_the_page_was_left(read: Read, silent: Failure) -> None:
    assert outcomes(read, silent, *leaving(5010), creator=FIREFOX) == ["aborted"]
    assert outcomes(read, silent, *leaving(9000), creator=FIREFOX) == ["unknown"]


@pytest.mark.parametrize(("until", "expected"), [(5900, "unknown"), (6200, "aborted")])
def test_a_recording_that_ends_before_the_next_page_could_send_it_again_leaves_it_open(
    read: Read, until: int, expected: str
) -> None:
    around = [*leaving(5010)[:-1], request(until, call(2, until - 5, "/welcome"))]
    assert outcomes(read, CUT_OFF["Chrome"], *around, creator=CHROME) == [expected]


def test_a_call_that_was_sent_again_is_one_call_whose_first_request_was_aborted(read: Read) -> None:
    body = call(1, 4995, "/signup")
    first = request(5000, body, **{k: v for k, v in CUT_OFF["Chrome"].items() if k != "took"})
    again = request(5300, {**body, "sentAt": "2026-01-05T10:00:05.300Z", "userId": "u1"})
    log = read(har(again, *leaving(5010), first, creator=CHROME))
    copies = log.copies["m1"]
    assert (copies.call.delivery, [copy.delivery for copy in copies.others]) == ("aborted", ["ok"])
    assert copies.call.copied


def test_a_call_that_nobody_got_at_any_try_was_received_no_second_time(read: Read) -> None:
    body = call(1, 4995)
    tries = [request(at, {**body, "sentAt": f"2026-01-05T10:00:0{at // 1000}.000Z"}, **chrome("net::ERR_FAILED"))
             for at in (5000, 6000)]  # fmt: skip
    log = read(har(*tries, creator=CHROME))
    assert [event.delivery for event in log.events] == ["failed"]
    assert len(log.copies["m1"].others) == 1
    assert not log.copies["m1"].call.copied


def test_the_rules_and_the_code_mean_the_same_outcomes() -> None:
    define = loaded(ROOT / "rules" / "vocabulary.yml")["define"]
    assert tuple(define["undelivered"]["delivery"]) == delivery.UNDELIVERED
    words = {value for name, value in vars(delivery).items() if name.isupper() and isinstance(value, str)}
    assert words == {"ok", "aborted", "failed", "blocked", "rejected", "unknown"}
    page = (ROOT / "docs" / "log-formats.md").read_text(encoding="utf-8")
    assert [word for word in words if f"| `{word}` |" not in page] == []
