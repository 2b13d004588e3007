"""How far a run is, on stderr: for people at a terminal, and only once it has taken longer than a second."""

import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from auditor.logs.sources import Source
from auditor.logs.watching import place_in, size_of, watch

AFTER = 1.0
"""Seconds before anything is shown."""
_EVERY = 0.2
_ALONE: dict[str, Any] = {"auto_refresh": False, "transient": True, "redirect_stdout": False, "redirect_stderr": False}
"""It draws when we say so, leaves nothing behind, and lets everybody else write as ever."""


class Progress:
    """Shown while it is open, and gone afterwards: first the bytes read of inputs whose size is known, then ``then``.

    It looks from a thread of its own at where reading stands; reading itself knows nothing of it.
    """

    def __init__(self, then: str, colour: bool) -> None:
        self.then, self.colour = then, colour
        self.sources: Sequence[Source] = ()
        self.total: int | None = None
        self.sizes: list[int] = []
        self.all_read = False
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> "Progress":
        watch(self)
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        watch(None)
        self.over.set()
        self.thread.join()

    def reading(self, inputs: Sequence[Source]) -> None:
        """Inputs are going to be read."""
        sizes = [size_of(source) for source in inputs]
        self.sizes = [size or 0 for size in sizes]
        self.total = sum(self.sizes) if sizes and None not in sizes else None
        self.sources, self.all_read = inputs, False
        if any(source.path is None and source.spool is None for source in inputs) and sys.stdin and sys.stdin.isatty():
            self.over.set()  # whoever types the log knows how far it is

    def read(self) -> None:
        """Inputs have been read; the rest is work on their events."""
        self.all_read = True

    @property
    def done(self) -> int:
        """Bytes that have been read, of the inputs whose size is known."""
        begun = [number for number, source in enumerate(self.sources) if source.opened is not None]
        if not begun:
            return 0
        place = place_in(self.sources[begun[-1]])
        size = self.sizes[begun[-1]]
        return sum(self.sizes[: begun[-1]]) + (size if place is None else min(place, size))

    def _show(self) -> None:
        if self.over.wait(AFTER):
            return
        from rich.console import Console  # few runs take a second
        from rich.progress import BarColumn, DownloadColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("{task.description}"), BarColumn())
        console = Console(stderr=True, no_color=not self.colour)
        with Bar(*columns, DownloadColumn(), console=console, **_ALONE) as bar:
            task = bar.add_task("reading", total=None)
            working = False
            while not self.over.wait(_EVERY):
                if not self.all_read:
                    bar.update(task, completed=self.done, total=self.total)
                elif not working:
                    bar.remove_task(task)
                    bar.columns = columns  # nobody knows how much of it is left
                    bar.add_task(self.then, total=None)
                    working = True
                bar.refresh()
