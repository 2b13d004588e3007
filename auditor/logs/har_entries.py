"""The entries of a HAR file, one after another, through a window: a file that is cut off gives all before the cut.

Of an entry only what tells calls, outcomes and page loads is kept. Cookies, headers (but for what kind of document was
asked for) and the query of an address are let go here and nowhere come back.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import urljoin

import msgspec

from auditor.logs.documents import Document
from auditor.logs.lenient import moment_of
from auditor.logs.pieces import Damage
from auditor.logs.reasons import UNDECODABLE, why_not_json
from auditor.logs.sources import Source
from auditor.model.event import milliseconds

_LONGEST_OPENING = 64
_BEHIND_PATH = re.compile(r"[?#]")
_BEFORE_BODY = ("blocked", "dns", "connect", "send", "wait")
"""The parts of ``timings`` up to the first byte of the answer (``ssl`` lies within ``connect``)."""


@dataclass(slots=True)
class Entry:
    """One request of a HAR. Times are ms since 1970 by the browser's clock; ``url`` has no query and no fragment.

    ``page`` is the pageref, ``kind`` Chrome's and Playwright's ``_resourceType``. ``target`` says of a document if
    the window asked for it (``document``) or a frame (``iframe``); ``leads_to`` is where a redirect goes. ``answered``
    is how long, of the ms that it ``took``, the first byte of the answer was awaited. ``error`` is the browser's word
    for a request without answer. ``body`` is what the file has of the body, ``size`` how many bytes were sent (-1: not
    said), ``aside`` whether the body was put into another file.
    """

    line: int
    offset: int
    page: str | None
    frame: str | None
    started: int | None
    took: int
    answered: int
    method: str
    url: str
    query: str
    status: int
    error: str
    kind: str | None
    target: str | None
    mime: str
    leads_to: str | None
    body: str | None
    encoding: str | None
    size: int
    aside: bool

    @property
    def path(self) -> str:
        """The path asked for."""
        return "/" + self.url.partition("://")[2].partition("/")[2]

    @property
    def ended(self) -> int:
        """When the request was over."""
        return (self.started or 0) + self.took


class _Header(msgspec.Struct):
    name: Any = None
    value: Any = None


class _Body(msgspec.Struct):
    text: Any = None
    encoding: Any = None
    aside: Any = msgspec.field(name="_file", default=None)
    comment: Any = None


class _Request(msgspec.Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Header] | None = None
    post_data: _Body | None = None
    body_size: Any = None


class _Content(msgspec.Struct, rename="camel"):
    mime_type: Any = None


class _Response(msgspec.Struct, rename="camel"):
    status: Any = None
    status_text: Any = None
    redirect: Any = msgspec.field(name="redirectURL", default=None)
    content: _Content | None = None
    error: Any = msgspec.field(name="_error", default=None)
    failure: Any = msgspec.field(name="_failureText", default=None)


class _Entry(msgspec.Struct, rename="camel"):
    request: _Request
    response: _Response | None = None
    pageref: Any = None
    started_date_time: Any = None
    time: Any = None
    timings: dict[str, Any] | None = None
    kind: Any = msgspec.field(name="_resourceType", default=None)
    frame: Any = msgspec.field(name="_frameref", default=None)
    error: Any = msgspec.field(name="_error", default=None)


_DECODER = msgspec.json.Decoder(_Entry)
_Found = Iterator[Entry | Damage]


class HarFile(Document):
    """A HAR file. ``creator``, the program that wrote it, is known once the entries have been read."""

    opening = re.compile(r'(?=\{\s*"(?:_[A-Za-z]\w*|startedDateTime|pageref)"\s*:)')

    def __init__(self, source: Source) -> None:
        super().__init__(source, False)
        self.creator = ""
        self.met = False

    def entries(self) -> _Found:
        """The entries in the order of the file, and the stretches that are none. Damage never carries its bytes: there
        is no telling what secrets of other requests they hold."""
        self.begin()
        yield from self._members({"log": self._log})
        if self.unclosed:
            return
        if self.broken is not None:
            yield self._damage(str(self.broken))
        elif not self.met:
            yield self._damage("no HAR file: it has no log.entries")
        elif self._next():
            yield self._damage("text behind the end of the HAR file")

    def _log(self) -> _Found:
        return self._members({"entries": self._items, "creator": self._made})

    def _members(self, readers: Mapping[str, Callable[[], _Found]]) -> _Found:
        """Go through the members of the object that begins here: the named ones are read, the others passed over."""
        if self._next() != "{":
            return
        self.move(self.at + 1)
        while self._next(" \t\r\n,:") not in ("}", ""):
            name, reason = self._value()
            if reason is None and self._next(" \t\r\n:") and isinstance(name, str) and name in readers:
                yield from readers[name]()
            elif reason is None:
                reason = self._value()[1]
            if reason is not None:
                yield self._lost(reason)
                if not self.unclosed:  # at what looks like an entry, or like an element of another list
                    self.met = True
                    yield from self._until_closed()
            if self.unclosed:
                return
        if not self._next():
            self.unclosed = True
            yield self._damage(str(self.broken) if self.broken is not None else "the HAR file is cut off here")
            return
        self.move(self.at + 1)

    def _items(self) -> _Found:
        if self._next() != "[":
            self._value()
            return
        self.move(self.at + 1)
        self.met = True
        yield from self._until_closed()

    def _until_closed(self) -> _Found:
        """The entries from here to where their array ends."""
        while self._next(" \t\r\n,") not in ("]", ""):
            end, reason = self.scan()
            if reason is not None:
                yield self._lost(reason)
            else:
                yield self._entry(self.text[self.at : end].encode("latin-1"))
                self.move(end)
        if self._next() == "]":
            self.move(self.at + 1)

    def _made(self) -> _Found:
        made = self._value()[0]
        self.creator = str(made.get("name", "")) if isinstance(made, dict) else ""
        yield from ()

    def _next(self, between: str = " \t\r\n") -> str:
        """The next character that is none of these; empty at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in between:
                self.move(self.at + 1)
            if self.at < len(self.text) or not self.more(1):
                return self.text[self.at : self.at + 1]

    def _value(self) -> tuple[Any, str | None]:
        """The value that begins here, passed over; or why there is none."""
        self._next()
        end, reason = self.scan()
        if reason is not None:
            return None, reason
        data = self.text[self.at : end].encode("latin-1")
        self.move(end)
        try:
            return msgspec.json.decode(data), None
        except UNDECODABLE:
            return None, None

    def _lost(self, reason: str) -> Damage:
        lost = self.damage(reason)
        return Damage(lost.line, lost.offset, b"", reason)

    def _damage(self, reason: str) -> Damage:
        return Damage(self.line, self.offset + self.at, b"", reason)

    def may_open(self) -> int:
        return _LONGEST_OPENING

    def _entry(self, data: bytes) -> Entry | Damage:
        line, offset = self.line, self.offset + self.at
        try:
            data.decode()
            held = _DECODER.decode(data)
        except msgspec.ValidationError:
            return Damage(line, offset, b"", "no entry of a HAR file: it has no request with method and url")
        except UnicodeDecodeError as error:
            return _without_bad_bytes(data, line, offset) or Damage(line, offset, b"", why_not_json(data, error))
        except UNDECODABLE as error:
            return Damage(line, offset, b"", why_not_json(data, error))
        return _kept(held, line, offset)


def _without_bad_bytes(data: bytes, line: int, offset: int) -> Entry | None:
    """An entry whose bad bytes stand where nobody reads, such as in the picture that was the answer."""
    try:
        entry = _kept(_DECODER.decode(data.decode("utf-8", "replace").encode()), line, offset)
    except UNDECODABLE:
        return None
    return None if "\ufffd" in f"{entry.body}{entry.url}" else entry


def _kept(held: _Entry, line: int, offset: int) -> Entry:
    request, response = held.request, held.response or _Response()
    body = request.post_data or _Body()
    moment = moment_of(held.started_date_time)
    headers = {h.name.lower(): h.value for h in request.headers or () if isinstance(h.name, str)}
    took = max(0, round(_number(held.time)))
    parts = [max(0.0, _number((held.timings or {}).get(name))) for name in _BEFORE_BODY]
    status = int(_number(response.status))
    return Entry(
        line=line,
        offset=offset,
        page=_text(held.pageref),
        frame=_text(held.frame),
        started=None if moment is None else milliseconds(moment),
        took=took,
        answered=min(round(sum(parts)), took) if any(parts) else took,
        method=request.method.upper(),
        url=plain_address(request.url),
        query=request.url.partition("#")[0].partition("?")[2],
        status=status,
        error=next((t for t in map(_text, (response.error, response.failure, held.error)) if t), "")
        or (_text(response.status_text) or "" if status <= 0 else ""),
        kind=_text(held.kind),
        target=_target(headers),
        mime=(_text(response.content.mime_type) or "" if response.content is not None else "").partition(";")[0],
        leads_to=_destination(request.url, _text(response.redirect)) if 300 <= status < 400 else None,
        body=_text(body.text),
        encoding=_text(body.encoding),
        size=_sent(request, headers),
        aside=bool(_text(body.aside)),
    )


def plain_address(url: str) -> str:
    """An address without query, fragment and credentials: what tells pages apart and holds no secret."""
    scheme, mark, rest = _BEHIND_PATH.split(url, maxsplit=1)[0].partition("://")
    if not mark:
        return scheme
    host, _, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}/{path}"


def _destination(url: str, to: str | None) -> str | None:
    try:
        return plain_address(urljoin(url, to)) if to else None
    except ValueError:
        return None


def _target(headers: dict[str, Any]) -> str | None:
    """What a document was asked for as: told by ``Sec-Fetch-Dest``, which browsers send to safe addresses, and by
    ``Sec-Purpose`` where it was only fetched in case that it is needed."""
    purpose = headers.get("sec-purpose") or headers.get("purpose")
    if isinstance(purpose, str) and purpose.startswith("prefetch"):
        return "prefetch"
    target = headers.get("sec-fetch-dest")
    if isinstance(target, str):
        return target.lower()
    accepts = headers.get("accept")
    return "page or frame" if isinstance(accepts, str) and accepts.startswith("text/html") else None


def _sent(request: _Request, headers: dict[str, Any]) -> int:
    """How many bytes of body were sent; -1: not said. Firefox writes 0 for a body that it did not keep."""
    size = int(_number(request.body_size, -1))
    length = headers.get("content-length")
    if size == 0 and isinstance(length, str) and length.isdecimal() and len(length) < 19:
        size = int(length)
    return -1 if size == 0 and request.post_data is not None and request.post_data.comment else size


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any, default: float = 0) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) else default
