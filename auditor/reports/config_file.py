"""The file that `auditor init` writes: YAML with the evidence as comments, what is only guessed commented out."""

import json
import textwrap
from collections.abc import Iterable, Iterator

from auditor.config.yaml_source import scalar
from auditor.model.proposal import Line, Proposal
from auditor.reports.json import timestamp
from auditor.reports.lines import clean, many

_WIDTH = 100
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-./")


def render(proposal: Proposal, logs: Iterable[str]) -> str:
    """The whole file."""
    return "\n".join(_rows(proposal, list(logs))) + "\n"


_HEAD = """
Each comment says what in the log speaks for the line below it. Lines that are commented out are guesses, or have
nothing to say: look at them, and uncomment what is true of your site.
"""
_EDITOR = """
`auditor schema config > auditor.schema.json` writes the file that the next line names: with it, an editor that knows
YAML completes and checks this one.
"""
_MODELINE = "# yaml-language-server: $schema=auditor.schema.json"
_DESTINATIONS = """
Where the events go; rules about alias depend on it. Name all of them: a list that is not whole switches rules off.
"""
_TAIL = """
What else can be set: rules, ignore, rule_packs, fail_on, redact (see the README) and more params
(auditor config --show).
"""


def _rows(proposal: Proposal, logs: list[str]) -> Iterator[str]:
    span = f"{timestamp(proposal.first)[:10]} to {timestamp(proposal.last)[:10]}"
    of = f"{many(proposal.events, 'event')} of {many(proposal.devices, 'device')} and {many(proposal.users, 'user')}"
    yield from _comment(f"Written by `auditor init {' '.join(logs)}` from {of}, {span}.")
    yield from _comment(_HEAD)
    yield from _comment(_EDITOR)
    yield _MODELINE
    yield ""
    yield "params:"
    for line in proposal.params:
        yield from _line(line, "  ")
        yield ""
    yield from _comment(_DESTINATIONS)
    for line in proposal.destinations:
        yield from _line(line, "")
    yield ""
    yield from _comment(_TAIL)


def _line(line: Line, indent: str) -> Iterator[str]:
    for said in line.seen:
        yield from _comment(said, indent)
    values = ", ".join(map(quoted, line.values))
    yield f"{indent}{'' if line.sure else '# '}{line.key}: [{values}]"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        clean(" ".join(text.split())),
        _WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def quoted(text: str) -> str:
    """A string as an item of a YAML list, such that it is read as just this string (YAML 1.2 and 1.1 alike)."""
    if not text.isprintable():
        return json.dumps(text)
    plain = text[:1].isalpha() and text == text.strip() and _PLAIN.issuperset(text)
    if plain and isinstance(scalar(text), str) and text.casefold() not in ("yes", "no", "on", "off", "y", "n"):
        return text
    return "'" + text.replace("'", "''") + "'"
