"""Raw records, each with the line and byte offset where it begins, and what is said of a stretch that is none."""

from dataclasses import dataclass

LARGEST = 32 << 20
"""The largest record that is read, bytes. Segment's own limit for a batch is 500 KB (domain.md 1.6)."""


@dataclass(slots=True)
class Chunk:
    """Bytes of whole records: ``rows`` lines of them, or, if ``rows`` is 0, one value that may span lines."""

    line: int
    offset: int
    data: bytes
    rows: int = 0


@dataclass(slots=True)
class Damage:
    """A stretch that is no record, and why. ``data`` is empty where it was not to be kept."""

    line: int
    offset: int
    data: bytes
    reason: str


@dataclass(slots=True)
class NonEvent:
    """A record that is known to hold no call."""

    line: int
    offset: int


Piece = Chunk | Damage | NonEvent


class Stretch:
    """Bytes of one record gathered block by block. What is too large to be read is only counted, unless ``whole``."""

    def __init__(self, whole: bool) -> None:
        self.whole = whole
        self.data = bytearray()
        self.size = 0
        self.blank = True

    def add(self, data: bytes) -> None:
        """Go on with these bytes."""
        self.size += len(data)
        self.blank = self.blank and (not data or data.isspace())
        if self.whole or self.size <= LARGEST:
            self.data += data
        else:
            self.data.clear()


def too_large(size: int) -> str:
    """Why a record of this many bytes is a reject."""
    return f"the record is {size / 1e6:.1f} MB; the largest that is read is {LARGEST >> 20} MiB"
