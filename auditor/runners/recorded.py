"""A log read for what its events hold, without any rule: every event with its properties and traits."""

from collections.abc import Iterator
from typing import Any

from auditor.config.settings import Settings
from auditor.logs.reader import RejectSink, read_log
from auditor.model.event import Event
from auditor.model.log import Log
from auditor.plans.shape import SECTION

_NAMED = {"track": "event", "page": "name", "screen": "name", "identify": None, "group": None}
"""The calls that a plan plans, and the member that holds the planned name."""


def read_recorded(inputs: tuple[str, ...], settings: Settings, on_reject: RejectSink | None = None) -> Log:
    """The log. Raises ``InputError`` where an input cannot be read at all."""
    from zoneinfo import ZoneInfo

    zone = None if settings.tz is None else ZoneInfo(settings.tz)
    return read_log(list(inputs), dialect=settings.dialect, zone=zone, on_reject=on_reject)


def planned_calls(log: Log) -> Iterator[tuple[Event, str | None]]:
    """The calls that a plan can plan, each with the name it goes by, in the order read."""
    for event in log.events:
        if event.type in _NAMED:
            member = _NAMED[event.type]
            yield event, None if member is None else getattr(event, member)


def held_of(event: Event) -> tuple[str, dict[str, Any]]:
    """What a call holds that a plan plans: the name of its member, and the member."""
    if event.type in SECTION:
        return SECTION[event.type], event.traits or {}
    return "properties", event.properties or {}
