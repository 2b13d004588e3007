"""Packed bytes unpacked, block by block: gzip and zstd, told from the content."""

import zlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import IO, Any

BLOCK = 1 << 18
ZSTD = b"\x28\xb5\x2f\xfd"
_PACKED_AT_ONCE = 1 << 14
"""Bytes of zstd that are unpacked at once: they may unpack to many more."""


class EndsEarly(Exception):
    """The packed bytes stop or break in the middle; what came before is good."""


def unpacked(packed: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, unpacked where that is known how. Raises ``EndsEarly`` after the last good block."""
    magic = packed.read(4)
    packed.seek(0)
    if magic[:2] == b"\x1f\x8b":
        yield from _unzipped(packed)
    elif magic == ZSTD and zstd_is_known():
        yield from _inflated(packed)
    else:
        while block := packed.read(BLOCK):
            yield block


def zstd_is_known() -> bool:
    """Whether Python's own module for zstd is there (from 3.14 on), or the package."""
    return any(_found(name) for name in ("compression.zstd", "zstandard"))


def _found(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _inflated(packed: IO[bytes]) -> Iterator[bytes]:
    """What a zstd archive of one or several frames holds."""
    new, errors = _zstd()
    frame = new()
    begun = False
    while data := packed.read(_PACKED_AT_ONCE):
        while data:
            begun = True
            try:
                block = frame.decompress(data)
            except errors as error:
                raise EndsEarly(f"the zstd archive is damaged from here on ({error})") from None
            if block:
                yield block
            data = b""
            if frame.eof:
                data, frame, begun = frame.unused_data, new(), False
    if begun:
        raise EndsEarly("the zstd archive ends early: the file is cut off")


def _zstd() -> tuple[Callable[[], Any], tuple[type[Exception], ...]]:
    """How to begin a frame, and what goes wrong in one."""
    if _found("compression.zstd"):
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]

        return zstd.ZstdDecompressor, (zstd.ZstdError,)
    import zstandard

    return lambda: zstandard.ZstdDecompressor().decompressobj(), (zstandard.ZstdError,)


def _unzipped(packed: IO[bytes]) -> Iterator[bytes]:
    """What a gzip archive of one or several members holds, in blocks of about ``BLOCK``."""
    import gzip  # most logs are small and plain, and start-up is most of what they take

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
