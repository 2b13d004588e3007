"""`auditor check --statistics`: where the time goes, on stderr, and nothing else is changed by it."""

import json
import re

import pytest

from auditor.engine.timing import Statistics
from auditor.reports.formats import FORMATS
from auditor.reports.statistics_text import render
from auditor.runners.local import Request, check
from tests.conftest import DEFAULT_RULES, DEFAULTS, ROOT, TODAY, Cli

LOGS = ROOT / "sample_logs"
SWAPPED = LOGS / "identify-after-track.jsonl"
ROW = re.compile(r"^(?P<rule>[a-z-]+) +(?P<counts>[\d,]+ +[\d,]+ +[\d,]+) +(?P<time>[\d.]+) (?P<unit>m?s) +\d+%$", re.M)


def request(**more: object) -> Request:
    return Request((str(LOGS),), DEFAULTS, TODAY, **more)  # type: ignore[arg-type]


def test_the_findings_are_the_same_with_a_clock_and_without() -> None:
    plain, timed = check(request(), DEFAULT_RULES), check(request(statistics=Statistics()), DEFAULT_RULES)
    assert [(f.rule, f.message, f.fingerprint) for f in timed.findings] == [
        (f.rule, f.message, f.fingerprint) for f in plain.findings
    ]
    assert timed.rules == plain.rules


def test_every_rule_that_was_asked_has_its_counts_and_its_time() -> None:
    statistics = Statistics()
    report = check(request(statistics=statistics), DEFAULT_RULES)
    looked = {rule.id: (rule.candidates, rule.unsure) for rule in report.rules if rule.status == "evaluated"}
    counted = {run.rule.id: (run.result.candidates, run.result.unsure) for run in statistics.runs}
    assert looked.items() <= counted.items()
    assert all(run.seconds > 0 for run in statistics.runs)
    assert statistics.events == report.events
    assert 0 < sum(run.seconds for run in statistics.runs) <= statistics.rules
    assert min(statistics.reading, statistics.timelines) > 0
    found = {run.rule.id: run.violations for run in statistics.runs}
    assert all(found[rule.id] >= rule.findings for rule in report.rules if rule.id in found)


def test_the_slowest_rule_comes_first_in_a_table_of_80_columns() -> None:
    statistics = Statistics()
    check(request(statistics=statistics), DEFAULT_RULES)
    printed = render(statistics)
    assert max(map(len, printed.splitlines())) <= 80
    times = [float(row["time"]) * (1000 if row["unit"] == "s" else 1) for row in ROW.finditer(printed)]
    assert len(times) == len(statistics.runs)
    assert times == sorted(times, reverse=True)
    assert "events/s" in printed.splitlines()[1]


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "html"])
def test_stdout_is_the_report_alone(form: str, cli: Cli) -> None:
    plain = cli("check", SWAPPED, "--format", form)
    timed = cli("check", SWAPPED, "--format", form, "--statistics")
    assert (timed.stdout, timed.returncode) == (plain.stdout, plain.returncode)
    assert timed.stderr.startswith("statistics: 10 events\n  reading ")
    assert ROW.search(timed.stderr)
    assert plain.stderr == ""


def test_a_variable_asks_for_it_too_and_other_flags_leave_json_whole(cli: Cli) -> None:
    flags = ["--quiet", "--color", "always", "--redact", "--strict", "--fail-on", "never"]
    done = cli("check", SWAPPED, "--format", "json", *flags, AUDITOR_STATISTICS="1")
    assert json.loads(done.stdout)["summary"]["events"] == 10
    assert done.stderr.startswith("statistics: ")


def test_a_log_without_events_has_its_sentence_and_its_statistics(cli: Cli) -> None:
    done = cli("check", "-", "--statistics", stdin=b"")
    assert done.returncode == 3
    assert "nothing was checked" in done.stderr
    assert "0 events" in done.stderr
