"""A log read for what its events hold, without any rule: every event with its properties and traits."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.config.settings import Settings
from auditor.logs.reader import RejectSink, read_log
from auditor.model.event import Event
from auditor.model.log import Log
from auditor.plans.shape import SECTION

_NAMED = {"track": "event", "page": "name", "screen": "name", "identify": None, "group": None}
"""The calls that a plan plans, and the member that holds the planned name."""


@dataclass(frozen=True)
class Recorded:
    """A log that was read, and the account of its records."""

    log: Log

    @property
    def records(self) -> int:
        """How many there were."""
        return self.log.records

    @property
    def rejected(self) -> int:
        """How many could not be read."""
        return self.log.rejected

    @property
    def skipped(self) -> int:
        """How many are no calls."""
        return self.log.skipped

    @property
    def rejects(self) -> list[tuple[str, int, int, str]]:
        """The first that could not be read: file, line, byte offset, reason."""
        return self.log.located

    def calls(self) -> Iterator[tuple[Event, str | None]]:
        """The calls that a plan can plan, each with the name it goes by, in the order read."""
        for event in self.log.events:
            if event.type in _NAMED:
                member = _NAMED[event.type]
                yield event, None if member is None else getattr(event, member)


def read_recorded(
    inputs: tuple[str, ...], settings: Settings, on_reject: RejectSink | None = None, fields: Iterable[str] = ()
) -> Recorded:
    """The log, with further ``fields`` of its events where somebody reads them.

    Raises ``InputError`` where an input cannot be read at all.
    """
    from zoneinfo import ZoneInfo

    zone = None if settings.tz is None else ZoneInfo(settings.tz)
    log = read_log(list(inputs), dialect=settings.dialect, zone=zone, fields=fields, on_reject=on_reject)
    return Recorded(log)


def held_of(event: Event) -> tuple[str, dict[str, Any]]:
    """What a call holds that a plan plans: the name of its member, and the member."""
    if event.type in SECTION:
        return SECTION[event.type], event.traits or {}
    return "properties", event.properties or {}
