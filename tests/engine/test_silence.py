"""What is found and not reported: within what a rule tolerates, or of less confidence than asked for."""

from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import RuleSetting, Settings
from auditor.config.share import share
from tests.conftest import Cli, Judge
from tests.language.conftest import Pack, Run, pack, ran

__all__ = ["pack", "ran"]  # fixtures

def rule(**more: Any) -> dict[str, Any]:
    """Flags a track with no identify of its user before it."""
    return {"flag": "track", "by": "lane", "unless": {"before": "identify", "same": "userId"}, **more}


def log(bad: int, good: int) -> list[dict[str, Any]]:
    first: dict[str, Any] = {"track": "X", "userId": "a", "repeat": bad}
    return [first, {"identify": "u"}, {"track": "X", "userId": "u", "repeat": good}]


@pytest.mark.parametrize(
    ("tolerate", "bad", "good", "reported"),
    [("25%", 1, 3, False), ("25%", 2, 5, True), ("0%", 1, 50, True), ("33.3%", 1, 2, True), ("10%", 7, 63, False)],
)
def test_up_to_its_share_a_rule_is_silent_and_counts(
    ran: Run, tolerate: str, bad: int, good: int, reported: bool
) -> None:
    done = ran(*log(bad, good), **rule(tolerate=tolerate))
    assert done.result.candidates == bad + good
    assert (len(done.findings), done.result.findings) == ((bad, bad) if reported else (0, 0))
    assert done.result.tolerated == (0 if reported else bad)


def test_the_configuration_says_what_is_tolerated(ran: Run) -> None:
    settings = Settings(rules={"ours": RuleSetting(tolerate=share("50%"))})
    assert ran(*log(1, 3), **rule(), settings=settings).result.tolerated == 1
    strict = Settings(rules={"ours": RuleSetting(tolerate=share("0%"))})
    assert len(ran(*log(1, 3), **rule(tolerate="50%"), settings=strict).findings) == 1


def test_what_is_not_reported_takes_no_other_findings_place(pack: Pack, judge: Judge, tmp_path: Path) -> None:
    """A tolerated or hidden finding does not supersede."""
    text = """
    rules:
      - id: lower
        summary: s
        severity: error
        flag: {track: X}
        message: lower
        examples: [{fail: [{track: X, flagged: true}]}, {pass: [{track: Y}]}]
      - id: upper
        summary: s
        severity: error
        confidence: %s
        %s
        supersedes: lower
        flag: {track: X}
        message: upper
        examples: [{fail: [{track: X, flagged: true}]}, {pass: [{track: Y}]}]
    """
    said = {}
    for name, (confidence, more) in {
        "plain": ("high", ""), "tolerated": ("high", "tolerate: 100%"), "hidden": ("low", ""),
    }.items():  # fmt: skip
        pack(text % (confidence, more))
        file = tmp_path / "x.jsonl"
        file.write_text('{"type":"track","event":"X","anonymousId":"a","timestamp":"2026-01-05T10:00:00Z"}\n')
        settings = Settings(rule_packs=(tmp_path / "pack.yml",))
        said[name] = [f.rule for f in judge(file, settings=settings, select=("lower", "upper")).findings]
    assert said == {"plain": ["upper"], "tolerated": ["lower"], "hidden": ["lower"]}


PACK = """
rules:
  - {id: guess, summary: s, severity: error, confidence: low, flag: {track: X}, message: a guess,
     examples: [{fail: [{track: X, flagged: true}]}, {pass: [{track: Y}]}]}
  - {id: hunch, summary: s, severity: error, confidence: medium, flag: {track: X}, message: a hunch,
     examples: [{fail: [{track: X, flagged: true}]}, {pass: [{track: Y}]}]}
"""
EVENT = b'{"type":"track","event":"X","anonymousId":"a","timestamp":"2026-01-05T10:00:00Z"}\n'


@pytest.mark.parametrize(
    ("options", "config", "shown", "hidden"),
    [
        ([], "", ["hunch"], ["guess"]),
        (["--min-confidence", "low"], "", ["guess", "hunch"], []),
        (["--min-confidence", "high"], "", [], ["guess", "hunch"]),
        ([], "min_confidence: low", ["guess", "hunch"], []),
        (["--min-confidence", "medium"], "min_confidence: low", ["hunch"], ["guess"]),
    ],
)
def test_findings_of_less_confidence_than_asked_for_are_hidden_and_counted(
    options: list[str], config: str, shown: list[str], hidden: list[str], tmp_path: Path, cli: Cli
) -> None:
    (tmp_path / "pack.yml").write_text(PACK, encoding="utf-8")
    (tmp_path / "auditor.yml").write_text(f"rule_packs: [pack.yml]\n{config}\n", encoding="utf-8")
    wanted = ["--config", tmp_path / "auditor.yml", "--select", "guess,hunch", *options]
    done = cli("check", "-", *wanted, stdin=EVENT)
    assert done.returncode == (1 if shown else 0)
    for name in shown:
        assert f"error[{name}]" in done.stdout
    line = "hidden, being of less confidence than asked for: " + ", ".join(f"{name} (1)" for name in hidden)
    assert (line in " ".join(done.stdout.split())) == bool(hidden)
    assert "(--min-confidence low" in done.stdout or not hidden
    for name in hidden:
        assert f"error[{name}]" not in done.stdout


def test_what_is_tolerated_is_said(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "pack.yml").write_text(PACK, encoding="utf-8")
    config = "rule_packs: [pack.yml]\nrules: {hunch: {tolerate: 100%}}\n"
    (tmp_path / "auditor.yml").write_text(config, encoding="utf-8")
    done = cli("check", "-", "--config", tmp_path / "auditor.yml", "--select", "hunch", stdin=EVENT)
    assert done.returncode == 0
    assert "tolerated, and so not reported: hunch: 1 of 1" in " ".join(done.stdout.split())
