"""Every built-in rule's examples notice each of its mutants; and what they do not notice is said."""

from functools import partial
from pathlib import Path

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.engine.mutation import mutate
from auditor.language.loader import load
from auditor.language.rule import Rule
from tests.conftest import Cli

reload = partial(load, options_of=options_of, with_examples=True)
RULES = reload(Settings())


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_notice_every_mutant(rule: Rule) -> None:
    mutated = mutate(rule, RULES, Settings(), reload)
    assert mutated.count > 0
    assert [survivor.text for survivor in mutated.survivors] == []


PACK = """
auditor: 1
pack: ours
rules:
  - id: trial-before-identify
    summary: A trial is started before the user is identified.
    severity: error
    flag: {track: Trial Started, source: client}
    by: lane
    unless: {before: identify, since: reset}
    if: {after: identify, within: 30m, until: reset, as: late}
    message: '"{event}" was tracked {late.gap} before identify.'
    examples:
      - pass: [{identify: u1}, {track: Trial Started}, {identify: u1}]
      - fail: [{track: Trial Started, flagged: true}, {identify: u1, wait: 40ms}]
"""


def test_what_no_example_notices_is_said_with_its_line(tmp_path: Path, cli: Cli) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text(PACK, encoding="utf-8")
    done = cli("rules", "test", "--mutate", pack)
    assert done.returncode == 1
    rows = done.stdout.splitlines()
    said = "trial-before-identify: no example notices that"
    assert f"{pack}:10: {said} `since: reset` is gone in `unless: before identify`" in rows
    assert f"{pack}:11: {said} `within: 30m` is twice as long in `if: after identify`" in rows
    assert f"{pack}:10: {said} `unless: before identify` is gone" not in rows
    noticed, survived = (int(word) for word in (rows[-1].split()[2], rows[-1].split()[4]))
    assert rows[-1] == f"{noticed + survived} mutants: {noticed} noticed, {survived} not"
    assert survived == len([row for row in rows if said in row])
    assert noticed >= 5


def test_mutants_wait_until_the_examples_hold(tmp_path: Path, cli: Cli) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text(PACK.replace("- pass:", "- fail:"), encoding="utf-8")
    done = cli("rules", "test", "--mutate", pack)
    assert done.returncode == 1
    assert " mutants: " not in done.stdout
