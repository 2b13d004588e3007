"""The words all rules share (``rules/vocabulary.yml``): typed parameters and defined predicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.config.suggest import did_you_mean
from auditor.language.params import TYPES, typed
from auditor.language.reading import Path, Reading


@dataclass(frozen=True)
class Param:
    """One declared parameter. ``default`` is as written, ``value`` what rules see of it."""

    type: str
    default: Any
    doc: str = ""
    value: Any = None


def declared_params(reading: Reading, data: Mapping[str, Any], path: Path) -> dict[str, Param]:
    """The parameters a document declares under ``params``."""
    found: dict[str, Param] = {}
    for name, written in reading.mapping(path, data, '"params"').items():
        where = (*path, name)
        entry = reading.mapping(where, written, f'parameter "{name}"')
        reading.keys(where, entry, ("type", "default", "doc"), f'parameter "{name}"')
        if "type" not in entry or "default" not in entry:
            reading.note(where, f'parameter "{name}" needs "type" and "default"')
            continue
        kind = reading.choice(where, entry, "type", TYPES, "string")
        try:
            value = typed(kind, entry["default"])
        except ValueError as error:
            reading.note((*where, "default"), f'default of "{name}": {error}')
            continue
        found[name] = Param(kind, entry["default"], reading.text(where, entry, "doc", name), value)
    return found


def values(params: Mapping[str, Param], overrides: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The typed values of parameters, and what is wrong with which of the overrides (sentences without a place)."""
    problems: dict[str, str] = {}
    held = {name: param.value for name, param in params.items()}
    for name, value in overrides.items():
        if name not in params:
            problems[name] = f'there is no parameter "{name}"{did_you_mean(name, params)}'
            continue
        try:
            held[name] = typed(params[name].type, value)
        except ValueError as error:
            problems[name] = f'parameter "{name}" {error}'
    return held, problems
