"""The captures once more, as what the browser recorded of itself: with the servers' own lines beside it, and beside all
that the collector received."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditor.config.config_file import read_config
from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import RuleSet, load
from auditor.model.finding import Report
from auditor.runners.local import Request, check
from tests.conftest import TODAY
from tests.test_captures import HERE, SHARED, Case, cases, configured

SERVERS = ("analytics-python", "@segment/analytics-node", "analytics-node")
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


def lines_of_servers(case: Case, folder: Path) -> list[Path]:
    """A file of the lines that no browser saw, if there are any."""
    lines = (case.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["context"]["library"]["name"] in SERVERS]
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
        assert report.rejected == 0


@pytest.mark.slow
@pytest.mark.parametrize("case", ALL)
def test_a_capture_as_har_beside_what_the_collector_received_is_judged_as_its_label_says(
    case: Case, tmp_path: Path
) -> None:
    files = [*sorted(case.folder.glob("*.har")), case.folder / "events.jsonl"]
    for site in (True, False):
        report = judged(case, files, tmp_path, site=site)
        assert disagreements(report, case.label, site=site, received=True) == []
        assert report.rejected == 0
