"""`auditor config --show` as a process: every setting in effect, and where its value comes from."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from auditor.config.settings import Settings
from tests.conftest import DEFAULT_RULES, ROOT, Cli

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "settings-1.json").read_text(encoding="utf-8"))
CONFIG = """\
params:
  signup_events: [Joined]
destinations: [mixpanel-legacy]
fail_on: error
rules:
  user-id-is-email: off
  missing-signup: {severity: info, params: {pair_within: 5m}}
ignore:
  - rule: placeholder-user-id
    where: {userId: guest}
    reason: the old checkout
    expires: 2027-03-31
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder that no other config reaches."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def shown(cli: Cli, site: Path, *arguments: object, **variables: str) -> dict[str, dict[str, Any]]:
    done = cli("config", "--show", "--format", "json", *arguments, cwd=site, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    held = json.loads(done.stdout)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(held)] == []
    return {setting["name"]: setting for setting in held["settings"]}


def origin(setting: dict[str, Any]) -> tuple[Any, str, str | None]:
    return setting["value"], setting["origin"], setting["place"]


def test_the_schema_is_a_schema_and_refuses_what_lacks_a_member() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(Draft202012Validator(SCHEMA).iter_errors({"schema": "auditor/settings/1"}))


def test_without_a_file_everything_is_there_by_default(site: Path, cli: Cli) -> None:
    held = shown(cli, site)
    assert {setting["origin"] for setting in held.values()} == {"default"}
    assert {f"rules.{rule.id}" for rule in DEFAULT_RULES.rules} <= set(held)
    assert {f"params.{name}" for name in DEFAULT_RULES.params} <= set(held)
    about_the_file = {"path", "given", "lines", "params", "rules", "ignore"}
    assert {member.name for member in fields(Settings)} - about_the_file <= set(held)
    assert held["fail_on"]["value"] == "error"
    assert held["params.late_window"]["value"] == "30m"
    assert held["rules.missing-alias"]["reason"].startswith("runs only for the destinations")


def test_each_value_of_the_file_has_its_line(site: Path, cli: Cli) -> None:
    (site / "auditor.yml").write_text(CONFIG, encoding="utf-8")
    held = shown(cli, site)
    assert origin(held["params.signup_events"]) == (["Joined"], "file", "auditor.yml:2")
    assert origin(held["destinations"]) == (["mixpanel-legacy"], "file", "auditor.yml:3")
    assert origin(held["fail_on"]) == ("error", "file", "auditor.yml:4")  # the default, but somebody wrote it down
    assert origin(held["rules.user-id-is-email"]) == ("off", "file", "auditor.yml:6")
    assert origin(held["rules.missing-signup"]) == ("info", "file", "auditor.yml:7")
    assert origin(held["rules.missing-signup.params.pair_within"]) == ("5m", "file", "auditor.yml:7")
    assert held["ignore.0"]["value"]["expires"] == "2027-03-31"
    assert held["ignore.0"]["place"] == "auditor.yml:9"
    assert origin(held["params.login_events"])[1:] == ("default", None)
    assert origin(held["rules.identify-after-track"]) == ("error", "default", None)


def test_pyproject_is_named_with_its_line(site: Path, cli: Cli) -> None:
    text = '[project]\nname = "x"\n\n[tool.auditor]\nfail_on = "warning"\n'
    (site / "pyproject.toml").write_text(text, encoding="utf-8")
    assert origin(shown(cli, site)["fail_on"]) == ("warning", "file", "pyproject.toml:5")


def test_the_command_line_decides_over_the_file(site: Path, cli: Cli) -> None:
    (site / "auditor.yml").write_text(CONFIG, encoding="utf-8")
    held = shown(cli, site, "--fail-on", "warning", "--ignore", "missing-alias", "--dialect", "segment", "--no-redact")
    assert origin(held["fail_on"]) == ("warning", "command line", "--fail-on")
    assert origin(held["dialect"]) == ("segment", "command line", "--dialect")
    assert origin(held["redact"]) == (False, "command line", "--no-redact")
    assert origin(held["rules.missing-alias"]) == ("off", "command line", "--ignore")
    selected = shown(cli, site, "--select", "user-id-is-email")
    assert origin(selected["rules.user-id-is-email"]) == ("warning", "command line", "--select")
    assert origin(selected["rules.missing-alias"]) == ("off", "command line", "--select")


def test_a_pack_of_the_command_line_is_added_to_those_of_the_file(site: Path, cli: Cli) -> None:
    for name in ("one", "two"):
        (site / f"{name}.yml").write_text(
            f"rules:\n  - {{id: rule-{name}, summary: S., severity: info, flag: {{track: {name}}}, message: m}}\n",
            encoding="utf-8",
        )
    (site / "auditor.yml").write_text("rule_packs: [one.yml]\n", encoding="utf-8")
    held = shown(cli, site, "--rules", "two.yml")
    assert held["rule_packs"]["place"] == "auditor.yml:1 and --rules"
    assert [Path(pack).name for pack in held["rule_packs"]["value"]] == ["one.yml", "two.yml"]
    assert {"rules.rule-one", "rules.rule-two"} <= set(held)


def test_in_ci_redaction_is_on_and_says_why(site: Path, cli: Cli) -> None:
    assert origin(shown(cli, site, CI="true")["redact"]) == (True, "environment", "CI")
    assert origin(shown(cli, site)["redact"]) == (None, "default", None)


def test_a_severity_that_a_destination_raises_names_its_profile(site: Path, cli: Cli) -> None:
    raising = {name: profile.rules for name, profile in DEFAULT_RULES.profiles.items() if profile.rules}
    for name, rules in raising.items():
        (site / "auditor.yml").write_text(f"destinations: [{name}]\n", encoding="utf-8")
        held = shown(cli, site)
        for rule, severity in rules.items():
            assert origin(held[f"rules.{rule}"]) == (severity, "profile", name)
    assert raising


def test_what_is_shown_is_what_a_check_does(site: Path, cli: Cli) -> None:
    (site / "auditor.yml").write_text(CONFIG, encoding="utf-8")
    report = json.loads(cli("check", ROOT / "sample_logs", "--format", "json", cwd=site).stdout)
    held = shown(cli, site)
    for rule in report["rules"]:
        said = held[f"rules.{rule['id']}"]
        runs = said["value"] != "off"
        assert not runs or said["value"] == rule["severity"]
        if not runs:
            assert (rule["status"], rule["reason"]) == ("not-evaluated", said["reason"])


def test_the_text_has_a_line_for_each_and_fits_80_columns(site: Path, cli: Cli) -> None:
    (site / "auditor.yml").write_text(CONFIG, encoding="utf-8")
    printed = cli("config", "--show", cwd=site).stdout
    assert printed.startswith("configuration: auditor.yml\n")
    assert [line for line in printed.splitlines() if len(line) > 80] == []
    for setting in shown(cli, site).values():
        assert f"{setting['name'].partition('.')[2] or setting['name']}: " in printed
    assert any(line.split() == ["fail_on:", "error", "auditor.yml:4"] for line in printed.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("config", "--format", "json"), "did you mean auditor config --show?"),
        (("config", "--show", "--fail-on", "warnings"), 'there is no "warnings"; did you mean "warning"?'),
        (("config", "--show", "--ignore", "mising-alias"), 'did you mean "missing-alias"?'),
        (("config", "--show", "--config", "absent.yml"), "absent.yml: cannot be read"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_2_with_a_sentence(arguments: tuple[str, ...], said: str, site: Path, cli: Cli) -> None:
    done = cli(*arguments, cwd=site)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_mistake_in_the_file_is_2_with_its_line(site: Path, cli: Cli) -> None:
    (site / "auditor.yml").write_text("fail_on: never\nparms: {}\n", encoding="utf-8")
    done = cli("config", "--show", cwd=site)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'auditor: auditor.yml:2: the configuration has no key "parms"; did you mean "params"?\n'
