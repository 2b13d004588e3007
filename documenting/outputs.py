"""The outputs that pages quote: a block after ``<!-- output: auditor ... -->`` holds what that command prints.

Further lines of the comment shorten it:

* ``cut: FIRST .. LAST`` puts three dots for the lines from the first that begins with FIRST up to the one that begins
  with LAST, which stays (blanks at the beginning of a line do not count);
* ``pick: findings.0`` shows that part of a JSON report.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from documenting.pages import ROOT, Block, blocks

_SCRUBBED = ("CI", "GITHUB_", "GITLAB_", "AUDITOR_", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_", "PYTEST")
_DOTS = "..."


class Stale(Exception):
    """A comment asks for what the output does not have."""


def refreshed(page: Path, text: str) -> str:
    """The page with its outputs as the commands print them now. Raises ``Stale``."""
    lines = text.splitlines(keepends=True)
    for block in reversed([block for block in blocks(page, text) if block.output]):
        count = block.code.count("\n")
        lines[block.line : block.line + count] = [printed(block)]
    return "".join(lines)


def printed(block: Block) -> str:
    """What stands in a block: the output of its command, shortened as its comment says. Raises ``Stale``."""
    command, *said = block.output.splitlines()
    words = shlex.split(command)
    if words[0] != "auditor":
        raise Stale(f"{block.place}: {words[0]} is not auditor")
    shown = run(*words[1:])
    for line in said:
        verb, _, rest = line.strip().partition(": ")
        if verb == "cut":
            first, _, last = rest.partition(" .. ")
            shown = _cut(shown, first, last, block.place)
        elif verb == "pick":
            shown = _picked(shown, rest)
        else:
            raise Stale(f"{block.place}: a comment has no {verb!r}: cut or pick")
    return "\n".join(line.rstrip() for line in shown.strip("\n").splitlines()) + "\n"


def run(*arguments: str, width: int = 80, **variables: str) -> str:
    """What `auditor ARGUMENT...` prints at the root of the project, without colour and outside CI.

    Raises ``Stale`` where it could not do its job.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_SCRUBBED)}
    environment |= {"COLUMNS": str(width), "PYTHONPATH": str(ROOT), **variables}
    words = [sys.executable, "-m", "auditor", *arguments]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
    if done.returncode not in (0, 1):
        raise Stale(f"auditor {shlex.join(arguments)} exits with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def _cut(text: str, first: str, last: str, place: str) -> str:
    lines = text.splitlines()
    begin = next((number for number, line in enumerate(lines) if line.strip().startswith(first)), len(lines))
    end = next((n for n, line in enumerate(lines) if n > begin and line.strip().startswith(last)), None)
    if end is None:
        raise Stale(f"{place}: the output has no lines from {first!r} to {last!r}")
    return "\n".join([*lines[:begin], _DOTS, *lines[end:]])


def _picked(text: str, way: str) -> str:
    held = json.loads(text)
    for step in way.split("."):
        held = held[int(step)] if isinstance(held, list) else held[step]
    return json.dumps(held, indent=2, ensure_ascii=False)
