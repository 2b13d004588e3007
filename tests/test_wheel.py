"""What people get with `pip install`: the wheel alone, in its own environment, away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_logs" / "identify-after-track.jsonl"
MINUTES = 60

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command as a stranger would: nothing of this checkout or this run in the environment."""
    left_out = ("PYTHON", "AUDITOR", "VIRTUAL_ENV", "COVERAGE", "PYTEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, capture_output=True, text=True, timeout=5 * MINUTES, check=False,
    )  # fmt: skip
    shown = f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert done.returncode == expect, shown
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the checkout: a log, and an environment with the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    pip = (folder / "env" / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "install", wheel, cwd=folder)
    run(*pip, "check", cwd=folder)
    shutil.copy(SAMPLE, folder / "log.jsonl")
    return folder


def test_the_wheel_carries_every_rule_and_schema_and_nothing_else(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    rules = {f"auditor/{path.relative_to(ROOT)}" for path in (ROOT / "rules").rglob("*.yml")}
    files = [path for path in (ROOT / "auditor").rglob("*.*") if path.suffix in {".py", ".json"}]
    package = {str(path.relative_to(ROOT)) for path in files}
    assert rules
    assert any(name.startswith("auditor/schemas/") for name in package)
    assert rules | package <= inside
    assert {name.split("/")[0] for name in inside} == {"auditor"}


def test_auditor_check_finds_the_mistake_there(elsewhere: Path) -> None:
    auditor = elsewhere / "env" / "bin" / "auditor"
    done = run(auditor, "check", "log.jsonl", "--format", "json", cwd=elsewhere, expect=1)
    report = json.loads(done.stdout)
    assert report["schema"] == "auditor/findings/1"
    assert "identify-after-track" in {finding["rule"] for finding in report["findings"]}


def test_the_examples_of_the_rules_pass_there(elsewhere: Path) -> None:
    run(elsewhere / "env" / "bin" / "auditor", "rules", "test", cwd=elsewhere)


def test_it_runs_as_a_module_too(elsewhere: Path) -> None:
    run(elsewhere / "env" / "bin" / "python", "-m", "auditor", "rules", "list", cwd=elsewhere)
