"""Where a report leads its reader: the page of a rule, once the project has an address on the web."""

import json
from collections.abc import Iterator

import pytest

import auditor
from auditor.reports import links, sarif, text
from auditor.reports.view import View
from tests.conftest import ROOT, Judge

WEB = "https://docs.example.com/auditor"
PAGE = f"{WEB}/rules/identify-after-track.md"
SWAPPED = ROOT / "sample_logs" / "identify-after-track.jsonl"


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if the project had an address."""
    monkeypatch.setattr(auditor, "DOCUMENTATION", WEB)
    links.address.cache_clear()
    yield
    links.address.cache_clear()


def test_without_an_address_no_report_names_one(judge: Judge) -> None:
    report = judge(SWAPPED)
    assert auditor.DOCUMENTATION == ""
    assert "see:" not in "".join(text.render(report))
    assert "helpUri" not in "".join(sarif.render(report))


@pytest.mark.usefixtures("published")
def test_the_address_is_a_link_at_a_terminal_and_stands_there_elsewhere(judge: Judge) -> None:
    report = judge(SWAPPED)
    assert f"  see: {PAGE}\n" in "".join(text.render(report))
    at_terminal = "".join(text.render(report, View(colour=True, links=True)))
    assert f";{PAGE}\x1b\\" in at_terminal
    assert "see:" not in at_terminal


@pytest.mark.usefixtures("published")
def test_sarif_has_the_address_of_each_built_in_rule(judge: Judge) -> None:
    rules = json.loads("".join(sarif.render(judge(SWAPPED))))["runs"][0]["tool"]["driver"]["rules"]
    assert {rule["helpUri"] for rule in rules} == {f"{WEB}/rules/{rule['id']}.md" for rule in rules}


@pytest.mark.usefixtures("published")
def test_a_rule_of_somebody_elses_has_no_address() -> None:
    assert links.address("our-own-rule") == ""


def test_what_an_event_says_leads_nowhere(judge: Judge) -> None:
    named = {
        "type": "track",
        "event": "error[../../etc/passwd] error[our-own-rule] https://evil.example",
        "messageId": "m1",
        "anonymousId": "a1",
        "timestamp": "2026-01-05T10:00:00.000Z",
    }
    report = judge([named, {**named, "properties": {"a": 1}}])
    assert report.findings
    shown = "".join(text.render(report, View(colour=True, links=True)))
    targets = [part.partition("\x1b")[0] for part in shown.split("\x1b]8;id=")[1:]]
    assert targets
    assert not [target for target in targets if "passwd" in target or "evil" in target or "our-own" in target]
