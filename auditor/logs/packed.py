"""Settled events as bytes, to be put on disk and taken up again as they were, but for the lane they stand on.

Of what a lane shares they keep the browser that it names: the rest is told anew from the events.
"""

from operator import attrgetter

import msgspec
from msgspec import UNSET

from auditor.model.event import Event, Sender

_LEFT_OUT = ("metadata", "sender")


class Packing:
    """Packs and unpacks the events of one type (``logs.wide``)."""

    def __init__(self, kind: type[Event]) -> None:
        fields = [field for field in msgspec.structs.fields(kind) if field.name not in _LEFT_OUT]
        types = tuple(field.type for field in fields)
        self._kind = kind
        self._read = attrgetter(*(field.name for field in fields))
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(tuple[(int, *types)]).decode  # type: ignore[valid-type]
        self._senders: list[Sender] = []
        self._numbers: dict[tuple[str | None, bool], int] = {}
        self._cuts = [kind.__struct_fields__.index(name) for name in _LEFT_OUT]

    def pack(self, event: Event) -> bytes:
        """The bytes of an event."""
        return self._encode((self._named(event.sender), *self._read(event)))

    def _named(self, sender: Sender) -> int:
        """The number of one of the browsers that there are: of a lane that is all that needs its own events."""
        named = sender.agent, sender.mixed
        number = self._numbers.get(named)
        if number is None:
            number = self._numbers[named] = len(self._senders)
            self._senders.append(Sender(sender.agent))
            self._senders[number].mixed = sender.mixed
        return number

    def unpack(self, data: bytes | memoryview) -> Event:
        """The event, on no lane yet."""
        number, *held = self._decode(data)
        first, second = self._cuts
        values = (*held[:first], UNSET, *held[first : second - 1], self._senders[number], *held[second - 1 :])
        return self._kind(*values)
