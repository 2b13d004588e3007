"""Taking stock of a log: names, senders, people, and what is lacking."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from auditor import __version__
from auditor.engine.findings import path_template
from auditor.engine.gaps import GapFinder
from auditor.engine.likeness import ROLES, Role
from auditor.engine.plan import Plan
from auditor.language.loader import RuleSet
from auditor.language.vocabulary import values
from auditor.model.event import Event
from auditor.model.inventory import Found, Inventory, Named, Sender
from auditor.model.naming import Naming
from auditor.timelines.timelines import Timelines


def names_by_role(rules: RuleSet, given: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The event names in each parameter that lists some, as the config gives them or by default."""
    held, _ = values(rules.params, {name: value for name, value in given.items() if name in rules.params})
    return {name: frozenset(map(str, value)) for name, value in held.items() if name.endswith("_events")}


def take_stock(
    timelines: Timelines, plan: Plan, rules: RuleSet, finder: GapFinder, given: Mapping[str, Any], naming: Naming
) -> Inventory:
    """The inventory of a log that was read with ``plan``; ``given`` are the parameters of the config."""
    log, events = timelines.log, timelines.log.events
    listed = names_by_role(rules, given)
    names = _names(events, listed)
    persons = {person for person in map(timelines.person, events) if person is not None}
    versions = Counter((event.side, event.library, event.version) for event in events)
    return Inventory(
        version=__version__,
        files=log.files,
        records=log.records,
        events=log.arrivals,
        copies=log.arrivals - len(events),
        rejected=log.rejected,
        skipped=log.skipped,
        first=min((event.t for event in events), default=0),
        last=max((event.t for event in events), default=0),
        devices=timelines.devices.count,
        users=timelines.users,
        persons=len(persons),
        calls=_ranked(Counter(event.type for event in events)),
        names=tuple(_shown(name, naming) for name in names),
        pages=_pages(events, naming),
        senders=tuple(Sender(side, library, version, n) for (side, library, version), n in _ranked(versions)),
        sources=tuple(
            (None if key is None else naming.source(key), count)
            for key, count in _ranked(Counter(event.write_key for event in events))
        ),
        found=tuple(_found(role, names, listed, role.param not in rules.given, naming) for role in ROLES),
        destinations=tuple((name, profiles_of(name, rules)) for name in sorted(log.destinations_seen)),
        gaps=finder.gaps(timelines) if events else (),
        off=tuple((rule.id, reason) for rule, reason in plan.skipped),
        rejects=log.located,
    )


def profiles_of(destination: str, rules: RuleSet) -> tuple[str, ...]:
    """The profiles that a destination's name in a log may stand for."""
    return tuple(name for name, profile in rules.profiles.items() if destination.casefold() in profile.seen_as)


def _ranked(counts: Counter[Any]) -> tuple[tuple[Any, int], ...]:
    """The most frequent first; equals in the order of the alphabet, so that nothing depends on the order of lines."""
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0]))))


def _names(events: Iterable[Event], listed: Mapping[str, frozenset[str]]) -> list[Named]:
    seen: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.type == "track" and event.event is not None:
            seen[event.event].append(event)
    found = []
    for name, held in seen.items():
        roles = tuple(param for param, names in listed.items() if name in names)
        known = any(role.param in roles for role in ROLES)
        like = () if known else tuple(role.name for role in ROLES if role.reads_like(name))
        sides = _ranked(Counter(event.side for event in held))
        moments = [event.t for event in held]
        found.append(Named(name, len(held), min(moments), max(moments), sides, roles, like))
    return sorted(found, key=lambda named: (-named.count, named.name))


def _shown(named: Named, naming: Naming) -> Named:
    name = naming.text(named.name)
    return Named(name, named.count, named.first, named.last, named.sides, named.roles, named.like)


def _pages(events: Iterable[Event], naming: Naming) -> tuple[tuple[str, int], ...]:
    """The pages and screens by path or name; parts of a path that hold digits, such as ids, are one."""
    counts = Counter(
        naming.text(path_template(event.path) or event.name or "(no path)")
        for event in events
        if event.type in ("page", "screen")
    )
    return _ranked(counts)


def _found(
    role: Role, names: list[Named], listed: Mapping[str, frozenset[str]], default: bool, naming: Naming
) -> Found:
    held = tuple((naming.text(named.name), named.count) for named in names if named.name in listed[role.param])
    like = tuple((naming.text(named.name), named.count) for named in names if role.name in named.like)
    return Found(role.name, role.param, default, held, like)
