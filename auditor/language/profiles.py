"""Destination profiles (``rules/destinations/NAME.yml``): what changes where the events go, each with its source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.config.yaml_source import Document, YamlError
from auditor.language.reading import Reading
from auditor.model.finding import SEVERITIES

ALIAS = ("needed", "used", "ignored")
"""Whether a destination joins histories by alias alone, uses one that comes before identify, or has no use for any
(or none that depends on when it comes)."""
RESET = ("at-logout", "at-user-switch")
"""When a destination wants the library to be reset."""
LIMITS = ("user_ids", "event_names")
OFF = "off"
_KEYS = ("title", "alias", "reset", *LIMITS, "properties", "note", "source", "rules", "seen_as")
_NAME_KEYS = ("reserved_prefixes", "reserved", "max_length", "pattern", "pattern_words")
_USER_ID_KEYS = ("min_length", "max_length", "refused", "reserved_prefixes")


@dataclass(frozen=True)
class UserIds:
    """What a destination takes for a userId. ``refused`` (lower case) are those it has trouble with that are
    no placeholders elsewhere."""

    min_length: int = 1
    max_length: int | None = None
    refused: tuple[str, ...] = ()
    reserved_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """Which names a destination takes: of events, or of their properties.

    ``reserved_prefixes`` begin its own, ``reserved`` are its own; ``pattern`` is searched in a name that it takes, and
    ``pattern_words`` say so to people. ``most`` is how many properties of one event it takes.
    """

    reserved_prefixes: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    max_length: int | None = None
    pattern: str = ""
    pattern_words: str = ""
    most: int | None = None


@dataclass(frozen=True)
class Profile:
    """A destination as rules see it.

    ``rules`` sets a severity or "off", by rule, or by rule and kind; ``seen_as`` are names in ``_metadata``, lower
    case.
    """

    name: str
    title: str
    alias: str
    note: str
    source: str
    reset: str = RESET[0]
    rules: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    seen_as: tuple[str, ...] = ()
    user_ids: UserIds | None = None
    event_names: Names | None = None
    properties: Names | None = None

    def severity(self, rule: str, kind: str | None) -> str | None:
        """What it says of a rule's kind: a severity, "off", or nothing."""
        said = self.rules.get(rule)
        return said if isinstance(said, str) or said is None else said.get(kind or "")

    def meets(self, wanted: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether it is one of those that ``destinations: {alias: [needed, used]}`` and the like mean."""
        return all(
            any(getattr(self, word) is not None for word in words) if key == "limits" else getattr(self, key) in words
            for key, words in wanted.items()
        )


WANTED: Mapping[str, tuple[str, ...]] = {"alias": ALIAS, "reset": RESET, "limits": LIMITS}
"""What a rule can ask of the destinations that it is for."""


def read_profiles(folder: Path, problems: list[str], document: Callable[[Path, str], Document]) -> dict[str, Profile]:
    """All profiles of a folder by name; mistakes are appended to ``problems``. ``document`` reads one, by its name."""
    found: dict[str, Profile] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            reading = Reading(document(path, path.name), path.name)
        except YamlError as error:
            problems.append(str(error))
            continue
        data = reading.mapping((), reading.document.data, "a profile")
        reading.keys((), data, _KEYS, "a profile")
        found[path.stem] = Profile(
            name=path.stem,
            title=reading.text((), data, "title", "a profile", required=True),
            alias=reading.choice((), data, "alias", ALIAS, "ignored"),
            reset=reading.choice((), data, "reset", RESET, RESET[0]),
            note=reading.text((), data, "note", "a profile"),
            source=reading.text((), data, "source", "a profile", required=True),
            rules=_rules(reading, data),
            seen_as=reading.words((), data, "seen_as"),
            user_ids=_user_ids(reading, data),
            event_names=_names(reading, data, "event_names"),
            properties=_names(reading, data, "properties", "most"),
        )
        problems.extend(reading.problems)
    return found


def _rules(reading: Reading, data: Mapping[str, Any]) -> dict[str, str | Mapping[str, str]]:
    words = (*SEVERITIES, OFF)
    rules = reading.mapping(("rules",), data.get("rules", {}), '"rules"')
    found: dict[str, str | Mapping[str, str]] = {}
    for rule, said in rules.items():
        if isinstance(said, dict):
            found[rule] = {kind: reading.choice(("rules", rule), said, kind, words, "info") for kind in said}
        else:
            found[rule] = reading.choice(("rules",), rules, rule, words, "info")
    return found


def _user_ids(reading: Reading, data: Mapping[str, Any]) -> UserIds | None:
    if "user_ids" not in data:
        return None
    path, given = ("user_ids",), reading.mapping(("user_ids",), data["user_ids"], '"user_ids"')
    reading.keys(path, given, _USER_ID_KEYS, '"user_ids"')
    return UserIds(
        _length(reading, given, "min_length") or 1,
        _length(reading, given, "max_length"),
        tuple(word.casefold() for word in reading.words(path, given, "refused")),
        reading.words(path, given, "reserved_prefixes"),
    )


def _names(reading: Reading, data: Mapping[str, Any], key: str, *more: str) -> Names | None:
    if key not in data:
        return None
    path, given = (key,), reading.mapping((key,), data[key], f'"{key}"')
    reading.keys(path, given, (*_NAME_KEYS, *more), f'"{key}"')
    return Names(
        reading.words(path, given, "reserved_prefixes"),
        reading.words(path, given, "reserved"),
        _length(reading, given, "max_length", key),
        reading.text(path, given, "pattern", f'"{key}"'),
        reading.text(path, given, "pattern_words", f'"{key}"'),
        _length(reading, given, "most", key),
    )


def _length(reading: Reading, data: Mapping[str, Any], key: str, of: str = "user_ids") -> int | None:
    value = data.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    reading.note((of, key), f'"{key}" takes a number{"" if key == "most" else " of characters"}')
    return None
