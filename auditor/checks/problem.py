"""What a check yields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from auditor.model.event import Event

if TYPE_CHECKING:
    from auditor.model.violation import Violation


@dataclass(frozen=True)
class Problem:
    """A violated candidate: which kind, with what evidence, and words for the message.

    ``fields`` fill the message's places and may hold ids; ``trait`` joins the fingerprint and holds none. A
    ``violation`` of the tracking plan is the same mistake on whatever page, by whatever library it is made.
    """

    kind: str | None = None
    evidence: tuple[tuple[str, Event], ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    trait: str = ""
    violation: "Violation | None" = None


@dataclass(frozen=True)
class Unsure:
    """The log cannot decide about this candidate."""


class Options(Protocol):
    """The options a rule gave, by name."""

    def __getattr__(self, name: str) -> Any: ...
