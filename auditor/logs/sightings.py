"""What a browser saw of a call (a HAR), set beside what its collector received (the server's own lines).

Both may be given of one session. A *sighting* and a *receipt* of one request have one messageId and one ``sentAt``:
they are one arrival, and the receipt stands for it, since it knows when the call came in. So a call that was received
was delivered, whatever the HAR says of its request; as in any collector's log, its ``delivery`` is ``None``. Of the
sighting it gets what only a browser knows: the page load, and what left it.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from auditor.logs.har import Har, Sent
from auditor.logs.har_pages import PageLoad
from auditor.logs.sources import Source
from auditor.model.delivery import OK
from auditor.model.event import Event
from auditor.model.log import Log


class Sighting(NamedTuple):
    """The request that a HAR, the file of this number, shows of a call."""

    file: int
    har: Har
    request: Sent


Sightings = dict[int, Sighting]
"""By the event's ``id()``."""


def settle_sightings(log: Log, sources: list[Source]) -> None:
    """Leave each request once in ``log.events``, and say on which page load the events were made and what left it."""
    log.entries = {number: source.har.starts for number, source in enumerate(sources) if source.har is not None}
    sightings: Sightings = {}
    for event in log.events:
        har = sources[event.file].har
        if har is not None:
            sightings[id(event)] = Sighting(event.file, har, har.request_at(event.position))
    merged = _seen_twice(log.events, sightings)
    left = [event for event in log.events if id(event) not in merged]
    for receipt, seen in list(_pairs(left, sightings)):
        merged.add(id(seen))
        sightings[id(receipt)] = sightings[id(seen)]
        if receipt.write_key is None and seen.write_key is not None:
            _forget_write_keys(log.events, sightings)
    log.events = [event for event in log.events if id(event) not in merged]
    log.skipped += len(merged)
    log.sighted = len(merged)
    for events in _lanes(log.events, sightings):
        _place(log, events, sightings)


def _forget_write_keys(events: list[Event], sightings: Sightings) -> None:
    """A lane is of one writeKey: where the collector's log leaves it out, the HAR's must not make another lane."""
    for event in events:
        if id(event) in sightings:
            event.write_key = None


def _seen_twice(events: list[Event], sightings: Sightings) -> set[int]:
    """The ``id()`` of sightings of one request more than once: in two exports of one session, or as the page and its
    service worker sent it on. The one that was answered stays."""
    kept: dict[tuple[str, int], Event] = {}
    dropped: set[int] = set()
    for event in events:
        seen = sightings.get(id(event))
        if seen is None or not seen.request.clocked or event.message_id is None or event.sent is None:
            continue
        other = kept.setdefault((event.message_id, event.sent), event)
        if other is event or not _together(seen.request, sightings[id(other)].request):
            continue
        worse = other if event.delivery == OK and other.delivery != OK else event
        dropped.add(id(worse))
        kept[event.message_id, event.sent] = event if worse is other else other
    return dropped


def _together(one: Sent, other: Sent) -> bool:
    """Whether two requests were under way at one time."""
    first, second = sorted((one.entry, other.entry), key=lambda entry: entry.started or 0)
    return (second.started or 0) <= first.ended


def _pairs(events: list[Event], sightings: Sightings) -> Iterable[tuple[Event, Event]]:
    """Each receipt with the sighting of the same request."""
    by_message: dict[str, tuple[list[Event], list[Event]]] = defaultdict(lambda: ([], []))
    for event in events:
        if event.message_id is not None:
            by_message[event.message_id][id(event) in sightings].append(event)
    for receipts, seen in by_message.values():
        if receipts and seen:
            yield from _matched(receipts, seen, sightings)


def _matched(receipts: list[Event], seen: list[Event], sightings: Sightings) -> Iterable[tuple[Event, Event]]:
    """Receipts and sightings of one messageId, by when they were sent. What the receipts do not say, or no HAR, is
    taken in order, those requests first that the HAR saw answered."""
    left = sorted(seen, key=lambda event: (event.sent or 0, event.position))
    unsaid = []
    for receipt in sorted(receipts, key=lambda event: (event.sent or 0, event.received or 0)):
        match = next((event for event in left if receipt.sent is not None and event.sent == receipt.sent), None)
        if match is None:
            unsaid.append(receipt)
        else:
            left.remove(match)
            yield receipt, match
    left.sort(key=lambda event: event.delivery != OK)
    guessed = [event for event in left if not sightings[id(event)].request.clocked]
    for receipt in unsaid:
        candidates = left if receipt.sent is None else guessed
        if candidates:
            match = candidates[0]
            left.remove(match)
            if match in guessed:
                guessed.remove(match)
            yield receipt, match


def _lanes(events: list[Event], sightings: Sightings) -> Iterable[list[Event]]:
    """The client's events by source and anonymousId, which is a lane or several on one page, in order; of each of which
    a HAR shows something."""
    lanes: dict[tuple[str | None, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.anonymous_id is not None and event.client:
            lanes[event.write_key, event.anonymous_id].append(event)
    for held in lanes.values():
        if any(id(event) in sightings for event in held):
            yield sorted(held, key=lambda event: (event.t, event.sent or 0))


def _place(log: Log, events: list[Event], sightings: Sightings) -> None:
    """Say of a lane's events on which page load they were made, if the HAR tells it of all of them and no two loads
    take turns, as those of two tabs do. Else page loads are inferred, as they are without a HAR."""
    hars = {seen.file: seen.har for event in events if (seen := sightings.get(id(event))) is not None}
    first: dict[str | None, Event] = {}
    loads: list[PageLoad | None] = []
    for event in events:
        call = event if event.message_id is None else first.setdefault(event.message_id, event)
        seen = sightings.get(id(call)) or sightings.get(id(event))
        load = None
        for file, har in hars.items() if seen is None else ((seen.file, seen.har),):
            found = har.pages.find(None if seen is None else seen.request.entry, event.t, event.url)
            if found is not None:
                tab, index = found
                load, coming = tab.loads[index], tab.next_load(index)
                if coming is not None and event.message_id is not None:
                    log.left_by[event.message_id] = _navigation(coming, event, file)
                break
        loads.append(load)
    if None in loads:
        return
    runs = [number for number, _ in groupby(load.number for load in loads if load is not None)]
    if len(runs) == len(set(runs)):
        for event, load in zip(events, loads, strict=True):
            assert load is not None
            event.page_load = load.number


def _navigation(load: PageLoad, event: Event, file: int) -> Event:
    """The document request that ended the page load of an event, as an event of the same lane."""
    assert load.entry is not None
    return Event(
        type="navigation",
        anonymous_id=event.anonymous_id,
        path=load.entry.path,
        url=load.url,
        t=round(load.requested),
        side=event.side,
        library=event.library,
        file=file,
        line=load.entry.line,
        position=load.entry.offset,
    )
