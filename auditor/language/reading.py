"""Reading a rule document: every mistake is noted with its line, and reading goes on."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.config.suggest import did_you_mean
from auditor.config.yaml_source import Document

Path = tuple[str | int, ...]
_SLUG = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


class Reading:
    """A document under examination. ``problems`` are sentences with file and line, in the order found."""

    def __init__(self, document: Document, name: str) -> None:
        self.document = document
        self.name = name
        self.problems: list[str] = []

    def note(self, path: Path, text: str) -> None:
        """Note a mistake at a place of the document."""
        self.problems.append(f"{self.name}:{self.document.line(path)}: {text}")

    def keys(self, path: Path, data: Mapping[str, Any], known: Iterable[str], what: str) -> None:
        """Every key must be known."""
        known = tuple(known)
        for key in data:
            if key not in known:
                self.note((*path, key), f'{what} has no key "{key}"{did_you_mean(str(key), known)}')

    def mapping(self, path: Path, value: Any, what: str) -> dict[str, Any]:
        """The value, which must be a map; an empty one in place of a wrong one."""
        if isinstance(value, dict):
            return value
        self.note(path, f"{what} must be a map of keys and values")
        return {}

    def rule_id(self, path: Path, data: Mapping[str, Any]) -> str | None:
        """The id of a rule that has a severity; ``None`` if it is no id that can be used."""
        name = self.text(path, data, "id", "a rule", required=True)
        if not _SLUG.match(name):
            if name:
                self.note((*path, "id"), f'"{name}" is no rule id: small letters, digits and hyphens')
            return None
        if "severity" not in data:
            self.note(path, 'a rule needs "severity"')
        return name

    def text(self, path: Path, data: Mapping[str, Any], key: str, what: str, *, required: bool = False) -> str:
        """A string member, or an empty string."""
        value = data.get(key)
        if value is None:
            if required:
                self.note(path, f'{what} needs "{key}"')
            return ""
        if not isinstance(value, str):
            self.note((*path, key), f'"{key}" must be a string')
            return ""
        return value.strip()

    def choice(self, path: Path, data: Mapping[str, Any], key: str, among: Iterable[str], default: str) -> str:
        """A member that is one of a few words."""
        among = tuple(among)
        value = data.get(key, default)
        if value not in among:
            words = ", ".join(among)
            self.note((*path, key), f'"{key}" must be one of {words}{did_you_mean(str(value), among)}')
            return default
        return str(value)

    def flag(self, path: Path, data: Mapping[str, Any], key: str, default: bool) -> bool:
        """A member that is true or false."""
        value = data.get(key, default)
        if not isinstance(value, bool):
            self.note((*path, key), f'"{key}" must be true or false')
            return default
        return value

    def words(self, path: Path, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A string or a list of strings."""
        value = data.get(key, ())
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            self.note((*path, key), f'"{key}" must be a string or a list of strings')
            return ()
        return tuple(items)
