"""How a log covers a tracking plan, both ways: what is planned and was not seen, what was seen and is not planned."""

from collections.abc import Mapping

import msgspec


class PropertyCoverage(msgspec.Struct, frozen=True):
    """A planned property of one event. ``place`` is where it stands ("properties.products[].price").

    Of the ``holders`` (calls, or for nested ones the objects that could have it) ``seen`` have it, ``null`` of those
    with the value null. ``unseen_values`` are planned values that no call has.
    """

    place: str
    required: bool
    holders: int
    seen: int
    null: int
    unseen_values: tuple[str, ...] = ()

    @property
    def share(self) -> float | None:
        """``seen`` of ``holders``; ``None`` where nothing could have it."""
        return self.seen / self.holders if self.holders else None

    @property
    def null_share(self) -> float | None:
        """``null`` of ``seen``."""
        return self.null / self.seen if self.seen else None


class EventCoverage(msgspec.Struct, frozen=True):
    """A planned event: how many calls the log has of it, all versions together. ``unplanned`` counts, by name, calls
    with properties (or traits) that the plan does not name."""

    type: str
    name: str | None
    calls: int
    properties: tuple[PropertyCoverage, ...] = ()
    unplanned: Mapping[str, int] = {}

    @property
    def label(self) -> str:
        """How a report calls it."""
        return self.type if self.name is None else self.name


class UnplannedEvent(msgspec.Struct, frozen=True):
    """Calls that the plan does not have. ``meant`` is a planned name that this one is probably a misspelling of."""

    type: str
    name: str
    calls: int
    meant: str | None = None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """A log against a plan. ``unplanned`` leaves out what SDKs and vendors send by themselves."""

    version: str
    files: tuple[str, ...]
    records: int
    calls: int
    rejected: int
    skipped: int
    rejects: list[tuple[str, int, int, str]]
    plan: str
    format: str
    events: tuple[EventCoverage, ...]
    unplanned: tuple[UnplannedEvent, ...]

    @property
    def seen(self) -> int:
        """How many planned events were seen."""
        return sum(1 for event in self.events if event.calls)

    @property
    def percent(self) -> float:
        """Planned events that were seen, of 100."""
        return 100 * self.seen / len(self.events) if self.events else 100.0

    @property
    def planned_properties(self) -> int:
        """Planned properties of the events that were seen."""
        return sum(len(event.properties) for event in self.events if event.calls)

    @property
    def properties_percent(self) -> float:
        """Of those, how many some call has, of 100."""
        seen = sum(1 for event in self.events if event.calls for held in event.properties if held.seen)
        return 100 * seen / self.planned_properties if self.planned_properties else 100.0

    @property
    def unplanned_calls(self) -> int:
        """Calls that the plan does not have."""
        return sum(event.calls for event in self.unplanned)
