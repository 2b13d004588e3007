"""The house in order: sizes, names, true documentation. Everything is found by looking, nothing is listed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from auditor.cli.main import auditor as auditor_command

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "auditor").rglob("*.py"))
RULES = sorted(p for p in (ROOT / "rules").glob("*/*.yml") if p.parent.name != "destinations")
PROFILES = sorted((ROOT / "rules" / "destinations").glob("*.yml"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

LONGEST = 350
"""Lines of a module. Above it a module has two jobs."""

MEANINGLESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "core"}


def name_of(path: object) -> str:
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else str(path)


# --- Modules ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_has_one_job(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST
    assert not MEANINGLESS & {part.removesuffix(".py").lstrip("_") for part in module.relative_to(ROOT).parts}


def folders() -> list[Path]:
    """The folders at the top, without git's own and without what builds and environments leave behind."""
    left_behind = {".git", "dist", "build"}
    return [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and path.name not in left_behind and not (path / "pyvenv.cfg").exists()
    ]


def written() -> list[Path]:
    """All text that the project publishes, found without git, so that an unpacked archive is checked too."""
    tops = (*(p.name for p in folders() if not p.name.startswith(".")), ".ci")
    inside = [path for top in tops for path in (ROOT / top).rglob("*")]
    beside = [path for path in ROOT.iterdir() if path.suffix in {".md", ".toml"} or path.name == "Makefile"]
    unread = {".gz", ".png", ".pyc", ".whl", ".har"}
    installed = {"node_modules", "__pycache__", ".venv"}
    return sorted(
        path
        for path in inside + beside
        if path.is_file()
        and path.suffix not in unread
        and path != Path(__file__).resolve()
        and not installed & set(path.parts)
        and ROOT / "benchmarks" / "data" not in path.parents  # what benchmarks generate
    )


FORBIDDEN = {
    "a place on somebody's machine": re.compile(r"(?<![\w.])/(?:(?:home|Users)/\w+|root|work)/"),
    "a package index": re.compile(r"(?:--|PIP_)(?:extra-)?index[-_]url|https?://\S+/simple\b", re.IGNORECASE),
    "an unfinished merge": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
    "something left to do": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
}


@pytest.mark.parametrize("path", written(), ids=name_of)
def test_no_file_holds_what_must_not_be_published(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", errors="replace")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


# --- Rules ------------------------------------------------------------------------------------------------


def loaded(path: Path) -> dict[str, Any]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes strings only
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_a_rule_file_is_named_after_its_rule_and_explains_itself(path: Path) -> None:
    rule = loaded(path)
    assert rule["id"] == path.stem
    assert rule["why"].strip().endswith((".", "?"))
    fixes = [said.get("fix") or rule.get("fix", "") for said in (rule.get("kinds") or {"": rule}).values()]
    assert [fix for fix in fixes if not fix.strip().endswith(".")] == []
    assert sum("fail" in example for example in rule["examples"]) >= 2
    assert sum("pass" in example for example in rule["examples"]) >= 2


@pytest.mark.parametrize("path", RULES, ids=name_of)
def test_the_examples_come_last_in_a_rule_file(path: Path) -> None:
    """A run that needs no examples reads a file up to here: half of the time that the rules take to load."""
    assert list(loaded(path))[-1] == "examples"
    assert path.read_text(encoding="utf-8").count("\nexamples:\n") == 1


def test_rule_ids_are_unique() -> None:
    assert RULES
    assert len({path.stem for path in RULES}) == len(RULES)


@pytest.mark.parametrize("path", PROFILES, ids=name_of)
def test_a_profile_is_named_after_its_destination(path: Path) -> None:
    profile = loaded(path)
    assert {profile[key] for key in ("id", "name", "destination") if key in profile} <= {path.stem}


# --- Commands ---------------------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command under the group that `auditor` starts."""

    def walk(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        yield words, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                yield from walk(f"{words} {name}", child)

    yield from walk("auditor", auditor_command)


def test_every_command_and_every_option_has_help() -> None:
    found = dict(commands())
    assert "auditor check" in found
    silent = [words for words, command in found.items() if not command.help]
    silent += [
        f"{words} {option.opts[-1]}"
        for words, command in found.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


# --- Documentation that is true (tests/documenting/ has more) ------------------------------------------------


SCHEMA = re.compile(r"auditor/[a-z-]+/\d+")
"""The name of a JSON Schema (`auditor/findings/1`); it only looks like a path."""


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_written_in_the_documentation_exists(page: Path) -> None:
    """`<id>`, NAME and * in a path stand for anything there; a line with `<!-- not yet -->` is excused. Links are
    looked at in tests/documenting/test_links.py."""
    lines = page.read_text(encoding="utf-8").splitlines()
    text = re.sub(r"\]\([^)\s]*\)", "]", "\n".join(line for line in lines if "<!-- not yet -->" not in line))
    tops = "|".join(re.escape(path.name) for path in folders())
    paths = re.findall(rf"(?<![\w/.-])(?:{tops})/[\w./<>*-]*", text)
    absent = []
    for path in paths:
        plain = re.sub(r"<\w+>|\b[A-Z]+\b(?!\.md)", "*", path.rstrip(".,")).rstrip("/")
        if not list(ROOT.glob(plain)) and not SCHEMA.fullmatch(path):
            absent.append(path)
    assert absent == []
