"""Page loads of a HAR: which documents a tab loaded, by which redirects, and on which of them a call was made.

Chrome DevTools and Firefox record one tab and give each navigation a page of its own; other recorders (Playwright) give
each tab one, or leave pages out (Playwright's mode ``minimal``). A document counts only if the window asked for it: one
in a frame leaves no page. Where the file does not say which it was, it counts if it is the first of its page, or if
some call says that it was made on that address.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from auditor.logs.har_entries import Entry, plain_address

_ONE_TAB = ("WebInspector", "WebKit Web Inspector", "Firefox")
"""Programs whose HAR is of one tab."""
_DOCUMENTS = ("", "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "x-unknown")
_NO_DOCUMENT = (204, 205)
_LEAVING = 1000
"""A request that ends so long, ms, before a document is asked for was cut off by that (domain.md 6.10)."""
_OVERLAP = 2000
"""How long, ms, calls of the page before may still come when the next document is already there."""
_AT_ONCE = 1000
"""How long, ms, after a call its request leaves where nothing holds it back."""
_EARLY = 50
"""How much earlier, ms, than we reckon a document may be there: the parts of a request's time are rounded."""


@dataclass(slots=True)
class PageLoad:
    """One document of a tab. ``requested`` is when the first request of its redirect chain was made, ``committed`` when
    the document took the page's place; ``path`` is where the chain ended, ``first`` where it began. A load with no
    ``entry`` stands for the page that was open as the recording began."""

    number: int
    committed: float
    requested: float = float("-inf")
    url: str | None = None
    entry: Entry | None = None
    chain: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Tab:
    """The page loads of one tab in order, and when its last request was made."""

    loads: list[PageLoad]
    last: float = float("-inf")

    def index_at(self, t: float, url: str | None) -> int:
        """Which load a call made at ``t`` on the page ``url`` belongs to. The clock decides; the address only between
        two loads of which one is giving way to the other."""
        index = bisect_right(self.loads, t, key=lambda load: load.committed) - 1
        if url is None or self.loads[index].url == url:
            return index
        if index + 1 < len(self.loads):
            coming = self.loads[index + 1]
            if coming.url == url and coming.committed - t <= _EARLY:
                return index + 1
        if index and self.loads[index - 1].url == url and t - self.loads[index].committed <= _OVERLAP:
            return index - 1
        return index

    def next_load(self, index: int) -> PageLoad | None:
        """The load after one."""
        return self.loads[index + 1] if index + 1 < len(self.loads) else None

    def left_during(self, entry: Entry) -> PageLoad | None:
        """The load whose coming ended a request: asked for by a second after the request's end, there after its
        beginning."""
        if entry.started is None:
            return None
        for load in self.loads:
            if load.entry is not None and load.requested <= entry.ended + _LEAVING and load.committed >= entry.started:
                return load
        return None


class Pages:
    """The tabs of one HAR. ``told`` are the addresses that calls say they were made on; ``numbers`` gives page loads
    numbers that nobody else has."""

    def __init__(self, entries: list[Entry], creator: str, told: Collection[str], numbers: Iterator[int]) -> None:
        paged = any(entry.page is not None for entry in entries)
        self._one_tab = creator.startswith(_ONE_TAB) or (creator.startswith("Playwright") and not paged)
        self.tabs: dict[str, Tab] = {}
        documents: dict[str, list[Entry]] = defaultdict(list)
        last: dict[str, float] = defaultdict(lambda: float("-inf"))
        for entry in sorted((e for e in entries if e.started is not None), key=lambda e: (e.started, e.offset)):
            tab = self.tab_of(entry)
            if tab is None:
                continue
            last[tab] = entry.started or 0
            if _is_document(entry):
                documents[tab].append(entry)
        for tab, held in documents.items():
            loads = [_load(chain, numbers) for chain in _main_chains(held, told)]
            if loads:
                before = PageLoad(next(numbers), float("-inf"))
                loads.sort(key=lambda load: load.committed)
                self.tabs[tab] = Tab([before, *loads], last[tab])

    def tab_of(self, entry: Entry) -> str | None:
        """The name of the tab that made a request."""
        return "" if self._one_tab else entry.page

    def find(self, entry: Entry | None, t: float, url: str | None) -> tuple[Tab, int] | None:
        """The tab and the load that a call was made on, carried by ``entry`` (``None``: by a request that the HAR does
        not show). A call that was not sent at once may be of another tab than its request, if only that shows its
        address: a queue in the browser's storage is emptied by any tab."""
        tab = None if entry is None else self.tabs.get(self.tab_of(entry) or "")
        if tab is not None and entry is not None and (entry.started or 0) - t <= _AT_ONCE:
            return tab, tab.index_at(t, None if url is None else plain_address(url))
        return self._in_one_of([tab] if tab is not None else [], t, url)

    def _in_one_of(self, first: list[Tab], t: float, url: str | None) -> tuple[Tab, int] | None:
        address = None if url is None else plain_address(url)
        fitting = [(tab, tab.index_at(t, address)) for tab in (*first, *self.tabs.values())]
        for tab, index in fitting:
            if address is None or tab.loads[index].url == address:
                return tab, index
        return fitting[0] if fitting and (first or len(self.tabs) == 1) else None


def _is_document(entry: Entry) -> bool:
    if entry.kind is not None:
        return entry.kind == "document"
    if entry.target in (None, "empty"):
        return False
    return entry.leads_to is not None or entry.mime in _DOCUMENTS


def _main_chains(documents: list[Entry], told: Collection[str]) -> Iterable[list[Entry]]:
    """The redirect chains of documents that took the place of the tab's page, each ending in a document."""
    chains: list[list[Entry]] = []
    for entry in documents:
        for chain in reversed(chains):
            if chain[-1].leads_to == entry.url and chain[-1].frame == entry.frame:
                chain.append(entry)
                break
        else:
            chains.append([entry])
    main = next((entry.frame for entry in documents if entry.frame is not None), None)
    seen: set[str | None] = set()
    for chain in chains:
        first = chain[0].page not in seen
        seen.add(chain[0].page)
        final = chain[-1]
        shown = final.leads_to is None and final.status >= 200 and final.status not in _NO_DOCUMENT
        if shown and final.mime in _DOCUMENTS and _by_window(chain, main, first, told):
            yield chain


def _by_window(chain: list[Entry], main: str | None, first: bool, told: Collection[str]) -> bool:
    targets = {entry.target for entry in chain} - {None, "page or frame"}
    if targets:
        return "document" in targets
    if main is not None and chain[-1].frame is not None:
        return chain[-1].frame == main
    return first or chain[-1].url in told


def _load(chain: list[Entry], numbers: Iterator[int]) -> PageLoad:
    first, final = chain[0], chain[-1]
    assert first.started is not None
    assert final.started is not None
    return PageLoad(next(numbers), final.started + final.answered, first.started, final.url, final, chain)
