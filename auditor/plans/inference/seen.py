"""What was seen of one value of an event: its types, values and members. Order of the events makes no difference."""

from collections import Counter
from typing import Any

from auditor.plans.inference.formats import FORMATS

_MOST_VALUES = 64
"""Distinct texts that are kept: more are no enum."""
_DEEPEST = 12


class Seen:
    """A property, a member of one, the items of a list, or the whole of properties or traits.

    ``count`` is how often it was there, ``types`` how often with which JSON type. ``values`` are its texts with their
    counts, ``None`` once there are too many; ``formats`` those that every text has. ``members`` and ``items`` are what
    was seen inside.
    """

    __slots__ = ("count", "formats", "items", "members", "types", "values")

    def __init__(self) -> None:
        self.count = 0
        self.types: Counter[str] = Counter()
        self.values: Counter[str] | None = Counter()
        self.formats: set[str] = set(FORMATS)
        self.members: dict[str, Seen] = {}
        self.items: Seen | None = None

    def add(self, value: Any, depth: int = 0) -> None:
        """Take one more value into account."""
        self.count += 1
        name = json_type(value)
        self.types[name] += 1
        if name == "string":
            self._text(value)
        elif name == "object" and depth < _DEEPEST:
            for key, inner in value.items():
                member = self.members.get(key)
                if member is None:
                    member = self.members[key] = Seen()
                member.add(inner, depth + 1)
        elif name == "array" and depth < _DEEPEST:
            for inner in value:
                if self.items is None:
                    self.items = Seen()
                self.items.add(inner, depth + 1)

    def _text(self, text: str) -> None:
        if self.formats:
            self.formats = {name for name in self.formats if FORMATS[name](text)}
        if self.values is not None:
            self.values[text] += 1
            if len(self.values) > _MOST_VALUES:
                self.values = None


def json_type(value: Any) -> str:
    """The JSON type; a number with a fraction or an exponent is no integer, whatever its value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "number"
