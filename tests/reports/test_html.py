"""The format ``html``: what stands in it, how large it gets, and what a real browser makes of it."""

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.finding import Report
from auditor.reports.grouping import groups
from auditor.reports.lanes import DRAWN, drawn, specification
from auditor.reports.steps import steps
from tests.conftest import ROOT, Cli, Judge
from tests.reports.test_formats import HOSTILE, SAMPLES, Tags, hostile, many, rendered

CHROMIUM = shutil.which("chromium")
browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium, which is not installed")


@pytest.fixture
def report(judge: Judge) -> Report:
    return judge(SAMPLES)


def anchors(said: str) -> list[str]:
    return [held["id"] or "" for _, held in Tags(said).tags if (held.get("id") or "").startswith("f-")]


# What stands in it ----------------------------------------------------------------------------------------


def test_every_kind_of_finding_has_an_address_and_every_link_leads_somewhere(report: Report) -> None:
    said = rendered(report, "html")
    held = anchors(said)
    assert len(held) == len(set(held))
    assert set(held) == {f"f-{finding.fingerprint}" for finding in report.findings}
    ids = {attributes.get("id") for _, attributes in Tags(said).tags}
    links = {(attributes["href"] or "")[1:] for tag, attributes in Tags(said).tags if tag == "a"}
    assert links <= ids


def test_causes_stand_by_how_many_people_they_concern(report: Report) -> None:
    rows = re.findall(
        r'<tr data-severity="\w+" data-of="f-(\w+)"><td class="n">([\d,-]+)</td>', rendered(report, "html")
    )
    counts = [int(count.replace(",", "").replace("-", "0")) for _, count in rows]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    assert {fingerprint for fingerprint, _ in rows} == {group.first.fingerprint for group in groups(report)}


def test_a_person_with_many_findings_is_one_and_a_placeholder_is_nobody() -> None:
    report = many(6, kinds=1)
    for place, (user, device) in enumerate(
        [("u1", "a"), ("u1", "b"), ("null", "c"), (None, "c"), (None, "d"), (None, None)]
    ):
        report.findings[place].event.user_id, report.findings[place].event.anonymous_id = user, device
    said = rendered(replace(report, placeholders=frozenset({"null"})), "html")
    assert '<p class="dim">6 found, 3 people' in said


def test_every_group_says_what_why_and_how_to_mend_it(report: Report) -> None:
    said = html.unescape(rendered(report, "html"))
    why = {rule.id: rule.why for rule in report.rules}
    for group in groups(report):
        for text in (group.first.message, why[group.first.rule], group.first.fix):
            assert text in said
        for other in group.consequences:
            assert other.first.message in said


def test_a_report_without_findings_says_so(judge: Judge) -> None:
    said = rendered(judge(SAMPLES / "clean.jsonl"), "html")
    assert "<h1>No mistakes found</h1>" in said
    assert "<svg" not in said
    assert "Nothing was checked" in rendered(replace(many(0), events=0), "html")


def test_violations_of_the_plan_have_a_section(cli: Cli, tmp_path: Path) -> None:
    events = {"Signed Up": {"properties": {"plan": "string!"}}}
    plan = {"schema": "auditor/tracking-plan/1", "name": "Kicks & <Co>", "events": events}
    (tmp_path / "plan.yml").write_text(json.dumps(plan), encoding="utf-8")
    done = cli("check", SAMPLES, "--plan", tmp_path / "plan.yml", "-f", "html")
    assert done.stderr == ""
    section = done.stdout.partition('<section id="plan">')[2].partition("</section>")[0]
    assert "Tracking plan: Kicks &amp; &lt;Co&gt;</h2>" in section
    assert "<td>Signed Up</td><td>properties.plan</td>" in section
    assert "Required-Missing" in section


@pytest.mark.parametrize("module", ["jinja2", "vl_convert"])
@pytest.mark.parametrize("form", [("-f", "html"), ("-o", "html=report.html")])
def test_without_its_libraries_it_says_what_to_install(module: str, form: tuple[str, str], tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; from auditor.cli.main import run; run()"
    words = [sys.executable, "-c", code, "check", str(SAMPLES), *form]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'tracking-auditor[html]'" in done.stderr
    assert not list(tmp_path.iterdir())


# How large it gets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [1, 40, 300, 10_000])
def test_ten_thousand_findings_stay_a_file_that_opens_at_once(kinds: int) -> None:
    said = rendered(many(10_000, kinds), "html")
    assert len(said.encode()) < 1_500_000
    assert said.count("<svg") == min(kinds, 24)
    assert len(anchors(said)) == min(kinds, 300)
    left = max(kinds - 300, 0)
    assert (f"and {10_000 - 300:,} findings of {left:,} kinds more" in said) == (left > 0)


def test_long_names_and_much_evidence_do_not_break_the_size() -> None:
    report = many(10_000, 300)
    report.files[0] = "captures/" + "a-long-folder/" * 8 + "log.jsonl"
    for place, finding in enumerate(report.findings):
        finding.event.event = "A Rather Long Name Of An Event, As Some Have Them & More"
        finding.event.user_id = f"0190a2b4-aaaa-bbbb-cccc-{place:012}"
        message = '"Signed Up" was tracked, as it is ' * 8
        report.findings[place] = replace(finding, message=message, evidence=finding.evidence * 20)
    assert len(rendered(report, "html").encode()) < 1_500_000


# The drawing ----------------------------------------------------------------------------------------------


def test_a_drawing_joins_what_is_flagged_to_its_evidence() -> None:
    finding = many(1).findings[0]
    held = specification(finding, steps(finding, None))
    values = [layer["data"]["values"] for layer in held["layer"]]
    names, bands, _, joins, calls, *_ = values
    assert [name["lane"] for name in names] == ["browser anon-0"]
    assert [(band["page"], band["x"], band["x2"]) for band in bands] == [("/signup", -0.47, 1.47)]
    assert [(call["kind"], call["role"], call["x"]) for call in calls] == [
        ("flagged", "here", 0),
        ("evidence", "late", 1),
    ]
    assert [(join["x"], join["x2"]) for join in joins] == [(0, 1)]
    assert values[-1] == [{"x": 0.5, "gap": "+200 ms"}]


def test_of_many_events_those_nearest_to_the_flagged_one_are_drawn() -> None:
    report = many(20, kinds=1)
    events = [finding.event for finding in report.findings]
    for place, event in enumerate(events):
        event.t += place * 1000
    finding = replace(
        report.findings[15], evidence=tuple(("seen", event) for event in events if event is not events[15])
    )
    held = specification(finding, steps(finding, None))
    calls = next(layer["data"]["values"] for layer in held["layer"] if "call" in layer["data"]["values"][0])
    assert len(calls) == DRAWN
    assert [call["kind"] for call in calls].count("flagged") == 1
    said = rendered(replace(report, findings=[replace(finding, evidence=finding.evidence * 2)]), "html")
    assert "27 events more not drawn." in said
    assert "The same as a table: 20 of 39 events</summary>" in said
    assert said.count('<tr class="flagged">') == 1


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
def test_whatever_a_log_says_can_be_drawn(text: str) -> None:
    """What draws ends the whole process where it meets a character that XML has not."""
    finding = hostile(text).findings[0]
    assert drawn(finding, steps(finding, None)).startswith("<svg")


# In a browser ---------------------------------------------------------------------------------------------

MEASURE = """<script>
const said = {};
function look(width) {
  return new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.style.cssText = `width:${width}px;height:844px;border:0`;
    frame.srcdoc = REPORT;
    frame.onload = () => { const page = frame.contentDocument; done(page); };
    document.body.append(frame);
  });
}
(async () => {
  for (const width of [1280, 390]) {
    const page = await look(width);
    const root = page.documentElement;
    const held = { room: root.clientWidth, wide: root.scrollWidth, filter: !page.getElementById("filter").hidden };
    const kinds = () => page.querySelectorAll("article:not([hidden])").length;
    const form = page.getElementById("filter");
    const output = form.querySelector("output");
    held.all = kinds();
    form.elements.words.value = "DUPLICATE-message";
    form.dispatchEvent(new page.defaultView.Event("input"));
    held.searched = kinds();
    held.rows = page.querySelectorAll(".causes tbody tr:not([hidden])").length;
    held.output = output.value;
    form.elements.words.value = "";
    form.querySelector("[value=warning]").checked = false;
    form.dispatchEvent(new page.defaultView.Event("input"));
    held.others = [...new Set([...page.querySelectorAll("article:not([hidden])")].map((one) => one.dataset.severity))];
    const reached = (one) => one.matches("a[href], input, summary, [tabindex='0']");
    held.unreached = [...page.querySelectorAll(".scroll, a, summary, input")].filter((one) => !reached(one)).length;
    const first = page.querySelector("article:not([hidden]) summary");
    first.focus();
    held.focused = page.activeElement === first;
    held.boxes = [...page.querySelectorAll(".drawing")].some((one) => one.scrollWidth > one.clientWidth);
    said[width] = held;
  }
  const out = document.createElement("pre");
  out.id = "said";
  out.textContent = JSON.stringify(said);
  document.body.append(out);
})();
</script>"""


def opened(page: Path) -> tuple[str, str]:
    """The document as Chromium has it once its scripts have run, and what went to the console."""
    words = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'profile'}",
        "--enable-logging=stderr", "--window-size=1400,900", "--virtual-time-budget=20000", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(words, capture_output=True, check=True, timeout=120)
    errors = done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace"), "\n".join(line for line in errors.splitlines() if "CONSOLE" in line)


@browser
@pytest.mark.slow
def test_a_browser_runs_our_script_under_our_policy_and_has_nothing_to_say(
    report: Report, page: Callable[[str], Path]
) -> None:
    document, console = opened(page(rendered(report, "html")))
    assert console == ""
    assert re.search(r'<form id="filter" [^>]*role="search">', document)  # the script ran: it is hidden no more


@browser
@pytest.mark.slow
def test_a_browser_runs_nothing_of_what_a_log_brings(page: Callable[[str], Path]) -> None:
    report = hostile("x")
    report.findings = [hostile(text[:5000]).findings[0] for text in HOSTILE.values()]
    report.findings = [replace(one, fingerprint=f"{place:016x}") for place, one in enumerate(report.findings)]
    report.notes = [text[:5000] for text in HOSTILE.values()]
    document, console = opened(page(rendered(report, "html")))
    assert console == ""
    tags = [tag for tag, _ in Tags(document).tags]
    assert tags.count("script") == 1
    assert tags.count("article") == len(HOSTILE)
    assert not {"img", "failure", "testcase", "iframe"} & set(tags)


@browser
@pytest.mark.slow
def test_it_fits_wide_and_narrow_screens_and_can_be_searched(report: Report, page: Callable[[str], Path]) -> None:
    text = re.sub(r"<meta http-equiv=[^>]*>", "", rendered(report, "html"))  # a frame would inherit it
    held = json.dumps(text).replace("</", "<\\/").replace("<!--", "<\\!--")
    document, console = opened(page(f"<!DOCTYPE html><body><script>const REPORT = {held};</script>{MEASURE}"))
    assert console == ""
    said = json.loads(html.unescape(document.partition('<pre id="said">')[2].partition("</pre>")[0]))
    kinds = [group.first for group in groups(report)]
    searched = [{one.first.rule for one in (group, *group.consequences)} for group in groups(report)]
    duplicates = sum("duplicate-message-id" in rules for rules in searched)
    for width in ("1280", "390"):
        one = said[width]
        assert one["wide"] <= one["room"] <= int(width), width
        assert one["filter"]
        assert one["all"] == len(kinds)
        assert one["searched"] == one["rows"] == duplicates > 0
        assert one["output"] == f"{duplicates} of {len(kinds)} kinds shown"
        assert sorted(one["others"]) == sorted({one.severity for one in kinds} - {"warning"})
        assert one["unreached"] == 0
        assert one["focused"]
    assert said["390"]["boxes"]


def test_templates_ask_for_nothing_over_the_network() -> None:
    for path in (ROOT / "auditor" / "reports" / "templates").iterdir():
        assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch\(|XMLHttp|import\(", path.read_text("utf-8")), path
