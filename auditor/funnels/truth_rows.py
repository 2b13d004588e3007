"""Rows of truth: user id, created_at and perhaps a method, one at a time, from a file or a database."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from auditor.logs.packing import EndsEarly, unpacked
from auditor.model.event import milliseconds
from auditor.model.log import InputError
from auditor.model.truth import TruthSource

USER = ("user_id", "userid", "id", "uid", "user")
CREATED = ("created_at", "createdat", "created", "signed_up_at", "signup_at", "registered_at", "date_joined")
METHOD = ("method", "signup_method", "provider", "signup_type")
_KINDS = (("a user id", USER), ("a time of signup", CREATED))
_DELIMITERS = ",;\t|"
_AT_ONCE = 10_000

Refuse = Callable[[int, str], None]
"""Told of a row that is none: its line (in a database its number) and why."""


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One account: ``created`` in ms since 1970 UTC, ``line`` where it stands."""

    user: str
    created: int
    method: str | None
    line: int


def truth_rows(source: TruthSource, refuse: Refuse) -> Iterator[TruthRow]:
    """The rows. Raises ``InputError`` where the source cannot be read, or its columns do not say who and when."""
    if source.is_database:
        from auditor.funnels.truth_database import database_rows  # SQLAlchemy is an extra

        columns, held = database_rows(source)
        yield from _rows(source.place.split("://")[0] + " query", columns, enumerate(held, 1), refuse)
        return
    if source.query is not None:
        raise InputError("--truth-query goes with a database, such as --truth postgresql://user@host/name")
    yield from _file_rows(Path(source.place), refuse)


def _file_rows(path: Path, refuse: Refuse) -> Iterator[TruthRow]:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic == b"PAR1":
                columns, held = _parquet(path)
                yield from _rows(str(path), columns, held, refuse)
                return
            text = io.TextIOWrapper(io.BufferedReader(_Unpacked(unpacked(file))), "utf-8-sig", "replace", newline="")
            start = text.readline()
            if not start.strip():
                raise InputError(f"{path}: the first line is empty; it should name the columns user_id and created_at")
            if start.lstrip().startswith(("{", "[")):
                yield from _json_rows(path, start, text, refuse)
            else:
                delimiter = max(_DELIMITERS, key=start.count)
                columns = next(csv.reader([start], delimiter=delimiter), [])
                yield from _rows(str(path), columns, _csv(text, delimiter), refuse)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (EndsEarly, csv.Error) as error:
        raise InputError(f"{path}: {error}") from error


def _csv(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows behind the header, each with the line where it begins."""
    reader = csv.reader(text, delimiter=delimiter)
    line = 2
    for row in reader:
        yield line, row
        line = reader.line_num + 2


class _Unpacked(io.RawIOBase):
    """Blocks of bytes as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._held = block
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        return size


def _json_rows(path: Path, start: str, text: io.TextIOWrapper, refuse: Refuse) -> Iterator[TruthRow]:
    """One object a line; each may have its members in another order."""
    if start.lstrip().startswith("["):
        raise InputError(f"{path}: a JSON array; write one object a line (jq -c '.[]' does)")
    decoder = msgspec.json.Decoder(dict[str, Any])
    shown = False
    for number, line in enumerate(_lines(start, text), 1):
        if not line.strip():
            continue
        try:
            record = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            refuse(number, f"no JSON object ({error})")
            continue
        columns = list(record)
        if not shown:
            _places(str(path), columns)
            shown = True
        user, created, method = (_member(record, names) for names in (USER, CREATED, METHOD))
        row = _row(user, created, method, number, refuse)
        if row is not None:
            yield row


def _lines(start: str, text: Iterable[str]) -> Iterator[str]:
    yield start
    yield from text


def _member(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    found = {key.casefold(): value for key, value in record.items()}
    return next((found[name] for name in names if found.get(name) is not None), None)


def _parquet(path: Path) -> tuple[list[str], Iterator[tuple[int, list[Any]]]]:
    if find_spec("pyarrow") is None:
        raise InputError(f"{path}: a Parquet file: pip install 'tracking-auditor[columnar]', or export it as CSV")
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(f"{path}: a damaged Parquet file ({error})") from error
    columns = file.schema_arrow.names
    chosen = [columns[place] for place in _places(str(path), columns) if place is not None]

    def held() -> Iterator[tuple[int, list[Any]]]:
        number = 0
        for batch in file.iter_batches(_AT_ONCE, columns=chosen):
            for row in zip(*(batch.column(name).to_pylist() for name in chosen), strict=True):
                number += 1
                yield number, list(row)

    return chosen, held()


def _rows(name: str, columns: list[str], held: Iterable[tuple[int, Any]], refuse: Refuse) -> Iterator[TruthRow]:
    who, when, how = _places(name, columns)
    for number, row in held:
        if not row:
            continue
        if len(row) < len(columns):
            refuse(number, f"{len(row)} of {len(columns)} columns")
            continue
        made = _row(row[who], row[when], None if how is None else row[how], number, refuse)
        if made is not None:
            yield made


def _places(name: str, columns: list[str]) -> tuple[int, int, int | None]:
    """Where user, time and method stand among the columns."""
    folded = [column.strip().casefold() for column in columns]
    found = [next((folded.index(word) for word in words if word in folded), None) for _, words in _KINDS]
    for (what, words), place in zip(_KINDS, found, strict=True):
        if place is None:
            there = ", ".join(columns[:8]) or "none"
            raise InputError(f"{name}: no column for {what}: name one {', '.join(words[:3])} or so; there are {there}")
    assert found[0] is not None
    assert found[1] is not None
    return found[0], found[1], next((folded.index(word) for word in METHOD if word in folded), None)


def _row(user: Any, created: Any, method: Any, line: int, refuse: Refuse) -> TruthRow | None:
    who = str(user).strip() if user is not None and not isinstance(user, float | bool) else ""
    if not who:
        refuse(line, "no user id" if user is None or user == "" else f"a user id that is none: {user!r:.40}")
        return None
    when = moment(created)
    if when is None:
        refuse(line, f"created_at is no time: {created!r:.40}")
        return None
    return TruthRow(who, when, str(method).strip() or None if method is not None else None, line)


def moment(value: Any) -> int | None:
    """Milliseconds since 1970 UTC of a time: a datetime, ISO-8601 (without a zone: UTC), or seconds or milliseconds."""
    if isinstance(value, str):
        value = value.strip()
        try:
            value = float(value) if value.replace(".", "", 1).isdigit() else _iso(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return milliseconds(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return milliseconds(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e14:
        return round(value if value >= 1e11 else value * 1000)
    return None


def _iso(text: str) -> datetime:
    """ISO-8601 as databases print it, too: ``2026-01-05 10:00:00+00``, ``2026-01-05 10:00:00 UTC``."""
    return datetime.fromisoformat(text.removesuffix(" UTC"))
