"""``python -m benchmarks``: run the benchmarks and print one table. The numbers are ratios within this run."""

import argparse
import os
import platform
from pathlib import Path
from statistics import median

from benchmarks.generate import SHAPES, Log
from benchmarks.measure import ROOT, one_core
from benchmarks.planned import contest as planned
from benchmarks.startup import EVENTS, JSON, PASS, TEXT, Startup, startup
from benchmarks.throughput import OURS, PEER, Throughput, throughput
from benchmarks.truth import Reconciled, reconciled

GOALS = {"ratio": 0.6, "memory": 1.5e9, JSON: 15, TEXT: 20}
"""What the project promises: the throughput's ratio and the rest at most."""


def main() -> None:
    """Read the flags, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--events", type=int, default=500_000, help="events of the log (default: 500000)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each process (default: 5; start-up: 4 times that)")
    parser.add_argument("--only", choices=("throughput", "startup", "plan", "truth"), help="only this part")
    parser.add_argument("--shape", choices=(*SHAPES, "both"), default="both", help="the log's shape (default: both)")
    parser.add_argument("--data", type=Path, default=ROOT / "benchmarks" / "data", help="where logs are kept")
    flags = parser.parse_args()
    shapes = SHAPES if flags.shape == "both" else (flags.shape,)
    folder = flags.data.resolve()
    with one_core() as pinned:
        where = "one core" if pinned else "not pinned: this system cannot"
        print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {where}")
        print("Whole processes, their start included for both; interleaved; medians, ratios of pairs (least to most)\n")
        if flags.only in (None, "throughput"):
            for shape in shapes:
                show_throughput(throughput(Log(shape, flags.events), flags.runs, folder))
        if flags.only in (None, "startup"):
            show_startup(startup(4 * flags.runs, folder))
        if flags.only in (None, "plan"):
            show_contest(planned.contest(flags.events, flags.runs, folder))
        if flags.only == "truth":
            show_truth(reconciled(flags.events, folder))


def show_throughput(measured: Throughput) -> None:
    """The rows of one log."""
    log = measured.log
    title = f"{log.events:,} events, {measured.size / log.events:.0f} B each, shape {log.shape}"
    print(f"{title:<52}{'events/s':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for name in (OURS, PEER):
        runs = measured.runs[name]
        wall, cpu = median(run.wall for run in runs), median(run.cpu for run in runs)
        print(f"  {name:<50}{measured.rate(name):>10,.0f}{wall:>9.2f}{cpu:>9.2f}{measured.peak(name) / 1e6:>9.0f}")
    goal = f"goal: {GOALS['ratio']} or more, under {GOALS['memory'] / 1e6:,.0f} MB"
    for time, measure, aim in (("wall", "wall", f"  {goal}"), ("CPU", "cpu", "")):
        middle, least, most = measured.ratio(measure)
        print(f"  {f'ours / peer, by {time} time':<50}{middle:>10.2f}  ({least:.2f} to {most:.2f}){aim}")
    found = ", ".join(f"{check} {ours}/{peer}" for check, (ours, peer) in measured.found.items())
    print(f"  found, ours/peer: {found}\n")


def show_startup(measured: Startup) -> None:
    """The rows of the small log."""
    print(f"{f'{EVENTS} events: time over that of python -c pass':<52}{'by wall':>10}{'by CPU':>9}{'wall ms':>9}")
    for name, runs in measured.runs.items():
        (wall, least, most), (cpu, _, _) = measured.ratio(name, "wall"), measured.ratio(name, "cpu")
        goal = "" if name == PASS else f"  ({least:.1f} to {most:.1f})  goal, by wall: under {GOALS[name]}"
        print(f"  {name:<50}{wall:>10.1f}{cpu:>9.1f}{median(run.wall for run in runs) * 1000:>9.1f}{goal}")


def show_contest(measured: planned.Contest) -> None:
    """The rows of the log whose every call is planned."""
    title = f"{measured.events:,} planned events, {measured.size / measured.events:.0f} B each"
    print(f"\n{title:<52}{'events/s':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, runs in measured.runs.items():
        wall, cpu = median(run.wall for run in runs), median(run.cpu for run in runs)
        peak = max(run.peak for run in runs) / 1e6
        print(f"  {name:<50}{measured.events / wall:>10,.0f}{wall:>9.2f}{cpu:>9.2f}{peak:>9.0f}")
    for peer, goal in ((planned.PYTHON, 5), (planned.NODE, 1)):
        if peer not in measured.runs:
            print(f"  {peer}: not measured: {measured.missing}")
            continue
        for measure in ("wall", "cpu"):
            middle, least, most = measured.ratio(peer, measure)
            said = f"{peer.removeprefix('peer: ')} / ours, {'wall' if measure == 'wall' else 'CPU'} time"
            print(f"  {said:<50}{middle:>10.2f}  ({least:.2f} to {most:.2f})  goal: {goal} or more")
    print(f"  calls that do not fit: {', '.join(f'{name} {count:,}' for name, count in measured.broken.items())}")


def show_truth(found: Reconciled) -> None:
    """The row of the funnel against a table of accounts."""
    title = f"{found.events:,} events, {found.accounts:,} accounts, {found.size / 1e9:.1f} GB"
    print(f"\n{title:<52}{'events/s':>10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    one = found.measured
    rate = found.events / one.wall
    print(f"  {'auditor funnel --truth':<50}{rate:>10,.0f}{one.wall:>9.2f}{one.cpu:>9.2f}{one.peak / 1e6:>9.0f}")
    print(f"  captured {found.captured:,}, missing {found.missing:,}")


if __name__ == "__main__":
    main()
