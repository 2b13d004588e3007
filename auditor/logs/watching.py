"""Who watches this process read a log: nobody, unless somebody shows how far it is (`auditor/cli/progress.py`).

The watcher is told what will be read, and when all of it is. In between it looks for itself, from another thread: a
source says where it stands, and reading costs no more than when nobody looks.
"""

import os
from collections.abc import Sequence
from typing import Any, Protocol

from auditor.logs.sources import Source


class Watcher(Protocol):
    """What is told of reading."""

    def reading(self, inputs: Sequence[Source]) -> None:
        """These are going to be read, one after the other."""

    def read(self) -> None:
        """All of them have been."""


_watchers: list[Watcher] = []


def watch(watcher: Watcher | None) -> None:
    """Have every reading from now on watched; by nobody, if ``None``."""
    _watchers[:] = [] if watcher is None else [watcher]


def announce(inputs: Sequence[Source]) -> None:
    """Say what is going to be read."""
    for watcher in _watchers:
        watcher.reading(inputs)


def announce_end() -> None:
    """Say that all of it has been read."""
    for watcher in _watchers:
        watcher.read()


def size_of(source: Source) -> int | None:
    """Bytes of an input as it stands on disk, packed or not; ``None`` where only reading it tells (a pipe)."""
    try:
        return source.path.stat().st_size if source.path is not None and source.path.is_file() else None
    except OSError:
        return None


def place_in(source: Source) -> int | None:
    """Bytes of an input that have been read, as it stands on disk; ``None`` where nothing has been, or it is closed."""
    held: Any = source.opened if source.archive is None else getattr(source.archive, "fp", None)
    try:
        return None if held is None else os.lseek(held.fileno(), 0, os.SEEK_CUR)
    except (OSError, ValueError):  # closed meanwhile, or no file of the system
        return None
