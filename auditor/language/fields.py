"""The fields a rule may name, and how each is read off an event."""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from auditor.model.event import Context, Event, extra

Getter = Callable[[Any], Any]

_ATTRIBUTES = {
    "type": "type",
    "event": "event",
    "name": "name",
    "category": "category",
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "previousId": "previous_id",
    "groupId": "group_id",
    "messageId": "message_id",
    "timestamp": "t",
    "originalTimestamp": "t",
    "sentAt": "sent",
    "receivedAt": "received",
    "channel": "channel",
    "writeKey": "write_key",
    "side": "side",
    "platform": "side",
    "library": "library",
    "version": "version",
    "path": "path",
    "url": "url",
    "referrer": "referrer",
    "delivery": "delivery",
    "retry": "retry",
    "line": "line",
    "lane": "lane",
    "device": "device",
    "user": "user_id",
    "page_load": "page_load",
    "session": "session",
    "after_reset": "after_reset",
    "after_identify": "after_identify",
    "identified": "identified",
    "copied": "copied",
    "number_ids": "number_ids",
    "size": "size",
}
TIMES = frozenset({"timestamp", "originalTimestamp", "sentAt", "receivedAt"})
PLAIN = frozenset(_ATTRIBUTES) | {"source", "person"}
NESTED = re.compile(r"^(traits|properties|context|raw)(\.[^.]+)*$")
KEYS = ("lane", "device", "user", "person", "page_load", "session", "anonymousId", "userId", "groupId", "messageId")
"""What timelines can be keyed by."""
DERIVED = frozenset(
    {"after_reset", "after_identify", "copied", "number_ids", "size", "lane", "device", "page_load", "person"}
)
"""Fields that are known only once the whole log is read."""
INTERNED = frozenset({"type", "event", "side", "platform", "source", "library"})
"""Fields with few values: what depends on them alone is decided once per combination."""


def is_field(name: str) -> bool:
    """Whether a rule may name this field."""
    return name in PLAIN or NESTED.match(name) is not None


def getter(name: str) -> Getter:
    """How to read a field. ``person`` is not on the event: the engine passes it by key."""
    if name == "source":
        return _source
    attribute = _ATTRIBUTES.get(name)
    if attribute is not None:
        return attrgetter(attribute)
    root, *parts = name.split(".")
    if root == "raw":
        return _raw(parts)
    if root == "context" and len(parts) == 1 and parts[0] in Context.__struct_fields__:
        return _context(attrgetter(parts[0]))
    return _nested(attrgetter(root), parts) if parts else attrgetter(root)


def _source(event: Event) -> str:
    return "server" if event.side == "server" else "client"


def _context(member: Getter) -> Getter:
    def read(event: Event) -> Any:
        context = event.context
        return None if context is None else member(context)

    return read


def _raw(parts: list[str]) -> Getter:
    """A member of the record as it stood on the wire."""
    known = dict(zip(Event.__struct_encode_fields__, Event.__struct_fields__, strict=True))
    attribute = known.get(parts[0], extra(parts[0])) if parts else "type"
    return _nested(lambda event: getattr(event, attribute, None), parts[1:])


def _nested(root: Getter, parts: list[str]) -> Getter:
    def read(event: Event) -> Any:
        value = root(event)
        for part in parts:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, msgspec.Struct):
                value = (
                    getattr(value, part, None) if part in value.__struct_fields__ else getattr(value, extra(part), None)
                )
            else:
                return None
        return value

    return read
