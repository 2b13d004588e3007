"""Finding the events of one user, device or anonymousId, and laying them out as a timeline."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.naming import Naming, Redacting, is_pseudonym
from auditor.model.timeline import Change, Mark, Row
from auditor.timelines.order import SLACK, sort_key, unordered
from auditor.timelines.timelines import Timelines

KEYS = ("user", "device", "anonymous")
_NEAR = 3
_COMPARED = 20_000
"""Ids that are compared letter by letter with one that was not found; the search for more would take seconds."""


class NotFound(Exception):
    """There is no such id in the log; the text is a sentence and names near ones."""


@dataclass(frozen=True)
class Sought:
    """Whose timeline: ``name`` is one of ``KEYS``; ``value`` an id, its pseudonym from a redacted report, or for a
    device also its number."""

    name: str
    value: str


def events_of(sought: Sought, timelines: Timelines, naming: Naming) -> list[Event]:
    """The events of the timeline in order. Raises ``NotFound``; ``naming`` shows the near ids."""
    find = {"user": _by_user, "device": _by_device, "anonymous": _by_anonymous}[sought.name]
    events = sorted(find(sought, timelines), key=sort_key)
    if not events:
        raise NotFound(_not_found(sought, timelines, naming))
    return events


def _is_meant(value: str) -> Callable[[str | None], bool]:
    """Whether an id is the one that somebody typed: itself, or its pseudonym."""
    if not is_pseudonym(value):
        return lambda given: given == value
    redacting = Redacting()
    known: dict[str, bool] = {}

    def meant(given: str | None) -> bool:
        if given is None:
            return False
        if given not in known:
            known[given] = given == value or value in (redacting.user(given), redacting.device(given))
        return known[given]

    return meant


def _all(timelines: Timelines) -> Iterator[Event]:
    for lane in timelines.lanes:
        yield from lane.events
    yield from timelines.alone


def _by_user(sought: Sought, timelines: Timelines) -> Iterable[Event]:
    """What we believe the user did, visits before the first identify included; and what else carries the userId."""
    meant = _is_meant(sought.value)
    users = {event.user_id for event in _all(timelines) if meant(event.user_id)}
    persons = {f"user {user}" for user in users}
    if not users:
        return ()
    return (event for event in _all(timelines) if event.user_id in users or timelines.person(event) in persons)


def _by_device(sought: Sought, timelines: Timelines) -> Iterable[Event]:
    """Every lane of the devices that had this anonymousId; else of the device with this number."""
    meant = _is_meant(sought.value)
    number_of = timelines.devices.of
    wanted = {number_of[lane.number] for lane in timelines.lanes if meant(lane.events[0].anonymous_id)}
    if not wanted and sought.value.isdecimal():
        wanted = {int(sought.value) - 1}
    return (event for lane in timelines.lanes if number_of[lane.number] in wanted for event in lane.events)


def _by_anonymous(sought: Sought, timelines: Timelines) -> Iterable[Event]:
    """Every event that carries the anonymousId, a server's too."""
    meant = _is_meant(sought.value)
    return (event for event in _all(timelines) if meant(event.anonymous_id))


# --- Nothing found ----------------------------------------------------------------------------------------


def _not_found(sought: Sought, timelines: Timelines, naming: Naming) -> str:
    value = sought.value
    meant = _is_meant(value)
    users = {event.user_id for event in _all(timelines) if event.user_id is not None}
    anonymous = {event.anonymous_id for event in _all(timelines) if event.anonymous_id is not None}
    if sought.name == "user":
        if any(map(meant, anonymous)):
            return f'"{value}" is no userId in this log but an anonymousId: --device {value}'
        return f'no event of this log is by a user "{value}"{_near(value, users, naming.user)}'
    if any(map(meant, users)):
        return f'"{value}" is no anonymousId in this log but a userId: --user {value}'
    if sought.name == "anonymous":
        return f'no event of this log has the anonymousId "{value}"{_near(value, anonymous, naming.device)}'
    count = timelines.devices.count
    if value.isdecimal():
        many = "is 1 device" if count == 1 else f"are {count} devices"
        return f"there is no device {value}: there {many} in this log"
    if any(map(meant, anonymous)):
        return f'only servers sent the anonymousId "{value}", so no device has it: --anonymous {value}'
    return f'no device of this log has the anonymousId "{value}"{_near(value, anonymous, naming.device)}'


def _near(value: str, known: set[str], shown: Callable[[str], str]) -> str:
    """The end of a sentence: ids that were probably meant, those that begin alike first."""
    from difflib import get_close_matches

    if not known:
        return "; there are none at all"
    folded = value.casefold()
    ordered = sorted(known)
    near = [each for each in ordered if each.casefold().startswith(folded) or folded in each.casefold()][:_NEAR]
    near = near or get_close_matches(value, ordered[:_COMPARED], _NEAR)
    if near:
        return f"; did you mean {' or '.join(map(shown, near))}?"
    return f"; there are {len(known):,}, such as {shown(ordered[0])}"


# --- Laying out -------------------------------------------------------------------------------------------


def touching(findings: Iterable[Finding], events: list[Event]) -> list[Finding]:
    """The findings that flag, or cite, one of the events; in the order of the events they touch first."""
    place = {id(event): at for at, event in enumerate(events)}
    found = []
    for finding in findings:
        touched = [place[id(e)] for e in (finding.event, *(e for _, e in finding.evidence)) if id(e) in place]
        if touched:
            found.append((min(touched), finding))
    return [finding for _, finding in sorted(found, key=lambda pair: (pair[0], pair[1].rule, pair[1].kind or ""))]


def rows_of(events: list[Event], findings: list[Finding], timelines: Timelines) -> list[Row]:
    """The rows of a timeline."""
    marks: dict[int, list[Mark]] = {}
    for number, finding in enumerate(findings):
        marks.setdefault(id(finding.event), []).append(Mark(number, None))
        for role, event in finding.evidence:
            marks.setdefault(id(event), []).append(Mark(number, role))
    for number in sorted({event.lane for event in events if event.lane is not None}):
        timelines.load_pages(timelines.lanes[number])
    loads: dict[int, int] = {}
    ids: dict[int | None, tuple[str | None, str | None]] = {}
    rows: list[Row] = []
    before: Event | None = None
    for event in events:
        device = timelines.device(event)
        held = ids.get(device)
        ids[device] = (event.anonymous_id, event.user_id)
        load = None
        if event.page_load is not None and event.side != "device":  # a phone has screens, and no page loads
            load = loads.setdefault(event.page_load, len(loads) + 1)
        copies = timelines.copies.get(event.message_id or "")
        rows.append(
            Row(
                event=event,
                gap=None if before is None else _gap(before, event),
                sure=before is None or not unordered(before, event),
                device=None if device is None else device + 1,
                page_load=load,
                first=held is None,
                changes=_changes(held, ids[device]) if device is not None else (),
                copies=len(copies.others) if copies is not None else 0,
                marks=tuple(marks.get(id(event), ())),
            )
        )
        before = event
    return rows


def skewed(events: list[Event], timelines: Timelines) -> tuple[tuple[int, int], ...]:
    """The devices (from 1) whose clock is wrong by a second or more, and by how many ms it is behind."""
    found: dict[int, int] = {}
    for event in events:
        device = timelines.device(event)
        if device is not None and abs(event.time - event.t) >= SLACK:
            found.setdefault(device + 1, event.time - event.t)
    return tuple(sorted(found.items()))


def _gap(before: Event, event: Event) -> int:
    same = event.lane is not None and event.lane == before.lane
    return event.t - before.t if same else event.time - before.time


def _changes(held: tuple[str | None, str | None] | None, now: tuple[str | None, str | None]) -> tuple[Change, ...]:
    old = held or (None, None)
    pairs = zip(("anonymousId", "userId"), old, now, strict=True)
    return tuple(Change(name, one, other) for name, one, other in pairs if held is None or one != other)
