"""Destination profiles (``rules/destinations/NAME.yml``): what changes where the events go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auditor.config.yaml_source import YamlError, read
from auditor.language.reading import Reading

ALIAS = ("needed", "used", "ignored")


@dataclass(frozen=True)
class Profile:
    """A destination as rules see it. ``rules`` sets severities; ``seen_as`` are names in ``_metadata`` (lower case)."""

    name: str
    title: str
    alias: str
    note: str
    source: str
    rules: Mapping[str, str] = field(default_factory=dict)
    seen_as: tuple[str, ...] = ()


def read_profiles(folder: Path, problems: list[str]) -> dict[str, Profile]:
    """All profiles of a folder by name; mistakes are appended to ``problems``."""
    found: dict[str, Profile] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            reading = Reading(read(path.read_text(encoding="utf-8"), path.name), path.name)
        except YamlError as error:
            problems.append(str(error))
            continue
        data = reading.mapping((), reading.document.data, "a profile")
        reading.keys((), data, ("title", "alias", "note", "source", "rules", "seen_as"), "a profile")
        found[path.stem] = Profile(
            path.stem,
            reading.text((), data, "title", "a profile", required=True),
            reading.choice((), data, "alias", ALIAS, "ignored"),
            reading.text((), data, "note", "a profile"),
            reading.text((), data, "source", "a profile", required=True),
            reading.mapping(("rules",), data.get("rules", {}), '"rules"'),
            reading.words((), data, "seen_as"),
        )
        problems.extend(reading.problems)
    return found
