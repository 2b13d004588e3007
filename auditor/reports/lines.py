"""What the text formats share: lines of a width that obey nobody but us, and how events and gaps are put into words."""

import io
import re
import textwrap
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from auditor.model.event import Event
from auditor.model.finding import Report

LONGEST = 1000
"""Characters of a text that people read; an event's name may have a million."""
COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]"
    r"|(?<=##)(?=(?:vso)?\[)"  # what the log of a CI runner obeys wherever it stands
)
_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_REJECTS = 5

Line = Text


def printed(lines: Iterable[Line], width: int, colour: bool) -> str:
    """The lines as one text."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False
    )
    for line in lines:
        console.print(line, soft_wrap=True, end="\n")
    return inert(out.getvalue())


def wrapped(text: str, width: int, indent: str = "", *, hanging: str | None = None, style: str = "") -> Iterator[Line]:
    """A text as lines; a word longer than a line stays whole."""
    rows = textwrap.wrap(
        clean(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for row in rows:
        yield Text(row, style=style)


def inert(rows: str) -> str:
    """Lines of which a CI runner takes none for a command, as it does with one that begins with ``::``."""
    return _COMMAND.sub("\\1\ufffd", rows)


def clean(text: str) -> str:
    """Text with nothing that a terminal or a CI runner would obey, and no longer than anybody reads: it comes from
    people's browsers."""
    return _UNSAFE.sub("\ufffd", cut(text, LONGEST))


def cut(text: str, room: int) -> str:
    """A text that fits."""
    return text if len(text) <= room else f"{text[: room - 3]}..."


def many(count: int, word: str) -> str:
    """``1 event``, ``1,200 events``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def counted(report: Report) -> str:
    """``2 errors, 1 warning, 3 info``."""
    errors, warnings = (many(report.count(severity), severity) for severity in ("error", "warning"))
    return f"{errors}, {warnings}, {report.count('info'):,} info"


def sized(gap: int) -> str:
    """A span of time, ms, without its sign."""
    if gap < 1000:
        return f"{gap} ms"
    if gap < 600_000:
        return f"{gap / 1000:.1f} s"
    if gap < 2 * 86_400_000:
        return f"{gap // 60_000} min"
    return f"{gap // 86_400_000} days"


def location(event: Event, files: list[str], entry: int | None) -> str:
    """Where an event stands; ``entry`` in a HAR."""
    return f"{files[event.file]}:{event.line}{'' if entry is None else f' (entry {entry})'}"


def label(event: Event) -> str:
    """What a call is about, in a word: the event's name, the path, the id it names."""
    if event.type == "identify":
        return event.user_id or "(no userId)"
    if event.type == "group":
        return event.group_id or "(no groupId)"
    if event.type == "alias":
        return f"{event.user_id} <- {event.previous_id}"
    if event.type == "track":
        return event.event or "(no name)"
    return event.path or event.name or ""


def rejects(rejected: int, records: int, first: list[tuple[str, int, int, str]], width: int) -> Iterator[Line]:
    """How many records could not be read, and why the first of them could not."""
    if not rejected:
        return
    yield from wrapped(
        f"rejected: {rejected} of {many(records, 'record')} could not be read (--rejects FILE writes them out)",
        width,
        hanging="  ",
        style="bold yellow",
    )
    for file, line, offset, reason in first[:_REJECTS]:
        yield from wrapped(f"{file}:{line} (byte {offset}): {reason}", width, "  ", hanging="    ")
    if rejected > _REJECTS:
        yield Text(f"  and {rejected - _REJECTS} more")


def command(words: Iterable[str], logs: Iterable[str], width: int) -> Iterator[Line]:
    """``next: auditor ...``, to be copied into a shell; where it is too long for one line, in two.

    ``words`` are the command and then its options; ``logs`` name the log and stand right behind the command.
    """
    import shlex  # only where there is a finding

    words = list(words)
    if any(len(word) > LONGEST for word in words):
        return  # no shell would take it
    first, *rest = words
    head = " ".join(["next: auditor", first, *(word if word == "LOG..." else shlex.quote(word) for word in logs)])
    tail = " ".join(shlex.quote(word) for word in rest)
    if not tail or len(head) + 1 + len(tail) <= width:
        yield Text(clean(f"{head} {tail}".rstrip()), style="bold")
        return
    yield Text(clean(f"{head} \\"), style="bold")
    yield Text(clean(f"        {tail}"), style="bold")
