"""The command at a pseudo-terminal: what a person sees who runs it."""

import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

from tests.conftest import ROOT


def at_terminal(
    *arguments: object, stdout: bool = False, feed: Callable[[IO[bytes]], None] | None = None, **variables: str
) -> tuple[int, str, str]:
    """`auditor ARGUMENT...` with a terminal on stderr, or with ``stdout`` on that instead, and a pipe on the other.

    Returns (exit code, what came through the pipe, what the terminal got). ``feed`` writes to its stdin.
    """
    scrubbed = ("CI", "GITHUB_", "GITLAB_", "AUDITOR_", "FORCE_COLOR", "NO_COLOR", "PYTEST")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(scrubbed)}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "80", "PYTHONPATH": str(ROOT), **variables}
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "auditor", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=theirs if stdout else subprocess.PIPE,
        stderr=subprocess.PIPE if stdout else theirs,
        env=environment,
        cwd=ROOT,
    )
    os.close(theirs)
    piped = running.stderr if stdout else running.stdout
    assert piped is not None
    assert running.stdin is not None
    held: list[bytes] = []
    threads = [threading.Thread(target=lambda: held.append(piped.read()))]
    if feed is not None:
        threads.append(threading.Thread(target=feed, args=(running.stdin,)))
    for thread in threads:
        thread.start()
    shown = b""
    while block := _read(ours):
        shown += block
    for thread in threads:
        thread.join(60)
    os.close(ours)
    running.stdin.close()
    piped.close()
    return running.wait(60), held[0].decode(), shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""
