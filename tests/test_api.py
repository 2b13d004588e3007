"""The Python API: six names, cheap to import, and the same answers as the command."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import auditor
from auditor import Event, Finding, Report, audit, load_plan, load_rules
from auditor.config.settings import ConfigError
from auditor.model.log import InputError
from auditor.model.plan import PlanError
from documenting.pages import block
from tests.conftest import ROOT, SAMPLE_LOGS, Cli

SWAPPED = ROOT / "sample_logs" / "identify-after-track.jsonl"
CLEAN = ROOT / "sample_logs" / "clean.jsonl"
PLAN = """
schema: auditor/tracking-plan/1
events:
  Signed Up:
    properties:
      plan: {type: string, required: true}
"""


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def found(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


# --- The names ----------------------------------------------------------------------------------------------


def test_the_names_are_the_six_and_dir_shows_them() -> None:
    assert auditor.__all__ == ["Event", "Finding", "Report", "audit", "load_plan", "load_rules"]
    assert set(auditor.__all__) <= set(dir(auditor))
    with pytest.raises(AttributeError, match="no attribute 'check'"):
        auditor.check  # noqa: B018 - asked for to see it refused


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import auditor; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["auditor"]


def test_type_checkers_are_told_that_there_are_types() -> None:
    assert (ROOT / "auditor" / "py.typed").is_file()


# --- The answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", SAMPLE_LOGS, ids=lambda path: path.name)
def test_it_finds_what_the_command_finds(log: Path, cli: Cli) -> None:
    done = cli("check", log, "--format", "json")
    said = json.loads(done.stdout)
    report = audit(log, {})
    assert [(f.rule, f.message, f.fingerprint, f.event.line) for f in report.findings] == [
        (f["rule"], f["message"], f["fingerprint"], f["event"]["line"]) for f in said["findings"]
    ]
    assert report.exit_code == done.returncode
    assert report.events == said["summary"]["events"]


def test_events_may_be_given_as_dicts_and_are_cited_by_their_place() -> None:
    report = audit(records(SWAPPED), {})
    (finding,) = report.findings
    assert isinstance(report, Report)
    assert isinstance(finding, Finding)
    assert isinstance(finding.event, Event)
    assert finding.message == audit(SWAPPED, {}).findings[0].message
    assert (report.files[finding.event.file], finding.event.line) == ("events", 6)


def test_events_come_from_any_iterable_and_may_hold_datetimes() -> None:
    from datetime import datetime

    events = [{**one, "timestamp": datetime.fromisoformat(one["timestamp"])} for one in records(SWAPPED)]
    assert found(audit(iter(events), {})) == ["identify-after-track"]


def test_several_logs_are_read_together() -> None:
    report = audit([SWAPPED, str(CLEAN)], {})
    assert report.events == audit(SWAPPED, {}).events + audit(CLEAN, {}).events


def test_no_events_are_no_green() -> None:
    assert audit([], {}).exit_code == 3


def test_options_are_those_of_the_command() -> None:
    assert found(audit(SWAPPED, {}, ignore=["identify-after-track"])) == []
    assert found(audit(SWAPPED, {}, select="identify-after-track")) == ["identify-after-track"]
    assert audit(SWAPPED, {}, fail_on="never").exit_code == 0
    assert "u_1041" not in audit(SWAPPED, {}, redact=True).findings[0].message


def test_a_plan_is_held_against_the_log(tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text(PLAN, encoding="utf-8")
    for plan in (file, str(file), load_plan(file)):
        assert "plan-violation" in found(audit(SWAPPED, {}, plan=plan))
    assert "plan-violation" in found(audit(SWAPPED, {"tracking_plan": str(file)}))


# --- The configuration -------------------------------------------------------------------------------------------


def test_the_configuration_is_a_map_a_path_or_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "auditor.yml").write_text("rules: {identify-after-track: off}\n", encoding="utf-8")
    assert found(audit(SWAPPED, {"rules": {"identify-after-track": "off"}})) == []
    assert found(audit(SWAPPED, tmp_path / "auditor.yml")) == []
    monkeypatch.chdir(tmp_path)
    assert found(audit(SWAPPED)) == []
    assert found(audit(SWAPPED, {})) == ["identify-after-track"]


def test_rules_are_loaded_once_with_their_configuration() -> None:
    rules = load_rules({"params": {"signup_events": ["Something Else"]}})
    assert "identify-after-track" in rules.ids
    assert (audit(SWAPPED, rules=rules).signups.seen, audit(SWAPPED, {}).signups.seen) == (0, 1)
    with pytest.raises(ValueError, match="either config or rules"):
        audit(SWAPPED, {}, rules=rules)


def test_packs_add_rules_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "ours.yml").write_text(block("docs/adding-a-rule.md", "pack"), encoding="utf-8")
    assert set(load_rules({}, [tmp_path / "ours.yml"]).ids) > set(load_rules({}).ids)


def test_the_day_decides_which_ignores_have_expired() -> None:
    entry = {"rule": "identify-after-track", "reason": "known", "expires": "2026-03-01"}
    assert found(audit(SWAPPED, {"ignore": [entry]}, today=date(2026, 3, 1))) == []
    assert found(audit(SWAPPED, {"ignore": [entry]}, today=date(2026, 3, 2))) == ["identify-after-track"]


# --- Mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        ((SWAPPED, {"fail_onn": "error"}), {}, ConfigError, 'did you mean "fail_on"'),
        ((SWAPPED, {}), {"select": ["identify-after-trak"]}, ConfigError, "did you mean"),
        ((SWAPPED, {}), {"fail_on": "erro"}, ValueError, 'did you mean "error"'),
        ((SWAPPED, {}), {"dialect": "sgment"}, ValueError, "did you mean"),
        ((SWAPPED, {}), {"tz": "Berlin"}, ValueError, "no time zone"),
        (("no-such-log.jsonl", {}), {}, InputError, "no such file"),
        ((b"{}", {}), {}, TypeError, "bytes"),
        (({"type": "track"}, {}), {}, TypeError, "list of events"),
        (([SWAPPED, {"type": "track"}], {}), {}, TypeError, r"logs\[0\]"),
        (([{"type": "track"}, 3], {}), {}, TypeError, r"logs\[1\] is a int"),
    ],
)
def test_a_mistake_is_said(
    arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        audit(*arguments, **options)


def test_a_plan_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read"):
        load_plan(tmp_path / "none.yml")
