"""Walking through what people put into traits and properties: maps and lists at any depth."""

from collections.abc import Callable, Iterator
from typing import Any


def telling_keys(value: Any, matches: Callable[[str], bool]) -> Iterator[str]:
    """The keys, at any depth, that match and hold something: not null, not a boolean, not empty."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if matches(key) and inner is not None and not isinstance(inner, bool) and inner not in ("", [], {}):
                yield key
            if type(inner) is dict or type(inner) is list:
                yield from telling_keys(inner, matches)
    elif isinstance(value, list):
        for inner in value:
            yield from telling_keys(inner, matches)


def texts(value: Any) -> Iterator[str]:
    """The strings, and the numbers as strings, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
