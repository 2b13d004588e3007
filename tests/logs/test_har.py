"""HAR files: which requests are calls, what cannot be read, what is cut off, and what is never kept."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.logs.har import Har
from auditor.logs.reader import read_sources
from auditor.logs.sources import Source
from auditor.model.log import InputError, Log
from auditor.timelines.timelines import Timelines
from tests.conftest import Cli
from tests.hars import CHROME, COLLECTOR, FIREFOX, PLAYWRIGHT, START, call, document, har, request
from tests.logs.made import accounted, names

Read = Callable[..., Log]
PACKED = gzip.compress(json.dumps(call(1)).encode())


@pytest.mark.parametrize("creator", [CHROME, PLAYWRIGHT, FIREFOX], ids=lambda made: made["name"])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "wrap", [bytes, lambda data: b"\xef\xbb\xbf" + data, gzip.compress, lambda data: b"\n " + data]
)
def test_a_har_is_known_by_its_content(
    read: Read, creator: dict[str, str], indent: int | None, wrap: Callable[[bytes], bytes]
) -> None:
    data = har(request(10, call(1, 5)), request(0, call(0, 1)), creator=creator, indent=indent)
    log = read(wrap(data), "whatever.name")
    assert names(log) == ["Event 0", "Event 1"]
    assert (log.records, log.skipped, log.rejected) == (2, 0, 0)


def test_a_call_is_cited_by_the_line_of_its_entry(read: Read) -> None:
    data = har(document(0, "https://shop.example/"), request(9, call(1)), indent=1)
    (event,) = read(data).events
    line = data.split(b"\n")[event.line - 1]
    assert line.strip() == b"{"
    assert b'"fetch"' in b"".join(data.split(b"\n")[event.line : event.line + 5])


def test_an_event_with_a_member_of_that_name_makes_no_har_of_a_log(read: Read) -> None:
    line = json.dumps({"log": {"level": 3}, **call(1)}).encode()
    assert names(read(line + b"\n" + json.dumps(call(2)).encode())) == ["Event 1", "Event 2"]


def test_the_dialect_can_be_named(read: Read) -> None:
    odd = b'{"comment": "made by us", "log": {"entries": [' + json.dumps(request(0, call(1))).encode() + b"]}}"
    assert names(read(odd, dialect="har")) == ["Event 1"]
    log = read(b'{"type": "track"}\n', dialect="har")
    assert [reject.reason for reject in log.rejects] == ["no HAR file: it has no log.entries"]


# --- Which requests are calls -------------------------------------------------------------------------------

COLLECTORS = [
    COLLECTOR,
    *(f"https://api.segment.io/v1/{letter}" for letter in "ipsgab"),
    "https://events.eu1.segmentapis.com/v1/t",
    "https://shop.example/proxy/for/analytics/v1/track",
    "https://data.shop.example/v1/identify?x=1#y",
    "https://rudder.shop.example/v1/batch/",
    "https://api.segment.io/v1/import",
]


@pytest.mark.parametrize("url", COLLECTORS)
def test_a_collector_is_known_by_its_path_whatever_its_host(read: Read, url: str) -> None:
    assert names(read(har(request(0, call(1), url=url)))) == ["Event 1"]


NO_CALLS = {
    "a page": document(0, "https://shop.example/"),
    "a preflight": request(0, call(1), request={"method": "OPTIONS"}),
    "the library's settings": request(
        0, url="https://cdn.segment.com/v1/projects/wk/settings", request={"method": "GET"}
    ),
    "the library's metrics": request(0, {"series": []}, url="https://api.segment.io/v1/m"),
    "metrics on another path": request(0, {"series": []}),
    "a batch of nothing": request(0, {"batch": []}, url="https://api.segment.io/v1/b"),
    "a form": request(0, "name=Ada&password=hunter2", url="https://shop.example/v1/identify"),
    "another service's JSON": request(0, {"type": "login"}, url="https://shop.example/v1/identify"),
    "another service's list": request(0, [1, 2], url="https://shop.example/v1/group"),
    "another service's words": request(0, "hello", url="https://shop.example/v1/page"),
    "a call to another path": request(0, call(1), url="https://shop.example/log"),
    "a request without a body": request(0, None, url="https://shop.example/v1/page", request={"bodySize": 0}),
}


@pytest.mark.parametrize("name", NO_CALLS)
def test_a_request_to_no_collector_is_a_known_non_event(read: Read, name: str) -> None:
    log = read(har(NO_CALLS[name], request(9, call(2))))
    assert names(log) == ["Event 2"]
    assert (log.records, log.skipped, log.rejected) == (2, 1, 0)


def test_the_calls_of_a_batch_are_calls_and_share_what_it_says(read: Read) -> None:
    items = [{key: value for key, value in call(n, n).items() if key != "sentAt"} for n in range(3)]
    body = {"batch": items, "sentAt": "2026-01-05T10:00:07.000Z", "writeKey": "w2", "context": {"channel": "x"}}
    log = read(har(request(0, body, url="https://api.segment.io/v1/b")))
    assert names(log) == ["Event 0", "Event 1", "Event 2"]
    assert {event.sent for event in log.events} == {START + 7000}
    assert len({event.batch for event in log.events}) == 1
    assert log.records == 3


def test_a_call_that_does_not_say_when_it_was_sent_was_sent_when_its_request_began(read: Read) -> None:
    bare = {key: value for key, value in call(1).items() if key not in ("sentAt", "timestamp")}
    (event,) = read(har(request(250, bare))).events
    assert (event.sent, event.t) == (START + 250, START + 250)


def test_a_call_that_no_rule_could_use_is_rejected_as_in_any_log(read: Read) -> None:
    log = read(har(request(0, call(1, userId={"id": 1})), request(5, call(2))))
    assert names(log) == ["Event 2"]
    assert [reject.reason.split(";")[0] for reject in log.rejects] == ["userId is an object, not a string"]


# --- Bodies that cannot be read -----------------------------------------------------------------------------

MANGLED = {
    "none recorded": (request(0, None), "the HAR holds no body"),
    "an empty one": (request(0, "", request={"bodySize": 300}), "the HAR holds no body"),
    "put into another file": (
        request(0, None, request={"postData": {"mimeType": "text/plain", "text": "", "_file": "ab12.json"}}),
        "in a file of its own",
    ),
    "cut off": (request(0, json.dumps(call(1))[:90]), "cut off or mangled"),
    "packed, its bytes lost": (request(0, PACKED.decode("utf-8", "replace")), "packed with gzip"),
    "binary": (request(0, "\ufffd\ufffd\x00\x01abc"), "binary"),
    "no base64 though said": (
        request(0, None, request={"postData": {"text": "{", "encoding": "base64"}}), "said to be base64",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MANGLED)
def test_a_body_that_cannot_be_read_is_a_reject_that_says_so(read: Read, name: str) -> None:
    entry, said = MANGLED[name]
    data = har(entry, request(5, call(2)), indent=1)
    log = read(data)
    assert names(log) == ["Event 2"]
    assert (log.records, log.rejected) == (2, 1)
    (reject,) = log.rejects
    assert said in reject.reason
    assert data[reject.offset : reject.offset + 1] == b"{"
    assert data[: reject.offset].count(b"\n") == reject.line - 1


@pytest.mark.parametrize(
    "post",
    [
        {"text": PACKED.decode("latin-1")},
        {"text": json.dumps(call(1)), "mimeType": "application/octet-stream"},
        {"text": base64.b64encode(PACKED).decode(), "encoding": "base64"},
    ],
    ids=["packed, its bytes kept", "called binary", "packed in base64"],
)
def test_a_body_whose_bytes_are_there_is_read(read: Read, post: dict[str, Any]) -> None:
    assert names(read(har(request(0, None, request={"postData": post})))) == ["Event 1"]


# --- Damage -------------------------------------------------------------------------------------------------


def test_wherever_a_har_is_cut_off_the_entries_before_the_cut_are_read(read: Read) -> None:
    entries = [document(0, "https://shop.example/"), *(request(n * 10, call(n)) for n in range(1, 4))]
    data = har(*entries)
    ends = [data.index(json.dumps(entry).encode()) + len(json.dumps(entry)) for entry in entries]
    for cut in range(data.index(b'"entries"'), len(data), 7):
        log = read(data[:cut])
        whole = sum(cut >= end for end in ends)
        assert len(log.events) == max(whole - 1, 0)
        assert (log.records, log.rejected) == (whole + 1, 1)
        assert "cut off" in log.rejects[0].reason


def test_a_packed_har_that_is_cut_off_gives_what_was_before(read: Read) -> None:
    packed = gzip.compress(har(*(request(n, call(n, event=f"E{n:03d}" * 40)) for n in range(300))))
    log = read(packed[: len(packed) // 2])
    assert len(log.events) > 100
    assert [reject.reason for reject in log.rejects] == ["the gzip archive ends early: the file is cut off"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"{]", "not valid JSON"),
        (b"7", "no entry of a HAR file"),
        (b'{"pageref": "p"}', "no entry of a HAR file"),
        (
            b'{"pageref": "p", "request": {"method": "POST", "url": "x", "headers": [{"name": "a" "value": ""}]}}',
            "JSON",
        ),
        (b'{"startedDateTime": "\x00"}', "not valid JSON"),
        (json.dumps(request(0, call(9))).encode().replace(b"Event 9", b"Event \xff"), "UTF-8"),
        (b'{"pageref": ' + b"[" * 100_000 + b"}", "nested too deeply"),
    ],
    ids=["no JSON", "a number", "no request", "a comma missing", "a NUL", "no UTF-8", "a deep nest"],
)
def test_damage_costs_the_entry_it_stands_in(read: Read, broken: bytes, said: str) -> None:
    first, last = (json.dumps(request(n, call(n))).encode() for n in (1, 2))
    log = read(b'{"log":{"creator":{"name":"x"},"entries":[' + b",\n".join((first, broken, last)) + b"]}}")
    assert names(log) == ["Event 1", "Event 2"]
    assert log.rejected == 1
    assert said in log.rejects[0].reason


def test_bad_bytes_in_what_nobody_reads_do_no_harm(read: Read) -> None:
    image = json.dumps(document(0, "https://shop.example/a.png", response={"content": {"text": "?PNG?"}})).encode()
    data = har(request(1, call(1))).replace(b'"entries": [', b'"entries": [' + image.replace(b"?", b"\x89") + b", ")
    log = read(data)
    assert (names(log), log.skipped, log.rejected) == (["Event 1"], 1, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"log": {"version": "1.2"}}', "no log.entries"),
        (b'{"log": {"version": "1.2", "entries": {}}}', "no log.entries"),
        (b'{"log": {"version": "1.2", "entries": []}} {}', "behind the end"),
        (b'{"log": {"version": "1.2"', "cut off"),
    ],
)
def test_a_file_that_is_no_whole_har_is_a_reject(read: Read, content: bytes, said: str) -> None:
    log = read(content)
    assert [said in reject.reason for reject in log.rejects] == [True]


def test_damage_before_the_entries_does_not_cost_them(read: Read) -> None:
    entry = json.dumps(request(1, call(1))).encode()
    data = b'{"log":{"version":"1.2","pages":[{"id":"p","title":"\x01"}],"entries":[' + entry + b"]}}"
    log = read(data)
    assert (names(log), log.rejected) == (["Event 1"], 1)


def test_odd_members_of_an_entry_do_no_harm(read: Read) -> None:
    odd = [
        request(1, call(1), time=None, timings={"wait": "x", "send": -1}),
        request(2, call(2), time=-1, startedDateTime="yesterday", _resourceType=7),
        request(3, call(3), pageref=None, timings=None, response={"status": "200", "content": None}),
        request(4, call(4), request={"headers": [{"name": 1, "value": None}, {}]}),
        request(5, call(5), response={"redirectURL": "https://[", "status": 301}),
        document(6, "https://[/", to="//["),
    ]
    log = read(har(*odd))
    assert len(log.events) == 5
    assert log.rejected == 0


# --- What is never kept -------------------------------------------------------------------------------------


def test_cookies_headers_queries_and_other_bodies_are_kept_nowhere(tmp_path: Path, cli: Cli) -> None:
    secret = "s3cr3t"
    headers = [
        {"name": name, "value": f"{secret}-{name}"} for name in ("Cookie", "Authorization", "X-Api-Key", "Set-Cookie")
    ]
    cookies = [{"name": "session", "value": f"{secret}-cookie"}]
    kept = {"headers": headers, "cookies": cookies}
    open_page = f"https://ada:{secret}@shop.example/app?token={secret}#{secret}"
    entries = [
        document(0, open_page, request={**kept, "method": "GET"}, response=kept),
        request(5, f"password={secret}", url="https://shop.example/login", request=kept),
        request(10, call(1), url=f"{COLLECTOR}?api_secret={secret}", request=kept, response=kept),
        request(20, "{" + secret, url=f"{COLLECTOR}?api_secret={secret}", request=kept),
    ]
    file = tmp_path / "session.har"
    file.write_bytes(har(*entries)[:-3] + b"," + json.dumps(request(30, secret, request=kept)).encode()[:-20])
    outputs = [cli("check", file, "--format", form, "--rejects", tmp_path / form) for form in ("json", "text")]
    shown = [done.stdout + done.stderr for done in outputs] + [
        (tmp_path / form).read_text() for form in ("json", "text")
    ]
    assert json.loads(outputs[0].stdout)["summary"]["rejected"] == 2
    assert [text for text in shown if secret in text] == []
    assert COLLECTOR in shown[2]

    har_file = Har(Source("session.har", file))
    held = [har_file.requests, list(har_file.pieces()), har_file.pages.tabs, har_file.pages.__dict__]
    assert secret not in repr(held)


# --- Whatever the bytes -------------------------------------------------------------------------------------

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PLACES: list[list[str | int]] = [
    ["log"], ["log", "creator"], ["log", "creator", "name"], ["log", "entries"], ["log", "entries", 1],
    *(["log", "entries", 1, *rest] for rest in (
        ["pageref"], ["startedDateTime"], ["time"], ["timings"], ["_resourceType"], ["_frameref"], ["request"],
        ["response"], ["request", "url"], ["request", "method"], ["request", "headers"], ["request", "bodySize"],
        ["request", "postData"], ["request", "postData", "text"], ["response", "status"], ["response", "_error"],
        ["response", "redirectURL"], ["response", "content"], ["response", "content", "mimeType"],
    )),
]  # fmt: skip


def accounted_for(data: bytes) -> None:
    """Reads a HAR and a line of its collector, all in memory: nothing is raised, all records are accounted for."""
    line = json.dumps({**call(1, 300), "receivedAt": "2026-01-05T10:00:00.400Z"}).encode()
    sources = [Source(name, None, spool=io.BytesIO(text)) for name, text in (("a.har", data), ("b", line))]
    try:
        log = read_sources(sources, on_reject=lambda reject, text: None)
    except InputError:
        return
    accounted(log)
    check_timelines(log)


def check_timelines(log: Log) -> None:
    timelines = Timelines(log)
    _ = timelines.page_loads
    assert all(event.page_load is not None for lane in timelines.lanes for event in lane.events)


def a_session() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(har(
        document(0, "https://shop.example/", _frameref="f"), request(305, call(1, 300)),
        document(400, "https://shop.example/b", to="/c", method="POST", _frameref="f"),
        document(430, "https://shop.example/c", _frameref="f"),
        request(805, {"batch": [call(2, 700), call(3, 800)]}, url="https://api.segment.io/v1/b"),
    ))  # fmt: skip
    return made


@settings(max_examples=400)
@given(st.sampled_from(PLACES), ODD, st.sampled_from([0, 1, 2, 3]))
def test_any_value_in_any_place_of_a_har_is_accounted_for(place: list[str | int], value: object, number: int) -> None:
    content = a_session()
    held: Any = content
    for step in place[:-1]:
        held = held[number] if step == 1 else held.setdefault(step, {})
    held[number if place[-1] == 1 else place[-1]] = value
    accounted_for(json.dumps(content).encode())


MEMBERS = st.sampled_from(
    ["batch", "message", "type", "messageId", "sentAt", "timestamp", "context", "userId", "event"]
)


@settings(max_examples=400)
@given(st.lists(st.dictionaries(MEMBERS, ODD, max_size=5), max_size=3), st.booleans(), st.sampled_from(["t", "b"]))
def test_any_body_is_accounted_for(bodies: list[dict[str, Any]], spread: bool, letter: str) -> None:
    body = [{**call(9), **odd} for odd in bodies] if spread else {"batch": bodies}
    entry = request(5, body, url=f"https://api.segment.io/v1/{letter}")
    accounted_for(har(document(0, "https://shop.example/"), entry))


@settings(max_examples=300)
@given(st.integers(0, 5000), st.integers(0, 40), st.binary(max_size=40))
def test_any_damage_to_the_bytes_of_a_har_is_accounted_for(at: int, size: int, instead: bytes) -> None:
    data = json.dumps(a_session()).encode()
    at %= len(data)
    accounted_for(data[:at] + instead + data[at + size :])


# --- PostHog ------------------------------------------------------------------------------------------------

POSTHOG = {
    "uuid": "018f0000-0000-7000-8000-000000000001",
    "event": "$pageview",
    "properties": {"distinct_id": "d1", "token": "k", "$device_id": "d1", "$current_url": "https://shop.example/"},
    "offset": 250,
}
SENT = f"?compression=none&_={START + 5000}"


@pytest.mark.parametrize("path", ["e/", "i/v0/e/", "capture/", "batch/"])
@pytest.mark.parametrize(
    "body", [POSTHOG, [POSTHOG], {"api_key": "k", "batch": [POSTHOG]}], ids=["one", "a list", "a batch"]
)
def test_posthogs_requests_are_read_by_their_path_and_body(read: Read, path: str, body: Any) -> None:
    log = read(har(request(5000, body, url=f"https://ph.shop.example/{path}{SENT}")))
    (event,) = log.events
    assert (event.type, event.anonymous_id, event.t) == ("page", "d1", START + 4750)
    assert (event.delivery, log.records, log.rejected) == ("ok", 1, 0)


def test_posthogs_packed_body_is_read_where_the_har_kept_its_bytes(read: Read) -> None:
    packed = gzip.compress(json.dumps(POSTHOG).encode())
    url = f"https://ph.shop.example/e/{SENT}"
    entries = [request(5000, text, url=url) for text in (packed.decode("latin-1"), packed.decode("utf-8", "replace"))]
    log = read(har(*entries))
    assert (len(log.events), log.rejected) == (1, 1)
    assert "packed with gzip" in log.rejects[0].reason


@pytest.mark.parametrize("body", [{"order": 1}, {"event": "paid"}, [{"sku": 1}]])
def test_another_services_capture_is_none_of_posthogs(read: Read, body: Any) -> None:
    log = read(har(request(0, body, url="https://pay.example/capture/")))
    assert (log.skipped, log.rejected) == (1, 0)


@pytest.mark.parametrize("packed", [True, False], ids=["base64", "as it is"])
def test_posthogs_beacon_is_a_form_with_one_field(read: Read, packed: bool) -> None:
    text = json.dumps({**POSTHOG, "event": "Ütopia>>?"})
    field = base64.b64encode(text.encode()).decode() if packed else text
    body = f"data={quote(field, safe='')}"
    log = read(har(request(5000, body, url=f"https://ph.shop.example/e/{SENT}", _resourceType="ping", status=0)))
    (event,) = log.events
    assert (event.event, event.anonymous_id, event.delivery) == ("Ütopia>>?", "d1", "unknown")


@pytest.mark.parametrize("body", ["data=", "data=%5B", "data=abc&x=1", "data=eyJvcmRlciI6MX0%3D"])
def test_another_services_form_is_none_of_posthogs(read: Read, body: str) -> None:
    log = read(har(request(0, body, url="https://pay.example/capture/")))
    assert (log.events, log.skipped + log.rejected) == ([], 1)
