"""`auditor rules` as a process."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Cli

ROOT = Path(__file__).resolve().parents[2]
IDS = sorted(p.stem for p in (ROOT / "rules").glob("*/*.yml") if p.parent.name != "destinations")


def test_list_names_every_rule_with_its_severity(cli: Cli) -> None:
    rows = cli("rules", "list").stdout.splitlines()
    assert [row.split()[0] for row in rows] == IDS
    assert {row.split()[1] for row in rows} <= {"error", "warning", "info"}
    assert [rule["id"] for rule in json.loads(cli("rules", "list", "--format", "json").stdout)] == IDS


@pytest.mark.parametrize("rule", IDS)
def test_show_explains_a_rule(rule: str, cli: Cli) -> None:
    page = cli("rules", "show", rule).stdout
    for heading in ("What it flags", "Why it matters", "Examples"):
        assert heading in page
    assert "Flag each" in page
    assert max(map(len, page.splitlines())) <= 110


def test_in_markdown_list_links_the_pages_that_show_writes(cli: Cli) -> None:
    index = cli("rules", "list", "--format", "markdown").stdout
    row = re.compile(r"^\| \[`([\w-]+)`\]\(\1\.md\) \| (?:error|warning|info)", flags=re.MULTILINE)
    assert sorted(row.findall(index)) == IDS
    shown = cli("rules", "show", "identify-after-track", "--format", "markdown").stdout
    assert shown.startswith("# identify-after-track\n\nA signup or login is tracked before")
    swapped = ["          page      /welcome", ">  +1s    track     Signed Up", "   +40ms  identify  u1"]
    assert "\n".join(["```text", *swapped, "```"]) in shown


def test_a_page_says_what_changes_a_rule(cli: Cli) -> None:
    def page(rule: str) -> str:
        return cli("rules", "show", rule, "-f", "markdown").stdout

    assert "* `intercom` makes it an error." in page("missing-identify-on-page-load")
    assert "It runs only where one of these [destinations]" in page("missing-alias")
    assert "It runs where no [destination]" in page("alias-after-identify")
    assert "What a name may be is what the [destinations]" in page("plan-destination-limit")
    assert "| `late_window` | `30m` |" in page("identify-after-track")
    assert "identify comes after within `late_window` up to reset" in page("identify-after-track")
    assert "\n  identify-storm: true " in page("identify-storm")
    assert "\n\nWith analytics.js (Segment):\n\n```js\n// identify first" in page("identify-after-track")
    assert "\nmin_confidence: low " in page("anonymous-id-churn")
    assert "## Destinations" not in page("user-id-is-phone-number")


def test_the_page_of_a_rule_of_ones_own_leads_to_no_file_of_ours(tmp_path: Path, cli: Cli) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text(
        """
rules:
  - id: own-rule
    summary: A trial | for <b>free</b> *now*.
    severity: info
    destinations: [segment]
    flag: {track: Trial Started}
    message: '{event} [here](x)'
    examples:
      - fail: [{track: Trial Started, flagged: true, properties: {plan: pro, seats: [1, 2]}}]
      - pass: [{track: Other, repeat: 3}]
""",
        encoding="utf-8",
    )
    shown = cli("rules", "show", "own-rule", "--rules", pack, "-f", "markdown").stdout
    assert "A trial | for \\<b>free\\</b> \\*now\\*." in shown
    assert ">    track  Trial Started  properties: {plan: pro, seats: [1, 2]}" in shown.replace("  >", ">")
    assert "3 times" in shown
    assert "](" not in shown
    index = cli("rules", "list", "--rules", pack, "-f", "markdown").stdout
    assert "\n| `own-rule` | info | A trial \\| for " in index


def test_show_guesses_what_was_meant(cli: Cli) -> None:
    done = cli("rules", "show", "mising-alias")
    assert done.returncode == 2
    assert 'did you mean "missing-alias"' in done.stderr


def test_the_examples_of_the_built_in_rules_come_out_as_they_say(cli: Cli) -> None:
    done = cli("rules", "test")
    assert done.returncode == 0, done.stdout
    assert f"{len(IDS)} rules" in done.stdout
    assert "0 otherwise" in done.stdout


def test_an_example_that_is_wrong_is_named_and_makes_1(tmp_path: Path, cli: Cli) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text(
        """
rules:
  - id: own-rule
    summary: A trial.
    severity: info
    flag: {track: Trial Started}
    message: a trial
    examples:
      - name: right
        fail: [{track: Trial Started, flagged: true}]
      - name: wrong
        pass: [{track: Trial Started}]
""",
        encoding="utf-8",
    )
    done = cli("rules", "test", pack)
    assert done.returncode == 1
    assert "own-rule, example 'wrong': expected to pass, but flags event 0" in done.stdout
    assert "2 examples: 1 as expected, 1 otherwise" in done.stdout


def test_a_mistake_in_a_pack_is_located(tmp_path: Path, cli: Cli) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text("rules:\n  - id: own-rule\n    sumary: x\n    flag: {evnt: X}\n    message: m\n", encoding="utf-8")
    done = cli("rules", "test", pack)
    assert done.returncode == 2
    assert 'pack.yml:3: a rule has no key "sumary"; did you mean "summary"?' in done.stderr
    assert 'pack.yml:4: there is no field "evnt"; did you mean "event"?' in done.stderr
