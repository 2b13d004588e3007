"""What other tools read of this repository: the action, the GitLab template, the hooks; and the recipes for them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from documenting.pages import block
from tests.conftest import ROOT

ACTION = ROOT / "action.yml"
TEMPLATE = ROOT / "templates" / "auditor.gitlab-ci.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SWAPPED = ROOT / "sample_logs" / "identify-after-track.jsonl"
CLEAN = ROOT / "sample_logs" / "clean.jsonl"


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def checked(kind: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Holds a file against the official schema, which comes with check-jsonschema."""
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", str(path)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("kind", "path"), [("github-actions", ACTION), ("gitlab-ci", TEMPLATE)])
def test_it_meets_the_official_schema(kind: str, path: Path, tmp_path: Path) -> None:
    done = checked(kind, path)
    assert done.returncode == 0, done.stdout + done.stderr
    damaged = loaded(path)
    if kind == "github-actions":
        del damaged["runs"]["steps"][0]["shell"]
    else:
        damaged["auditor"]["script"] = 3
    (tmp_path / "damaged.yml").write_text(json.dumps(damaged), encoding="utf-8")
    assert checked(kind, tmp_path / "damaged.yml").returncode == 1, "the schema checks nothing"


# --- GitHub -----------------------------------------------------------------------------------------------------


def test_the_action_uses_no_other_action_and_puts_no_input_into_a_script() -> None:
    steps = loaded(ACTION)["runs"]["steps"]
    assert [step["uses"] for step in steps if "uses" in step] == []
    assert [step["id"] for step in steps if "${{" in step["run"]] == []


def test_every_input_of_the_action_is_used_and_documented() -> None:
    action = loaded(ACTION)
    used = set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", ACTION.read_text(encoding="utf-8")))
    assert set(action["inputs"]) == used
    section = PAGE.split("## GitHub Actions\n")[1].split("\n## ")[0]
    assert [name for name in action["inputs"] if name not in section] == []


def run_the_check(tmp_path: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """The step `check` as a runner runs it, and what it leaves as outputs."""
    script = tmp_path / "auditor" / "bin" / "auditor"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m auditor "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    (step,) = (step for step in loaded(ACTION)["runs"]["steps"] if step["id"] == "check")
    given = {name: said["default"] for name, said in loaded(ACTION)["inputs"].items() if "default" in said} | inputs
    variables = {name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: given[m[1]], said)
                 for name, said in step["env"].items()}  # fmt: skip
    scrubbed = ("AUDITOR_", "GITHUB_", "CI")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(scrubbed)} | variables
    environment |= {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "outputs"), "PYTHONPATH": str(ROOT)}
    environment |= {"CI": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done, (tmp_path / "outputs").read_text(encoding="utf-8")


def test_the_action_annotates_fails_and_writes_what_it_is_asked_for(tmp_path: Path) -> None:
    done, outputs = run_the_check(tmp_path, logs=f"{SWAPPED}\n{CLEAN}\n", sarif="out.sarif", junit="out.xml")
    assert (done.returncode, outputs) == (1, "exit-code=1\n"), done.stderr
    assert "::error " in done.stdout
    assert json.loads((tmp_path / "out.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert "<testsuite" in (tmp_path / "out.xml").read_text(encoding="utf-8")
    assert "identify-after-track" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "u_1041" not in done.stdout


def test_the_action_passes_on_what_is_clean_and_on_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "a log; touch mischief.jsonl").write_bytes(CLEAN.read_bytes())
    done, outputs = run_the_check(tmp_path, logs="a log; touch mischief.jsonl")
    assert (done.returncode, outputs) == (0, "exit-code=0\n"), done.stderr
    assert not (tmp_path / "mischief.jsonl").exists()


def test_the_action_goes_by_fail_on(tmp_path: Path) -> None:
    done, outputs = run_the_check(tmp_path, logs=str(SWAPPED), **{"fail-on": "never"})
    assert (done.returncode, outputs) == (0, "exit-code=0\n"), done.stderr


# --- GitLab -----------------------------------------------------------------------------------------------------


def test_the_template_keeps_the_reports_that_its_script_writes(tmp_path: Path) -> None:
    job = loaded(TEMPLATE)["auditor"]
    (command,) = [line for line in job["script"] if line.startswith("auditor ")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AUDITOR_", "GITHUB_"))}
    environment |= {"AUDITOR_LOGS": f"{SWAPPED} {CLEAN}", "CI": "true", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-ec", f'auditor() {{ "{sys.executable}" -m auditor "$@"; }}; {command}'],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert set(job["artifacts"]["reports"].values()) == {path.name for path in tmp_path.iterdir()}
    quality = json.loads((tmp_path / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert {one["check_name"] for one in quality} == {"identify-after-track"}
    assert job["artifacts"]["when"] == "always"


# --- pre-commit -------------------------------------------------------------------------------------------------


def hook(name: str) -> Any:
    (found,) = (one for one in loaded(HOOKS) if one["id"] == name)
    return found


def test_hooks_hold_what_pre_commit_demands() -> None:
    assert [one["id"] for one in loaded(HOOKS)] == ["auditor", "auditor-rules"]
    for one in loaded(HOOKS):
        assert {"id", "name", "entry", "language"} <= one.keys()
        assert one["language"] == "python"
        assert one["require_serial"] is True
        assert f"`{one['id']}`" in PAGE or f"id: {one['id']}," in PAGE


@pytest.mark.parametrize(
    ("name", "taken", "left"),
    [
        ("auditor", ["captures/a.jsonl", "session.har", "a.ndjson"], ["a.json", "auditor.yml", "jsonl.py"]),
        ("auditor-rules", ["auditor-rules/ours.yml", "auditor-rules/a/b.yaml"], ["rules/ours.yml", "auditor.yml"]),
    ],
)
def test_a_hook_takes_the_files_it_is_for(name: str, taken: list[str], left: list[str]) -> None:
    pattern = re.compile(hook(name)["files"])
    assert [path for path in taken if not pattern.search(path)] == []
    assert [path for path in left if pattern.search(path)] == []


def test_the_entry_of_a_hook_runs_with_files_behind_it(tmp_path: Path) -> None:
    def run(name: str, *files: Path) -> int:
        words = [sys.executable, "-m", *hook(name)["entry"].split(), *map(str, files)]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AUDITOR_")}
        done = subprocess.run(
            words, cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
        )
        return done.returncode

    (tmp_path / ".git").mkdir()
    assert run("auditor", SWAPPED, CLEAN) == 1
    assert run("auditor", CLEAN) == 0
    (tmp_path / "ours.yml").write_text(block("docs/adding-a-rule.md", "pack"), encoding="utf-8")
    assert run("auditor-rules", tmp_path / "ours.yml") == 0


def test_an_archive_of_the_sources_holds_them() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert [name for name in ("/action.yml", "/templates", "/.pre-commit-hooks.yaml") if f'"{name}"' not in text] == []
