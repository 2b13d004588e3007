"""What tests share: the command as a process, a run in this process, and the material beside the checkout."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import load
from auditor.model.finding import Report
from auditor.runners.local import Request, check

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 1, 5)

hypothesis_settings.register_profile(
    "auditor", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
hypothesis_settings.load_profile("auditor")

SAMPLE_LOGS = sorted(
    path for path in (ROOT / "sample_logs").iterdir() if path.suffix != ".md" and path.name != "incidents"
)
"""The stories of one mistake each, or none."""
CAPTURED = [
    path for path in sorted((ROOT / "tests" / "captures").glob("*/events.jsonl")) if "posthog" not in path.parent.name
]
"""The captures in the shape of Segment's and RudderStack's collectors."""

Cli = Callable[..., subprocess.CompletedProcess[str]]
Judge = Callable[..., Report]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected outputs of golden tests anew")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the checkout: captures, plans, payloads. The project itself does not need it."""
    folder = ROOT.parent / "shared"
    if not (folder / "fixtures").is_dir():
        pytest.skip("the shared material (../shared) is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def cli() -> Cli:
    """Runs `auditor ARGUMENT...` as a process, in an environment that no CI machine and no terminal colours."""

    def run(
        *arguments: object, cwd: Path = ROOT, stdin: bytes | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        scrubbed = ("CI", "GITHUB_", "GITLAB_", "AUDITOR_", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "PYTEST")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(scrubbed)}
        environment |= {"COLUMNS": "80", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **variables}
        done = subprocess.run(
            [sys.executable, "-m", "auditor", *map(str, arguments)],
            cwd=cwd, env=environment, input=stdin, capture_output=True, timeout=300, check=False,
        )  # fmt: skip
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


DEFAULTS = Settings()
DEFAULT_RULES = load(DEFAULTS, options_of)


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Runs the built-in rules over records (or over files already written) in this process."""

    def run(
        records: Iterable[dict[str, Any]] | Path | list[Path],
        *,
        settings: Settings = DEFAULTS,
        select: tuple[str, ...] = (),
        redact: bool = False,
    ) -> Report:
        if isinstance(records, Path):
            files = [records]
        elif isinstance(records, list) and records and isinstance(records[0], Path):
            files = list(records)
        else:
            file = tmp_path / "log.jsonl"
            file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
            files = [file]
        rules = DEFAULT_RULES if settings is DEFAULTS else load(settings, options_of)
        request = Request(tuple(map(str, files)), settings, TODAY, select=select, redact=redact)
        return check(request, rules)

    return run
