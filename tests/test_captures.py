"""Captures of real SDKs in a real browser, with labels of what the pages did: no miss, and no false alarm.

The label format is that of `tests/captures/README.md`. Every capture is checked as its site's owner would, with the
site's configuration, and as a stranger would, without any.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Cli

HERE = Path(__file__).resolve().parent / "captures"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "fixtures" / "captures"
APART = {"destinations", "plan", "plan-lint"}
"""No rules, and those about tracking plans."""
RULES = [p for p in sorted((HERE.parents[1] / "rules").glob("*/*.yml")) if p.parent.name not in APART]
PROFILES = {"Mixpanel": "mixpanel-legacy"}


@dataclass(frozen=True)
class Case:
    folder: Path
    label: dict[str, Any]
    site: dict[str, Any]


def cases(root: Path) -> list[Any]:
    """The captures below a folder."""
    if not root.is_dir():
        return []
    site = yaml.safe_load((root / "auditor.yml").read_text(encoding="utf-8"))
    found = []
    for path in sorted(root.glob("*/label.yaml")):
        label = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.append(pytest.param(Case(path.parent, label, site), id=path.parent.name))
    return found


def configured(case: Case, *, site: bool) -> dict[str, Any]:
    """The configuration of a capture: the site's, if asked for, and the scenario's own."""
    config = json.loads(json.dumps(case.site)) if site else {}
    own = case.label.get("config") or {}
    if "destinations" in own:
        config["destinations"] = [PROFILES.get(name, name) for name in own["destinations"]]
    if "dialect" in own:
        config["dialect"] = own["dialect"]
    if "server_truth_event" in own:
        config.setdefault("params", {})["server_signup_events"] = [own["server_truth_event"]]
    return config


def disagreements(case: Case, folder: Path, cli: Cli, *, site: bool) -> list[str]:
    """In what the findings differ from the label."""
    config = folder / "auditor.yml"
    config.write_text(json.dumps(configured(case, site=site)), encoding="utf-8")
    done = cli("check", case.folder / "events.jsonl", "--config", config, "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    findings = json.loads(done.stdout)["findings"]
    cited: dict[str, set[str]] = {}
    for finding in findings:
        events = (finding["event"], *finding["evidence"])
        cited.setdefault(finding["rule"], set()).update(event["message_id"] for event in events)
    wrong = []
    expected = [entry for entry in case.label.get("expect") or [] if site or not entry.get("needs_site_config")]
    for entry in expected:
        wanted = {*entry["messageIds"], *(entry.get("also_accept") or [])}
        if not wanted & cited.get(entry["category"], set()):
            wrong.append(f"{entry['category']} is missed")
    wrong += [f"{rule} is a false alarm" for rule in case.label.get("must_not") or [] if rule in cited]
    known = {entry["category"] for key in ("expect", "optional") for entry in case.label.get(key) or []}
    wrong += [
        f"{finding['rule']} speaks at severity {finding['severity']}, and the label does not know it"
        for finding in findings
        if finding["severity"] != "info" and finding["rule"] not in known
    ]
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(HERE))
def test_a_capture_of_ours_is_judged_as_its_label_says(case: Case, tmp_path: Path, cli: Cli) -> None:
    assert disagreements(case, tmp_path, cli, site=True) == []
    assert disagreements(case, tmp_path, cli, site=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(SHARED))
def test_a_capture_beside_the_checkout_is_judged_as_its_label_says(case: Case, tmp_path: Path, cli: Cli) -> None:
    assert disagreements(case, tmp_path, cli, site=True) == []
    assert disagreements(case, tmp_path, cli, site=False) == []


def test_the_shared_captures_were_found(shared: Path) -> None:
    assert len(cases(shared / "fixtures" / "captures")) >= 12


def test_there_are_clean_captures_for_every_rule_and_faulty_ones_for_most() -> None:
    labels = [param.values[0].label for param in cases(HERE)]
    silent = {rule for label in labels for rule in label.get("must_not") or []}
    spoken = {entry["category"] for label in labels for entry in label.get("expect") or []}
    told = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in RULES}
    without = {rule for rule, data in told.items() if "No real capture" in data.get("notes", "")}
    assert set(told) - without - silent == set()
    assert set(told) - without - spoken == set()
    assert without & spoken == set(), "rules with a capture after all"
