"""One log as Segment's JSON Lines, as RudderStack's, and as a HAR beside the servers' lines: the same findings.

Where a form carries other facts (the recorded HARs know which requests were cut off, and hold no beacon), the findings
differ, and each difference is listed here with its reason.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import load
from auditor.model.finding import Report
from auditor.runners.local import Request, check
from benchmarks.simulate.forms import write_calls
from benchmarks.simulate.run import plans, play_all
from tests.conftest import TODAY
from tests.hars import seen_by_browser
from tests.test_captures import HERE, Case, cases
from tests.test_captures_as_har import fared, judged, lines_of_servers, of_browsers

Record = dict[str, Any]
Judge = Callable[[list[Path]], Report]
SEGMENTS = [
    param
    for param in cases(HERE)
    if (param.values[0].label.get("config") or {}).get("dialect") not in ("rudderstack", "posthog")
]
LIBRARIES = {
    "analytics.js": "RudderLabs JavaScript SDK",
    "analytics-python": "rudder-analytics-python",
    "@segment/analytics-node": "analytics-node",
}
"""Segment's libraries, and those of RudderStack's that do the same."""


OF_SEGMENTS_BROWSER: dict[str, Any] = {"partial-reset": None}
"""Rules that judge analytics.js alone: a reset that keeps the anonymousId is RudderStack's own default."""


def as_rudderstack(record: Record) -> Record:
    """A call as RudderStack spells it. Every anonymousId has a session of its own: analytics.js takes a new one at
    reset, and so does RudderStack's SDK at reset(true)."""
    told = {key: value for key, value in record.items() if key not in ("timestamp", "_metadata")}
    context = {
        **record["context"],
        "library": {"name": LIBRARIES[record["context"]["library"]["name"]], "version": "3"},
    }
    browser = "page" in record["context"]
    if record["type"] == "identify":
        context["traits"] = record.get("traits") or {}
        if browser:  # the library for Node says them twice
            told.pop("traits", None)
    if browser:
        context["sessionId"] = sum(map(ord, record["anonymousId"]))
        told["userId"] = record.get("userId") or ""
    return {
        **told,
        "originalTimestamp": record.get("originalTimestamp") or record["timestamp"],
        "channel": "web" if browser else "server",
        "rudderId": f"r-{record.get('anonymousId')}",
        "context": context,
    }


def findings(report: Report) -> list[tuple[Any, ...]]:
    """All of the findings but where they stand, which library's calls they blame, and what the log is said to show."""
    found = []
    for finding in report.findings:
        message = re.sub(r"\d+ bytes", "many bytes", finding.message.partition(" Seen: ")[0])  # spelled otherwise
        for ours, theirs in LIBRARIES.items():
            message = re.sub(rf"(?<![\w/-]){re.escape(theirs)}", ours, message)
        evidence = tuple((role, event.message_id or "") for role, event in finding.evidence)
        found.append((finding.rule, finding.kind or "", finding.severity, message, finding.event.message_id, evidence))
    return sorted(found)


def in_three_forms(folder: Path, records: list[Record], judge: Judge, *, received: bool) -> list[Report]:
    """The reports on some records as Segment's lines, as RudderStack's lines, and as a HAR beside the servers' lines;
    ``received``: as the collector stored them, and the HAR beside all of that."""
    browsers, others = of_browsers(records)
    if not received:
        browsers = [{key: value for key, value in record.items() if key != "receivedAt"} for record in browsers]
    held = [*browsers, *others] if not received else records
    (folder / "segment.jsonl").write_text("".join(json.dumps(one) + "\n" for one in held), encoding="utf-8")
    (folder / "rudder.jsonl").write_text(
        "".join(json.dumps(as_rudderstack(one)) + "\n" for one in held), encoding="utf-8"
    )
    beside = held if received else others
    (folder / "beside.jsonl").write_text("".join(json.dumps(one) + "\n" for one in beside), encoding="utf-8")
    (folder / "session.har").write_bytes(seen_by_browser(browsers))
    return [
        judge([folder / "segment.jsonl"]),
        judge([folder / "rudder.jsonl"]),
        judge([folder / "session.har", *([folder / "beside.jsonl"] if beside else [])]),
    ]


def agree(folder: Path, records: list[Record], judge: Judge) -> Report:
    """Check that all three forms say the same of some records; returns one of the reports."""
    for received in (False, True):
        segment, rudder, har = in_three_forms(folder, records, judge, received=received)
        assert findings(rudder) == findings(segment)
        assert findings(har) == findings(segment)
        assert {**fared(rudder), **OF_SEGMENTS_BROWSER} == {**fared(segment), **OF_SEGMENTS_BROWSER}
        assert fared(har) == fared(segment)
        assert segment.rejected == rudder.rejected == har.rejected == 0
    return segment


@pytest.mark.slow
@pytest.mark.parametrize("case", SEGMENTS)
def test_a_capture_says_the_same_in_three_forms(case: Case, tmp_path: Path) -> None:
    records = [json.loads(line) for line in (case.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    for site in (True, False):
        agree(tmp_path, records, lambda files, site=site: judged(case, files, tmp_path, site=site))  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["one", "two", "three"])
@pytest.mark.parametrize("aliasing", [False, True], ids=["", "aliasing"])
def test_a_simulated_log_says_the_same_in_three_forms(tmp_path: Path, seed: str, aliasing: bool) -> None:
    settings = Settings(destinations=("mixpanel-legacy",)) if aliasing else Settings()
    rules = load(settings, options_of)
    people = play_all(plans(60, seed, aliasing=aliasing), "segment", seed, aliasing=aliasing)
    (file,) = write_calls(people, tmp_path)
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    report = agree(tmp_path, records, lambda files: check(Request(tuple(map(str, files)), settings, TODAY), rules))
    assert len({finding.rule for finding in report.findings}) >= 5


# --- Recorded HARs: what a browser knows besides, and what it does not see --------------------------------------

DIFFERENCES = {
    "41-redirecting-signup-duplicated": (
        "no browser sees that a request arrived whose answer was lost: of two arrivals the HAR shows one",
        {("signup-on-redirecting-page", "late")},
        {("signup-on-redirecting-page", "duplicated"), ("duplicate-message-id", "changed")},
    ),
    "42-redirecting-signup-lost-to-other-origin": (
        "only the browser knows of a call that never arrived",
        {("signup-on-redirecting-page", "lost")},
        set(),
    ),
    "57-blocked-client-signup": (
        "the blocked browser's later pages are in its HAR alone: they end the wait for its signup",
        {("missing-signup", "")},
        set(),
    ),
    "97-posthog-redirecting-signup": (
        "the signup left by a beacon, and Playwright's HARs hold none that leave with their page",
        set(),
        {("identify-after-track", "swapped")},
    ),
    "123-posthog-node-signup-never-captured": (
        "a beacon might have carried the signup past the HAR: unsure there",
        set(),
        {("missing-signup", "")},
    ),
}
"""Captures whose recorded HARs say something else than what the collector received: why, what only the HARs say, and
what only the lines say (rule and kind)."""


def said(report: Report) -> set[tuple[str, str, str]]:
    """Rule, kind and blamed message of every finding, but for what only informs."""
    return {
        (finding.rule, finding.kind or "", finding.event.message_id or "")
        for finding in report.findings
        if finding.severity != "info"
    }


@pytest.mark.slow
@pytest.mark.parametrize("case", [param for param in cases(HERE) if not param.values[0].label.get("har_rejects")])
def test_recorded_hars_say_what_the_lines_say_but_for_what_is_listed(case: Case, tmp_path: Path) -> None:
    _, more, less = DIFFERENCES.get(case.folder.name, ("", set(), set()))
    for site in (True, False):
        hars = [*sorted(case.folder.glob("*.har")), *lines_of_servers(case, tmp_path)]
        seen = said(judged(case, hars, tmp_path, site=site))
        received = said(judged(case, [case.folder / "events.jsonl"], tmp_path, site=site))
        assert {one[:2] for one in seen - received} == more
        assert {one[:2] for one in received - seen} == less


def test_what_is_listed_is_a_capture_and_has_a_reason() -> None:
    assert set(DIFFERENCES) <= {param.values[0].folder.name for param in cases(HERE)}
    assert all(reason and (more or less) for reason, more, less in DIFFERENCES.values())
