"""Records of a document: elements of a JSON array, one pretty-printed object, several values after another.

The text is read through a window that grows no further than the largest record. After damage reading goes on at the
next place that looks like the beginning of an object; all before it is one reject.
"""

import json
import re
from collections.abc import Iterator

from auditor.logs.packing import BLOCK, EndsEarly
from auditor.logs.pieces import LARGEST, Chunk, Damage, Piece, Stretch, too_large
from auditor.logs.sniffing import BOM, SCANNER
from auditor.logs.sources import Source

_BETWEEN = re.compile(r"[\s,\[\]]*")
_LONGEST_TOKEN = 16
"""A mistake so close to the window's end may come from the window, not from the text (`-Infinity`, `\\u12ab`)."""
_LONGEST_OPENING = 4096


def in_document(source: Source, *, whole: bool) -> Iterator[Piece]:
    """The pieces of a source that is no JSON Lines. ``whole`` keeps the bytes of stretches that are too large."""
    return Document(source, whole).pieces()


class Document:
    """A text read through its window; after damage reading goes on at the next ``opening``."""

    opening = re.compile(r"(?:\n[ \t\r]*|\}\s*,\s*)(?=\{)")

    def __init__(self, source: Source, whole: bool) -> None:
        self.blocks = source.blocks()
        self.whole = whole
        self.text = ""  # the window, latin-1: one character a byte
        self.offset = 0  # of the window's beginning
        self.at = 0  # where reading stands, in the window
        self.line = 1
        self.ended = False
        self.broken: EndsEarly | None = None
        self.open_arrays = 0
        self.unclosed = False

    def begin(self) -> None:
        """Go to the first byte behind a byte order mark."""
        self.more(len(BOM))
        if self.text.startswith(BOM.decode("latin-1")):
            self.at = len(BOM)

    def pieces(self) -> Iterator[Piece]:
        """The records, and the stretches that are none."""
        self.begin()
        while self.value_ahead():
            end, reason = self.scan()
            if reason is None:
                yield Chunk(self.line, self.offset + self.at, self.text[self.at : end].encode("latin-1"))
                self.move(end)
            else:
                yield self.damage(reason)
        if self.broken is not None and not self.unclosed:
            yield Damage(self.line, self.offset + self.at, b"", str(self.broken))
        elif self.open_arrays > 0 and not self.unclosed:
            yield Damage(self.line, self.offset + self.at, b"", "the JSON array is never closed: the file is cut off")

    def more(self, size: int) -> bool:
        """Let the window begin where reading stands and reach at least ``size`` bytes on; whether anything came."""
        held = [self.text[self.at :]]
        length = len(held[0])
        self.offset += self.at
        self.at = 0
        grown = False
        while length < size and not self.ended:
            try:
                block = next(self.blocks, b"")
            except EndsEarly as error:
                self.broken, block = error, b""
            self.ended = not block
            grown = grown or bool(block)
            held.append(block.decode("latin-1"))
            length += len(block)
        self.text = "".join(held)
        return grown

    def move(self, end: int) -> None:
        """Go on to a place in the window."""
        self.line += self.text.count("\n", self.at, end)
        self.at = end

    def value_ahead(self) -> bool:
        """Pass over what stands between values; whether a value follows."""
        while True:
            match = _BETWEEN.match(self.text, self.at)
            assert match is not None
            passed = match[0]
            self.open_arrays += passed.count("[") - passed.count("]")
            self.move(match.end())
            if self.at < len(self.text):
                return True
            if not self.more(1):
                return False

    def scan(self) -> tuple[int, str | None]:
        """Where the value ends that begins here, and why it is none."""
        while True:
            size = len(self.text) - self.at
            try:
                _, end = SCANNER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                edge = len(self.text) - (0 if self.ended else _LONGEST_TOKEN)
                partial = error.pos >= edge or error.msg.startswith("Unterminated")
                what, place = error.msg.removesuffix(" at"), self.offset + error.pos
                problem = f"not valid JSON: {what[:1].lower()}{what[1:]} at byte {place}"
            except RecursionError:
                return self.at, "nested too deeply to be read"
            else:
                if end - self.at > LARGEST:
                    return self.at, too_large(end - self.at)
                if end < len(self.text) or self.ended or self.text[end - 1] in '}]"':
                    return end, None
                partial = True
            if not partial:
                return self.at, problem
            if size > LARGEST:
                return self.at, f"the record is larger than {LARGEST >> 20} MiB, the largest that is read"
            if self.ended:
                self.unclosed = True
                return self.at, str(self.broken) if self.broken else "not valid JSON: cut off in the middle"
            self.more(max(2 * size, BLOCK))

    def damage(self, reason: str) -> Damage:
        """Everything from here to where the next object seems to begin; all of it, if the text was cut off here."""
        line, offset = self.line, self.offset + self.at
        lost = Stretch(self.whole)
        search = self.at + 1
        while True:
            found = None if self.unclosed else self.opening.search(self.text, search)
            if found is not None or self.ended:
                end = len(self.text) if found is None else found.end()
            else:  # an opening may stand astride the window's end: what could be its first half stays
                end = max(self.at, len(self.text) - min(self.may_open(), _LONGEST_OPENING))
            lost.add(self.text[self.at : end].encode("latin-1"))
            self.move(end)
            if found is not None or self.ended:
                break
            self.more(len(self.text) - self.at + 1)
            search = 0
        self.open_arrays = 0
        return Damage(line, offset, bytes(lost.data), reason)

    def may_open(self) -> int:
        """How many bytes at the window's end may be the first half of an opening."""
        return len(self.text) - len(self.text.rstrip(" \t\r\n,}"))
