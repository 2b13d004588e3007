"""From what was seen to a plan: types, required properties, small enums, formats, and how sure each of them is."""

import re
from dataclasses import dataclass, field
from typing import Any

from auditor.model.plan import EACH, Place, Plan, PlannedEvent
from auditor.plans.drafts import DRAFT_7
from auditor.plans.fitting import AUTOMATIC
from auditor.plans.inference.seen import Seen

Key = tuple[str, str | None]
Way = tuple[str, ...]

_WIDE = 100
"""Names in one object above which it may be a map whose keys are values."""
_RARE = 20
"""Of such an object, a name is planned if at least one in so many has it."""
_IDENTIFIER = re.compile(
    r"(?i:(?:^|[_\- .])(?:id|uuid|guid|key|token|hash|url|uri|name|slug|path)s?)$"
    r"|[a-z](?:Id|Key|Token|Url|Name|Path)s?$"
)
_VALUE = re.compile(r"[\w][\w .+/&:()-]{0,39}")
_MONEY = re.compile(
    r"(?i)(?:^|_)(?:amount|cost|discount|price|revenue|shipping|subtotal|tax|total|value)$|[a-z](?:Amount|Price)$"
)
"""Names whose values may have fractions, although none of the seen ones had."""
_TELLING = re.compile(r"@|\d{4,}|://")


@dataclass(frozen=True)
class Wanted:
    """How much must be seen before it is planned.

    ``required``: events of a name, all of which have a property. ``values``: most values of an enum (0: none), each
    seen ``each`` times at least; formats that so many texts have. ``private`` are expressions for names whose values
    do not belong into a plan.
    """

    required: int = 20
    values: int = 8
    each: int = 5
    formats: int = 5
    private: tuple[str, ...] = ()


@dataclass
class Inferred:
    """A plan and what it rests on: a note by event and way, for comments."""

    plan: Plan
    notes: dict[tuple[Key, Way], str] = field(default_factory=dict)


def planned_from(seen: dict[Key, tuple[str, Seen]], wanted: Wanted, name: str) -> Inferred:
    """A plan of all that was seen: by call and name, which member of it, and what was there. Sorted by both."""
    found = Inferred(Plan(format="auditor", name=name, events=()))
    events = []
    for key in sorted(seen, key=lambda each: (each[0], each[1] or "")):
        section, held = seen[key]
        found.notes[key, ()] = f"seen {_times(held.count)}"
        inner = _object(held, held.count, wanted, found, key, (section,))
        schema: dict[str, Any] = {"type": "object"}
        if inner:
            schema["properties"] = {section: {"type": "object", **inner}}
        if inner.get("required"):
            schema["required"] = [section]
        events.append(PlannedEvent(type=key[0], name=key[1], place=Place("log"), schema=schema, draft=DRAFT_7))
    found.plan = Plan(format="auditor", name=name, events=tuple(events))
    return found


def _object(seen: Seen, total: int, wanted: Wanted, found: Inferred, key: Key, way: Way) -> dict[str, Any]:
    """The members of an object: what each is, and which were always there."""
    wide = len(seen.members) > _WIDE
    held = {
        name: member
        for name, member in sorted(seen.members.items())
        if not wide or member.count * _RARE >= seen.types["object"]
    }
    schema: dict[str, Any] = {}
    if held:
        schema["properties"] = {
            name: _schema(member, wanted, found, key, (*way, name)) for name, member in held.items()
        }
    for name, member in held.items():
        found.notes[key, (*way, name)] = _share(member.count, total)
    required = [name for name, member in held.items() if member.count == total >= wanted.required]
    if required:
        schema["required"] = required
    return schema


def _schema(seen: Seen, wanted: Wanted, found: Inferred, key: Key, way: Way) -> dict[str, Any]:
    types = set(seen.types)
    if "integer" in types and ("number" in types or _MONEY.search(way[-1])):
        types = types - {"integer"} | {"number"}
    schema: dict[str, Any] = {}
    if types:
        schema["type"] = next(iter(types)) if len(types) == 1 else sorted(types)
    if seen.types["object"]:
        schema |= _object(seen, seen.types["object"], wanted, found, key, way)
    if seen.items is not None:
        items = _schema(seen.items, wanted, found, key, (*way, EACH))
        if items:
            schema["items"] = items
    texts = seen.types["string"]
    values = _enum(seen, wanted, way)
    if values is not None:
        schema["enum"] = [*values, *([None] if "null" in types else [])]
    elif texts >= wanted.formats and len(seen.formats) == 1:
        schema["format"] = next(iter(seen.formats))
    return schema


def _enum(seen: Seen, wanted: Wanted, way: Way) -> list[str] | None:
    """The values, sorted, where they are few, each seen often enough, and none says something of a person."""
    values = seen.values
    others = set(seen.types) - {"string", "null"}
    if others or not values or len(values) > wanted.values or len(values) < 2:
        return None
    name = next((step for step in reversed(way) if step != EACH), "")
    if _IDENTIFIER.search(name) or any(re.search(one, name) for one in wanted.private):
        return None
    if min(values.values()) < wanted.each:
        return None
    if any(not _VALUE.fullmatch(value) or _TELLING.search(value) for value in values):
        return None
    return sorted(values)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _share(count: int, total: int) -> str:
    if count == total:
        return f"always ({count:,} of {total:,})"
    share = count * 100 / total
    said = "<1" if share < 1 else ">99" if share > 99 else f"{share:.0f}"
    return f"{said} % ({count:,} of {total:,})"


class Gathering:
    """Events on their way into a plan."""

    def __init__(self) -> None:
        self.seen: dict[Key, tuple[str, Seen]] = {}

    def add(self, call: str, name: str | None, section: str, held: dict[str, Any]) -> None:
        """Take one more event into account: its call, its name where the call has one, and what it holds.

        What the libraries put into each page and screen by themselves is left out.
        """
        automatic = AUTOMATIC.get(call, ())
        seen = self.seen.get((call, name))
        if seen is None:
            seen = self.seen[call, name] = (section, Seen())
        seen[1].add({key: value for key, value in held.items() if key not in automatic} if automatic else held)

    def plan(self, wanted: Wanted, name: str) -> Inferred:
        """The plan of all that was added."""
        return planned_from(self.seen, wanted, name)
