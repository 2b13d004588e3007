"""A rule as it is written: its YAML, how to compile it again, and how a part of it is shown and changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.language.reading import Path
from auditor.language.rule import Rule

GONE: Any = object()
"""In place of a value that is taken out."""


@dataclass(frozen=True)
class Written:
    """A rule's map in its file, and the parameters in force.

    ``compile`` gives the rule that a changed map makes, with the same words and parameters, and raises ``ConfigError``
    where it makes none. ``line`` gives the line of a place in it.
    """

    data: Mapping[str, Any]
    params: Mapping[str, Any]
    compile: Callable[[Mapping[str, Any]], Rule]
    line: Callable[[Path], int]


@dataclass(frozen=True)
class Change:
    """Values put at places of a rule's map, all at once, the last first; ``text`` says what that does to the rule."""

    paths: tuple[Path, ...]
    values: tuple[Any, ...]
    text: str

    @property
    def path(self) -> Path:
        """Where the change begins."""
        return self.paths[0]


def shown(value: Any) -> str:
    """A part of a rule in a few words, as YAML writes it."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)
