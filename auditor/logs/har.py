"""The dialect ``har``: what a browser recorded of its own requests (HAR 1.2, domain.md 6.10).

A HAR is read whole before its first call comes out: entries need not be sorted, and what became of a request is only
known by those around it. Each request to a collector becomes a record of its calls, with the outcome in ``delivery``;
every other entry is a known non-event. Of cookies, headers and queries nothing is kept.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import msgspec

from auditor.logs.har_bodies import Calls, calls_of, written
from auditor.logs.har_entries import Entry, HarFile, plain_address
from auditor.logs.har_outcomes import outcome
from auditor.logs.har_pages import Pages
from auditor.logs.lenient import Unreadable
from auditor.logs.pieces import Chunk, Damage, NonEvent, Piece
from auditor.logs.sources import Source
from auditor.model.delivery import ABORTED, UNKNOWN

_NUMBERS = count(-1, -1)
"""Page loads that a HAR shows have numbers below zero, those that timelines infer above."""
_COMES_BACK = 1000
"""How long, ms, the next page may take to send again what was cut off: 0.1 to 0.7 s (domain.md 11.18)."""


@dataclass(slots=True)
class Sent:
    """A request to a collector, its calls, and what became of it. ``clocked``: the calls say themselves when they were
    sent."""

    entry: Entry
    calls: Calls
    clocked: bool
    delivery: str = UNKNOWN


class Har:
    """One HAR file. ``starts`` has the offset of each entry, also of those that cannot be read."""

    def __init__(self, source: Source) -> None:
        self.requests: list[Sent] = []
        self._others: list[Piece] = []
        file = HarFile(source)
        self.starts: list[int] = []
        entries = []
        for item in file.entries():
            self.starts.append(item.offset)
            if isinstance(item, Damage):
                self._others.append(item)
            else:
                entries.append(item)
                self._sort(item)
        told = {plain_address(url) for sent in self.requests for url in _urls(sent.calls)}
        self.pages = Pages(entries, file.creator, told, _NUMBERS)
        times = Counter(message for sent in self.requests for message in _messages(sent.calls))
        for sent in self.requests:
            again = any(times[message] > 1 for message in _messages(sent.calls))
            sent.delivery = self._outcome(sent.entry, again=again)
        self._offsets = [sent.entry.offset for sent in self.requests]

    def pieces(self) -> Iterator[Piece]:
        """The records of the file, in its order."""
        found = list(self._others)
        for sent in self.requests:
            entry = sent.entry
            data = written(sent.calls, sent.delivery, _moment(entry.started))
            found.append(NonEvent(entry.line, entry.offset) if data is None else Chunk(entry.line, entry.offset, data))
        found.sort(key=lambda piece: piece.offset)
        yield from found

    def request_at(self, position: int) -> Sent:
        """The request that carried the event at a position."""
        return self.requests[bisect_right(self._offsets, position) - 1]

    def _sort(self, entry: Entry) -> None:
        try:
            calls = calls_of(entry)
        except Unreadable as error:
            shown = {"request": {"method": entry.method, "url": entry.url}, "startedDateTime": _moment(entry.started)}
            self._others.append(Damage(entry.line, entry.offset, msgspec.json.encode(shown), str(error)))
        else:
            if calls is None:
                self._others.append(NonEvent(entry.line, entry.offset))
            else:
                clocked = any("sentAt" in item for item in _objects(calls))
                self.requests.append(Sent(entry, calls, clocked))
        entry.body, entry.query = None, ""

    def _outcome(self, entry: Entry, *, again: bool) -> str:
        """What became of a request; ``again``: the file shows its calls once more."""
        tab = self.pages.tabs.get(self.pages.tab_of(entry) or "")
        if tab is None:
            return outcome(entry, left=None if not self.pages.tabs else False)
        load = tab.left_during(entry)
        found = outcome(entry, left=load is not None)
        if found == ABORTED and load is not None and not again and tab.last - load.committed < _COMES_BACK:
            return UNKNOWN  # the recording ended before it could have come again
        return found


def _objects(calls: Calls) -> Iterator[dict[str, Any]]:
    """The calls of one request, and the envelopes around them."""
    waiting: list[Any] = list(calls)
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item[key] for key in ("batch", "message") if key in item)
            yield item


def _messages(calls: Calls) -> set[str]:
    return {item["messageId"] for item in _objects(calls) if isinstance(item.get("messageId"), str)}


def _urls(calls: Calls) -> Iterator[str]:
    """The addresses that calls of one request say they were made on."""
    for item in _objects(calls):
        context = item.get("context")
        page = context.get("page") if isinstance(context, dict) else None
        url = page.get("url") if isinstance(page, dict) else None
        if isinstance(url, str):
            yield url


def _moment(started: int | None) -> str | None:
    if started is None:
        return None
    text = datetime.fromtimestamp(started / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
