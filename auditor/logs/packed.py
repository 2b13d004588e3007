"""Settled events as bytes, to be put on disk and taken up again as they were, but for the lane they stand on."""

from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET

from auditor.model.event import Event, Sender

_NOWHERE = Sender()
_LEFT_OUT = ("metadata", "sender")


class Packing:
    """Packs and unpacks the events of one type (``logs.wide``)."""

    def __init__(self, kind: type[Event]) -> None:
        fields = [field for field in msgspec.structs.fields(kind) if field.name not in _LEFT_OUT]
        types = tuple(field.type for field in fields)
        self._kind = kind
        self._read = attrgetter(*(field.name for field in fields))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[types]).decode  # type: ignore[valid-type]
        self._cuts = [kind.__struct_fields__.index(name) for name in _LEFT_OUT]

    def pack(self, event: Event) -> bytes:
        """The bytes of an event."""
        return self._encode(self._read(event))

    def unpack(self, data: bytes | memoryview) -> Event:
        """The event, on no lane yet."""
        held: tuple[Any, ...] = self._decode(data)
        first, second = self._cuts
        values = (*held[:first], UNSET, *held[first : second - 1], _NOWHERE, *held[second - 1 :])
        return self._kind(*values)
