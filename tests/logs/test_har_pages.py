"""Page loads of a HAR: documents, redirects, frames and tabs, and which call was made on which of them."""

from collections.abc import Callable
from typing import Any

import pytest

from auditor.model.log import Log
from tests.hars import CHROME, FIREFOX, PLAYWRIGHT, START, call, document, har, request

Read = Callable[..., Log]
SITE = "https://shop.example"
Entry = dict[str, Any]


def calls(*made: tuple[int, str], **more: Any) -> list[Entry]:
    """Requests of calls made so many ms after the start on these paths, sent 5 ms later."""
    return [request(at + 5, call(at, at, path), **more) for at, path in made]


def loads(log: Log) -> list[int | None]:
    """The page loads of the events in order of time, numbered from 1 as they come."""
    numbers: dict[int | None, int] = {}
    events = sorted(log.events, key=lambda event: event.t)
    return [None if e.page_load is None else numbers.setdefault(e.page_load, len(numbers) + 1) for e in events]


def left(log: Log) -> list[tuple[str | None, int] | None]:
    """By what each event's page was left, and how much later."""
    found = [(event, log.left_by.get(event.message_id or "")) for event in sorted(log.events, key=lambda e: e.t)]
    return [None if went is None else (went.path, went.t - event.t) for event, went in found]


def test_documents_divide_the_calls(read: Read) -> None:
    log = read(har(
        document(0, f"{SITE}/"), document(1000, f"{SITE}/b?x=1"), document(2000, f"{SITE}/b"),
        *calls((300, "/"), (900, "/"), (1300, "/b"), (2300, "/b"), (2400, "/b")),
    ))  # fmt: skip
    assert loads(log) == [1, 1, 2, 3, 3]
    assert left(log) == [("/b", 700), ("/b", 100), ("/b", 700), None, None]


def test_a_redirect_is_one_load_that_begins_where_the_chain_does(read: Read) -> None:
    log = read(har(
        document(0, f"{SITE}/signup"),
        document(1000, f"{SITE}/signup", to="/hop?secret=1", method="POST", took=400),
        document(1400, f"{SITE}/hop?secret=1", to="https://www.other.example/welcome", took=50),
        document(1450, "https://www.other.example/welcome"),
        *calls((990, "/signup"), (1300, "/signup")),
        request(1800, {**call(9, 1795, "/welcome"), "context": {**call()["context"], "page": {
            "path": "/welcome", "url": "https://www.other.example/welcome"}}}),
    ))  # fmt: skip
    assert loads(log) == [1, 1, 2]
    assert left(log) == [("/welcome", 10), ("/welcome", -300), None]
    (went, _) = log.left_by.values()
    assert (went.type, went.t, went.url) == ("navigation", START + 1000, "https://www.other.example/welcome")


FRAMES = {
    "Sec-Fetch-Dest": {"request": {"headers": [{"name": "sec-fetch-dest", "value": "iframe"}]}},
    "another _frameref": {"_frameref": "frame@2"},
    "nothing": {},
}


@pytest.mark.parametrize("how", FRAMES)
def test_a_document_in_a_frame_leaves_no_page(read: Read, how: str) -> None:
    told = {"_frameref": "frame@1"} if how == "another _frameref" else {}
    log = read(har(
        document(0, f"{SITE}/", **told),
        document(500, "https://pay.example/frame", **{**told, **FRAMES[how]}),
        *calls((300, "/"), (900, "/")),
    ))  # fmt: skip
    assert loads(log) == [1, 1]
    assert left(log) == [None, None]


def test_a_document_that_the_window_asked_for_counts_even_if_no_call_was_made_on_it(read: Read) -> None:
    for told in ({"request": {"headers": [{"name": "Sec-Fetch-Dest", "value": "document"}]}}, {"_frameref": "f1"}):
        log = read(har(
            document(0, f"{SITE}/", **told), document(500, "https://pay.example/", **told),
            document(800, f"{SITE}/", **told), *calls((300, "/"), (1200, "/")),
        ))  # fmt: skip
        assert (loads(log), left(log)) == ([1, 2], [("/", 200), None])


NO_DOCUMENTS = {
    "fetched in case it is needed": {
        "request": {
            "headers": [
                {"name": "Sec-Purpose", "value": "prefetch;prerender"},
                {"name": "Sec-Fetch-Dest", "value": "document"},
            ]
        }
    },
    "a download": {"response": {"content": {"mimeType": "application/pdf"}}},
    "no content": {"response": {"status": 204}},
    "given up": {"response": {"status": 0, "_error": "net::ERR_ABORTED"}},
}


@pytest.mark.parametrize("how", NO_DOCUMENTS)
def test_a_document_that_never_came_leaves_no_page(read: Read, how: str) -> None:
    log = read(har(
        document(0, f"{SITE}/"), document(500, f"{SITE}/", **NO_DOCUMENTS[how]), *calls((300, "/"), (900, "/"))
    ))  # fmt: skip
    assert (loads(log), left(log)) == ([1, 1], [None, None])


@pytest.mark.parametrize("creator", [CHROME, FIREFOX], ids=["Chrome", "Firefox"])
def test_in_developer_tools_each_navigation_is_a_page_of_one_tab(read: Read, creator: dict[str, str]) -> None:
    firefox = {"_resourceType": None, "request": {"headers": [{"name": "Accept", "value": "text/html,*/*;q=0.8"}]}}
    told = firefox if creator is FIREFOX else {}
    log = read(har(
        document(0, f"{SITE}/", pageref="page_1", **told), *calls((300, "/"), pageref="page_1"),
        document(1000, f"{SITE}/never-tracked", pageref="page_2", **told),
        document(2000, f"{SITE}/b", pageref="page_3", **told), *calls((2300, "/b"), pageref="page_3"),
        creator=creator,
    ))  # fmt: skip
    assert loads(log) == [1, 2]
    assert left(log) == [("/never-tracked", 700), None]


def test_a_call_sent_again_by_the_next_page_belongs_to_the_page_it_was_made_on(read: Read) -> None:
    body = call(1, 990, "/a")
    log = read(har(
        document(0, f"{SITE}/a"), document(1000, f"{SITE}/b"), *calls((300, "/a"), (1400, "/b")),
        request(1500, {**body, "sentAt": "2026-01-05T10:00:01.500Z"}),
    ))  # fmt: skip
    assert loads(log) == [1, 1, 2]


def test_while_one_document_gives_way_to_the_next_the_address_decides(read: Read) -> None:
    log = read(har(
        document(0, f"{SITE}/a"), document(1000, f"{SITE}/b", took=100, timings={"wait": 60, "receive": 40}),
        *calls((1050, "/a"), (1055, "/b"), (1065, "/a"), (1070, "/b")),
    ))  # fmt: skip
    found = {event.message_id: event.path for event in log.events}
    assert found == {"m1050": "/a", "m1055": "/b", "m1065": "/a", "m1070": "/b"}
    assert {went.path for went in log.left_by.values()} == {"/b"}
    assert sorted(log.left_by) == ["m1050", "m1065"]


def test_calls_before_the_first_document_are_on_a_page_that_was_open_already(read: Read) -> None:
    log = read(har(document(1000, f"{SITE}/b"), *calls((300, "/a"), (500, "/a"), (1400, "/b"))))
    assert loads(log) == [1, 1, 2]
    assert left(log) == [("/b", 700), ("/b", 500), None]


def two_tabs(*second: tuple[int, str]) -> bytes:
    return har(
        document(0, f"{SITE}/a"), document(1000, f"{SITE}/b"), *calls((300, "/a"), (1300, "/b")),
        document(5000, f"{SITE}/c", pageref="page_2"), *calls(*second, pageref="page_2"),
        creator=PLAYWRIGHT,
    )  # fmt: skip


def test_tabs_one_after_the_other_have_page_loads_of_their_own(read: Read) -> None:
    assert loads(read(two_tabs((5300, "/c"), (5400, "/c")))) == [1, 2, 3, 3]


def test_a_route_of_one_tab_is_not_the_document_of_another(read: Read) -> None:
    log = read(har(
        document(0, f"{SITE}/a"), *calls((300, "/a")),
        document(1000, f"{SITE}/b", pageref="page_2"),
        request(1205, call(9, 1200, "/b", anonymousId="a9"), pageref="page_2"),
        document(5000, f"{SITE}/c"), *calls((2000, "/b"), (5300, "/c")),
    ))  # fmt: skip
    assert log.left_by["m2000"].path == "/c"


def test_a_call_from_the_queue_may_have_been_made_in_another_tab(read: Read) -> None:
    queued = request(9000, {**call(1, 400, "/a"), "sentAt": "2026-01-05T10:00:09.000Z"}, pageref="page_2")
    log = read(har(
        document(0, f"{SITE}/a"), *calls((300, "/a")), queued,
        document(1000, f"{SITE}/b"), *calls((1300, "/b")),
        document(100, f"{SITE}/z", pageref="page_2"),
        request(205, call(9, 200, "/z", anonymousId="a9"), pageref="page_2"),
    ))  # fmt: skip
    assert log.left_by["m1"].path == "/b"


def test_where_tabs_take_turns_page_loads_are_left_to_inference(read: Read) -> None:
    data = two_tabs((5300, "/c"))
    more = har(*calls((5350, "/b"), (5400, "/b")))
    assert more
    log = read(data.replace(b'"entries": [', b'"entries": [' + more.split(b'"entries": [')[1][:-3] + b", "))
    assert len(log.events) == 5
    assert loads(log) == [None] * 5
    assert left(log)[0] == ("/b", 700)


def test_without_documents_page_loads_are_left_to_inference(read: Read) -> None:
    assert loads(read(har(*calls((300, "/a"), (1300, "/b"))))) == [None, None]


def test_a_program_that_names_no_page_tells_no_page_loads(read: Read) -> None:
    entries = [document(0, f"{SITE}/a", pageref=None), *calls((300, "/a"), pageref=None)]
    assert loads(read(har(*entries, creator={"name": "A proxy"}))) == [None]
    assert loads(read(har(*entries, creator=CHROME))) == [1]
    assert loads(read(har(*entries, creator=PLAYWRIGHT))) == [1]


def test_two_files_never_share_a_page_load(tmp_path: Any) -> None:
    from auditor.logs.reader import read_log

    for name in ("one.har", "two.har"):
        (tmp_path / name).write_bytes(har(
            document(0, f"{SITE}/"), request(305, {**call(1, 300), "messageId": name, "anonymousId": name})
        ))  # fmt: skip
    log = read_log([str(tmp_path)])
    assert len({event.page_load for event in log.events}) == 2
