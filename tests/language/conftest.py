"""Packs written into a test: loaded, refused, or run over little logs spelled as in examples."""

import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from auditor.config.settings import ConfigError, Settings
from auditor.engine.checking import options_of
from auditor.engine.examples import outcomes_of, written
from auditor.language.loader import RuleSet, load
from auditor.model.finding import Finding, RuleResult

reload = partial(load, options_of=options_of, with_examples=True)

EXAMPLES: list[dict[str, Any]] = [{"pass": [{"page": "/"}]}, {"fail": [{"track": "X"}]}]
DEFAULTS = Settings()
PLAIN: dict[str, Any] = {"id": "ours", "summary": "s", "severity": "error", "message": "m", "examples": EXAMPLES}

Pack = Callable[..., RuleSet]
Problems = Callable[..., list[str]]
Run = Callable[..., "Ran"]


class Ran:
    """What one rule of a pack said of a log: ``flagged`` are the numbers of its events."""

    def __init__(self, result: RuleResult, findings: list[Finding]) -> None:
        self.result, self.findings = result, findings
        self.flagged = [finding.event.line - 1 for finding in findings]
        self.messages = [finding.message for finding in findings]
        self.kinds = [finding.kind for finding in findings]
        self.severities = [finding.severity for finding in findings]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """Loads a pack given as YAML text, or as the members of its one rule."""
    monkeypatch.chdir(tmp_path)

    def loaded(text: str | None = None, *, settings: Settings = DEFAULTS, **rule: Any) -> RuleSet:
        return reload(replace(settings, rule_packs=(*settings.rule_packs, saved(text, rule))))

    return loaded


def saved(text: str | None, rule: dict[str, Any]) -> Path:
    path = Path("pack.yml")
    if text is None:
        outer = {key: rule.pop(key) for key in ("params", "define") if key in rule}
        one = {key: value for key, value in {**PLAIN, **rule}.items() if value is not ...}
        text = yaml.safe_dump({"auditor": 1, "pack": "ours", **outer, "rules": [one]}, sort_keys=False)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


@pytest.fixture
def problems(pack: Pack) -> Problems:
    """What is wrong with a pack; nothing if nothing is."""

    def found(text: str | None = None, **rule: Any) -> list[str]:
        try:
            pack(text, **rule)
        except ConfigError as error:
            return error.problems
        return []

    return found


@pytest.fixture
def ran(pack: Pack) -> Run:
    """Runs one rule over events spelled as in an example: one browser's and a second apart unless they say so."""

    def run(*events: dict[str, Any], text: str | None = None, settings: Settings = DEFAULTS, **rule: Any) -> Ran:
        rules = pack(text, settings=settings, **rule)
        ours = next(one for one in rules.rules if one.pack)
        lines = list(written(events))
        loads = [load for _, load, _ in lines]
        outcomes = outcomes_of(ours, [record for record, _, _ in lines], rules, settings, loads)
        (result,) = [one for one in outcomes.rules if one.id == ours.id]
        return Ran(result, outcomes.findings)

    return run
