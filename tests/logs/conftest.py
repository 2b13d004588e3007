"""What the tests of reading share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.logs.reader import read_log
from auditor.model.event import Event
from auditor.model.log import Log
from tests.logs.made import accounted, lines


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Log]:
    """Reads bytes as a file, with and without ``--rejects``; all records are accounted for."""

    def run(data: bytes, name: str = "log", **options: Any) -> Log:
        file = tmp_path / name
        file.write_bytes(data)
        written: list[bytes] = []
        log = accounted(read_log([str(file)], on_reject=lambda _, record: written.append(record), **options))
        again = accounted(read_log([str(file)], **options))
        assert [(e.event, e.line, e.position) for e in again.events] == [
            (e.event, e.line, e.position) for e in log.events
        ]
        assert again.rejects == log.rejects
        assert len(written) <= log.rejected
        assert not any(b"\n" in record for record in written)
        return log

    return run


@pytest.fixture
def one(read: Callable[..., Log]) -> Callable[..., Event]:
    """The event of one record on a line of its own."""

    def run(record: Any, **options: Any) -> Event:
        (event,) = read(lines(record), **options).events
        return event

    return run
