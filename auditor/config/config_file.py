"""Finding and reading the config file. Every mistake in it is collected; all are reported at once (exit code 2)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from auditor.config.settings import (
    CONFIDENCES,
    FAIL_ON,
    ConfigError,
    Ignore,
    PlanSetting,
    RuleSetting,
    Settings,
    is_zone,
    zone_meant,
)
from auditor.config.share import Share, share
from auditor.config.suggest import did_you_mean
from auditor.config.yaml_source import YamlError, read
from auditor.model.dialects import DIALECTS

NAMES = ("auditor.yml", "auditor.yaml", ".auditor.yml")
_KEYS = (
    "params", "destinations", "dialect", "tz", "rules", "rule_packs", "tracking_plan", "ignore", "fail_on",
    "min_confidence", "redact", "funnel",
)  # fmt: skip
_SEVERITIES = ("error", "warning", "info")
_TOML_WORD = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_TOML_LINE = re.compile(rf"\s*(?:(\[\[?)\s*)?({_TOML_WORD}(?:\s*\.\s*{_TOML_WORD})*)\s*[\]=]")
_MAY_BE_OURS = re.compile(
    r"""\btool["']?\s*\.\s*["']?auditor\b  # [tool.auditor], tool.auditor.redact = true
    | ^\s*\[\s*["']?tool["']?\s*\] | ^\s*["']?tool["']?\s*=  # [tool] and then auditor, tool = {auditor = ...}
    """,
    re.MULTILINE | re.VERBOSE,
)
_OURS = ("tool", "auditor")


def find_config(start: Path) -> Path | None:
    """The nearest config from a folder upwards, ending at the folder that holds ``.git``."""
    for folder in (start, *start.parents):
        for name in NAMES:
            if (folder / name).is_file():
                return folder / name
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file() and _has_ours(pyproject.read_text(encoding="utf-8", errors="replace")):
            return pyproject
        if (folder / ".git").exists():
            return None
    return None


def _has_ours(text: str) -> bool:
    """Whether a pyproject.toml has a table for us; a damaged one if it seems to."""
    if _MAY_BE_OURS.search(text) is None:
        return False
    import tomllib  # takes longer than reading a small log

    try:
        tools = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return "[tool.auditor" in text
    return isinstance(tools, dict) and "auditor" in tools


def read_config(path: Path) -> Settings:
    """The settings in a config file. Raises ``ConfigError`` with all that is wrong."""
    name = _shown(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError([f"{name}: cannot be read ({why})"]) from error
    if path.suffix == ".toml":
        import tomllib  # most configurations are YAML

        try:
            tools = tomllib.loads(text).get("tool", {})
            data = tools.get("auditor", {}) if isinstance(tools, dict) else {}
        except tomllib.TOMLDecodeError as error:
            raise ConfigError([f"{name}: not valid TOML: {error}"]) from error
        lines = _toml_lines(text)
    else:
        try:
            document = read(text, name)
        except YamlError as error:
            raise ConfigError([str(error)]) from error
        data, lines = document.data, document.line
    return _Reader(name, path.parent, lines).settings({} if data is None else data)


def settings_of(data: Mapping[str, Any], folder: Path) -> Settings:
    """The settings that a map says, as it would stand in a config file of ``folder``. Raises ``ConfigError``."""
    return replace(_Reader("config", folder, lambda _: 1).settings(dict(data)), path=None, lines=None)


class _Reader:
    def __init__(self, name: str, folder: Path, lines: Callable[[tuple[Any, ...]], int]) -> None:
        self.name, self.folder, self.lines = name, folder, lines
        self.problems: list[str] = []

    def note(self, place: tuple[Any, ...], text: str) -> None:
        self.problems.append(f"{self.name}:{self.lines(place)}: {text}")

    def settings(self, data: Any) -> Settings:
        if not isinstance(data, dict):
            raise ConfigError([f"{self.name}:{self.lines(())}: the configuration must be a map of keys and values"])
        self._known((), data, _KEYS, "the configuration")
        settings = Settings(
            path=self.name,
            params=self._map(("params",), data.get("params")),
            destinations=self._words(("destinations",), data.get("destinations")),
            dialect=self._choice(("dialect",), data.get("dialect"), DIALECTS, None),
            tz=self._zone(("tz",), data.get("tz")),
            rules={str(k): self._rule(("rules", k), v) for k, v in self._map(("rules",), data.get("rules")).items()},
            rule_packs=tuple(self.folder / p for p in self._words(("rule_packs",), data.get("rule_packs"))),
            tracking_plan=self._plan(("tracking_plan",), data.get("tracking_plan")),
            ignore=self._ignores(data.get("ignore")),
            fail_on=self._choice(("fail_on",), data.get("fail_on"), FAIL_ON, "error") or "error",
            min_confidence=self._choice(("min_confidence",), data.get("min_confidence"), CONFIDENCES, "medium")
            or "medium",
            redact=self._flag(("redact",), data.get("redact")),
            funnel=self._map(("funnel",), data.get("funnel")),
            given=frozenset(data),
            lines=self.lines,
        )
        if self.problems:
            raise ConfigError(self.problems)
        return settings

    def _known(self, place: tuple[Any, ...], data: dict[str, Any], keys: tuple[str, ...], what: str) -> None:
        for key in data:
            if key not in keys:
                self.note((*place, key), f'{what} has no key "{key}"{did_you_mean(str(key), keys)}')

    def _map(self, place: tuple[Any, ...], value: Any) -> dict[str, Any]:
        if value is None or isinstance(value, dict):
            return value or {}
        self.note(place, f'"{place[-1]}" must be a map of keys and values')
        return {}

    def _words(self, place: tuple[Any, ...], value: Any) -> tuple[str, ...]:
        items = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            self.note(place, f'"{place[-1]}" must be a list of names')
            return ()
        return tuple(items)

    def _zone(self, place: tuple[Any, ...], value: Any) -> str | None:
        if value is not None and not is_zone(value):
            self.note(place, f'"tz" is no time zone: "{value}"{zone_meant(value)}')
            return None
        return value if isinstance(value, str) else None

    def _choice(self, place: tuple[Any, ...], value: Any, among: tuple[str, ...], default: str | None) -> str | None:
        if value is None:
            return default
        if value not in among:
            self.note(place, f'"{place[-1]}" must be one of {", ".join(among)}{did_you_mean(str(value), among)}')
            return default
        return str(value)

    def _flag(self, place: tuple[Any, ...], value: Any) -> bool | None:
        if value is not None and not isinstance(value, bool):
            self.note(place, f'"{place[-1]}" must be true or false')
            return None
        return value

    def _rule(self, place: tuple[Any, ...], value: Any) -> RuleSetting:
        """``off``, a severity, true or false, or a map."""
        if value == "off" or value is False:
            return RuleSetting(enabled=False)
        if value is True:
            return RuleSetting(enabled=True)
        if isinstance(value, str):
            return RuleSetting(self._choice(place, value, (*_SEVERITIES, "off"), None), enabled=True)
        data = self._map(place, value)
        self._known(place, data, ("severity", "enabled", "params", "tolerate"), "a rule's setting")
        return RuleSetting(
            self._choice((*place, "severity"), data.get("severity"), _SEVERITIES, None),
            self._flag((*place, "enabled"), data.get("enabled")),
            self._map((*place, "params"), data.get("params")),
            self._share((*place, "tolerate"), data.get("tolerate")),
        )

    def _plan(self, place: tuple[Any, ...], value: Any) -> PlanSetting | None:
        """A path, or a map with the path and what holds for what the plan does not name."""
        if value is None:
            return None
        if isinstance(value, str):
            return PlanSetting(self.folder / value)
        if not isinstance(value, dict) or not isinstance(value.get("file"), str):
            self.note(place, '"tracking_plan" is the path of a plan, or a map with it: {file: plan.yml}')
            return None
        from auditor.model.violation import ALLOW, FORBID, Policy

        self._known(place, value, ("file", "unplanned_events", "unplanned_properties"), '"tracking_plan"')
        events, properties = (value.get(key) for key in ("unplanned_events", "unplanned_properties"))
        policy = Policy(
            self._choice((*place, "unplanned_events"), events, (FORBID, ALLOW), None),
            self._choice((*place, "unplanned_properties"), properties, (FORBID, ALLOW), None),
        )
        return PlanSetting(self.folder / value["file"], policy)

    def _share(self, place: tuple[Any, ...], value: Any) -> Share | None:
        try:
            return None if value is None else share(value)
        except ValueError as error:
            self.note(place, f'"tolerate": {error}')
            return None

    def _ignores(self, value: Any) -> tuple[Ignore, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.note(("ignore",), '"ignore" must be a list of {rule, where, reason, expires}')
            return ()
        found = []
        for number, item in enumerate(value):
            place = ("ignore", number)
            entry = self._map(place, item) if isinstance(item, dict) else None
            if entry is None:
                self.note(place, "an entry of ignore is a map: {rule, where, reason, expires}")
                continue
            self._known(place, entry, ("rule", "where", "reason", "expires"), "an entry of ignore")
            rule, reason = entry.get("rule"), entry.get("reason")
            if not isinstance(rule, str):
                self.note(place, 'an entry of ignore needs "rule": the id of a rule')
                continue
            if not isinstance(reason, str) or not reason.strip():
                self.note(place, 'an entry of ignore needs "reason": somebody will ask why')
                continue
            found.append(Ignore(rule, reason, entry.get("where"), self._date(place, entry.get("expires")), number))
        return tuple(found)

    def _date(self, place: tuple[Any, ...], value: Any) -> date | None:
        if value is None or (isinstance(value, date) and type(value) is date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.note((*place, "expires"), '"expires" must be a day such as 2027-03-31')
            return None


def _toml_lines(text: str) -> Callable[[tuple[Any, ...]], int]:
    """Lines of keys in ``[tool.auditor]``: tomllib keeps no places, so the lines that name a key are looked for. What
    stands inside a value has the line of its key."""
    held: dict[tuple[Any, ...], int] = {}
    table: tuple[Any, ...] = ()
    entries: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(text.splitlines(), 1):
        match = _TOML_LINE.match(row)
        if match is None:
            continue
        path: tuple[Any, ...] = tuple(word.strip("\"'") for word in re.findall(_TOML_WORD, match[2]))
        if match[1] is None:
            path = table + path
        else:
            if match[1] == "[[":
                entries[path] = entries.get(path, -1) + 1
                path = (*path, entries[path])
            table = path
        if path[:2] == _OURS:
            held.setdefault(path[2:], number)

    def line(place: tuple[Any, ...]) -> int:
        steps = [place[:length] for length in range(len(place), -1, -1)]
        return next((held[step] for step in steps if step in held), 1)

    return line


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
