"""`auditor config --show --format json`: one object, `auditor/settings/1`, validated by `schemas/settings-1.json`."""

from typing import Any

from auditor import __version__
from auditor.model.setting import Setting
from auditor.reports.json import indented

SCHEMA = "auditor/settings/1"


def render(settings: list[Setting], file: str | None) -> str:
    """The settings as one JSON object, indented, with a newline at the end. ``file`` is the config file in use."""
    return indented(document(settings, file))


def document(settings: list[Setting], file: str | None) -> dict[str, Any]:
    """The settings as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": __version__},
        "file": file,
        "settings": [
            {
                "name": setting.name,
                "value": setting.value,
                "origin": setting.origin,
                "place": setting.place,
                "reason": setting.reason,
            }
            for setting in settings
        ],
    }
