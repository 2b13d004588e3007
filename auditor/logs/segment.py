"""The Segment dialect: HTTP API bodies, S3 archives, debugger copies (domain.md 1, 6.2).

RudderStack events have the same members and are told apart per event (``logs.rudderstack``). The decoder keeps only
the members that timelines, checks and rules read; everything else of a record is skipped without being built.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from auditor.logs import rudderstack
from auditor.logs.sides import side_of
from auditor.model.event import RECORDED, Event, milliseconds

Moment = Annotated[datetime, Meta(tz=True)]
"""A time with a zone. A record with any other spelling takes the slower road of ``logs.lenient``."""


class Page(msgspec.Struct, gc=False):
    path: str | None = None
    referrer: str | None = None
    url: str | None = None


class Library(msgspec.Struct, gc=False):
    name: str | None = None
    version: str | None = None


class Device(msgspec.Struct, gc=False):
    id: str | None = None
    type: str | None = None


class Context(msgspec.Struct, gc=False):
    page: Page | None = None
    library: Library | None = None
    traits: dict[str, Any] | None = None
    device: Device | None = None
    sessionId: int | str | None = None
    sessionStart: bool | None = None


class Wire(msgspec.Struct, gc=False):
    """A record as the SDKs and archives spell it."""

    type: str | None = None
    event: str | None = None
    userId: str | None = None
    anonymousId: str | None = None
    messageId: str | None = None
    timestamp: Moment | None = None
    originalTimestamp: Moment | None = None
    sentAt: Moment | None = None
    receivedAt: Moment | None = None
    context: Context | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    name: str | None = None
    category: str | None = None
    previousId: str | None = None
    groupId: str | None = None
    writeKey: str | None = None
    channel: str | None = None
    delivery: str | None = None
    retry: bool | None = None
    metadata: Raw | UnsetType = msgspec.field(name="_metadata", default=UNSET)
    batch: Raw | UnsetType = UNSET
    message: Raw | UnsetType = UNSET
    series: Raw | UnsetType = UNSET

    def plain(self) -> bool:
        """Whether this is a call by itself: of a known type, no envelope, with an identity and a time."""
        return (
            self.type in RECORDED
            and self.batch is UNSET
            and self.message is UNSET
            and (self.userId is not None or self.anonymousId is not None)
            and (self.originalTimestamp is not None or self.timestamp is not None)
        )


def wire_type(context_members: frozenset[str], raw_members: frozenset[str]) -> type[Wire]:
    """The record type for rules that read more than the usual: ``context.campaign``, ``raw.integrations``."""
    extra_context = sorted(context_members - set(Context.__struct_fields__))
    extra_raw = sorted(raw_members - set(Wire.__struct_encode_fields__))
    if not extra_context and not extra_raw:
        return Wire
    context = msgspec.defstruct(
        "WideContext", [(member, Any, None) for member in extra_context], bases=(Context,), gc=False
    )
    members = [("context", context | None, None), *((member, Any, None) for member in extra_raw)]
    wide: type[Wire] = msgspec.defstruct("WideWire", members, bases=(Wire,), gc=False)  # type: ignore[assignment]
    return wide


def event_of(wire: Wire, file: int, line: int, rudder: bool | None) -> Event:
    """The canonical event of a plain record. ``rudder`` forces or forbids RudderStack's reading; None: by its marks.

    ``t`` is the sender's clock: ``originalTimestamp``, else ``timestamp`` as on the wire (domain.md 1.4).
    """
    moment = wire.originalTimestamp or wire.timestamp
    assert moment is not None
    context = wire.context
    path = referrer = url = library = version = device_id = device_type = session = None
    carried: dict[str, Any] | None = None
    start = has_page = False
    if context is not None:
        page = context.page
        if page is not None:
            path, referrer, url, has_page = page.path, page.referrer, page.url, True
        if context.library is not None:
            library, version = context.library.name, context.library.version
        if context.device is not None:
            device_id, device_type = context.device.id, context.device.type
        if context.sessionId is not None:
            session, start = str(context.sessionId), bool(context.sessionStart)
        if context.traits:
            carried = context.traits
    properties = wire.properties
    if path is None:
        path, referrer, url = _page_by_properties(wire.type, properties, url, referrer)
    if rudder is None:
        rudder = library == rudderstack.LIBRARY or (wire.timestamp is None and session is not None)
    traits = wire.traits
    if rudder and wire.type == "identify" and not traits:
        traits, carried = carried, None
    anonymous = wire.anonymousId or None
    return Event(
        wire.type or "",
        wire.event,
        wire.name,
        wire.userId or None,
        anonymous,
        wire.messageId or None,
        milliseconds(moment),
        wire.sentAt,
        wire.receivedAt,
        side_of(library, wire.channel, has_page, device_type, anonymous is not None),
        library,
        path,
        file,
        line,
        url,
        referrer,
        version,
        wire.category,
        wire.previousId or None,
        wire.groupId or None,
        wire.writeKey,
        wire.channel,
        session,
        start,
        device_id,
        wire.delivery,
        bool(wire.retry),
        rudder,
        properties,
        traits,
        None if carried is None else {"traits": carried},
    )


def widen(event: Event, wire: Wire, context_members: frozenset[str], raw_members: frozenset[str]) -> None:
    """Keep the further members that rules read."""
    if context_members and wire.context is not None:
        held = dict(event.context or {})
        for member in context_members:
            value = getattr(wire.context, member, None)
            if value is not None:
                held[member] = msgspec.to_builtins(value)
        event.context = held
    if raw_members:
        event.raw = {member: getattr(wire, member, None) for member in raw_members}


def _page_by_properties(
    kind: str | None, properties: dict[str, Any] | None, url: str | None, referrer: str | None
) -> tuple[str | None, str | None, str | None]:
    """Path, referrer and url of a page call that carries them only as properties, or only a url."""
    if kind == "page" and properties:
        url = url or _text(properties.get("url"))
        referrer = referrer or _text(properties.get("referrer"))
        path = _text(properties.get("path"))
        if path is not None:
            return path, referrer, url
    if url is not None:
        rest = url.split("://", 1)[-1]
        slash = rest.find("/")
        return ("/" if slash < 0 else rest[slash:].split("?", 1)[0].split("#", 1)[0]), referrer, url
    return None, referrer, None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
