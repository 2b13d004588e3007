"""How the process ends: at once, with all of its output written, or with a sentence if that is not possible."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CHECK = [sys.executable, "-m", "auditor", "check"]
FULL = Path("/dev/full")


def test_all_of_a_long_report_comes_through_a_pipe(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with log.open("w", encoding="utf-8") as file:
        for number in range(3000):
            body = {"type": "track", "event": "A", "userId": "undefined", "messageId": f"m{number}"}
            body |= {"anonymousId": f"a{number}", "timestamp": f"2026-01-05T10:{number // 60:02}:{number % 60:02}Z"}
            file.write(json.dumps(body | {"properties": {"password": "x"}, "context": {}}) + "\n")
    done = subprocess.run([*CHECK, str(log), "-f", "json"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 1
    assert len(done.stdout) > 1_000_000
    assert json.loads(done.stdout)["summary"]["events"] == 3000


@pytest.mark.skipif(not FULL.exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_full_disk_is_said(form: str) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*CHECK, "sample_logs", "-f", form], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        "auditor: the output cannot be written: No space left on device\n",
    )


def test_a_reader_that_goes_is_no_bug() -> None:
    with subprocess.Popen(
        [*CHECK, "sample_logs", "-f", "json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in (1, 2)  # 1: all was in the pipe before it was closed
