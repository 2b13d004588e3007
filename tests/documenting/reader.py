"""The folder of a reader: small stand-ins for what the pages say that the reader has, such as LOG or session.har."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

from documenting.pages import ROOT, block

SAMPLES = ROOT / "sample_logs"
SWAPPED = SAMPLES / "identify-after-track.jsonl"
INCIDENT = SAMPLES / "incidents" / "rows-without-events"
_GIT = ("NAME", "EMAIL")
_SCRUBBED = ("GIT_", "CI", "GITHUB_", "GITLAB_", "AUDITOR_", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "PYTEST", "PYTHON")


class Reader:
    """A folder, and a shell in it that has `auditor`."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.folder = folder / "project"
        self.folder.mkdir()
        self._programs()
        self._logs()
        self._plans()
        (self.folder / "rules-of-ours.yml").write_text(block("docs/adding-a-rule.md", "pack"), encoding="utf-8")
        workflow = self.folder / ".github" / "workflows" / "tracking.yml"
        workflow.parent.mkdir(parents=True)
        workflow.write_text(block("README.md", "workflow"), encoding="utf-8")
        self.run("git init --quiet")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """One command, as somebody types it into bash."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(_SCRUBBED)}
        environment |= {"HOME": str(self.home), "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
        environment |= {f"GIT_{who}_{what}": "reader@site.example" for who in ("AUTHOR", "COMMITTER") for what in _GIT}
        environment["PATH"] = f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-o", "pipefail", "-c", command],
            cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def _programs(self) -> None:
        for name in ("auditor", "pytest"):
            program = self.home / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {name} "$@"\n', encoding="utf-8")
            program.chmod(0o755)

    def _logs(self) -> None:
        (self.folder / "sample_logs").symlink_to(SAMPLES)
        for name in ("LOG", "capture.jsonl", "recorded/a.jsonl", "log/a.jsonl", "recorded.jsonl"):
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            shutil.copy(SWAPPED, path)
        shutil.copy(SAMPLES / "signup-on-redirecting-page.har", self.folder / "session.har")
        shutil.copy(SAMPLES / "signup-on-redirecting-page.jsonl", self.folder / "server.jsonl")
        packed = self.folder / "logs" / "day" / "events.gz"
        packed.parent.mkdir(parents=True)
        packed.write_bytes(gzip.compress((INCIDENT / "events.jsonl").read_bytes()))
        shutil.copy(INCIDENT / "users.csv", self.folder / "users.csv")

    def _plans(self) -> None:
        plan = block("docs/tracking-plans.md", "plan")
        for name in ("PLAN", "OLD", "tracking-plan.yml"):
            (self.folder / name).write_text(plan, encoding="utf-8")
        stricter = plan.replace("referred_by: string\n", "referred_by: string!\n")
        assert stricter != plan
        (self.folder / "NEW").write_text(stricter, encoding="utf-8")
