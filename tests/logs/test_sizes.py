"""Calls near a collector's limit are measured, whatever holds them, and no others."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.logs.sizes import LARGE, long_rows, size_of
from auditor.model.log import Log
from tests.hars import har, request

Read = Callable[..., Log]


def track(length: int, number: int = 0, **more: Any) -> dict[str, Any]:
    """A call of exactly ``length`` bytes."""
    made: dict[str, Any] = {"type": "track", "event": "Saved", "anonymousId": "a", "properties": {"x": ""}}
    made["messageId"] = f"m{number:09d}"
    made |= {"timestamp": "2026-02-03T09:00:00.000Z", "context": {"library": {"name": "analytics.js"}}}
    made["properties"]["x"] = "x" * (length - len(json.dumps(made, separators=(",", ":"))))
    return made | more


def lines(calls: list[dict[str, Any]], **how: Any) -> bytes:
    return "\n".join(json.dumps(one, **how) for one in calls).encode() + b"\n"


def sizes(log: Log) -> list[int | None]:
    return [event.size for event in log.events]


def test_what_is_larger_than_the_limit_has_a_size(read: Read) -> None:
    log = read(lines([track(LARGE, 1), track(LARGE + 1, 2), track(900, 3), track(90_000, 4)]))
    assert sizes(log) == [None, LARGE + 1, None, 90_000]
    assert log.large == [log.events[1], log.events[3]]


def test_it_is_measured_as_it_was_sent(read: Read) -> None:
    """Blanks, escapes and what a collector adds do not count."""
    call = track(LARGE, 1, receivedAt="2026-02-03T09:00:00.100Z", originalTimestamp="2026-02-03T09:00:00.000Z")
    assert sizes(read(lines([call, track(LARGE, 2)], indent=None, separators=(", ", ": ")))) == [None, None]
    call = track(20_000)
    call["properties"]["x"] = "ü" * 12_000
    assert sizes(read(lines([call]))) == [None]


@pytest.mark.parametrize("wrap", ["list", "batch", "document", "odd line", "har"])
def test_whatever_holds_it(read: Read, wrap: str) -> None:
    large = track(40_000)
    match wrap:
        case "list":
            log = read(json.dumps([track(500, 1), large]).encode())
        case "batch":
            log = read(json.dumps({"batch": [track(500, 1), large]}).encode() + b"\n")
        case "document":
            log = read(json.dumps(large, indent=2).encode())
        case "odd line":
            log = read(lines([track(500, 1), {**large, "userId": 17}]))
        case _:
            log = read(har(request(0, large)))
    assert [size for size in sizes(log) if size] == [pytest.approx(40_000, abs=40)]


def test_the_copies_of_a_call_are_no_further_calls(read: Read) -> None:
    large = track(40_000)
    log = read(lines([{**large, "sentAt": f"2026-02-03T09:00:0{second}.000Z"} for second in (1, 2)]))
    assert len(log.large) == 1
    assert log.large[0] is log.events[0]


def test_a_member_that_nobody_reads_and_that_is_no_json_is_not_measured() -> None:
    assert size_of(b'{"a": ' + b"[" * 100_000) == 0


@given(st.lists(st.integers(0, 3 * LARGE), max_size=12), st.booleans())
def test_long_rows_are_those_that_splitting_finds(lengths: list[int], ends: bool) -> None:
    data = b"\n".join(b"x" * length for length in lengths) + (b"\n" if ends else b"")
    rows = data.split(b"\n")
    assert list(long_rows(data)) == [(number, row) for number, row in enumerate(rows) if len(row) > LARGE]
