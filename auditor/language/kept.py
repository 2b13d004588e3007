"""Our own rule files, kept parsed between runs, as Python keeps bytecode and beside it: YAML is half of a small run.
The options of the checks that they name are kept as well, so that a check is imported where it has something to judge.

A file of another size or time of change than was noted is parsed again. Where the folder cannot be written to, every
run parses.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from auditor.config.yaml_source import Document, composed, read
from auditor.language.rule_reader import OptionsOf

_FORMAT = "2"
"""Raised when what is kept of a document changes."""
_LAST = ("\nfix_code:\n", "\nexamples:\n")
"""Most of a rule file and the last parts of each of ours; only who asks for them reads them."""

_Kept = dict[str, tuple[int, int, Any]]


class KeptDocuments:
    """What was made of files, by path from the rules' folder: time of change in ns, size in bytes, data. Of a document
    without its last parts."""

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
            text = path.read_text(encoding="utf-8")
            for part in _LAST:
                text = text.partition(part)[0]
            return text

        return Document(self.of(path, lambda: read(text(), name).data), lambda: composed(text(), name))

    def of(self, path: Path, made: Callable[[], Any]) -> Any:
        """What was made of a file, if it is as it was then; else it is made anew."""
        key, found = self._key(path), path.stat()
        changed, size, data = self.held.get(key, (0, -1, None))
        if (changed, size) != (found.st_mtime_ns, found.st_size):
            data = made()
            self.held[key] = found.st_mtime_ns, found.st_size, data
            self.new = True
        return data

    def _key(self, path: Path) -> str:
        return os.path.relpath(path, self.folder)

    def keep(self) -> None:
        """Write what was parsed anew, and nothing of files that are gone; where that cannot be, let it be."""
        if not self.new:
            return
        kept = {name: held for name, held in self.held.items() if (self.folder / name).is_file()}
        unfinished = self.file.with_suffix(f".{os.getpid()}")
        try:
            self.file.parent.mkdir(exist_ok=True)
            unfinished.write_bytes(msgspec.msgpack.encode(kept))
            unfinished.replace(self.file)  # another run that starts now sees the old or the new, never a half
        except OSError:
            with suppress(OSError):
                unfinished.unlink()


class KeptOptions:
    """What options a check takes, without importing it where that was told before."""

    def __init__(self, kept: KeptDocuments, options_of: OptionsOf) -> None:
        self._kept, self._told = kept, options_of
        self.place, self.names = options_of.place, options_of.names

    def __call__(self, name: str, /) -> Mapping[str, str] | None:
        place = self.place(name)
        if place is None:
            return None
        held: Mapping[str, str] | None = self._kept.of(place, lambda: self._told(name))
        return held
