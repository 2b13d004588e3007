"""The captures once more, as what the browser recorded of itself: with the servers' own lines beside it, and beside all
that the collector received."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from auditor.config.config_file import read_config
from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import RuleSet, load
from auditor.model.finding import Report
from auditor.runners.local import Request, check
from tests.conftest import ROOT, TODAY, Judge
from tests.hars import seen_by_browser
from tests.test_captures import HERE, SHARED, Case, cases, configured
from tests.test_laws import RULES, SETTINGS, Visitor, log_of, visitors

SERVERS = ("analytics-python", "@segment/analytics-node", "analytics-node", "posthog-node")
ALL = [*cases(HERE), *cases(SHARED)]


@cache
def loaded(config: str, folder: Path) -> tuple[Settings, RuleSet]:
    path = folder / "auditor.yml"
    path.write_text(config, encoding="utf-8")
    settings = read_config(path)
    return settings, load(settings, options_of)


def judged(case: Case, files: list[Path], folder: Path, *, site: bool) -> Report:
    settings, rules = loaded(json.dumps(configured(case, site=site)), folder)
    return check(Request(tuple(map(str, files)), settings, TODAY), rules)


def library(record: dict[str, Any]) -> str | None:
    """The name of the library that made a call, in Segment's shape or in PostHog's."""
    context = record.get("context") or {"library": {"name": record["properties"].get("$lib")}}
    name: str | None = context.get("library", {}).get("name")
    return name


def lines_of_servers(case: Case, folder: Path) -> list[Path]:
    """A file of the lines that no browser saw, if there are any."""
    lines = (case.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if library(json.loads(line)) in SERVERS]
    file = folder / "servers.jsonl"
    file.write_text("\n".join(kept), encoding="utf-8")
    return [file] if kept else []


def disagreements(report: Report, label: dict[str, Any], *, site: bool, received: bool) -> list[str]:
    """In what the findings differ from the label; ``received``: the collector's own lines were given too."""
    cited: dict[str, set[str | None]] = {}
    for finding in report.findings:
        events = (finding.event, *(event for _, event in finding.evidence))
        cited.setdefault(finding.rule, set()).update(event.message_id for event in events)
    wrong = []
    for entry in [*(label.get("expect") or []), *(label.get("expect_har") or [])]:
        asked = (site or not entry.get("needs_site_config")) and (received or entry.get("only") != "events")
        wanted = {*entry["messageIds"], *(entry.get("also_accept") or [])}
        if asked and not wanted & cited.get(entry["category"], set()):
            wrong.append(f"{entry['category']} is missed")
    wrong += [f"{rule} is a false alarm" for rule in label.get("must_not") or [] if rule in cited]
    known = {entry["category"] for key in ("expect", "expect_har", "optional") for entry in label.get(key) or []}
    wrong += [
        f"{finding.rule} speaks at severity error, and the label does not know it"
        for finding in report.findings
        if finding.severity == "error" and finding.rule not in known
    ]
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("case", ALL)
def test_a_capture_as_har_is_judged_as_its_label_says(case: Case, tmp_path: Path) -> None:
    files = [*sorted(case.folder.glob("*.har")), *lines_of_servers(case, tmp_path)]
    for site in (True, False):
        report = judged(case, files, tmp_path, site=site)
        assert disagreements(report, case.label, site=site, received=False) == []
        assert report.rejected == case.label.get("har_rejects", 0)


@pytest.mark.slow
@pytest.mark.parametrize("case", ALL)
def test_a_capture_as_har_beside_what_the_collector_received_is_judged_as_its_label_says(
    case: Case, tmp_path: Path
) -> None:
    files = [*sorted(case.folder.glob("*.har")), case.folder / "events.jsonl"]
    for site in (True, False):
        report = judged(case, files, tmp_path, site=site)
        assert disagreements(report, case.label, site=site, received=True) == []
        assert report.rejected == case.label.get("har_rejects", 0)


# --- One log, two forms -------------------------------------------------------------------------------------


def of_browsers(records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The records that a browser sent, and the others."""
    split: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for record in records:
        split["page" not in record["context"]].append(record)
    return split


def findings(report: Report) -> list[tuple[Any, ...]]:
    """All of the findings but where they stand in which file, and what the log is said to show."""
    return sorted(
        (
            finding.rule,
            finding.kind or "",
            finding.severity,
            finding.message.partition(" Seen: ")[0],
            finding.fingerprint,
            finding.event.message_id,
            tuple((role, event.message_id or "") for role, event in finding.evidence),
        )
        for finding in report.findings
    )


def fared(report: Report) -> dict[str, tuple[int, int, str]]:
    return {rule.id: (rule.candidates, rule.unsure, rule.status) for rule in report.rules}


def forms(folder: Path, records: list[dict[str, Any]], judge: Callable[[list[Path]], Report]) -> list[Report]:
    """The report on some records: as JSON Lines; as a HAR of the browsers beside the others' lines; and as all lines
    beside that HAR."""
    browsers, others = of_browsers(records)
    unreceived = [{key: value for key, value in record.items() if key != "receivedAt"} for record in browsers]
    texts = {
        "sent": "".join(json.dumps(record) + "\n" for record in [*unreceived, *others]),
        "received": "".join(json.dumps(record) + "\n" for record in records),
        "others": "".join(json.dumps(record) + "\n" for record in others),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "har").write_bytes(seen_by_browser(browsers))
    beside = [folder / "others"] if others else []
    return [
        judge([folder / "sent"]),
        judge([folder / "har", *beside]),
        judge([folder / "received"]),
        judge([folder / "har", folder / "received"]),
    ]


STORIES = [
    path for path in sorted((ROOT / "sample_logs").glob("*.jsonl")) if '"context":' in path.read_text(encoding="utf-8")
]
"""Those in the shape in which browsers send."""


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.name)
def test_a_sample_log_says_the_same_as_json_lines_and_as_har(path: Path, tmp_path: Path, judge: Judge) -> None:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    sent, as_har, received, both = forms(tmp_path, records, judge)
    assert findings(as_har) == findings(sent)
    assert fared(as_har) == fared(sent)
    assert findings(both) == findings(received)
    assert fared(both) == fared(received)
    assert (both.events, both.copies, both.rejected) == (received.events, received.copies, 0)


def by_all_rules(files: list[Path]) -> Report:
    return check(Request(tuple(map(str, files)), SETTINGS, TODAY), RULES)


@pytest.mark.slow
@settings(max_examples=150)
@given(cast=visitors())
def test_any_log_says_the_same_as_json_lines_and_as_har(
    tmp_path_factory: pytest.TempPathFactory, cast: list[Visitor]
) -> None:
    sent, as_har, received, both = forms(tmp_path_factory.mktemp("log"), log_of(cast), by_all_rules)
    assert findings(as_har) == findings(sent)
    assert fared(as_har) == fared(sent)
    assert findings(both) == findings(received)
    assert fared(both) == fared(received)
