"""Our own rule files, kept parsed between runs, as Python keeps bytecode and beside it: YAML is half of a small run.

A file of another size or time of change than was noted is parsed again. Where the folder cannot be written to, every
run parses.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from auditor.config.yaml_source import Document, composed, read

_FORMAT = "1"
"""Raised when what is kept of a document changes."""
_EXAMPLES = "\nexamples:\n"
"""Half of a rule file and the last part of each of ours; only who asks for examples reads them."""

_Kept = dict[str, tuple[int, int, Any]]


class KeptDocuments:
    """The documents of one folder by path, without the examples: time of change in ns, size in bytes, data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "__pycache__" / f"rules-{_FORMAT}.msgpack"
        self.new = False
        try:
            self.held = msgspec.msgpack.decode(self.file.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            self.held = {}

    def document(self, path: Path, name: str) -> Document:
        """A document of the folder. Raises ``YamlError``, ``OSError`` and ``UnicodeDecodeError``."""

        def text() -> str:
            return path.read_text(encoding="utf-8").partition(_EXAMPLES)[0]

        key, found = str(path.relative_to(self.folder)), path.stat()
        changed, size, data = self.held.get(key, (0, -1, None))
        if (changed, size) == (found.st_mtime_ns, found.st_size):
            return Document(data, lambda: composed(text(), name))
        document = read(text(), name)
        self.held[key] = found.st_mtime_ns, found.st_size, document.data
        self.new = True
        return document

    def keep(self, paths: Iterable[Path]) -> None:
        """Write what was parsed anew, and nothing of files that are gone; where that cannot be, let it be."""
        if not self.new:
            return
        names = {str(path.relative_to(self.folder)) for path in paths}
        kept = {name: held for name, held in self.held.items() if name in names}
        unfinished = self.file.with_suffix(f".{os.getpid()}")
        try:
            self.file.parent.mkdir(exist_ok=True)
            unfinished.write_bytes(msgspec.msgpack.encode(kept))
            unfinished.replace(self.file)  # another run that starts now sees the old or the new, never a half
        except OSError:
            with suppress(OSError):
                unfinished.unlink()

