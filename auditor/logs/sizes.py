"""How large the calls are that are near a collector's limit. Of all others nobody asks, so nobody measures them.

A block of lines is not taken apart for it: where a stretch as long as the limit holds no line end, a long line begins.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from auditor.logs.reasons import UNDECODABLE

LARGE = 32 * 1024
"""Bytes of one message that Segment takes, and RudderStack (domain.md 1.6). Calls that may be larger are measured."""
_NOT_THE_SENDERS = frozenset({"receivedAt", "originalTimestamp", "writeKey", "delivery", "retry"})
"""What a collector, an envelope or a recording adds to a message."""


def long_rows(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The rows of a block that are longer than ``LARGE``, each with its number."""
    start = number = counted = 0
    while len(data) - start > LARGE:
        end = data.rfind(b"\n", start, start + LARGE + 1)
        if end >= 0:
            start = end + 1
            continue
        end = data.find(b"\n", start)
        number, counted = number + data.count(b"\n", counted, start), start  # hardly any block holds a long row
        yield number, data[start : end if end >= 0 else None]
        if end < 0:
            return
        start = end + 1


def size_of(item: Any) -> int:
    """Bytes of a message, decoded or not, as compact JSON without what others than its sender put there; 0 of what is
    no JSON in a member that nobody reads."""
    if isinstance(item, bytes):
        try:
            item = msgspec.json.decode(item)
        except UNDECODABLE:
            return 0
    if isinstance(item, dict):
        item = {key: value for key, value in item.items() if key not in _NOT_THE_SENDERS}
    return len(msgspec.json.encode(item))
