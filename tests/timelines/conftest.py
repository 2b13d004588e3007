"""The timelines of a story."""

import io
import json
from collections.abc import Callable, Iterable

import pytest

from auditor.logs.reader import read_sources
from auditor.logs.sources import Source
from auditor.timelines.timelines import Timelines
from tests.stories import Record

Build = Callable[[Iterable[Record]], Timelines]


@pytest.fixture
def built() -> Build:
    def build(records: Iterable[Record]) -> Timelines:
        text = b"".join(json.dumps(record).encode() + b"\n" for record in records)
        return Timelines(
            read_sources([Source("story", None, spool=io.BytesIO(text))]), lambda user: user == "undefined"
        )

    return build
