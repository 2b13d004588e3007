"""`auditor schema`, and what the schemas of the configuration and of rules take and refuse."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from auditor.config.config_file import _KEYS as CONFIG_KEYS
from auditor.config.config_file import read_config
from auditor.config.settings import ConfigError
from auditor.engine.checking import options_of
from auditor.language.conditions import OPERATORS
from auditor.language.loader import load
from auditor.language.plan_rules import _KEYS as PLAN_RULE_KEYS
from auditor.language.rule_reader import RULE_KEYS
from auditor.model.dialects import DIALECTS
from documenting.pages import block
from tests.conftest import ROOT, SAMPLE_LOGS, Cli
from tests.test_shape import RULES

SCHEMAS = ROOT / "auditor" / "schemas"
CONFIG = json.loads((SCHEMAS / "config-1.json").read_text(encoding="utf-8"))
RULE_FILE = json.loads((SCHEMAS / "rules-1.json").read_text(encoding="utf-8"))
FOUND = sorted(SCHEMAS.glob("*.json"))


def accepts(schema: Any, data: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(data))


def as_an_editor_reads(text: str) -> Any:
    """YAML 1.2, as editors have it: `off` is a word, and a day is one too."""
    return yaml.load(text, Loader=_Editor)  # noqa: S506 - a SafeLoader with fewer types


class _Editor(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012 - yaml's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        if first not in "oOyYnN"
    }


# --- The command ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_it_prints_each_schema_and_each_is_one(path: Path, cli: Cli) -> None:
    done = cli("schema", path.stem.removesuffix("-1"))
    assert (done.returncode, done.stdout) == (0, path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))


def test_it_lists_them_and_guesses(cli: Cli) -> None:
    listed = [line.split()[0] for line in cli("schema").stdout.splitlines()]
    assert {"config", "rules", "tracking-plan", "findings"} <= set(listed)
    assert listed == [path.stem.removesuffix("-1") for path in FOUND]
    done = cli("schema", "confg")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'did you mean "config"?' in done.stderr


# --- The configuration --------------------------------------------------------------------------------------------


def test_the_configuration_has_the_keys_that_the_reader_knows() -> None:
    assert set(CONFIG["properties"]) == set(CONFIG_KEYS)
    assert CONFIG["properties"]["dialect"]["enum"] == [*DIALECTS, None]
    for schema in (CONFIG, RULE_FILE):
        assert set(schema["$defs"]["condition"]["anyOf"][-1]["properties"]) == set(OPERATORS)


def test_its_parameters_are_those_of_the_vocabulary() -> None:
    vocabulary = yaml.safe_load((ROOT / "rules" / "vocabulary.yml").read_text(encoding="utf-8"))["params"]
    kinds = {"list": "names", "regex_list": "patterns", "duration": "duration"}
    for name, said in CONFIG["properties"]["params"]["properties"].items():
        assert said["$ref"] == f"#/$defs/{kinds[vocabulary[name]['type']]}"


@pytest.mark.parametrize("log", SAMPLE_LOGS[:4], ids=lambda path: path.name)
def test_it_takes_what_init_writes_which_tells_editors_of_it(log: Path, cli: Cli) -> None:
    text = cli("init", log, "-o", "-").stdout
    assert text.count("\n# yaml-language-server: $schema=auditor.schema.json\n") == 1
    assert accepts(CONFIG, as_an_editor_reads(text))
    bare = "\n".join(re.sub(r"^(\s*)# (?=[a-z_]+: \[)", r"\1", line) for line in text.splitlines())
    assert accepts(CONFIG, as_an_editor_reads(bare)), "what is commented out"


TAKEN = [
    "{}",
    "",
    "destinations: mixpanel-legacy",
    "tracking_plan: plan.yml",
    "tracking_plan: {file: plan.yml, unplanned_events: forbid}",
    "rules: {user-id-is-email: true, missing-signup: {tolerate: 2.5%, params: {late_window: 1h}}}",
    "params: {of_a_pack: 3, signup_paths: ^/join}",
    "funnel: {steps: [visit, {name: paid, when: {track: Paid}, within: 2h}], any_order: true}",
    "ignore: [{rule: placeholder-user-id, reason: known, where: {any: [{userId: guest}, {event: {starts: Old}}]}}]",
]
REFUSED = [
    "fail_onn: error",
    "fail_on: eror",
    "redact: 'yes'",
    "dialect: sgment",
    "rules: {user-id-is-email: eror}",
    "rules: {user-id-is-email: {severty: error}}",
    "rules: {missing-signup: {tolerate: 5}}",
    "params: {signup_events: Signed Up}",
    "params: {late_window: 30}",
    "ignore: [{rule: placeholder-user-id}]",
    "ignore: [{rule: placeholder-user-id, reason: known, expire: 2027-03-31}]",
    "ignore: [{rule: placeholder-user-id, reason: known, where: {userId: {eqals: guest}}}]",
    "tracking_plan: {unplanned_events: forbid}",
    "tracking_plan: {file: plan.yml, unplanned_events: deny}",
    "[]",
]


@pytest.mark.parametrize("text", [*TAKEN, *REFUSED])
def test_it_judges_as_the_reader_does(text: str, tmp_path: Path) -> None:
    (tmp_path / "auditor.yml").write_text(text, encoding="utf-8")
    try:
        load(read_config(tmp_path / "auditor.yml"), options_of)
        wrong: list[str] = []
    except ConfigError as error:
        wrong = [problem for problem in error.problems if "of_a_pack" not in problem]
    assert bool(wrong) == (text in REFUSED)
    assert accepts(CONFIG, as_an_editor_reads(text)) == (text in TAKEN)


# --- Rules --------------------------------------------------------------------------------------------------------


def test_rules_have_the_keys_that_the_readers_know() -> None:
    assert set(RULE_FILE["$defs"]["event_rule"]["properties"]) == set(RULE_KEYS)
    assert set(RULE_FILE["$defs"]["plan_rule"]["properties"]) == set(PLAN_RULE_KEYS)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_it_takes_every_built_in_rule(path: Path) -> None:
    jsonschema.Draft202012Validator(RULE_FILE).validate(as_an_editor_reads(path.read_text(encoding="utf-8")))


PACK = block("docs/adding-a-rule.md", "pack")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("severity: error", "severity: eror"),
        ("severity: error", "severty: error"),
        ("    by: lane", "    by: lain"),
        ("within: 30m", "within: 30"),
        ("within: 30m", "witin: 30m"),
        ("{after: identify,", "{afterwards: identify,"),
        ("flag: {track: Trial Started}", "flag: {track: {equals: Trial Started}}"),
        ("      - name: identify comes first\n        pass:", "      - name: identify comes first\n        passes:"),
        ("auditor: 1", "auditor: 2"),
        ("rules:\n", "rulez:\n"),
        ("  - id: trial-before-identify\n", "  - id: Trial Before Identify\n"),
    ],
)
def test_it_refuses_a_typo_in_a_rule(right: str, wrong: str) -> None:
    assert right in PACK
    assert not accepts(RULE_FILE, as_an_editor_reads(PACK.replace(right, wrong, 1)))
