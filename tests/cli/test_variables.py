"""Options as variables, and the completion of the shell: what stands around a command line."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import click
import pytest

from auditor.cli.options import readable_from_variables
from tests.conftest import ROOT, Cli
from tests.test_shape import commands

SWAPPED = ROOT / "sample_logs" / "identify-after-track.jsonl"


def every_option() -> list[tuple[str, click.Option]]:
    return [
        (words, option)
        for words, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and words != "auditor"
    ]


def test_every_option_has_a_variable() -> None:
    found = every_option()
    assert len(found) > 100
    assert [f"{words} {option.opts}" for words, option in found if not str(option.envvar).startswith("AUDITOR_")] == []


def test_one_variable_means_one_thing() -> None:
    """The formats of a report differ from command to command; nothing else that has a closed set of words does."""
    kinds = defaultdict(set)
    for _, option in every_option():
        words = tuple(option.type.choices) if isinstance(option.type, click.Choice) else type(option.type).__name__
        if option.opts[-1] not in ("--format", "--to"):
            kinds[option.envvar].add((words, option.multiple))
    assert {name: said for name, said in kinds.items() if len(said) > 1} == {}


def test_an_option_may_have_a_variable_of_its_own() -> None:
    own = click.Option(["--of-its-own"], envvar="AUDITOR_INIT_OUTPUT")
    usual = click.Option(["-f", "--of-the-usual"])
    readable_from_variables(click.Command("x", params=[own, usual]))
    assert (own.envvar, usual.envvar) == ("AUDITOR_INIT_OUTPUT", "AUDITOR_OF_THE_USUAL")


def test_variables_set_what_the_options_set(cli: Cli) -> None:
    assert json.loads(cli("check", SWAPPED, AUDITOR_FORMAT="json").stdout)["summary"]["exit_code"] == 1
    assert cli("check", SWAPPED, AUDITOR_FAIL_ON="never").returncode == 0
    assert cli("check", SWAPPED, AUDITOR_IGNORE="user-id-is-email identify-after-track").returncode == 0
    assert "u_1041" not in cli("check", SWAPPED, AUDITOR_REDACT="1").stdout
    assert cli("rules", "list", AUDITOR_FORMAT="json").stdout.startswith("[")
    assert cli("plan", "lint", ROOT / "README.md", AUDITOR_FAIL_ON="nevr").returncode == 2


def test_the_command_line_decides_over_a_variable_and_an_empty_one_is_none(cli: Cli) -> None:
    assert cli("check", SWAPPED, "--fail-on", "error", AUDITOR_FAIL_ON="never").returncode == 1
    done = cli("check", SWAPPED, AUDITOR_FAIL_ON="", AUDITOR_CONFIG="", AUDITOR_BASELINE="", AUDITOR_PLAN="")
    assert (done.returncode, done.stderr) == (1, "")


def test_a_wrong_value_names_its_variable(cli: Cli) -> None:
    done = cli("check", SWAPPED, AUDITOR_FAIL_ON="eror")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'there is no "eror"; did you mean "error"?' in done.stderr
    assert done.stderr.endswith("It is set by the variable AUDITOR_FAIL_ON.\n")
    assert "variable" not in cli("check", SWAPPED, "--fail-on", "eror", AUDITOR_FAIL_ON="never").stderr


def test_config_shows_the_variable_as_the_origin(cli: Cli) -> None:
    printed = cli("config", "--show", "--format", "json", AUDITOR_FAIL_ON="warning", AUDITOR_IGNORE="user-id-is-email")
    shown = {one["name"]: one for one in json.loads(printed.stdout)["settings"]}
    for name, variable in (("fail_on", "AUDITOR_FAIL_ON"), ("rules.user-id-is-email", "AUDITOR_IGNORE")):
        assert (shown[name]["origin"], shown[name]["place"]) == ("environment", variable)
    by_option = cli("config", "--show", "--format", "json", "--fail-on", "warning").stdout
    shown = {one["name"]: one for one in json.loads(by_option)["settings"]}
    assert (shown["fail_on"]["origin"], shown["fail_on"]["place"]) == ("command line", "--fail-on")


def test_the_help_tells_of_variables(cli: Cli) -> None:
    assert "AUDITOR_FAIL_ON=warning" in cli("--help").stdout


def by_its_name(**variables: str) -> subprocess.CompletedProcess[str]:
    """The installed command: a shell completes a name, and `python -m auditor` has none."""
    script = Path(sys.executable).with_name("auditor")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDITOR_")} | variables
    return subprocess.run([script], env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("shell", "said"), [("bash", "complete "), ("zsh", "#compdef auditor"), ("fish", "complete ")])
def test_a_shell_gets_a_script_for_completion(shell: str, said: str) -> None:
    done = by_its_name(_AUDITOR_COMPLETE=f"{shell}_source")
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    assert "_AUDITOR_COMPLETE" in done.stdout


def test_completion_knows_commands_options_and_choices() -> None:
    def completed(words: str) -> set[str]:
        place = str(len(words.split(" ")) - 1)
        done = by_its_name(_AUDITOR_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
        return {line.partition(",")[2] for line in done.stdout.splitlines()}

    assert completed("auditor ti") == {"timeline"}
    assert "--fail-on" in completed("auditor check --f")
    assert completed("auditor check --fail-on w") == {"warning"}
