"""`auditor check --select plan-violation` against both loops: the same file, one core, process starts included."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import Command, Run, auditor, interleaved, ratios, run
from benchmarks.planned import shop

OURS, PYTHON, NODE = "auditor check, plan-violation", "peer: json.loads, jsonschema", "peer: Node, JSON.parse, ajv"
PACKAGES = ("ajv@8", "ajv-formats@3")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contest:
    """The runs of each, and how many calls each says do not fit. ``missing`` says why Node did not take part."""

    events: int
    size: int
    runs: dict[str, list[Run]]
    broken: dict[str, int]
    missing: str | None = None

    def ratio(self, peer: str, measure: str) -> tuple[float, float, float]:
        """How many times as fast as a peer we are, by ``wall`` or ``cpu`` time: median, least, greatest."""
        ours, theirs = ([getattr(one, measure) for one in self.runs[name]] for name in (OURS, peer))
        if len(theirs) == 1:
            theirs = theirs * len(ours)
        return ratios(theirs, ours)


def contest(events: int, runs: int, folder: Path) -> Contest:
    """Measure all three. The loop in Python runs once: it takes more than ten times as long."""
    log, plan = _files(events, folder)
    modules, missing = _modules(folder)
    check = auditor("check", str(log), "--plan", str(plan), "--select", "plan-violation", "--format", "json")
    commands = {OURS: Command(check, folder / "planned.out", frozenset({0, 1}))}
    if modules is not None:
        words = ("node", str(_HERE / "loop.mjs"), str(log), str(plan), str(modules))
        commands[NODE] = Command(words, folder / "node.out")
    measured = interleaved(commands, runs)
    loop = Command((sys.executable, "-m", "benchmarks.planned.loop", str(log), str(plan)), folder / "python.out")
    measured[PYTHON] = [run(loop)]
    broken = {name: _read(folder / file)["broken"] for name, file in ((PYTHON, "python.out"), (NODE, "node.out"))
              if name in measured}  # fmt: skip
    findings = _read(folder / "planned.out")["findings"]
    broken[OURS] = len({finding["event"]["line"] for finding in findings})
    return Contest(events, log.stat().st_size, measured, broken, missing)


def _files(events: int, folder: Path) -> tuple[Path, Path]:
    """The log and its plan, written anew each time: the generator may have changed."""
    folder.mkdir(parents=True, exist_ok=True)
    log, plan = folder / f"planned-{events}.jsonl", folder / "planned-plan.json"
    plan.write_text(json.dumps(shop.plan(), indent=1), encoding="utf-8")
    with log.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(shop.lines(events))
    return log, plan


def _modules(folder: Path) -> tuple[Path | None, str | None]:
    """A folder with ajv installed, else why there is none."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return None, "Node and npm are not installed here"
    place = folder / "ajv"
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "node_modules" / "ajv-formats").is_dir():
        words = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(place), *PACKAGES]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            return None, f"npm could not install {' '.join(PACKAGES)}: {done.stderr.strip()[-200:]}"
    return place, None


def _read(output: Path) -> dict[str, Any]:
    content = json.loads(output.read_bytes())
    assert isinstance(content, dict)
    return content
