"""HAR files made for tests, in the spellings of the programs that write them."""

import json
from typing import Any

from tests.stories import iso

Entry = dict[str, Any]

COLLECTOR = "https://api.segment.io/v1/t"
CHROME = {"name": "WebInspector", "version": "537.36"}
PLAYWRIGHT = {"name": "Playwright", "version": "1.65.1"}
FIREFOX = {"name": "Firefox", "version": "147.0"}
START = 1_767_607_200_000
"""2026-01-05 10:00 UTC, in milliseconds: where the clock of these files begins."""


def request(
    at: int, body: Any = None, *, url: str = COLLECTOR, status: int = 200, took: float = 30, **more: Any
) -> Entry:
    """A POST sent ``at`` ms after the start. ``response`` and ``request`` in ``more`` add to those; text is a body as
    it stands, all else becomes JSON."""
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    sent: Entry = {"method": "POST", "url": url, "headers": [], "bodySize": -1 if text is None else len(text)}
    if text is not None:
        sent["postData"] = {"mimeType": "text/plain;charset=UTF-8", "text": text}
    answer: Entry = {"status": status, "statusText": "", "redirectURL": "", "content": {"mimeType": "application/json"}}
    return {
        "pageref": "page_1",
        "startedDateTime": iso(START + at),
        "time": took,
        "_resourceType": "fetch",
        **more,
        "request": {**sent, **more.get("request", {})},
        "response": {**answer, **more.get("response", {})},
    }


def document(at: int, url: str, *, to: str | None = None, took: float = 20, method: str = "GET", **more: Any) -> Entry:
    """A document asked for; ``to`` is where it redirects."""
    answer = {"status": 200 if to is None else 302, "redirectURL": to or "", "content": {"mimeType": "text/html"}}
    made = request(at, url=url, took=took, **{"_resourceType": "document", **more})
    made["request"]["method"] = method
    made["response"] |= {**answer, **more.get("response", {})}
    return made


def har(*entries: Entry, creator: dict[str, str] = PLAYWRIGHT, indent: int | None = None, **log: Any) -> bytes:
    """A HAR file."""
    content = {"log": {"version": "1.2", "creator": creator, "pages": [], **log, "entries": list(entries)}}
    return json.dumps(content, indent=indent).encode()


def call(number: int = 0, at: int = 0, path: str = "/", **members: Any) -> dict[str, Any]:
    """A call of analytics.js as it is on the wire, made ``at`` ms after the start and sent 5 ms later."""
    site = "https://shop.example"
    return {
        "type": "track",
        "event": f"Event {number}",
        "anonymousId": "a1",
        "userId": None,
        "messageId": f"m{number}",
        "timestamp": iso(START + at),
        "sentAt": iso(START + at + 5),
        "writeKey": "wk",
        "context": {
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
            "page": {"path": path, "url": site + path},
        },
        **members,
    }


def seen_by_browser(records: list[dict[str, Any]]) -> bytes:
    """The HAR of a browser that sent these records, all of them with an answer, in no order that means anything."""
    wire = [{key: value for key, value in record.items() if key != "receivedAt"} for record in records]
    entries = [request(number, body) for number, body in enumerate(wire)]
    return har(*reversed(entries))
