"""What a plan was read from: plain values, the file, and the line of each place."""

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
    """One document and the invalid parts that were met in it."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.data = text.data
        self.file = text.file
        self.invalid: list[InvalidPart] = []

    def place(self, path: Path) -> Place:
        """Where something stands."""
        return Place(self.file, self.text.line(path), pointed(path))

    def refuse(self, event: str | None, path: Path, reason: str, part: Any = None) -> None:
        """Keep a part that means nothing, with the reason."""
        self.invalid.append(InvalidPart(event, pointed(path), reason, self.file, self.text.line(path), shortened(part)))


def shortened(part: Any) -> str:
    """A part of a plan as JSON, cut to what a reader wants to see of it."""
    import json

    text = json.dumps(part, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:197]}..."
