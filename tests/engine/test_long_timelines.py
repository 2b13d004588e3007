"""A long timeline is not gone through once per candidate. Lines are counted, not seconds."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
import pytest

import auditor
from auditor.engine.run import Outcomes, run
from auditor.model.naming import Naming
from tests.engine.random_rules import START, compiled, iso, prepared

AUDITOR = str(Path(auditor.__file__).parent)
Make = Callable[[int], dict[str, Any]]


def log(count: int, make: Make, gap: int) -> bytes:
    lines = []
    for number in range(count):
        record = {"messageId": f"m{number}", "anonymousId": "a", "timestamp": time(number, gap), **make(number)}
        lines.append(msgspec.json.encode(record))
    return b"\n".join(lines)


def time(number: int, gap: int) -> str:
    """Hours long if need be; ``gap`` 0 puts two calls into each tenth of a second."""
    at = START + (number // 2 * 100 if gap == 0 else number * gap)
    hours, rest = divmod(at - START, 3_600_000)
    return iso(START + rest).replace("T10", f"T{10 + hours:02}")


def counted(rule: dict[str, Any], text: bytes) -> tuple[Outcomes, int]:
    """What comes out, and how many lines of the engine it took, those of loops and comprehensions each time."""
    wanted = compiled(
        {
            "id": "random-rule",
            "summary": "s",
            "severity": "error",
            "message": "m",
            "examples": [{}, {"fail": []}],
            **rule,
        }
    )
    plan, timelines = prepared(wanted, text)
    lines = 0

    def line(_: FrameType, event: str, __: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return line

    def call(frame: FrameType, _: str, __: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(AUDITOR) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        outcomes = run(plan, timelines, Naming())
    finally:
        sys.settrace(before)
    return outcomes, lines


def identify(number: int) -> dict[str, Any]:
    return {"type": "identify", "userId": "first" if number == 0 else "other"}


def alternating(number: int) -> dict[str, Any]:
    return {"type": "track", "event": "A"} if number % 2 else {"type": "identify", "userId": f"u{number % 3}"}


def from_server(number: int) -> dict[str, Any]:
    library = {"context": {"library": {"name": "analytics-python"}}}
    return {"type": "track", "event": "A" if number % 2 else "B", "userId": "u", "anonymousId": None, **library}


CASES = {
    "the only other value lies far back": (
        {"flag": "identify", "by": "lane", "if": {"before": "identify", "differs": "userId", "since": "reset"}},
        identify, 100, {"findings": 19_999},
    ),
    "nothing of the kind anywhere": (
        {"flag": "identify", "by": "lane", "unless": {"before": "signup"}},
        identify, 100, {"findings": 20_000},
    ),
    "what excuses them all comes at the end": (
        {"flag": {"type": ["identify", "page"]}, "by": "lane", "unless": {"before": {"type": "page"}}},
        lambda number: {"type": "page"} if number % 20_000 == 19_998 else identify(number), 100, {"findings": 19_999},
    ),
    "no other value at all": (
        {"flag": "identify", "by": "lane", "if": {"before": "identify", "differs": "type"}},
        identify, 100, {"findings": 0},
    ),
    "the first of many is the evidence": (
        {"flag": "identify", "by": "lane", "if": {"before": "identify", "as": "first", "pick": "first"}},
        identify, 100, {"findings": 19_999},
    ),
    "a window behind each": (
        {"flag": "track", "by": "lane", "if": {"after": "identify", "within": "1s", "same": "userId"}},
        alternating, 100, {"findings": 0, "unsure": 5},
    ),
    "every call has a twin of its millisecond": (
        {"flag": "signup", "by": "lane", "unless": {"before": "identify", "since": {"track": "B"}}},
        alternating, 0, {"findings": 0, "unsure": 1},
    ),
    "a server's calls, none of them a second apart": (
        {"flag": "signup", "by": "user", "if": [{"before": {"track": "B"}}, {"after": "signup", "at_least": 2}]},
        from_server, 100, {"unsure": 11},
    ),
    "a server's calls with more orders than can be tried": (
        {"flag": "signup", "by": "user", "unless": {"before": "signup", "since": {"track": "B"}}},
        from_server, 100, {"unsure": 10_000},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_five_times_the_events_are_about_five_times_the_work(case: str) -> None:
    rule, make, gap, wanted = CASES[case]
    _, few = counted(rule, log(4_000, make, gap))
    outcomes, many = counted(rule, log(20_000, make, gap))
    (result,) = outcomes.rules
    assert result.candidates >= 10_000
    assert {name: getattr(result, name) for name in wanted} == wanted
    assert many < 6 * few
    assert many < 1_000 * 20_000
