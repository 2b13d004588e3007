"""The configuration: found, read, and refused with every mistake in its place."""

import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.config.config_file import find_config, read_config
from auditor.config.settings import ConfigError, Ignore, RuleSetting, Settings

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file of the working directory and gives its path, relative as people see it."""
    monkeypatch.chdir(tmp_path)

    def written(text: str, name: str = "auditor.yml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return written


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


YAML = """\
params:
  signup_events: [Joined]
  late_window: 10m
destinations: [mixpanel-legacy, segment]
dialect: rudderstack
fail_on: warning
min_confidence: high
redact: true
rule_packs: [ours.yml, more/]
rules:
  identify-after-track: off
  user-id-is-email: info
  missing-signup: {severity: error, enabled: true, params: {pair_within: 1h}, tolerate: 5%}
  alias-after-identify: false
  duplicate-message-id: true
ignore:
  - rule: user-id-is-email
    where: {userId: {ends: '@ours.example'}}
    reason: Staff accounts.
    expires: 2027-03-31
  - {rule: missing-signup, reason: Known.}
"""
TOML = """\
[project]
name = "shop"

[tool.auditor]
destinations = ["mixpanel-legacy", "segment"]
dialect = "rudderstack"
fail_on = "warning"
min_confidence = "high"
redact = true
rule_packs = ["ours.yml", "more/"]

[tool.auditor.params]
signup_events = ["Joined"]
late_window = "10m"

[tool.auditor.rules]
identify-after-track = "off"
user-id-is-email = "info"
missing-signup = { severity = "error", enabled = true, params = { pair_within = "1h" }, tolerate = "5%" }
alias-after-identify = false
duplicate-message-id = true

[[tool.auditor.ignore]]
rule = "user-id-is-email"
where = { userId = { ends = "@ours.example" } }
reason = "Staff accounts."
expires = 2027-03-31

[[tool.auditor.ignore]]
rule = "missing-signup"
reason = "Known."
"""


@pytest.mark.parametrize(("name", "text"), [("auditor.yml", YAML), ("pyproject.toml", TOML)])
def test_every_setting_is_read_from_either_file(write: Write, tmp_path: Path, name: str, text: str) -> None:
    settings = read_config(write(text, name))
    assert settings.path == name
    assert settings.params == {"signup_events": ["Joined"], "late_window": "10m"}
    assert settings.destinations == ("mixpanel-legacy", "segment")
    assert (settings.dialect, settings.fail_on, settings.redact) == ("rudderstack", "warning", True)
    assert settings.min_confidence == "high"
    assert settings.rule_packs == (tmp_path / "ours.yml", tmp_path / "more")
    assert settings.rules == {
        "identify-after-track": RuleSetting(enabled=False),
        "user-id-is-email": RuleSetting("info", enabled=True),
        "missing-signup": RuleSetting("error", enabled=True, params={"pair_within": "1h"}, tolerate=(5, 100)),
        "alias-after-identify": RuleSetting(enabled=False),
        "duplicate-message-id": RuleSetting(enabled=True),
    }
    assert settings.ignore == (
        Ignore("user-id-is-email", "Staff accounts.", {"userId": {"ends": "@ours.example"}}, date(2027, 3, 31), 0),
        Ignore("missing-signup", "Known.", None, None, 1),
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}", "rules:\nparams:\nignore:\ndestinations:\n"])
def test_an_empty_configuration_changes_nothing(write: Write, text: str) -> None:
    settings = read_config(write(text))
    assert (settings.rules, settings.params, settings.ignore, settings.destinations) == ({}, {}, (), ())
    assert (settings.fail_on, settings.redact, settings.dialect) == ("error", None, None)
    assert settings.min_confidence == "medium"


def test_a_byte_order_mark_is_no_key(write: Write) -> None:
    assert read_config(write("\ufefffail_on: info\n")).fail_on == "info"


def test_packs_are_found_from_the_configurations_own_folder(write: Write, tmp_path: Path) -> None:
    assert read_config(write("rule_packs: rules.yml\n", "deeper/auditor.yml")).rule_packs == (
        tmp_path / "deeper/rules.yml",
    )


# Discovery ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["auditor.yml", "auditor.yaml", ".auditor.yml"])
def test_the_nearest_configuration_upwards_is_found(write: Write, tmp_path: Path, name: str) -> None:
    outer, inner = write("", name), write("", f"a/b/{name}")
    deepest = tmp_path / "a" / "b" / "c"
    deepest.mkdir()
    assert find_config(deepest) == inner
    assert find_config(tmp_path / "a") == outer


def test_the_search_ends_at_the_folder_that_holds_git(write: Write, tmp_path: Path) -> None:
    write("")
    for kind in ("folder", "worktree"):
        inside = tmp_path / kind / "src"
        inside.mkdir(parents=True)
        git = tmp_path / kind / ".git"
        git.mkdir() if kind == "folder" else git.write_text("gitdir: elsewhere")
        assert find_config(inside) is None
        ours = write("", f"{kind}/auditor.yml")
        assert find_config(inside) == ours


def test_a_file_of_our_own_wins_over_pyproject(write: Write, tmp_path: Path) -> None:
    pyproject = write("[tool.auditor]\n", "pyproject.toml")
    assert find_config(tmp_path) == pyproject
    ours = write("", "auditor.yaml")
    assert find_config(tmp_path) == ours


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("[tool.auditor]\n", True),
        ("[tool.auditor.params]\n", True),
        ("[[tool.auditor.ignore]]\nrule = 'a'\n", True),
        ("[tool]\nauditor = {}\n", True),
        ("[tool.auditor\n", True),
        ("[tool.auditory]\n", False),
        ("# [tool.auditor]\n", False),
        ("[project]\nname = 'auditor'\n", False),
        ("tool = 'auditor'\n", False),
        ("[tool.other\n", False),
    ],
)
def test_a_pyproject_is_taken_only_if_it_has_our_table(write: Write, tmp_path: Path, text: str, ours: bool) -> None:
    (tmp_path / ".git").mkdir()
    path = write(text, "pyproject.toml")
    assert find_config(tmp_path) == (path if ours else None)


def test_the_command_finds_the_configuration_and_an_option_overrides_it(write: Write, tmp_path: Path, cli: Any) -> None:
    write("fail_on: nonsense\n")
    other = write("fail_on: info\n", "other.yml")
    inside = tmp_path / "logs"
    inside.mkdir()
    found = cli("rules", "list", cwd=inside)
    assert found.returncode == 2
    assert "auditor.yml:1: " in found.stderr
    assert cli("rules", "list", "--config", other, cwd=inside).returncode == 0


# Mistakes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail-on: error", '1: the configuration has no key "fail-on"; did you mean "fail_on"?'),
        ("rule: {}", '1: the configuration has no key "rule"; did you mean "rules"?'),
        ("- a", "1: the configuration must be a map of keys and values"),
        ("just words", "1: the configuration must be a map of keys and values"),
        ("fail_on: eror", '1: "fail_on" must be one of error, warning, info, never; did you mean "error"?'),
        ("fail_on: [error]", '1: "fail_on" must be one of error, warning, info, never'),
        ("dialect: segmnt", "1: \"dialect\" must be one of "),
        ("redact: yes", '1: "redact" must be true or false'),
        ("params: [a]", '1: "params" must be a map of keys and values'),
        ("rules: [a]", '1: "rules" must be a map of keys and values'),
        ("destinations: {a: 1}", '1: "destinations" must be a list of names'),
        ("destinations: [1]", '1: "destinations" must be a list of names'),
        ("rule_packs: 3", '1: "rule_packs" must be a list of names'),
        ("rules:\n  a: warn", '2: "a" must be one of error, warning, info, off; did you mean "warning"?'),
        ("rules:\n  a: [off]", '2: "a" must be a map of keys and values'),
        ("rules:\n  a: 0", '2: "a" must be a map of keys and values'),
        ("rules:\n  a:\n    severty: info", '3: a rule\'s setting has no key "severty"; did you mean "severity"?'),
        ("rules:\n  a: {severity: off}", '2: "severity" must be one of error, warning, info'),
        ("rules:\n  a: {enabled: no}", '2: "enabled" must be true or false'),
        ("rules:\n  a:\n    params: [1]", '3: "params" must be a map of keys and values'),
        ("ignore: {rule: a}", '1: "ignore" must be a list of {rule, where, reason, expires}'),
        ("ignore:\n  - a", "2: an entry of ignore is a map: {rule, where, reason, expires}"),
        ("ignore:\n  - {reason: r}", '2: an entry of ignore needs "rule": the id of a rule'),
        ("ignore:\n  - {rule: a}", '2: an entry of ignore needs "reason": somebody will ask why'),
        ("ignore:\n  - {rule: a, reason: ' '}", '2: an entry of ignore needs "reason": somebody will ask why'),
        ("ignore:\n  - {rule: a, reason: r, until: x}", '2: an entry of ignore has no key "until"'),
        ("ignore:\n  - rule: a\n    reason: r\n    expires: soon", '4: "expires" must be a day such as 2027-03-31'),
        ("ignore:\n  - {rule: a, reason: r, expires: 2027-02-30}", '2: "expires" must be a day such as 2027-03-31'),
        ("a: [", "2: not valid YAML"),
        ("fail_on: info\nfail_on: error", '2: the key "fail_on" stands here twice'),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_line(write: Write, text: str, said: str) -> None:
    (problem,) = problems(write(text + "\n"))
    assert problem.startswith(f"auditor.yml:{said}")


def test_all_mistakes_are_reported_at_once(write: Write) -> None:
    text = """\
    fail_on: x
    redact: 1
    rules:
      one: {severity: loud, enabled: 2}
      two: {params: 3}
    ignore:
      - {}
      - {rule: a, reason: b, expires: c}
    spare: 1
    """
    assert sorted(int(p.split(":")[1]) for p in problems(write(text))) == [1, 2, 4, 4, 5, 7, 8, 9]


def test_mistakes_in_pyproject_have_their_lines_too(write: Write) -> None:
    text = """\
    [project]
    name = "shop"
    fail_on = "nothing of ours"

    [tool.auditor]
    fail_on = "x"
    "redact" = 1
    rules.one.severity = "loud"

    [tool.auditor.rules.two]
    enabled = true
    severity = "louder"

    [tool.other]
    spare = 1

    [tool.auditor.rules."three"]
    severity = "loudest"

    [[tool.auditor.ignore]]
    rule = "a"
    reason = "b"

    [[tool.auditor.ignore]]
    rule = "a"
    reason = "b"
    expires = "c"

    [[tool.auditor.ignore]]
    rule = "a"
    """
    found = problems(write(text, "pyproject.toml"))
    assert [p.split(": ")[0] for p in found] == [f"pyproject.toml:{line}" for line in (8, 12, 18, 27, 29, 6, 7)]


def test_what_is_inside_a_value_of_pyproject_has_the_line_of_its_key(write: Write) -> None:
    text = "[tool.auditor]\nredact = true\nrules = { one = { severity = 'loud' } }\n"
    (problem,) = problems(write(text, "pyproject.toml"))
    assert problem.startswith("pyproject.toml:3: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.auditor]\nfail_on = \n", "pyproject.toml: not valid TOML: "),
        ("[tool]\nauditor = 3\n", "pyproject.toml:2: the configuration must be a map of keys and values"),
    ],
)
def test_a_pyproject_that_cannot_be_read_says_why(write: Write, text: str, said: str) -> None:
    (problem,) = problems(write(text, "pyproject.toml"))
    assert problem.startswith(said)


def test_a_file_that_cannot_be_read_says_why(write: Write, tmp_path: Path) -> None:
    write("")
    bad = tmp_path / "bad.yml"
    bad.write_bytes(b"fail_on: \xff\n")
    assert problems(bad) == ["bad.yml: cannot be read (not UTF-8 text)"]
    assert problems(tmp_path / "absent.yml") == ["absent.yml: cannot be read (No such file or directory)"]
    assert problems(tmp_path) == [". : cannot be read (Is a directory)".replace(" :", ":")]


def test_settings_without_a_file_are_called_the_configuration() -> None:
    assert Settings().place("rules", "a") == "the configuration"
