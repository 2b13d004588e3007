"""One input as unpacked bytes. Packing is told from the content, never from the name."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from auditor.logs.packing import BLOCK, EndsEarly, unpacked
from auditor.model.log import InputError

if TYPE_CHECKING:
    from auditor.logs.har import Har

HEAD = 1 << 16
_IN_MEMORY = 64 << 20
"""A pipe is kept to be read again; from here on, bytes, on disk."""


@dataclass(slots=True)
class Source:
    """One input. ``label`` is what findings cite. ``path`` is ``None`` for stdin.

    ``explicit`` is false for a file that was met in a folder or by a glob, and so need not be a log. ``har`` is what
    was read, if it is a HAR file (``logs.har``). ``opened`` is the file that was opened last (``logs.watching``).
    """

    label: str
    path: Path | None
    explicit: bool = True
    spool: IO[bytes] | None = field(default=None, repr=False)
    har: "Har | None" = field(default=None, repr=False)
    archive: IO[bytes] | None = field(default=None, repr=False)
    opened: IO[bytes] | None = field(default=None, repr=False)

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes, in blocks. Raises ``EndsEarly`` after the last good block of a broken archive."""
        with self.whole() as packed:
            try:
                yield from unpacked(packed)
            except OSError as error:
                raise InputError(f"{self.label}: cannot be read ({error.strerror or error})") from error

    def head(self) -> bytes:
        """The first unpacked bytes, for sniffing."""
        held = b""
        try:
            for block in self.blocks():
                held += block
                if len(held) >= HEAD:
                    break
        except EndsEarly:
            pass
        return held[:HEAD]

    def close(self) -> None:
        """Let go of what was kept: of a pipe, of an archive."""
        for held in (self.archive, self.spool):
            if held is not None:
                held.close()
        self.archive = self.spool = None

    def whole(self) -> AbstractContextManager[IO[bytes]]:
        """The file as it stands, packed or not, to be read from its beginning."""
        try:
            if self.spool is None and self.path is not None and self.path.is_file():
                self.opened = self.path.open("rb")
                return self.opened
            if self.spool is None:
                self.spool = self._spooled()
        except OSError as error:
            raise InputError(f"{self.label}: cannot be opened ({error.strerror or error})") from error
        self.spool.seek(0)
        return nullcontext(self.spool)  # it survives: a log is read a second time for its copies

    def _spooled(self) -> IO[bytes]:
        """Stdin or a named pipe, which can be read once only, put where it can be read again."""
        import shutil
        import tempfile

        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - outlives this call
        if self.path is not None:
            with self.path.open("rb") as pipe:
                shutil.copyfileobj(pipe, spool, BLOCK)
        elif sys.stdin is not None:
            shutil.copyfileobj(sys.stdin.buffer, spool, BLOCK)
        return spool


def in_memory(label: str, content: bytes) -> Source:
    """An input that is at hand already."""
    from io import BytesIO

    return Source(label, None, spool=BytesIO(content))
