"""The HAR of one browser, as Playwright writes it and as Chrome's developer tools export it (domain.md 6.10, 11.22)."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.simulate.browser import Browser
from benchmarks.simulate.clock import stamp
from benchmarks.simulate.record import Exchange

Har = dict[str, Any]
FLAVOURS = ("playwright", "chrome")
_CONTENT = {"document": "text/html", "script": "text/javascript", "fetch": "application/json"}
_STATUS = {200: "OK", 302: "Found", 401: "Unauthorized", 503: "Service Unavailable"}


def har(browser: Browser, flavour: str) -> Har:
    """What the browser's network log held, by the device's own clock."""
    listed = sorted((one for one in browser.network.log if one.listed), key=lambda one: one.started)
    skew = browser.weather.skew
    documents = [one for one in listed if one.kind == "document" and one.method == "GET"]
    if flavour == "playwright":
        title = documents[-1].url if documents else ""
        pages = [_page("page@1", listed[0].started + skew if listed else 0, title)]
        entries = [_entry(one, skew, "page@1", flavour) for one in listed]
        creator = {"name": "Playwright", "version": "1.65.1"}
    else:
        pages = [_page(f"page_{n}", one.started + skew, one.url) for n, one in enumerate(documents, 1)]
        entries = [_entry(one, skew, f"page_{_page_number(one, documents)}", flavour) for one in listed]
        creator = {"name": "WebInspector", "version": "537.36"}
    return {"log": {"version": "1.2", "creator": creator, "pages": pages, "entries": entries}}


def _page_number(one: Exchange, documents: list[Exchange]) -> int:
    """Which navigation a request belongs to: a document and what redirects to it to the coming one, the rest to the one
    that is there."""
    if one.kind == "document":
        return sum(document.started < one.started for document in documents) + 1
    return sum((document.ended or 0) <= one.started for document in documents) or 1


def _page(page_id: str, started: int, title: str) -> Har:
    return {
        "startedDateTime": stamp(started),
        "id": page_id,
        "title": title,
        "pageTimings": {"onContentLoad": 40, "onLoad": 60},
    }


def _entry(one: Exchange, skew: int, page: str, flavour: str) -> Har:
    failed = one.status is None or one.status < 0
    took = -1 if failed and flavour == "playwright" else max(0, (one.ended or one.started) - one.started)
    entry: Har = {
        "pageref": page,
        "startedDateTime": stamp(one.started + skew),
        "time": took,
        "request": _request(one, failed=failed),
        "response": _response(one, flavour, failed=failed),
        "cache": {},
        "timings": {"send": -1, "wait": -1, "receive": -1} if failed else {"send": 0, "wait": took, "receive": 0},
        "_resourceType": one.kind,
    }
    if flavour == "chrome":
        entry["_initiator"] = {"type": "script", "url": one.page} if one.kind == "fetch" else {"type": "other"}
        entry["_priority"] = "High"
        entry["connection"] = "443"
    elif not failed:
        entry["serverIPAddress"] = "203.0.113.10"
    return entry


def _request(one: Exchange, *, failed: bool) -> Har:
    own = urlsplit(one.page)
    headers = [{"name": "Referer", "value": f"{own.scheme}://{own.netloc}/"}]
    if not failed:  # the headers of a request that failed are provisional (domain.md 11.22)
        headers.append({"name": "Sec-Fetch-Dest", "value": "empty" if one.kind == "fetch" else one.kind})
    request: Har = {
        "method": one.method,
        "url": one.url,
        "httpVersion": "HTTP/1.1" if failed else "http/2.0",
        "cookies": [],
        "headers": headers,
        "queryString": [{"name": name, "value": value} for name, value in parse_qsl(urlsplit(one.url).query)],
        "headersSize": -1,
        "bodySize": len((one.body or "").encode()),
    }
    if one.body is not None:
        form = one.kind == "document"
        mime = "application/x-www-form-urlencoded" if form else "text/plain"
        headers.append({"name": "Content-Type", "value": mime})
        request["postData"] = {"mimeType": mime, "text": one.body, "params": []}
    return request


def _response(one: Exchange, flavour: str, *, failed: bool) -> Har:
    status = one.status if one.status is not None else -1
    if failed:
        status = -1 if flavour == "playwright" else 0
    response: Har = {
        "status": status,
        "statusText": _STATUS.get(status, ""),
        "httpVersion": "HTTP/1.1" if failed else "http/2.0",
        "cookies": [],
        "headers": [{"name": "Location", "value": one.redirect}] if one.redirect else [],
        "content": {"size": 0 if failed else 16, "mimeType": "x-unknown" if failed else _CONTENT[one.kind]},
        "redirectURL": one.redirect,
        "headersSize": -1,
        "bodySize": -1,
    }
    if failed:
        error = one.error or "net::ERR_ABORTED"
        response |= {"_failureText": error} if flavour == "playwright" else {"_transferSize": 0, "_error": error}
    return response
