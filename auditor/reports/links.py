"""Where a reader finds more: the page of a rule, the file of an event. At a terminal they are links (OSC 8)."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from rich.style import Style

import auditor
from auditor.reports.lines import Line, clean

_RULE = re.compile(r"(?:(?<=error\[)|(?<=warning\[)|(?<=info\[))[a-z0-9-]+(?=\])")
_NO_LINK = Style()


@cache
def address(rule: str) -> str:
    """The web address of a built-in rule's page; empty where there is none."""
    return f"{auditor.DOCUMENTATION}/rules/{rule}.md" if auditor.DOCUMENTATION and _written(rule) else ""


def linked(lines: Iterable[Line], files: Iterable[str]) -> Iterator[Line]:
    """The lines, in which the ids of findings' rules lead to what is written of them, and the names of ``files`` to
    these. A name that is no file any more, or one in an archive, is left as it is."""
    names = {clean(file): file for file in files}
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    places = re.compile(rf"(?<!\S)(?:{either})(?=:\d)") if names else None
    for line in lines:
        line.highlight_regex(_RULE, _to(_of_rule))
        if places is not None:
            line.highlight_regex(places, _to(lambda name: _of_file(names[name])))
        yield line


def _to(target: Callable[[str], str]) -> Callable[[str], Style]:
    """How a text that was found becomes a link; it stays as it is where it leads nowhere."""

    def style(text: str) -> Style:
        found = target(text)
        return Style(link=found) if found else _NO_LINK

    return style


def _of_rule(rule: str) -> str:
    """The page on the web, else that of a checkout, else the rule itself."""
    page = Path(auditor.__file__).parents[1] / "docs" / "rules" / f"{rule}.md"
    written = page if page.is_file() else _written(rule)
    return address(rule) or (written.as_uri() if written is not None else "")


def _of_file(name: str) -> str:
    try:
        return Path(name).resolve().as_uri() if Path(name).is_file() else ""
    except (OSError, ValueError):
        return ""


@cache
def _written(rule: str) -> Path | None:
    """The file of a built-in rule."""
    from auditor.language.loader import rules_folder  # most reports show no link

    return next(rules_folder().glob(f"*/{rule}.yml"), None)
