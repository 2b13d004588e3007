"""Inputs named on the command line: files, folders, globs, `-`; opened as unpacked bytes, sniffed by content."""

import glob
import gzip
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from auditor.model.log import InputError

BLOCK = 1 << 20
_HEAD = 1 << 16
_HAR = re.compile(rb'^\s*\{\s*"log"\s*:\s*\{')
_PACKED = {
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it first (zstd -d)",
    b"PAR1": "a Parquet file: export it as JSON lines first",
    b"BZh": "packed with bzip2: unpack it first (bunzip2)",
    b"\xfd7zXZ": "packed with xz: unpack it first (unxz)",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
}
_HAR_ADVICE = 'a HAR file, which is not read directly yet: see "Get a log" in the README for the one-liner that turns it into JSON lines'


class EndsEarly(Exception):
    """The packed bytes stop or break in the middle; what came before is good."""


@dataclass(slots=True)
class Source:
    """One input. ``label`` is what findings cite. ``explicit`` is false for a file met inside a folder."""

    label: str
    path: Path | None
    explicit: bool = True
    spool: IO[bytes] | None = field(default=None, repr=False)

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes, in blocks. Raises ``EndsEarly`` after the last good block of a broken archive."""
        with self._open() as packed:
            magic = packed.read(2)
            packed.seek(0)
            stream: IO[bytes] = gzip.GzipFile(fileobj=packed) if magic == b"\x1f\x8b" else packed  # type: ignore[assignment]
            while True:
                try:
                    block = stream.read1(BLOCK) if isinstance(stream, gzip.GzipFile) else stream.read(BLOCK)
                except EOFError as error:
                    raise EndsEarly("the gzip archive ends early: the file is cut off") from error
                except (gzip.BadGzipFile, zlib.error) as error:
                    raise EndsEarly(f"the gzip archive is damaged from here on ({error})") from error
                if not block:
                    return
                yield block

    def _open(self) -> IO[bytes]:
        if self.path is None:
            if self.spool is None:
                self.spool = tempfile.SpooledTemporaryFile(max_size=64 << 20)  # noqa: SIM115 - read more than once
                shutil.copyfileobj(sys.stdin.buffer, self.spool)
            self.spool.seek(0)
            return _Kept(self.spool)  # type: ignore[return-value]
        try:
            return self.path.open("rb")
        except OSError as error:
            raise InputError(f"{self.label}: cannot be opened ({error.strerror})") from error

    def head(self) -> bytes:
        """The first unpacked bytes, for sniffing."""
        held = b""
        try:
            for block in self.blocks():
                held += block
                if len(held) >= _HEAD:
                    break
        except EndsEarly:
            pass
        return held[:_HEAD]


class _Kept:
    """A spooled stdin that survives being closed, because a log may be read a second time for its copies."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __enter__(self) -> IO[bytes]:
        return self.file

    def __exit__(self, *_: object) -> None:
        return None


def sources_of(inputs: list[str]) -> list[Source]:
    """The sources behind the inputs, in the order given, each file once. Raises ``InputError``, naming all missing."""
    found: dict[str, Source] = {}
    missing = []
    for given in inputs:
        if given == "-":
            found.setdefault("-", Source("stdin", None))
            continue
        path = Path(given)
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_file() and not any(part.startswith(".") for part in inner.relative_to(path).parts):
                    found.setdefault(str(inner.resolve()), Source(str(inner), inner, explicit=False))
        elif path.exists():
            found.setdefault(str(path.resolve()), Source(given, path))
        else:
            matches = sorted(glob.glob(given, recursive=True)) if glob.has_magic(given) else []
            if not matches:
                missing.append(given)
            for match in matches:
                if Path(match).is_file():
                    found.setdefault(str(Path(match).resolve()), Source(match, Path(match)))
    if missing:
        names = ", ".join(missing)
        raise InputError(f"{names}: no such file or folder; nothing was checked")
    return list(found.values())


def why_no_log(head: bytes) -> str | None:
    """Why bytes that begin so are no event log, or ``None`` if they may be one."""
    for magic, words in _PACKED.items():
        if head.startswith(magic):
            return words
    if b"\x00" in head[:4096]:
        return "binary data, not an event log"
    if _HAR.match(head):
        return _HAR_ADVICE
    return None


def looks_like_json(head: bytes) -> bool:
    """Whether one of the first lines begins as JSON does: what a file met in a folder must show."""
    return any(line.lstrip(b"\xef\xbb\xbf \t\r")[:1] in (b"{", b"[") for line in head.split(b"\n")[:10])
