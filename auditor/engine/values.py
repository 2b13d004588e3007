"""Field values as ``same`` and ``differs`` compare them: hashable, and true is not 1."""

from collections.abc import Callable
from typing import Any

from auditor.language.fields import getter
from auditor.model.event import Event

_PLAIN = (str, int, type(None))


def reader(name: str) -> Callable[[Event], object]:
    """How to read a field for comparing."""
    read = getter(name)

    def value(event: Event) -> object:
        found = read(event)
        return found if type(found) in _PLAIN else comparable(found)

    return value


def comparable(value: Any) -> object:
    """A value such that two are equal exactly if the fields are."""
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, dict):
        return ("map", frozenset((key, comparable(inner)) for key, inner in value.items()))
    if isinstance(value, list):
        return ("list", tuple(map(comparable, value)))
    return value
