"""What a lint yields."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from auditor.model.plan import Place, PlannedEvent


@dataclass(frozen=True)
class Problem:
    """A mistake in a plan: the planned event to blame (``None``: the plan), the way to a property of it, which kind.

    ``fields`` fill the message's places; ``trait`` joins the fingerprint. ``place`` is where it stands, if not where
    the event does; ``others`` are further planned events with the same mistake.
    """

    event: PlannedEvent | None
    path: tuple[str, ...] = ()
    kind: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    trait: str = ""
    place: Place | None = None
    others: tuple[PlannedEvent, ...] = ()


class Options(Protocol):
    """The options a rule gave, by name."""

    def __getattr__(self, name: str) -> Any: ...


def listed(words: Iterable[str], at_most: int = 4) -> str:
    """``"a", "b" and 3 more``: names as a message shows them."""
    named = [f'"{word}"' for word in words]
    if len(named) > at_most + 1:
        return f"{', '.join(named[:at_most])} and {len(named) - at_most} more"
    return " and ".join(part for part in (", ".join(named[:-1]), *named[-1:]) if part)
