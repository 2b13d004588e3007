"""Plans in tables: a row for an event, rows for its properties below it. What each format calls its columns is its own.

A property is nested in another where its name begins with that one's, and a dot or ``[].`` follows.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from auditor.model.plan import NAMED, PlannedEvent
from auditor.plans.csv_text import CsvText, plain
from auditor.plans.drafts import DRAFT_7
from auditor.plans.planning import planned
from auditor.plans.shape import SECTION
from auditor.plans.source import Origins, Path, Source

_NESTED = re.compile(r"\[\]\.|\.\$\.|\.")
_LIST = re.compile(r"(?:list|array)(?:\s+of|\s*[(<])\s*(.+?)s?\s*[)>]?|(.+)\[\]")
_TYPES = {
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "numeric": "number",
    "bool": "boolean",
    "text": "string",
    "str": "string",
    "list": "array",
    "map": "object",
}
"""Other words for JSON's types."""
_TRUE = frozenset({"true", "yes", "y", "1", "x", "required", "always", "alwayssent", "mandatory"})
_CALLS = frozenset({*NAMED, "identify", "group", "common"})


class Columns(msgspec.Struct, frozen=True):
    """What a format calls its columns: names as ``plain`` makes them, by what the column holds."""

    names: Mapping[str, frozenset[str]]

    def found(self, table: CsvText) -> dict[str, str]:
        """The table's own spelling of each column that it has."""
        spelt = {plain(column): column for column in reversed(table.columns)}
        return {
            what: spelt[hits[0]]
            for what, names in self.names.items()
            if (hits := [plain(column) for column in table.columns if plain(column) in names])
        }


class _Event(msgspec.Struct):
    """The rows of one version of one event, gathered."""

    first: int
    cells: dict[str, str]
    rows: list[int]


def events(source: Source, columns: Columns) -> tuple[PlannedEvent, ...]:
    """The planned events of a table, in the order in which they first stand there."""
    table = source.text
    assert isinstance(table, CsvText)
    table.refuse_twins()
    found = columns.found(table)
    gathered: dict[tuple[str, str, str], _Event] = {}
    current: tuple[str, str, str] | None = None
    for number, row in enumerate(table.data):
        cells = {what: row.get(column, "") for what, column in found.items()}
        call = _call(cells.get("type", ""), cells.get("event", ""))
        if cells.get("event") or (cells.get("type") and call not in NAMED):
            current = (call, cells.get("event", ""), cells.get("version", ""))
        if current is None:
            source.refuse(None, (number,), "no event: this row and those before it name none", row)
            continue
        if current[0] not in _CALLS:
            source.refuse(current[1] or None, (number, found.get("type", "")), f"{current[0]!r} is no call", row)
            continue
        event = gathered.setdefault(current, _Event(number, cells, []))
        for what, cell in cells.items():
            if not event.cells.get(what):
                event.cells[what] = cell
        event.rows.append(number)
    return tuple(_planned(source, found, key, event) for key, event in gathered.items())


def _call(said: str, name: str) -> str:
    word = plain(said).removesuffix("event").removesuffix("call")
    return word or ("track" if name else "")


def _planned(source: Source, found: dict[str, str], key: tuple[str, str, str], event: _Event) -> PlannedEvent:
    call, name, version = key
    origins: Origins = {}
    schema = _Rows(source, found, name or call, origins).schema(event.rows)
    labels = event.cells.get("labels", "")
    known = set(found.values())
    row = source.data[event.first]
    extra = {column: cell for column, cell in row.items() if cell and column and column not in known}
    return planned(
        source,
        (event.first,),
        schema,
        type=call,
        name=name if name and call in NAMED else None,
        at=(event.first,),
        origins=origins,
        draft=DRAFT_7,
        section=None if call == "common" else SECTION.get(call, "properties"),
        version=int(version) if version.isdecimal() and str(int(version)) == version else version or None,
        description=event.cells.get("description") or None,
        labels=_labels(labels),
        status=event.cells.get("event_status") or None,
        owners=tuple(_words(event.cells.get("owners", ""))),
        tags=tuple(_words(event.cells.get("tags", ""))),
        extra=extra,
    )


class _Rows:
    """The rows of one event on their way to a schema of its properties."""

    def __init__(self, source: Source, found: dict[str, str], event: str, origins: Origins) -> None:
        self.source = source
        self.found = found
        self.event = event
        self.origins = origins
        self.places: dict[str, tuple[dict[str, Any], Path]] = {}

    def schema(self, rows: list[int]) -> dict[str, Any]:
        root: dict[str, Any] = {"type": "object", "properties": {}}
        for number in rows:
            name = self.cell(number, "property")
            if name and name in self.places:
                column = self.found["property"]
                self.source.refuse(self.event, (number, column), f'the property "{name}" has a row already', name)
            elif name:
                self.property(root, number, name)
        return root

    def property(self, root: dict[str, Any], number: int, name: str) -> None:
        holder, path, own = self.holder(root, name)
        inner = self.said(number)
        holder.setdefault("properties", {})[own] = inner
        if plain(self.cell(number, "required")) in _TRUE:
            holder.setdefault("required", []).append(own)
        at = (*path, "properties", own)
        self.places[name] = (inner, at)
        self.origins[at] = (self.source, (number,))
        for keyword, what in (("type", "kind"), ("format", "kind"), ("items", "kind"), ("pattern", "allowed"),
                              ("enum", "enum"), ("description", "property_description")):  # fmt: skip
            if what in self.found:
                self.origins[(*at, keyword)] = (self.source, (number, self.found[what]))

    def holder(self, root: dict[str, Any], name: str) -> tuple[dict[str, Any], Path, str]:
        """The schema that a property stands in, its path, and the property's own name there."""
        for dot in reversed(list(_NESTED.finditer(name))):
            if name[: dot.start()] not in self.places:
                continue
            schema, path = self.places[name[: dot.start()]]
            if schema.get("type") == "array":
                items = schema.setdefault("items", {})
                return items, (*path, "items"), name[dot.end() :]
            return schema, path, name[dot.end() :]
        return root, (), name

    def said(self, number: int) -> dict[str, Any]:
        """The schema of one property, from the cells of its row."""
        schema = _typed(self.cell(number, "kind"), self.cell(number, "is_list"))
        if text := self.cell(number, "property_description"):
            schema["description"] = text
        allowed, listed = self.cell(number, "allowed"), self.cell(number, "enum")
        values = schema["items"] if schema.get("type") == "array" and isinstance(schema.get("items"), dict) else schema
        if listed:
            values["enum"] = _values(listed, values.get("type"))
        elif allowed and _is_list(allowed):
            values["enum"] = _values(allowed, values.get("type"))
        elif allowed:
            values["pattern"] = allowed
        return schema

    def cell(self, number: int, what: str) -> str:
        return str(self.source.data[number].get(self.found[what], "")) if what in self.found else ""


def _typed(said: str, is_list: str) -> dict[str, Any]:
    text = said.strip().lower()
    if text in ("", "any", "enum"):  # what an enum's values are is said beside it
        schema: dict[str, Any] = {}
    elif (match := _LIST.fullmatch(text)) is not None:
        return {"type": "array", "items": _typed(match[1] or match[2], "")}
    elif plain(text) in ("datetime", "date", "time", "timestamp"):
        schema = {"type": "string", "format": {"date": "date"}.get(plain(text), "date-time")}
    else:
        words = [_TYPES.get(word.strip(), word.strip()) for word in re.split(r"[|,/]", text)]
        schema = {"type": words[0] if len(words) == 1 else words}
    return {"type": "array", "items": schema} if plain(is_list) in _TRUE | {"list"} else schema


def _is_list(text: str) -> bool:
    """Whether permitted values are listed rather than said by a regular expression."""
    as_json = text.startswith("[") and text.endswith("]") and '"' in text
    return as_json or ("," in text and not set("|^$()[]\\") & set(text))


def _values(text: str, kind: Any) -> list[Any]:
    """Listed values: a JSON list, or separated by bars, line ends or commas."""
    if text.startswith("["):
        try:
            held = json.loads(text)
        except ValueError:
            held = None
        if isinstance(held, list):
            return held
    separator = next((mark for mark in ("|", "\n", ";", ",") if mark in text), ",")
    words = [word.strip() for word in text.split(separator)]
    texts = [word for word in words if word]
    numbers = [_number(word) for word in texts]
    if kind in ("integer", "number"):
        return numbers
    if kind is None:  # a table does not say whether 1 is a number or text
        return texts + [number for number in numbers if not isinstance(number, str)]
    return texts


def _number(word: str) -> Any:
    try:
        held = json.loads(word, parse_constant=lambda _: word)
    except ValueError:
        return word
    return held if isinstance(held, int | float) and not isinstance(held, bool) else word


def _words(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,;\n]", text) if word.strip()]


def _labels(text: str) -> dict[str, Any] | None:
    """Labels: ``area:billing, tier:1``, or a JSON object."""
    if not text:
        return None
    try:
        held = json.loads(text)
    except ValueError:
        held = None
    if isinstance(held, dict):
        return held
    pairs = (word.partition(":") for word in _words(text))
    return {key.strip(): value.strip() for key, _, value in pairs}
