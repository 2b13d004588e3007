"""What the documentation shows beside commands: configurations, rules, plans, recipes, code. Each is one that works."""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from auditor.config.config_file import read_config
from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import load, rules_folder
from auditor.language.plan_rules import load_plan_rules
from auditor.plans import read as read_plan
from auditor.plans.lints import options_of as lint_options_of
from documenting import rule_pages
from documenting.pages import ROOT, RULE_PAGES, Block, blocks, pages
from tests.cli.test_schema import as_an_editor_reads
from tests.documenting.reader import Reader
from tests.documenting.test_commands import SHELL

BLOCKS = [block for page in pages() for block in blocks(page)]
NODE = shutil.which("node")


def of_kind(language: str, *tests: str) -> Any:
    """The blocks of a language, or those of them of which a comment says one of ``tests``, as cases."""
    chosen = [block for block in BLOCKS if block.language == language and (not tests or block.test in tests)]
    assert chosen
    return pytest.mark.parametrize("block", chosen, ids=lambda block: block.place)


def schema(name: str) -> Any:
    return json.loads((ROOT / "auditor" / "schemas" / f"{name}-1.json").read_text(encoding="utf-8"))


def meets(data: Any, name: str) -> None:
    """Holds data against one of our schemas."""
    jsonschema.Draft202012Validator(schema(name)).validate(data)


# --- Nothing is left out -----------------------------------------------------------------------------------------

KNOWN = {
    "yaml": {"config", "pack", "rule", "plan", "workflow", "steps", "gitlab", "pre-commit"},
    "python": {"python", "pytest"},
    "js": {"hook"},
    "json": set(),
    "text": {"drawing", "shown"},
}
"""What a comment may say of a block, by language. What is quoted from a command says ``output:`` instead."""


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_every_block_has_a_test(block: Block) -> None:
    if block.language in SHELL:
        assert not block.output
    else:
        assert block.language in KNOWN, "a block without a language is in no test"
        assert bool(block.output) != (block.test in KNOWN[block.language]), "a comment before it says what it is"


def test_only_this_much_is_shown_without_being_checked() -> None:
    counts = Counter(block.test for block in BLOCKS)
    assert counts["drawing"] == 1
    assert counts["shown"] == 2


# --- Configuration, rules, plans -----------------------------------------------------------------------------------


def accepted(text: str, folder: Path) -> None:
    """Holds a configuration against the schema and the reader, with all that it names."""
    meets(as_an_editor_reads(text) or {}, "config")
    (folder / "auditor.yml").write_text(text, encoding="utf-8")
    settings = read_config(folder / "auditor.yml")
    load_plan_rules(load(settings, options_of), settings, lint_options_of)


@of_kind("yaml", "config")
def test_a_configuration_is_accepted(block: Block, tmp_path: Path) -> None:
    accepted(block.code, tmp_path)


def test_how_the_pages_of_the_rules_tune_them_is_accepted_by_itself_and_all_together(tmp_path: Path) -> None:
    found = [block for page in sorted(RULE_PAGES.glob("*.md")) for block in blocks(page) if block.test == "config"]
    assert len(found) == len(rule_pages.expected()) - 1
    together: dict[str, dict[str, Any]] = {"rules": {}, "params": {}}
    for block in found:
        data = as_an_editor_reads(block.code)
        meets(data, "config")
        assert list(data["rules"]) == [block.page.stem]
        for key, values in together.items():
            values.update(data.get(key, {}))
    accepted(yaml.safe_dump(together), tmp_path)


@of_kind("yaml", "pack")
def test_a_pack_of_rules_passes_its_examples_and_they_notice_its_mutants(block: Block, tmp_path: Path) -> None:
    meets(as_an_editor_reads(block.code), "rules")
    reader = Reader(tmp_path)
    (reader.folder / "pack.yml").write_text(block.code, encoding="utf-8")
    done = reader.run("auditor rules test --mutate pack.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@of_kind("yaml", "rule")
def test_a_part_of_a_rule_fits_into_one(block: Block, tmp_path: Path) -> None:
    rule = yaml.safe_load((rules_folder() / "delivery" / "signup-on-redirecting-page.yml").read_text(encoding="utf-8"))
    rule |= {"id": "of-the-page"} | yaml.safe_load(block.code)
    pack = {"auditor": 1, "pack": "page", "rules": [rule]}
    meets(pack, "rules")
    (tmp_path / "pack.yml").write_text(yaml.safe_dump(pack), encoding="utf-8")
    loaded = load(Settings(rule_packs=(str(tmp_path / "pack.yml"),)), options_of)
    assert {kind.name for kind in loaded.rules[-1].kinds} == set(rule["kinds"])


@of_kind("yaml", "plan")
def test_a_plan_is_one(block: Block, tmp_path: Path) -> None:
    text = block.code if "schema:" in block.code else "schema: auditor/tracking-plan/1\n" + block.code
    meets(yaml.safe_load(text), "tracking-plan")
    (tmp_path / "plan.yml").write_text(text, encoding="utf-8")
    plan = read_plan(tmp_path / "plan.yml")
    assert plan.events
    assert plan.invalid == ()


# --- Recipes -------------------------------------------------------------------------------------------------------

RECIPES = {
    "workflow": ("github-workflows", lambda data: data),
    "steps": ("github-workflows", lambda data: {"on": "push", "jobs": {"a": {"runs-on": "x", "steps": data}}}),
    "gitlab": ("gitlab-ci", lambda data: data),
}
"""The official schema (it comes with check-jsonschema), and what a part of a file has to stand in."""


@of_kind("yaml", *RECIPES)
def test_a_recipe_meets_the_official_schema(block: Block, tmp_path: Path) -> None:
    name, whole = RECIPES[block.test]
    path = tmp_path / "recipe.yml"
    path.write_text(json.dumps(whole(as_an_editor_reads(block.code))), encoding="utf-8")
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@of_kind("yaml", "pre-commit")
def test_a_hook_that_a_recipe_names_is_there(block: Block) -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    named = [hook["id"] for repository in yaml.safe_load(block.code) for hook in repository["hooks"]]
    assert named
    assert set(named) <= hooks


@of_kind("yaml", "workflow")
def test_a_workflow_fails_on_the_log_that_it_checks(block: Block, tmp_path: Path) -> None:
    (job,) = as_an_editor_reads(block.code)["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands[0] == "pip install tracking-auditor"
    done = Reader(tmp_path).run(commands[1])
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error ")


# --- Code ----------------------------------------------------------------------------------------------------------


@of_kind("python", "python")
def test_code_runs(block: Block) -> None:
    done = subprocess.run([sys.executable, "-c", block.code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


STAND_INS = """
import json
import pathlib

import pytest


@pytest.fixture
def page():
    return None


def sign_up_and_record(page):
    return [json.loads(line) for line in pathlib.Path("sample_logs/clean.jsonl").read_text().splitlines()]
"""


@of_kind("python", "pytest")
def test_tests_that_are_shown_pass(block: Block, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    (reader.folder / "captures").mkdir()
    shutil.copy(reader.folder / "capture.jsonl", reader.folder / "captures" / "old-bug.jsonl")
    (reader.folder / "test_shown.py").write_text(STAND_INS + block.code, encoding="utf-8")
    done = reader.run("pytest -q test_shown.py")
    assert done.returncode == 0, done.stdout
    assert f"{block.code.count('def test_')} passed" in done.stdout


PAGE = """
const made = [];
globalThis.sessionStorage = { held: {}, getItem(key) { return this.held[key] ?? null; },
                              setItem(key, value) { this.held[key] = value; } };
globalThis.XMLHttpRequest = class { open() {} send(body) { made.push(body); } };
globalThis.window = { fetch: (input, init) => { made.push(init && init.body); return Promise.resolve(); } };
globalThis.document = { createElement: () => ({ click() {} }) };
URL.createObjectURL = (blob) => { globalThis.kept = blob; return "blob:"; };
"""
CALLS = """
const call = JSON.stringify({ type: "track", event: "Signed Up", anonymousId: "a", messageId: "m1",
                              timestamp: "2026-01-05T10:00:00Z" });
window.fetch("https://collector.example/v1/t", { method: "POST", body: call });
window.fetch("https://site.example/app.js");
const request = new XMLHttpRequest();
request.open("POST", "https://collector.example/v1/batch");
request.send(JSON.stringify({ batch: [JSON.parse(call.replace("m1", "m2"))] }));
if (made.length !== 3) throw new Error("a request did not go through");
auditorLog();
kept.text().then((text) => process.stdout.write(text));
"""


@pytest.mark.skipif(NODE is None, reason="needs node, which is not installed")
@of_kind("js", "hook")
def test_the_hook_keeps_what_the_page_sends_and_lets_it_through(block: Block, tmp_path: Path) -> None:
    script = PAGE + block.code + "globalThis.auditorLog = window.auditorLog;\n" + CALLS
    done = subprocess.run([str(NODE), "-e", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    reader = Reader(tmp_path)
    (reader.folder / "events.jsonl").write_text(done.stdout, encoding="utf-8")
    assert json.loads(reader.run("auditor check events.jsonl -f json").stdout)["summary"]["events"] == 2


# --- What stands for an output that no sample log has -----------------------------------------------------------


def test_the_mutant_that_a_page_shows_is_one_that_a_missing_example_leaves_unnoticed(tmp_path: Path) -> None:
    held = list(blocks(ROOT / "docs" / "adding-a-rule.md"))
    (shown,) = [block.code for block in held if block.test == "shown"]
    (pack,) = [block.code for block in held if block.test == "pack"]
    reader = Reader(tmp_path)
    less = pack[: pack.index("      - name: the identify of an earlier user does not count")]
    (reader.folder / "rules-of-ours.yml").write_text(less, encoding="utf-8")
    done = reader.run("auditor rules test --mutate rules-of-ours.yml")
    assert done.returncode == 1
    assert shown in done.stdout


def test_the_comparison_that_a_page_shows_has_the_form_of_one(tmp_path: Path) -> None:
    (shown,) = [block.code for block in blocks(ROOT / "docs" / "tracking-plans.md") if block.test == "shown"]
    printed = Reader(tmp_path).run("auditor plan diff OLD NEW --log LOG").stdout

    def form(text: str) -> list[str]:
        """The first lines, without counts and names."""
        return [re.sub(r"[\d,]+", "N", line).split(": properties")[0] for line in text.splitlines()[:3]]

    assert [line.replace("Paid", "Signed Up") for line in form(shown)] == form(printed)
