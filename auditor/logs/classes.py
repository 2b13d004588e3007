"""What the reader asks of whoever sorts events as they are read (``engine.classify``)."""

from collections.abc import Callable
from typing import Protocol

from auditor.model.event import Event

Tests = tuple[tuple[int, Callable[[Event, None], bool]], ...]


class Classes(Protocol):
    """What sorts events as they are read (``engine.classify``). Values that no rule tells apart are one class."""

    kept: int
    """Bits of events whose nested members must be kept."""

    def user_class(self, user: str | None) -> int:
        """The class of a userId."""

    def path_class(self, path: str | None) -> int:
        """The class of a path."""

    def name_class(self, name: str | None) -> int:
        """The class of an event's name."""

    def others(self, event: Event) -> tuple[int, ...]:
        """The classes of the values of further fields that rules read."""

    def decide(self, event: Event) -> tuple[int, Tests]:
        """The bits that all events of these classes have, and what is to be tested of each of them."""


class Unclassified:
    """For reading without rules: everything is kept."""

    kept = 1

    def user_class(self, user: str | None) -> int:
        """All alike."""
        del user
        return 0

    path_class = name_class = user_class

    def others(self, event: Event) -> tuple[int, ...]:
        """None."""
        del event
        return ()

    def decide(self, event: Event) -> tuple[int, Tests]:
        """One bit for all."""
        del event
        return 1, ()
