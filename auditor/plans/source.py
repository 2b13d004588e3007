"""What a plan was read from: plain values, the file, and the line of each place."""

import json
from typing import Any, Protocol

from auditor.model.plan import InvalidPart, Place, pointed

Path = tuple[str | int, ...]


class Text(Protocol):
    """A document that knows its lines."""

    data: Any
    file: str

    def line(self, path: Path) -> int | None:
        """The line (from 1) of a place, or of its nearest parent."""


class Source:
    """One document, and the invalid parts that were met in it (or in the other documents of the same plan)."""

    def __init__(self, text: Text, invalid: list[InvalidPart] | None = None) -> None:
        self.text = text
        self.data = text.data
        self.file = text.file
        self.invalid: list[InvalidPart] = [] if invalid is None else invalid

    def place(self, path: Path) -> Place:
        """Where something stands."""
        return Place(self.file, self.text.line(path), pointed(path))

    def refuse(self, event: str | None, path: Path, reason: str, part: Any = None) -> None:
        """Keep a part that means nothing, with the reason."""
        place = self.place(path)
        self.invalid.append(InvalidPart(event, place.pointer, reason, place.file, place.line, shortened(part)))


Origins = dict[Path, tuple[Source, Path]]
"""Where the parts of a schema were written, by their path in it; what is not listed stands below its nearest parent."""


def origin(origins: Origins, path: Path) -> tuple[Source, Path]:
    """Where a part of a schema was written."""
    for length in range(len(path), -1, -1):
        if path[:length] in origins:
            source, base = origins[path[:length]]
            return source, (*base, *path[length:])
    raise KeyError(path)


def shortened(part: Any) -> str:
    """A part of a plan as JSON, cut to what a reader wants to see of it."""
    text = json.dumps(part, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:197]}..."
