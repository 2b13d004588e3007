"""Inputs named on the command line to sources: files, folders, globs, `-`. Each file once, none passed over."""

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from auditor.logs.sources import Source
from auditor.model.log import InputError


def sources_of(inputs: list[str]) -> list[Source]:
    """The sources behind the inputs, in the order given, each file once. Raises ``InputError``, naming all missing."""
    found: dict[object, Source] = {}
    missing = []
    for given in inputs:
        if given == "-":
            found.setdefault("-", Source("stdin", None))
            continue
        path = Path(given)
        try:
            if path.is_dir():
                _add_all(found, _files_in(path))
            elif path.exists():
                _add(found, path, given, explicit=True)
            elif not _add_matches(found, given):
                missing.append(given)
        except (OSError, ValueError) as error:
            raise InputError(f"{_shown(given)}: cannot be opened ({_reason(error)})") from error
    if missing:
        raise InputError(f"{', '.join(map(_shown, missing))}: no such file or folder; nothing was checked")
    return list(found.values())


def _add_matches(found: dict[object, Source], pattern: str) -> bool:
    """Add what a glob matches; whether it matched at all."""
    matches = sorted(glob.glob(pattern, recursive=True)) if glob.has_magic(pattern) else []
    for match in map(Path, matches):
        _add_all(found, _files_in(match) if match.is_dir() else iter((match,)))
    return bool(matches)


def _add_all(found: dict[object, Source], files: Iterator[Path]) -> None:
    for file in files:
        if file.exists():  # else a link to nowhere
            _add(found, file, str(file), explicit=False)


def _add(found: dict[object, Source], path: Path, label: str, *, explicit: bool) -> None:
    """Add a file under what the system knows it by: two paths, or two links, are one file."""
    status = path.stat()
    key = (status.st_dev, status.st_ino) if status.st_ino else path.resolve()
    source = found.setdefault(key, Source(_shown(label), path, explicit))
    source.explicit = source.explicit or explicit


def _files_in(folder: Path) -> Iterator[Path]:
    """The files of a folder and its subfolders, sorted, hidden ones left out; links are followed, but in no circle."""

    def unreadable(error: OSError) -> None:
        raise InputError(f"{_shown(str(error.filename))}: cannot be opened ({_reason(error)})") from error

    entered = set()
    files: list[Path] = []
    for top, folders, names in os.walk(folder, onerror=unreadable, followlinks=True):
        real = os.path.realpath(top)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files.extend(path for name in names if not name.startswith(".") and (path := Path(top, name)).is_file())
    return iter(sorted(files))


def _shown(name: str) -> str:
    """A file name that can be printed, whatever bytes it is made of."""
    return os.fsencode(name).decode("utf-8", "replace")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
