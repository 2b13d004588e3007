"""JSON with places: plain values, the line of each of them on demand, and a key that stands twice refused.

The decoder of the standard library does the work; it is asked again, with an eye on positions, only where a line is
wanted, because few are: where an event begins and where a part is invalid.
"""

import json
from bisect import bisect_right
from typing import Any

from auditor.model.plan import PlanError

_SCANNER = json.JSONDecoder(parse_int=str, parse_float=str)
_SPACE = " \t\r\n"


class TwiceError(Exception):
    """One key stands twice in one object."""


class JsonText:
    """A JSON document: ``data`` as plain values, and where they stand. Raises ``PlanError``."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._text = text
        self._starts: list[int] = []
        self._lists: dict[tuple[str | int, ...], list[int]] = {}
        try:
            self.data: Any = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            raise PlanError(f"{file}:{error.lineno}: not valid JSON: {_worded(error, text)}") from error
        except RecursionError as error:
            raise PlanError(f"{file}: nested too deeply for a tracking plan") from error
        except TwiceError as error:
            key, offset = _twice(text)
            raise PlanError(
                f'{file}:{self._line(offset)}: the key "{key}" stands twice in one object; remove one of them'
            ) from error
        except ValueError as error:  # a number that JSON does not have, or one with thousands of digits
            raise PlanError(f"{file}: not valid JSON: {error}") from error

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """The line (from 1) where a member or an item begins; of its nearest parent where it is absent."""
        offset = _skipped(self._text, 0)
        for depth, step in enumerate(path):
            if isinstance(step, int):
                items = self._items(path[:depth], offset)
                if step >= len(items):
                    break
                offset = items[step]
            else:
                found = _member(self._text, offset, step)
                if found is None:
                    break
                offset = found
        return self._line(offset)

    def _items(self, path: tuple[str | int, ...], offset: int) -> list[int]:
        """Where the items of a list begin; looked up once, because plans are long lists of events."""
        if path not in self._lists:
            self._lists[path] = _item_offsets(self._text, offset)
        return self._lists[path]

    def _line(self, offset: int) -> int:
        if not self._starts:
            at = -1
            self._starts = [0]
            while (at := self._text.find("\n", at + 1)) >= 0:
                self._starts.append(at + 1)
        return bisect_right(self._starts, offset)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise TwiceError(key)
            seen.add(key)
    return held


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _worded(error: json.JSONDecodeError, text: str) -> str:
    rest = text[error.pos :].strip()
    in_a_word = any(word.startswith(rest) for word in ("true", "false", "null", "-"))
    if in_a_word or error.msg.startswith("Unterminated string"):
        return "the file ends in the middle; was it cut off?"
    return f"{error.msg} (column {error.colno})"


# --- Positions ----------------------------------------------------------------------------------------------
# What follows walks over text that has been decoded before: it is valid.


def _skipped(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _member(text: str, at: int, name: str) -> int | None:
    """Where the value of a member begins, of the object that begins at ``at``."""
    if text[at] != "{":
        return None
    at = _skipped(text, at + 1)
    while text[at] != "}":
        key, end = _SCANNER.raw_decode(text, at)
        value = _skipped(text, _skipped(text, end) + 1)
        if key == name:
            return value
        _, end = _SCANNER.raw_decode(text, value)
        at = _next(text, end)
    return None


def _item_offsets(text: str, at: int) -> list[int]:
    if text[at] != "[":
        return []
    found = []
    at = _skipped(text, at + 1)
    while text[at] != "]":
        found.append(at)
        _, end = _SCANNER.raw_decode(text, at)
        at = _next(text, end)
    return found


def _next(text: str, end: int) -> int:
    """Behind a value: the next key or item, or the bracket that closes."""
    at = _skipped(text, end)
    return _skipped(text, at + 1) if text[at] == "," else at


def _twice(text: str) -> tuple[str, int]:
    """The first key that stands twice in its object, and where it does so for the second time."""
    open_keys: list[set[str] | None] = []
    at = _skipped(text, 0)
    expects_key = False
    while at < len(text):
        char = text[at]
        if char in "{[":
            open_keys.append(set() if char == "{" else None)
            expects_key = char == "{"
            at += 1
        elif char in "}]":
            open_keys.pop()
            expects_key = False
            at += 1
        elif char in ",:" or char in _SPACE:
            if char == ",":
                expects_key = open_keys[-1] is not None
            at += 1
        else:
            value, end = _SCANNER.raw_decode(text, at)
            keys = open_keys[-1] if open_keys else None
            if expects_key and keys is not None:
                if value in keys:
                    return value, at
                keys.add(value)
                expects_key = False
            at = end
    raise AssertionError("only asked where a key stands twice")
