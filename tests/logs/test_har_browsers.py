"""One visit as the programs of four browsers write it into a HAR: the same calls, outcomes, page loads and findings.

The spellings are those of the programs' own public code: Firefox's developer tools (its har-builder), the Web Inspector
of WebKit and Safari (its HARBuilder), and Playwright, which hands on its browser's word for a failure.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from auditor.model.log import Log
from tests.conftest import Judge
from tests.hars import CHROME, FIREFOX, PLAYWRIGHT, Entry, call, document, har, request
from tests.test_captures_as_har import findings

Read = Callable[..., Log]
SITE = "https://shop.example"
WEBKIT = {"name": "WebKit Web Inspector", "version": "22620"}
IDS = {"userId": "u1", "traits": {"plan": "free"}}


def visit(*, cut_off: bool) -> list[Entry]:
    """Somebody signs up; the signup is tracked on the form's page, which is left at once. ``cut_off``: and its request
    gets no answer (status 0 here, which each program spells in its own way)."""
    signup = call(2, 8000, "/signup", event="Signed Up")
    return [
        document(0, f"{SITE}/signup"),
        request(300, call(1, 290, "/signup", type="page", event=None)),
        request(8005, signup, **({"status": 0, "took": 20} if cut_off else {})),
        document(8010, f"{SITE}/signup", to="/welcome", method="POST", took=60),
        document(8070, f"{SITE}/welcome", took=40),
        request(8400, call(3, 8390, "/welcome", type="page", event=None)),
        request(8405, call(4, 8395, "/welcome", type="identify", event=None, **IDS)),
        document(15000, f"{SITE}/app"),
        request(15400, call(5, 15390, "/app", type="page", event=None, userId="u1")),
        request(15405, call(6, 15395, "/app", type="identify", event=None, **IDS)),
    ]


def is_document(entry: Entry) -> bool:
    return bool(entry["_resourceType"] == "document")


def failed(entry: Entry) -> bool:
    return bool(entry["response"]["status"] == 0)


def of_chrome(entries: list[Entry]) -> bytes:
    for entry in filter(failed, entries):
        entry["response"]["_error"] = "net::ERR_ABORTED"
    return har(*entries, creator=CHROME)


def of_playwright(word: str) -> Callable[[list[Entry]], bytes]:
    def write(entries: list[Entry]) -> bytes:
        for entry in filter(failed, entries):
            entry["response"] |= {"status": -1, "_failureText": word}
            entry["time"] = -1
        return har(*entries, creator=PLAYWRIGHT)

    return write


def of_firefox(entries: list[Entry]) -> bytes:
    """Local times, no kind of resource, and of a failed request a status of 0 without a word or a duration."""
    berlin = timezone(timedelta(hours=1))
    for entry in entries:
        kind = entry.pop("_resourceType")
        moment = datetime.fromisoformat(entry["startedDateTime"].replace("Z", "+00:00")).astimezone(berlin)
        entry["startedDateTime"] = moment.isoformat(timespec="milliseconds")
        text = (entry["request"].get("postData") or {}).get("text", "")
        sent = {"name": "Content-Length", "value": str(len(text))}
        goes = {"name": "Sec-Fetch-Dest", "value": "document" if kind == "document" else "empty"}
        entry["request"] |= {"bodySize": len(text), "headers": [goes, *([sent] if text else [])]}
        entry["timings"] = {
            "blocked": 0,
            "dns": 0,
            "connect": 0,
            "ssl": 0,
            "send": 0,
            "wait": entry["time"] - 1,
            "receive": 1,
        }
        entry["_securityState"] = "secure"
        if failed(entry):
            entry |= {"timings": {}, "time": 0}
            entry["response"] |= {"statusText": "", "httpVersion": "", "content": {"size": -1}, "bodySize": -1}
    return har(*entries, creator=FIREFOX, version="1.1", browser=FIREFOX)


def of_webkit(entries: list[Entry]) -> bytes:
    """One page for all, no kind of resource, and a redirected request only as what it led to."""
    kept = [entry for entry in entries if entry["response"]["status"] != 302]
    for entry in kept:
        accepts = "text/html,application/xhtml+xml" if is_document(entry) else "*/*"
        entry.pop("_resourceType")
        entry |= {"pageref": "page_0", "_fetchType": "Network Load", "time": float(entry["time"])}
        entry["request"] |= {"headers": [{"name": "Accept", "value": accepts}], "bodySize": -1}
        if failed(entry):
            entry["time"] = 0
            entry["response"] |= {"_error": "Load request cancelled", "content": {"size": 0, "mimeType": "x-unknown"}}
    return har(*kept, creator=WEBKIT, pages=[{"id": "page_0", "startedDateTime": "", "title": SITE, "pageTimings": {}}])


WRITERS: dict[str, Callable[[list[Entry]], bytes]] = {
    "Playwright, Chromium": of_playwright("net::ERR_ABORTED"),
    "Playwright, Firefox": of_playwright("NS_BINDING_ABORTED"),
    "Playwright, WebKit": of_playwright("Load request cancelled"),
    "Firefox": of_firefox,
    "WebKit's and Safari's inspector": of_webkit,
}


@pytest.mark.parametrize("cut_off", [False, True], ids=["answered", "cut off"])
@pytest.mark.parametrize("name", WRITERS)
def test_one_visit_is_judged_alike_whichever_browser_recorded_it(
    tmp_path: Path, judge: Judge, name: str, cut_off: bool
) -> None:
    files = [tmp_path / "chrome.har", tmp_path / "other.har"]
    files[0].write_bytes(of_chrome(visit(cut_off=cut_off)))
    files[1].write_bytes(WRITERS[name](visit(cut_off=cut_off)))
    expected, found = (judge(file) for file in files)
    kinds = {(finding.rule, finding.kind) for finding in expected.findings}
    assert ("signup-on-redirecting-page", "lost" if cut_off else "delivered") in kinds
    assert findings(found) == findings(expected)
    assert (found.events, found.rejected) == (expected.events, 0)


@pytest.mark.parametrize("name", WRITERS)
def test_outcomes_and_page_loads_are_those_that_chrome_shows(read: Read, name: str) -> None:
    def seen(data: bytes) -> list[tuple[Any, ...]]:
        log = read(data)
        loads = sorted({event.page_load for event in log.events}, reverse=True)
        return sorted((event.message_id, event.delivery, loads.index(event.page_load)) for event in log.events)

    assert seen(WRITERS[name](visit(cut_off=True))) == seen(of_chrome(visit(cut_off=True)))


# --- Bodies that are not there ------------------------------------------------------------------------------

BODY = json.dumps(call(1))
NO_BODY = {
    "Firefox, a body too long to be kept": request(
        0, None, request={"bodySize": 0, "postData": {"mimeType": "text/plain", "text": "", "comment": "Not here."}},
    ),
    "Firefox, a body that is not there": request(
        0, None, request={"bodySize": 0, "headers": [{"name": "Content-Length", "value": "512"}]},
    ),
    "Playwright, a beacon": request(0, None, _resourceType="ping", request={"bodySize": 0}),
    "Safari, no body": request(0, None, request={"bodySize": -1}),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_BODY)
def test_a_body_that_a_browser_did_not_keep_is_a_reject_and_no_silence(read: Read, name: str) -> None:
    log = read(har(NO_BODY[name], request(5, call(2))))
    assert (log.records, log.rejected, log.skipped) == (2, 1, 0)
    assert "holds no body" in log.rejects[0].reason


@pytest.mark.parametrize("length", ["0", "", "many", "9" * 5000])
def test_a_request_without_any_body_is_none_to_a_collector(read: Read, length: str) -> None:
    sent = {"bodySize": 0, "headers": [{"name": "Content-Length", "value": length}]}
    log = read(har(request(0, None, request=sent), request(5, call(2))))
    assert (log.records, log.rejected, log.skipped) == (2, 0, 1)


def test_the_time_zone_of_a_har_is_heeded() -> None:
    text = of_firefox(visit(cut_off=False)).decode()
    first = json.loads(text)["log"]["entries"][0]["startedDateTime"]
    assert first.endswith("+01:00")
    assert datetime.fromisoformat(first).astimezone(UTC).hour == 10
