"""`auditor config --show --format text`: each setting with its value and where the value comes from."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.text import Text

from auditor.model.setting import COMMAND_LINE, DEFAULT, ENVIRONMENT, PROFILE, Setting
from auditor.reports.lines import Line, clean, cut, printed, wrapped

_SHOWN = 4
"""Items of a default list that are shown; a list that somebody wrote is shown whole."""


def render(settings: list[Setting], file: str | None, *, width: int = 80, colour: bool = False) -> str:
    """The settings as text of at most ``width`` columns. ``file`` is the config file in use."""
    return printed(_lines(settings, file, width), width, colour)


def _lines(settings: list[Setting], file: str | None, width: int) -> Iterator[Line]:
    said = f"configuration: {file}" if file else "configuration: no file found; everything has its default"
    yield from wrapped(said, width, style="bold")
    room = width - max((len(_origin(setting)) for setting in settings), default=0) - 2
    for section, held in groupby(settings, key=lambda setting: setting.name.split(".")[0]):
        of_section = list(held)
        nested = any(setting.name != section for setting in of_section)
        if nested:
            yield Text(f"{section}:", style="bold")
        for setting in of_section:
            yield from _setting(setting, "  " if nested else "", max(room, 40))


def _setting(setting: Setting, indent: str, room: int) -> Iterator[Line]:
    """The name and the value in ``room`` columns, and the origin behind them. A long default is cut; what somebody
    wrote is shown whole."""
    ours = setting.origin == DEFAULT and setting.reason is None
    name = setting.name.partition(".")[2] or setting.name
    reason = f" ({setting.reason})" if setting.reason else ""
    line = f"{name}: {_value(setting.value, whole=not ours)}{reason}"
    rows = [cut(clean(indent + line), room)] if ours else [row.plain for row in _rows(line, indent, room)]
    for row in rows[:-1]:
        yield Text(row, style="bold")
    yield Text(f"{rows[-1]:<{room}}  {clean(_origin(setting))}", style="" if ours else "bold")


def _rows(line: str, indent: str, room: int) -> Iterator[Line]:
    return wrapped(line, room, indent, hanging=f"{indent}    ")


def _origin(setting: Setting) -> str:
    if setting.origin == DEFAULT:
        return "default"
    if setting.origin == COMMAND_LINE:
        return f"command line, {setting.place}"
    if setting.origin == PROFILE:
        return f"profile {setting.place}"
    if setting.origin == ENVIRONMENT:
        return f"{setting.place} is set"
    return str(setting.place)


def _value(value: Any, *, whole: bool) -> str:
    """A value as YAML would have it, near enough for reading."""
    if value is None:
        return "not set"
    if isinstance(value, list):
        shown = value if whole else value[:_SHOWN]
        rest = [f"and {len(value) - len(shown)} more"] if len(shown) < len(value) else []
        return f"[{', '.join([*(_value(item, whole=whole) for item in shown), *rest])}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_value(inner, whole=whole)}' for key, inner in value.items())}}}"
    return value if isinstance(value, str) else json.dumps(value)
