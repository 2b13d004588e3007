"""`auditor check` against the peer: the same file, one core, process start included for both."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.generate import Log, log_file
from benchmarks.measure import Command, Run, auditor, interleaved, ratios

OURS, PEER = "auditor check, all default rules", "peer: DuckDB SQL, six checks"


@dataclass(frozen=True)
class Throughput:
    """The runs of both on one log, and what each found by rule."""

    log: Log
    size: int
    runs: dict[str, list[Run]]
    found: dict[str, tuple[int, int]]
    """rule: findings of ours, rows of the peer."""

    def rate(self, name: str) -> float:
        """Events a second: the median of the runs, by wall time."""
        return self.log.events / median(run.wall for run in self.runs[name])

    def peak(self, name: str) -> int:
        """The most memory that any run took, in bytes."""
        return max(run.peak for run in self.runs[name])

    def ratio(self, measure: str) -> tuple[float, float, float]:
        """Our throughput over the peer's by ``wall`` or ``cpu`` time: median, least, greatest of the pairs."""
        ours, peer = ([getattr(run, measure) for run in self.runs[name]] for name in (OURS, PEER))
        return ratios(peer, ours)


def throughput(log: Log, runs: int, folder: Path) -> Throughput:
    """Measure both on one log."""
    file = log_file(log, folder)
    commands = {
        OURS: Command(auditor("check", str(file), "--format", "json"), folder / "auditor.out", frozenset({0, 1})),
        PEER: Command((sys.executable, "-m", "benchmarks.peer", str(file)), folder / "peer.out"),
    }
    measured = interleaved(commands, runs)
    ours, peer = (_read(commands[name].output) for name in (OURS, PEER))
    assert ours["summary"]["events"] > 0
    by_rule = {rule["id"]: rule["findings"] for rule in ours["rules"]}
    found = {check: (by_rule.get(check, 0), len(rows)) for check, rows in peer.items()}
    return Throughput(log, file.stat().st_size, measured, found)


def _read(output: Path) -> dict[str, Any]:
    content = json.loads(output.read_bytes())
    assert isinstance(content, dict)
    return content
