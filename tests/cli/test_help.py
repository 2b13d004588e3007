"""`--help` of every command: what a manual page would hold, in 80 columns."""

import re
import shlex
from functools import cache

import click
import pytest

from auditor.cli.main import auditor as auditor_command
from tests.conftest import ROOT
from tests.test_shape import commands

COMMANDS = dict(commands())


@cache
def said(words: str) -> str:
    """What `WORDS --help` prints at 80 columns."""
    parent = None
    for name in words.split()[:-1]:
        parent = click.Context(COMMANDS[words[: words.index(name) + len(name)]], parent, info_name=name)
    name = words.rsplit(maxsplit=1)[-1]
    context = click.Context(COMMANDS[words], parent, info_name=name, terminal_width=80, max_content_width=80)
    return COMMANDS[words].get_help(context)


def examples(words: str) -> list[str]:
    """The commands under Examples, each in one line."""
    block = said(words).partition("\n  Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in re.sub(r" \\\n +", " ", block).splitlines()]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_says_what_it_does_how_it_ends_and_how_it_is_used(words: str) -> None:
    text = said(words)
    assert "\n  Exit codes" in text
    assert {"0", "2"} <= set(re.findall(r"\b\d+\b", text.partition("Exit codes")[2].partition("Examples")[0]))
    assert examples(words)
    assert "\n  See also: " in text or words == "auditor"


@pytest.mark.parametrize("words", COMMANDS)
def test_the_summary_is_one_sentence_that_fits_into_the_list_of_commands(words: str) -> None:
    first = (COMMANDS[words].help or "").partition("\n\n")[0]
    assert first.count(".") == 1 or words in ("auditor", "auditor init")  # a file's name
    assert not COMMANDS[words].get_short_help_str(62).endswith("...") or words == "auditor"


@pytest.mark.parametrize("words", COMMANDS)
def test_the_help_fits_into_80_columns(words: str) -> None:
    assert [line for line in said(words).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("words", COMMANDS)
def test_an_example_uses_commands_and_options_that_exist(words: str) -> None:
    for line in examples(words):
        program, *rest = shlex.split(line.partition(" > ")[0])
        assert program == "auditor"
        command: click.Command = auditor_command
        while isinstance(command, click.Group):
            if rest[0] == "--help":
                break
            found = command.get_command(click.Context(command), rest.pop(0))
            assert found is not None, line
            command = found
        known = {name for option in command.get_params(click.Context(command)) for name in option.opts}
        assert {word for word in rest if re.match(r"--?[a-z]", word)} <= known, line


@pytest.mark.parametrize("words", COMMANDS)
def test_what_is_named_for_further_reading_exists(words: str) -> None:
    further = " ".join(said(words).partition("See also: ")[2].partition("\n\n")[0].split())
    for page in re.findall(r"docs/[\w.-]+\.md", said(words)):
        assert (ROOT / page).is_file()
    for named in re.findall(r"auditor [a-z]+(?: (?:show|list|lint|convert|check|infer))?", further):
        assert named in COMMANDS


def test_every_option_with_a_default_shows_it_and_an_odd_variable_is_named() -> None:
    silent = [
        f"{words} {option.opts}"
        for words, command in COMMANDS.items()
        for option in command.params
        if isinstance(option, click.Option)
        and isinstance(option.default, str | int)
        and not isinstance(option.default, bool)
        and not (option.show_default or "default: " in (option.help or ""))
        and option.name not in ("version", "help")
    ]
    assert silent == []
    assert "AUDITOR_INIT_OUTPUT" in said("auditor init")
    assert "AUDITOR_DIFF_FAIL_ON" in said("auditor plan diff")
    assert "AUDITOR_FAIL_ON" not in said("auditor check").replace("AUDITOR_FAIL_ON is --fail-on", "")
    assert "AUDITOR_FAIL_ON is --fail-on" in said("auditor check")
