"""Zip archives: each member is an input of its own, ``export.zip/member``."""

import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, cast
from zipfile import BadZipFile, ZipFile

from auditor.logs.packing import EndsEarly
from auditor.logs.sources import Source
from auditor.model.log import InputError

__all__ = ["BadZipFile", "Member", "members_of"]


@dataclass(slots=True)
class Member(Source):
    """One file of a zip archive. Like a file that was met in a folder it need not be a log."""

    zip: ZipFile | None = None
    name: str = ""

    def whole(self) -> AbstractContextManager[IO[bytes]]:
        """The member as it stands in the archive, which may be packed once more."""
        assert self.zip is not None
        try:
            return self.zip.open(self.name)
        except (BadZipFile, NotImplementedError, RuntimeError) as error:  # RuntimeError: it is encrypted
            raise InputError(f"{self.label}: cannot be unpacked ({error}); unpack the archive first") from error

    def blocks(self) -> Iterator[bytes]:
        """As of a file; damage in the archive ends it early."""
        try:
            yield from Source.blocks(self)
        except (BadZipFile, zlib.error, EOFError) as error:
            raise EndsEarly(f"the zip archive is damaged from here on ({error or 'it ends early'})") from error


def members_of(source: Source) -> list[Member]:
    """The files in a zip archive, hidden ones left out. They can be read until the source is closed.

    Raises ``BadZipFile`` where its directory, which stands at the end, cannot be read.
    """
    archive = ZipFile(source.path if source.spool is None and source.path is not None else _spool(source))
    source.archive = cast("IO[bytes]", archive)
    return [
        Member(f"{source.label}/{info.filename}", None, explicit=False, zip=archive, name=info.filename)
        for info in archive.infolist()
        if not info.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
    ]


def _spool(source: Source) -> IO[bytes]:
    assert source.spool is not None  # head() was asked for, so stdin and pipes have been kept
    return source.spool
