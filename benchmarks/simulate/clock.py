"""Time: one clock for everything that happens, and the spelling of moments on the wire."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

Story = Iterator[int]
"""What somebody does: each item is a pause, ms."""


class Loop:
    """Calls functions when their moment comes; ``now`` is the true time, ms since 1970."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._waiting: list[tuple[int, int, Callable[[], object]]] = []
        self._numbers = count()

    def after(self, pause: int, call: Callable[[], object]) -> None:
        """Call a function after a pause, ms."""
        heapq.heappush(self._waiting, (self.now + pause, next(self._numbers), call))

    def start(self, story: Story) -> None:
        """Let a story happen, beginning now."""

        def step() -> None:
            pause = next(story, None)
            if pause is not None:
                self.after(pause, step)

        step()

    def run(self) -> None:
        """Until nothing is left to happen."""
        while self._waiting:
            self.now, _, call = heapq.heappop(self._waiting)
            call()


def stamp(moment: int) -> str:
    """A moment as JavaScript spells it: ISO 8601, milliseconds, Z."""
    return (_EPOCH + timedelta(milliseconds=moment)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
