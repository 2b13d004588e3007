"""The funnel and the coverage of the plan that a check for html makes: of one reading, as their own commands make them,
and of no concern to any other format."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.config.settings import Settings
from auditor.model.finding import Report
from auditor.model.truth import TruthSource
from auditor.plans import read
from auditor.plans.conformance import Conformance
from auditor.reports.json import document
from auditor.runners import local
from auditor.runners.coverage import cover
from auditor.runners.funnel import funnel_of
from auditor.runners.local import Request, check
from auditor.runners.redaction import redacted_report
from tests.conftest import DEFAULT_RULES, DEFAULTS, ROOT, SAMPLE_LOGS, TODAY, Cli

INCIDENTS = sorted(path for path in (ROOT / "sample_logs" / "incidents").iterdir() if path.is_dir())
PLAN = {
    "schema": "auditor/tracking-plan/1",
    "name": "Ours",
    "events": {
        "Signed Up": {"properties": {"plan": "string!", "method": "string"}},
        "Order Complete": {"properties": {"total": "number"}},
        "Trial Started": {},
    },
}


@pytest.fixture
def plan(tmp_path: Path) -> Conformance:
    (tmp_path / "plan.yml").write_text(json.dumps(PLAN), encoding="utf-8")
    return Conformance(read(tmp_path / "plan.yml"), None)


def request(*logs: Path, settings: Settings = DEFAULTS, plan: Conformance | None = None) -> Request:
    return Request(tuple(map(str, logs)), settings, TODAY, tracking_plan=plan)


def whole(asked: Request) -> Report:
    return check(replace(asked, overview=True), DEFAULT_RULES)


@pytest.mark.parametrize("log", [*SAMPLE_LOGS, *INCIDENTS], ids=lambda path: path.name)
def test_it_is_what_the_funnel_and_the_plans_own_commands_say_and_the_findings_stay(
    log: Path, plan: Conformance
) -> None:
    asked = request(log, plan=plan)
    report, plain = whole(asked), check(asked, DEFAULT_RULES)
    assert document(report) == document(plain)
    assert (plain.funnel, plain.coverage, plain.fix_code) == (None, None, {})
    funnel, own = report.funnel, funnel_of(asked, DEFAULT_RULES)
    assert funnel is not None
    assert funnel == replace(
        own,
        losses=tuple(replace(loss, users=(), examples=()) for loss in own.losses),
        invariants=tuple(replace(one, examples=()) for one in own.invariants),
        missing=(),
    )
    assert report.coverage == cover(asked, plan, DEFAULT_RULES)
    assert report.fix_code.keys() <= {finding.rule for finding in report.findings}


def test_the_log_is_read_once(monkeypatch: pytest.MonkeyPatch, plan: Conformance) -> None:
    reads = []
    read_sources = local.read_sources
    monkeypatch.setattr(local, "read_sources", lambda *given, **more: reads.append(1) or read_sources(*given, **more))
    monkeypatch.setattr("auditor.runners.coverage.read_log", lambda *_, **__: pytest.fail("read again"))
    report = whole(request(ROOT / "sample_logs", plan=plan))
    assert reads == [1]
    assert report.funnel is not None
    assert report.coverage is not None


def test_rules_that_are_off_and_findings_that_are_hidden_explain_losses_all_the_same() -> None:
    log = ROOT / "sample_logs" / "incidents" / "events-dropped-by-a-redirect"
    off = replace(DEFAULTS, min_confidence="high")
    asked = replace(request(log, settings=off), ignore=("signup-on-redirecting-page", "missing-signup"))
    report = whole(asked)
    assert not {f.rule for f in report.findings} & {"signup-on-redirecting-page", "missing-signup"}
    assert report.funnel is not None
    assert sum(loss.people for loss in report.funnel.losses if loss.cause == "redirect") == 10


def test_with_the_database_the_funnel_counts_its_accounts() -> None:
    folder = ROOT / "sample_logs" / "incidents" / "rows-without-events"
    asked = replace(request(folder / "events.jsonl"), truth=TruthSource(str(folder / "users.csv"), None))
    report, own = whole(asked), funnel_of(asked, DEFAULT_RULES)
    assert report.funnel is not None
    assert own.truth is not None
    assert report.funnel.truth == own.truth
    assert report.funnel.signups == own.signups
    assert report.funnel.signups.actual > report.funnel.signups.measured


def test_a_report_that_is_shared_names_nobody(tmp_path: Path, plan: Conformance) -> None:
    text = (ROOT / "sample_logs" / "clean.jsonl").read_text(encoding="utf-8")
    odd = json.loads(text.splitlines()[0]) | {"type": "track", "event": "Invited ada@example.com", "messageId": "odd"}
    odd["properties"] = {"for bob@example.com": 1}
    named = odd | {"event": "Signed Up", "messageId": "odd 2"}
    (tmp_path / "log.jsonl").write_text(f"{text}{json.dumps(odd)}\n{json.dumps(named)}\n", encoding="utf-8")
    report = redacted_report(check(replace(request(tmp_path / "log.jsonl", plan=plan), private=True, overview=True),
                                   DEFAULT_RULES))  # fmt: skip
    assert report.coverage is not None
    said = f"{report.funnel}{report.coverage}"
    assert said.count("email#") == 2
    assert "@example.com" not in said


@pytest.mark.parametrize("form", ["json", "text", "markdown"])
def test_no_other_format_loads_what_it_needs(form: str) -> None:
    code = (
        "import sys\nfrom auditor.cli.main import auditor\n"
        "auditor(standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith(('auditor.funnels', 'auditor.runners.overview', "
        "'auditor.language.snippets', 'auditor.plans'))], file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, "check", str(ROOT / "sample_logs" / "clean.jsonl"), "-f", form]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_wrong_funnel_in_the_configuration_stops_a_check_for_html_alone(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("funnel: {steps: [visit, {name: paid, when: {track: Paid, nonsense: 1}}]}\n", encoding="utf-8")
    log = ROOT / "sample_logs" / "clean.jsonl"
    done = cli("check", log, "--config", config, "-f", "html")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nonsense" in done.stderr
    assert cli("check", log, "--config", config, "-f", "json").returncode == 0
