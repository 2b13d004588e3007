"""Colour and links: where a person looks at a terminal, or where it is asked for; nowhere else."""

import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from auditor.cli import setup
from tests.conftest import ROOT, Cli
from tests.terminals import at_terminal
from tests.test_shape import commands

SWAPPED = Path("sample_logs") / "identify-after-track.jsonl"
PLAN = Path("tests") / "plans" / "samples" / "auditor.yml"
COLOURED = {
    "auditor check": ["check", SWAPPED],
    "auditor config": ["config", "--show"],
    "auditor events": ["events", SWAPPED],
    "auditor funnel": ["funnel", SWAPPED],
    "auditor identities": ["identities", SWAPPED, "-d", "unify"],
    "auditor plan check": ["plan", "check", SWAPPED, "--plan", PLAN],
    "auditor plan diff": ["plan", "diff", PLAN, PLAN],
    "auditor plan lint": ["plan", "lint", PLAN],
    "auditor plan show": ["plan", "show", PLAN],
    "auditor report": ["report", "FINDINGS"],
    "auditor timeline": ["timeline", SWAPPED, "--device", "1"],
}
LINK = re.compile(r"\x1b\]8;[^;]*;([^\x1b]+)\x1b\\(.*?)\x1b\]8;;\x1b\\", re.DOTALL)
SGR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def words(request: pytest.FixtureRequest, cli: Cli, tmp_path: Path) -> list[object]:
    """The command line of a command that prints in colour."""
    findings = tmp_path / "findings.json"
    if "FINDINGS" in request.param:
        findings.write_text(cli("check", SWAPPED, "--format", "json").stdout, encoding="utf-8")
    return [findings if word == "FINDINGS" else word for word in request.param]


def test_every_command_with_colour_is_tried_here() -> None:
    found = {words for words, command in commands() if any("--color" in option.opts for option in command.params)}
    assert found == set(COLOURED)


@pytest.mark.parametrize("words", COLOURED.values(), ids=list(COLOURED), indirect=True)
def test_colour_in_a_pipe_only_where_it_is_asked_for_and_never_a_link(words: list[object], cli: Cli) -> None:
    plain = cli(*words)
    assert plain.returncode in (0, 1), plain.stderr
    assert "\x1b" not in plain.stdout
    for done in (cli(*words, "--color", "always", NO_COLOR="1"), cli(*words, FORCE_COLOR="1")):
        assert SGR.search(done.stdout)
        assert "\x1b]8" not in done.stdout
        assert SGR.sub("", done.stdout) == plain.stdout
    assert cli(*words, "--color", "never", FORCE_COLOR="1").stdout == plain.stdout


@pytest.mark.parametrize(
    ("choice", "variables", "terminal", "coloured"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_about_colour(
    choice: str, variables: dict[str, str], terminal: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert setup.in_colour(choice) is coloured
    assert setup.with_links(choice) is (coloured and terminal)


# --- Links --------------------------------------------------------------------------------------------------


def links(text: str) -> dict[str, str]:
    return {shown: address for address, shown in ((a, SGR.sub("", s)) for a, s in LINK.findall(text))}


def test_at_a_terminal_a_rule_and_the_file_of_an_event_are_links() -> None:
    code, said, shown = at_terminal("check", SWAPPED, stdout=True)
    assert (code, said) == (1, "")
    found = links(shown)
    assert set(found) == {"identify-after-track", str(SWAPPED)}
    for address in found.values():
        assert urlparse(address).scheme == "file"
        assert Path(unquote(urlparse(address).path)).is_file()
    assert Path(unquote(urlparse(found["identify-after-track"]).path)).stem == "identify-after-track"
    _, _, plain = at_terminal("check", SWAPPED, "--color", "never", stdout=True)
    assert SGR.sub("", LINK.sub(r"\2", shown)) == plain


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (["--color", "never"], {}),
        ([], {"NO_COLOR": "1"}),
        ([], {"TERM": "dumb"}),
        (["--color", "always"], {"TERM": "dumb"}),
        (["--color", "always"], {"CI": "true"}),
    ],
)
def test_no_links_where_they_would_not_be_followed(options: list[str], variables: dict[str, str]) -> None:
    code, _, shown = at_terminal("check", SWAPPED, *options, stdout=True, **variables)
    assert code == 1
    assert "identify-after-track" in SGR.sub("", shown)
    assert "\x1b]8" not in shown


def test_a_name_with_blanks_is_a_link_and_one_that_is_no_file_is_none(tmp_path: Path) -> None:
    log = tmp_path / "a log; of ours.jsonl"
    log.write_bytes((ROOT / SWAPPED).read_bytes())
    found = links(at_terminal("check", log, stdout=True, COLUMNS="110")[2])
    assert Path(unquote(urlparse(found[str(log)]).path)) == log
    piped = at_terminal("check", "-", stdout=True, feed=lambda pipe: (pipe.write(log.read_bytes()), pipe.close())[1])
    assert set(links(piped[2])) == {"identify-after-track"}
