"""Whole processes, measured from outside: wall time, CPU time and peak memory, in interleaved runs on one core."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Command:
    """What to run. ``expected``: the exit codes that mean it did its job; ``output``: where its stdout goes."""

    words: tuple[str, ...]
    output: Path
    expected: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Run:
    """One process from its start to its end: seconds of wall and CPU (user and system), peak memory in bytes."""

    wall: float
    cpu: float
    peak: int


def auditor(*words: str) -> tuple[str, ...]:
    """The command as people run it: the script beside this interpreter, else the module."""
    script = Path(sys.executable).with_name("auditor")
    return (str(script), *words) if script.exists() else (sys.executable, "-m", "auditor", *words)


@contextmanager
def one_core() -> Iterator[bool]:
    """Keep this process and its children on one core. Yields whether the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield False
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield True
    finally:
        os.sched_setaffinity(0, before)


def interleaved(commands: Mapping[str, Command], runs: int) -> dict[str, list[Run]]:
    """Every command once to warm up, then ``runs`` rounds of all of them, every other round backwards."""
    for command in commands.values():
        run(command)
    measured: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(runs):
        for name in list(commands) if number % 2 == 0 else list(commands)[::-1]:
            measured[name].append(run(commands[name]))
    return measured


def run(command: Command) -> Run:
    """Run one process and measure it. Raises where it did not do its job."""
    errors = command.output.with_suffix(".stderr")
    with command.output.open("wb") as out, errors.open("wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            command.words, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=ROOT, env=_environment()
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.expected:
        said = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command.words)} ended with {process.returncode}:\n{said}")
    peak = used.ru_maxrss if sys.platform == "darwin" else used.ru_maxrss * 1024
    return Run(wall, used.ru_utime + used.ru_stime, peak)


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and greatest of the ratios of the runs that stood side by side."""
    pairs = [one / other for one, other in zip(above, below, strict=True)]
    return median(pairs), min(pairs), max(pairs)


def _environment() -> dict[str, str]:
    """This environment without what changes the report: CI (redaction), colours, widths, settings of Auditor."""
    changing = ("CI", "GITHUB_", "GITLAB_", "AUDITOR_", "FORCE_COLOR", "COLUMNS", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(changing)}
