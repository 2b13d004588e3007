"""The common case, a small log: wall time of `auditor check` on 20 events over that of ``python -c pass``."""

import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks.measure import Command, Run, auditor, interleaved, ratios
from benchmarks.visits import BEGINNING, Visitor, sign_up
from benchmarks.wire import Browser

EVENTS = 20
PASS, JSON, TEXT = "python -c pass", "auditor check, json", "auditor check, text"


@dataclass(frozen=True)
class Startup:
    """The runs of the three commands."""

    runs: dict[str, list[Run]]

    def ratio(self, name: str, measure: str) -> tuple[float, float, float]:
        """``wall`` or ``cpu`` time over that of ``python -c pass``: median, least and greatest of the pairs."""
        ours, least = ([getattr(run, measure) for run in self.runs[of]] for of in (name, PASS))
        return ratios(ours, least)


def startup(runs: int, folder: Path) -> Startup:
    """Measure the three in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "small.jsonl"
    file.write_text("".join(small_log()), encoding="utf-8", newline="\n")
    judged = frozenset({0, 1})
    commands = {
        PASS: Command((sys.executable, "-c", "pass"), folder / "pass.out"),
        JSON: Command(auditor("check", str(file), "--format", "json"), folder / "small-json.out", judged),
        TEXT: Command(auditor("check", str(file)), folder / "small-text.out", judged),
    }
    return Startup(interleaved(commands, runs))


def small_log() -> list[str]:
    """What somebody records to look at: 20 events of visitors who sign up, the first with the classic mistake."""
    for seed in range(10_000):
        rng = Random(seed)
        calls: list[tuple[int, str]] = []
        now = BEGINNING
        while len(calls) < EVENTS:
            visitor = Visitor(Browser(rng))
            visitor.browser.now = now
            sign_up(rng, visitor)
            calls += visitor.browser.sent + visitor.elsewhere
            now = visitor.browser.now
        lines = [line for _, line in islice(sorted(calls), EVENTS)]
        if _mistaken(lines):
            return lines
    raise AssertionError("no seed makes the mistake")


def _mistaken(lines: list[str]) -> bool:
    signups = [line for line in lines if '"event":"Signed Up"' in line]
    return bool(signups) and '"userId":null' in signups[0] and any('"type":"identify"' in line for line in lines)
