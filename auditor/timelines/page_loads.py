"""Page loads: from one document load to the next, told from page events (design.md 6).

A page event starts a page load unless its referrer equals the previous page event's while its path or query differs:
that is a route change inside a single-page app, where ``document.referrer`` never changes (domain.md 11.15). A
recorded ``page_load`` is believed before any inference.

``identify`` may run a moment before ``page`` in the same load, so a load begins with the events that already carry
the new page's url, directly before its page event.
"""

from collections.abc import Iterator

from auditor.model.event import Event

LEAD = 100
"""How close, ms, calls of one script follow one another: 0-10 ms, seldom more. No page is reloaded as fast."""


def mark_page_loads(events: list[Event], numbers: Iterator[int]) -> None:
    """Set ``page_load`` of the sorted events of one lane, taking new numbers as needed.

    Events before the first page event get the number of the load they began in as well, so that nothing is in none.
    """
    if any(event.page_load is not None for event in events):
        return
    current = next(numbers)
    previous: Event | None = None
    for index, event in enumerate(events):
        event.page_load = current
        opens = event.type == "navigation" or (event.type == "page" and previous and starts_load(previous, event))
        if opens:
            current = next(numbers)
            event.page_load = current
            _lead_in(events, index, current, previous)
        if event.type == "page":
            previous = event


def starts_load(previous: Event, page: Event) -> bool:
    """Whether a page event is a document load, given the lane's previous page event.

    What the log itself says goes first. With one referrer: another path or query is a route, the same url is a reload,
    unless both calls come from one script (the snippet calls page(), and the page's own code calls it once more).
    """
    if page.opens is not None:
        return page.opens
    if (page.referrer or "") != (previous.referrer or ""):
        return True
    if page.path != previous.path or page.url != previous.url:
        return False
    return page.t - previous.t > LEAD


def _lead_in(events: list[Event], index: int, current: int, previous: Event | None) -> None:
    page = events[index]
    later = page.t
    same_url = previous is not None and previous.url == page.url
    for place in range(index - 1, -1, -1):
        event = events[place]
        if event.type == "page" or event.url is None or event.url != page.url:
            return
        if same_url and later - event.t > LEAD:
            return
        event.page_load = current
        later = event.t
