"""The fifteen rules that the language was designed with (../shared/rule-language.md, section 3) run here as a pack.

Two of their examples come out otherwise here, and are meant to; both are listed with the reason.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.config.settings import Settings
from auditor.config.yaml_source import read
from auditor.engine.examples import judge_with_settings
from auditor.language.loader import RuleSet
from auditor.language.rule import Rule
from tests.conftest import ROOT
from tests.language.conftest import reload

PAGE = ROOT.parent / "shared" / "rule-language.md"
PREFIX = "page-"
"""Most of the ids exist here already, and an id that exists is an error."""

NOT_OFFERED = {
    "tracking-plan": "check: {plan} needs a tracking plan",
}
OTHERWISE = {
    (
        "signup-request-aborted",
        2,
    ): "one messageId received again is one call with copies (design.md 4), so no other event"
    " of the timeline got through: signup-on-redirecting-page looks at the copies",
    ("duplicate-message-id", 0): "for the same reason: duplicate-message-id is a check over the copies",
}
"""Examples by rule and number, and why they come out otherwise here."""


@dataclass(frozen=True)
class Loaded:
    settings: Settings
    rules: RuleSet
    by_id: dict[str, Rule]


def listing() -> dict[str, Any]:
    """The YAML block of the page."""
    block = PAGE.read_text(encoding="utf-8").split("## 3. Fifteen rules")[1].split("```yaml\n")[1].split("\n```")[0]
    data: dict[str, Any] = read(block, PAGE.name).data
    return data


def cases() -> list[Any]:
    """Rule and number of every example; one that skips where the page is not beside the checkout."""
    if not PAGE.is_file():
        return [pytest.param("absent", 0, id="the page")]
    return [
        pytest.param(rule["id"], number, id=f"{rule['id']}:{example.get('name', number)}")
        for rule in listing()["rules"]
        for number, example in enumerate(rule["examples"])
    ]


@pytest.fixture(scope="session")
def fifteen(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The page's rules that this project offers, as a pack. ``tolerate`` is not offered; no example depends on it."""
    assert shared == PAGE.parent
    data = listing()
    data["rules"] = [renamed(rule) for rule in data["rules"] if rule["id"] not in NOT_OFFERED]
    path = tmp_path_factory.mktemp("fifteen") / "rules.yml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    settings = Settings(rule_packs=(path,))
    rules = reload(settings)
    return Loaded(settings, rules, {rule.id: rule for rule in rules.rules})


def renamed(rule: dict[str, Any]) -> dict[str, Any]:
    changed = {key: value for key, value in rule.items() if key != "tolerate"} | {"id": PREFIX + rule["id"]}
    return changed | ({"supersedes": PREFIX + rule["supersedes"]} if "supersedes" in rule else {})


def outcome(fifteen: Loaded, rule: str, number: int) -> str | None:
    """What is wrong with how an example comes out here."""
    ours = fifteen.by_id[PREFIX + rule]
    return judge_with_settings(ours, ours.examples[number], fifteen.rules, fifteen.settings, reload)


def test_the_listing_is_the_one_this_was_written_for(fifteen: Loaded) -> None:
    rules = listing()["rules"]
    assert (len(rules), sum(len(rule["examples"]) for rule in rules)) == (16, 59)
    assert len([rule for rule in fifteen.rules.rules if rule.pack]) == len(rules) - len(NOT_OFFERED)
    assert {rule["id"] for rule in rules if "check" in rule} == set(NOT_OFFERED)
    assert {rule["id"] for rule in rules if "tolerate" in rule} == {"missing-signup"}


@pytest.mark.parametrize(("rule", "number"), cases())
def test_an_example_of_the_page_comes_out_as_it_says_or_otherwise_for_a_reason(
    fifteen: Loaded, rule: str, number: int
) -> None:
    if rule in NOT_OFFERED:
        pytest.skip(f"{rule}: {NOT_OFFERED[rule]}")
    wrong = outcome(fifteen, rule, number)
    if (rule, number) in OTHERWISE:
        assert wrong is not None, (
            f"comes out as the page says after all; it was excused because {OTHERWISE[rule, number]}"
        )
    else:
        assert wrong is None
