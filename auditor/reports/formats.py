"""The formats of a report by name. Each is a module with ``render(report, view)``, imported when it is asked for."""

import importlib
from collections.abc import Callable, Iterator
from typing import cast

from auditor.model.finding import Report
from auditor.reports.view import View

FORMATS = ("text", "concise", "json", "jsonl", "sarif", "junit", "github", "gitlab", "markdown", "csv", "html")
SHARED = frozenset({"html", "markdown", "sarif", "junit", "github", "gitlab"})
"""Those that leave the machine they are made on: redacted unless somebody says otherwise (design.md 8)."""
REPLAYED = frozenset({"json", "jsonl"})
"""Those from which another format can be made, and so must be able to be redacted later."""
OVERVIEW = "html"
"""The one that shows the funnel, the plan's coverage and code, which are made for it alone."""
_NEEDS = {"html": ("jinja2", "vl_convert")}


def lacking(name: str) -> str:
    """What to do before this format can be written, where a library is not installed; empty where none is missing."""
    needs = _NEEDS.get(name, ())
    if needs:
        from importlib.util import find_spec  # most formats need nothing

        if not all(find_spec(module) for module in needs):
            return f"the format {name} needs more than is installed: pip install 'tracking-auditor[{name}]'"
    return ""


def renderer(name: str) -> Callable[[Report, View], Iterator[str]]:
    """What writes a report in this format, piece by piece."""
    module = importlib.import_module(f"auditor.reports.{name}")
    return cast("Callable[[Report, View], Iterator[str]]", module.render)
