"""One input as unpacked bytes. Packing is told from the content, never from the name."""

import gzip
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from auditor.model.log import InputError

if TYPE_CHECKING:
    from auditor.logs.har import Har

BLOCK = 1 << 18
HEAD = 1 << 16
_IN_MEMORY = 64 << 20
"""A pipe is kept to be read again; from here on, bytes, on disk."""


class EndsEarly(Exception):
    """The packed bytes stop or break in the middle; what came before is good."""


@dataclass(slots=True)
class Source:
    """One input. ``label`` is what findings cite. ``path`` is ``None`` for stdin.

    ``explicit`` is false for a file that was met in a folder or by a glob, and so need not be a log. ``har`` is what
    was read, if it is a HAR file (``logs.har``).
    """

    label: str
    path: Path | None
    explicit: bool = True
    spool: IO[bytes] | None = field(default=None, repr=False)
    har: "Har | None" = field(default=None, repr=False)

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes, in blocks. Raises ``EndsEarly`` after the last good block of a broken archive."""
        with self._open() as packed:
            try:
                zipped = packed.read(2) == b"\x1f\x8b"
                packed.seek(0)
                if zipped:
                    yield from _unzipped(packed)
                else:
                    while block := packed.read(BLOCK):
                        yield block
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
        """Let go of what was kept of a pipe."""
        if self.spool is not None:
            self.spool.close()
            self.spool = None

    def _open(self) -> IO[bytes]:
        """The file as it stands, to be read from its beginning."""
        try:
            if self.spool is None and self.path is not None and self.path.is_file():
                return self.path.open("rb")
            if self.spool is None:
                self.spool = self._spooled()
        except OSError as error:
            raise InputError(f"{self.label}: cannot be opened ({error.strerror or error})") from error
        self.spool.seek(0)
        return _Kept(self.spool)  # type: ignore[return-value]

    def _spooled(self) -> IO[bytes]:
        """Stdin or a named pipe, which can be read once only, put where it can be read again."""
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - outlives this call
        if self.path is not None:
            with self.path.open("rb") as pipe:
                shutil.copyfileobj(pipe, spool, BLOCK)
        elif sys.stdin is not None:
            shutil.copyfileobj(sys.stdin.buffer, spool, BLOCK)
        return spool


class _Kept:
    """A spool that survives the end of its block: a log is read a second time for its copies."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __enter__(self) -> IO[bytes]:
        return self.file

    def __exit__(self, *_: object) -> None:
        return None


def _unzipped(packed: IO[bytes]) -> Iterator[bytes]:
    """What a gzip archive of one or several members holds, in blocks of about ``BLOCK``."""
    stream = gzip.GzipFile(fileobj=packed, mode="rb")  # a spool would be taken for one to write to
    held: list[bytes] = []
    size = 0
    broken: EndsEarly | None = None
    while broken is None:
        try:
            block = stream.read1(BLOCK)
        except EOFError:
            broken = EndsEarly("the gzip archive ends early: the file is cut off")
        except (gzip.BadGzipFile, zlib.error) as error:
            broken = EndsEarly(f"the gzip archive is damaged from here on ({error})")
        else:
            if not block:
                break
            held.append(block)
            size += len(block)
            if size < BLOCK:
                continue
        if held:
            yield b"".join(held)
        held, size = [], 0
    if held:
        yield b"".join(held)
    if broken is not None:
        raise broken
