"""The format ``html`` beside its findings: the funnel, the coverage of the plan, code for the SDK of the log."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from auditor.model.coverage import Coverage, EventCoverage, UnplannedEvent
from auditor.model.finding import Finding, Report
from auditor.model.funnel import Conversion, Funnel, Invariant, Loss, Signups, Step
from auditor.model.sdk import Snippet
from auditor.reports.fix_code import sdks_of, snippets
from auditor.reports.funnel_chart import drawn, missing, specification
from auditor.reports.lanes import drawn as lanes_drawn
from auditor.reports.steps import steps
from auditor.runners.local import Request, check
from tests.conftest import DEFAULT_RULES, DEFAULTS, ROOT, TODAY, Cli
from tests.reports.test_formats import HOSTILE, SAMPLES, Tags, hostile, many, rendered
from tests.reports.test_html import browser, opened

INCIDENTS = SAMPLES / "incidents"
CSS = (ROOT / "auditor" / "reports" / "templates" / "report.css").read_text(encoding="utf-8")


def audited(*logs: Path) -> Report:
    return check(Request(tuple(map(str, logs)), DEFAULTS, TODAY, overview=True), DEFAULT_RULES)


def section(said: str, name: str) -> str:
    """A section's text, without its markup."""
    held = said.partition(f'<section id="{name}">')[2].partition("</section>")[0]
    assert held, name
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<svg.*?</svg>|<[^>]*>", " ", held, flags=re.DOTALL)))


def loss(cause: str, step: str, people: int, **more: object) -> Loss:
    label, rule = str(more.pop("label", f"because of {cause}")), more.pop("rule", None)
    return Loss(cause, label, step, rule, "Fix.", people, (), bool(more.pop("counted", False)), **more)  # type: ignore[arg-type]


def funnel(**changed: object) -> Funnel:
    """Of 100 visitors 40 fill the form and 25 are counted; 10 are lost by broken tracking, 3 counted twice."""
    held = Funnel(
        version="1.2.3",
        files=["log.jsonl"],
        steps=(
            Step("visit", people=100, conversion=1.0, of_first=1.0, left=60, skipped=0, lost=0),
            Step("form", True, "no event of the log takes it"),
            Step("account", people=40, conversion=0.4, of_first=0.4, left=5, skipped=0, lost=0, median=31_000),
            Step("signup", people=25, conversion=0.625, of_first=0.25, left=8, skipped=0, lost=13, note="a note"),
        ),
        signups=Signups(25, 35, 0, 0, 28),
        losses=(
            loss("redirect", "signup", 6, rule="some-rule"),
            loss("no-identify", "signup", 4, counted=True),
            loss("double-count", "signup", 3, counted=True),
        ),
        conversion=Conversion(100, 100, 0.25, 0.35, 0.26, 0.45, ("a person is a userId",)),
        people=100,
        uncertain=0,
        returning=0,
        invariants=(Invariant("odd", "28 signup events, but only 20 starts", 3),),
        events=500,
    )
    return replace(held, **changed)  # type: ignore[arg-type]


def coverage(unseen: int = 2, unplanned: int = 2, name: str = "Order Completed") -> Coverage:
    never = tuple(EventCoverage("track", f"{name} {number}", 0) for number in range(unseen))
    odd = tuple(UnplannedEvent("track", f"{name} odd {number}", 7, f"{name} 0") for number in range(unplanned))
    seen = EventCoverage("track", "Signed Up", 4)
    return Coverage(
        version="1.2.3", files=(), records=0, calls=0, rejected=0, skipped=0, rejects=[], plan="Ours", format="own",
        events=(seen, *never), unplanned=odd,
    )  # fmt: skip


def bars(held: Funnel) -> list[list[tuple[float, float, str]]]:
    """The bars of each row: from, to, colour."""
    values = specification(held)["layer"][0]["data"]["values"]
    rows: dict[float, list[tuple[float, float, str]]] = {}
    for bar in values:
        rows.setdefault(bar["y"], []).append((bar["x"], bar["x2"], bar["colour"]))
    return list(rows.values())


# The funnel -----------------------------------------------------------------------------------------------


def test_whom_broken_tracking_lost_stands_apart_from_people_leaving() -> None:
    blue, grey, red = "#0969da", "#8c959f", "#cf222e"
    assert bars(funnel()) == [
        [(0, 40, blue), (40, 100, grey)],
        [(0, 35, blue), (35, 40, grey)],
        [(0, 25, blue), (25, 35, red)],  # at the last step nobody has left
    ]
    layers = specification(funnel())["layer"]
    words = [one["words"] for layer in layers for one in layer["data"]["values"] if "words" in one]
    assert words == [
        "visit", "account", "signup", "100 people", "40 people (40 %)", "25 people (25 %)", "60 left", "5 left",
        "10 lost by broken tracking",
    ]  # fmt: skip


def test_who_is_counted_twice_is_not_missing() -> None:
    held = funnel()
    assert missing(held, held.steps[-1]) == 10
    assert missing(replace(held, losses=held.losses[2:]), held.steps[-1]) == 0


def test_the_page_says_measured_and_corrected_and_why() -> None:
    report = many(3)
    report.funnel = funnel()
    said = rendered(report, "html")
    held = section(said, "funnel")
    for words in (
        "signups: 25 measured, 35 really, 10 of them not measured",
        "conversion: 25.0 % measured, 35.0 % corrected (95 %: 26.0 % to 45.0 %), of 100 visitors",
        "cannot be: 28 signup events, but only 20 starts",
        "6 because of redirect , at: signup no dashboard counts them",
        "4 because of no-identify , at: signup a dashboard counts their signup all the same",
        "3 because of double-count , at: signup",
        "form not shown: no event of the log takes it",
        "signup a note 25 62.5 % 8 10",
        "account 40 40 % 31.0 s 5 0",
        "assumed: a person is a userId",
    ):
        assert words in held, words
    anchor = re.findall(r'<article id="(f-\w+)"', said)[0]
    assert f'<a href="#{anchor}">because of redirect</a>' in said
    assert said.count("<svg") == 1 + 3


def test_a_funnel_without_losses_says_so() -> None:
    report = many(1)
    report.funnel = funnel(losses=(), invariants=())
    assert "Lost by broken tracking: nobody that the log shows." in section(rendered(report, "html"), "funnel")


def test_without_a_signup_it_says_what_is_missing(tmp_path: Path) -> None:
    lines = (SAMPLES / "clean.jsonl").read_text(encoding="utf-8").replace('"Signed Up"', '"Sign Up Complete"')
    kept = [line for line in lines.splitlines() if "Account Created" not in line and "createdAt" not in line]
    (tmp_path / "log.jsonl").write_text("\n".join(kept), encoding="utf-8")
    said = rendered(audited(tmp_path / "log.jsonl"), "html")
    held = section(said, "funnel")
    assert "signups: none seen under the names in signup_events" in held
    assert 'did you mean "Sign Up Complete"' in held
    assert "params: {signup_events: [Sign Up Complete]}" in held
    assert "<svg" not in said.partition('<section id="funnel">')[2].partition("</section>")[0]


def test_a_page_made_from_a_report_says_that_the_funnel_needs_the_log(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", SAMPLES / "identify-after-track.jsonl", "-f", "json", "-o", f"html={tmp_path / 'a.html'}")
    (tmp_path / "f.json").write_text(done.stdout, encoding="utf-8")
    assert not {"funnel", "coverage", "fix_code"} & json.loads(done.stdout).keys()
    again = cli("report", tmp_path / "f.json", "-f", "html")
    assert (again.stderr, again.returncode) == ("", 1)
    first = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "auditor check LOG -o html=report.html" in section(again.stdout, "funnel")
    assert "measured" in section(first, "funnel")
    code = re.compile(r'<figure class="code">.*?</figure>', re.DOTALL)
    assert code.findall(again.stdout) == code.findall(first) != []


def test_nothing_read_has_no_funnel() -> None:
    assert '<section id="funnel">' not in rendered(replace(many(0), events=0), "html")


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40), st.integers(0, 50), st.integers(0, 50))
def test_whatever_a_step_is_called_it_can_be_drawn(text: str, people: int, lost: int) -> None:
    step = Step(text, people=people, conversion=None, of_first=None, left=people, skipped=0, lost=lost)
    last = replace(step, name="x")
    assert drawn(funnel(steps=(step, last), losses=(loss("blocked", text, lost),))).startswith("<svg")


def test_every_colour_of_a_drawing_has_another_for_a_dark_page() -> None:
    finding = many(1).findings[0]
    for svg in (drawn(funnel()), lanes_drawn(finding, steps(finding, None))):
        for attribute, colour in set(re.findall(r'(fill|stroke)="(#\w+)"', svg)):
            assert f'.drawing [{attribute}="{colour}"]' in CSS


# The coverage ---------------------------------------------------------------------------------------------


def test_the_coverage_names_what_is_planned_and_what_is_seen_with_what_was_meant() -> None:
    report = many(1)
    report.coverage = coverage()
    held = section(rendered(report, "html"), "coverage")
    assert "1 of 3 planned events seen (33.3 %)" in held
    assert "Planned, never seen Order Completed 0 Order Completed 1 Seen, never planned" in held
    assert "Order Completed odd 0 (7): did you mean Order Completed 0?" in held


def test_a_whole_coverage_says_so_and_without_a_plan_there_is_none() -> None:
    report = many(1)
    assert '<section id="coverage">' not in rendered(report, "html")
    report.coverage = coverage(0, 0)
    held = section(rendered(report, "html"), "coverage")
    assert "1 of 1 planned event seen (100 %)" in held
    assert "every planned event was seen" in held
    assert "every event that was seen is planned" in held


def test_a_plan_given_to_a_check_is_covered(cli: Cli, tmp_path: Path) -> None:
    events = {"Signed Up": {}, "Order Complete": {}, "Sign In": {}}
    plan = {"schema": "auditor/tracking-plan/1", "name": "Ours", "events": events}
    (tmp_path / "plan.yml").write_text(json.dumps(plan), encoding="utf-8")
    done = cli("check", SAMPLES / "clean.jsonl", "--plan", tmp_path / "plan.yml", "-f", "html")
    held = section(done.stdout, "coverage")
    assert "1 of 3 planned events seen (33.3 %)" in held
    assert "Planned, never seen Order Complete Sign In" in held


# Code -----------------------------------------------------------------------------------------------------

CODE = {
    "analytics.js": Snippet("analytics.reset();"),
    "rudderstack": Snippet("rudderanalytics.reset(true);"),
    "node": Snippet("It is the page's.", False),
    "python": Snippet("analytics.flush()"),
}


def found(library: str | None, other: str | None = None) -> Finding:
    finding = many(1).findings[0]
    finding.event.library = library
    finding.evidence[0][1].library = other
    return finding


@pytest.mark.parametrize(
    ("library", "other", "sdks", "shown"),
    [
        ("analytics.js", None, (), ["analytics.js"]),
        ("@segment/analytics-next", "analytics.js", (), ["analytics.js"]),
        ("RudderLabs JavaScript SDK", None, ("analytics.js",), ["rudderstack"]),
        ("analytics.js", "analytics-python", (), ["analytics.js", "python"]),
        ("analytics-python", "analytics.js", (), ["python", "analytics.js"]),
        ("analytics.js", "@segment/analytics-node", (), ["analytics.js"]),
        ("analytics-node", None, ("rudderstack", "analytics.js"), ["node", "rudderstack"]),
        ("analytics-node", None, (), ["node"]),
        ("analytics-ruby", None, ("rudderstack",), ["rudderstack"]),
        ("analytics-ios", None, (), ["analytics.js"]),
        (None, None, ("posthog-js",), ["analytics.js"]),
    ],
)
def test_code_is_of_the_sdk_that_made_the_calls(
    library: str | None, other: str | None, sdks: tuple[str, ...], shown: list[str]
) -> None:
    finding = found(library, other)
    report = replace(many(0), findings=[finding], fix_code={"some-rule": CODE})
    assert [one for _, one in snippets(report, finding, sdks)] == [CODE[sdk] for sdk in shown]
    assert snippets(replace(report, fix_code={}), finding, sdks) == []


def test_the_sdks_of_a_report_stand_by_how_often_they_are_met() -> None:
    libraries = ("analytics-node", "analytics.js", "analytics.js", "analytics-go", None)
    findings = [found(library) for library in libraries]
    assert sdks_of(replace(many(0), findings=findings)) == ("analytics.js", "node")


def test_each_cause_of_the_samples_has_its_fix_as_code_in_lines() -> None:
    report = audited(SAMPLES)
    said = rendered(report, "html")
    article = next(one for one in said.split("<article ")[1:] if "missing-reset-on-logout" in one)
    assert "<figcaption>The fix with analytics.js (Segment)</figcaption>" in article
    assert "track(&#34;Signed Out&#34;);\nanalytics.reset();\nlocation.assign(&#34;/&#34;);</code></pre>" in article
    lacking = {one.rule for one in report.findings} - report.fix_code.keys()
    assert not lacking


def test_rudderstacks_log_gets_rudderstacks_code_and_posthogs_its_own() -> None:
    captures = ROOT / "tests" / "captures"
    said = rendered(audited(captures / "74-rudder-missing-reset-later-pages" / "events.jsonl"), "html")
    assert "rudderanalytics.reset(true);" in said
    assert not re.search(r"(?<!rudder)analytics\.reset\(\);</code>", said)
    assert "posthog.reset();" in rendered(audited(SAMPLES / "two-users-on-one-device.posthog.json"), "html")


def test_what_follows_from_a_cause_has_its_code_too() -> None:
    said = rendered(audited(INCIDENTS / "events-dropped-by-a-redirect"), "html")
    follows = said.partition("<b>signup-on-redirecting-page</b>")[2].partition("</li>")[0]
    assert "<summary>The fix as code</summary>" in follows
    assert "setTimeout(leave, 1000);" in follows


# Size, hostile content, a browser -------------------------------------------------------------------------


def test_all_of_it_stays_within_the_size() -> None:
    report = many(10_000, 300)
    report.funnel = funnel()
    report.coverage = coverage(5000, 5000, "A Rather Long Name Of An Event, As Some Have Them & More " * 2)
    code = Snippet("analytics.reset(); // as long a line as there is one\n" * 24)
    report.fix_code = {"some-rule": {"analytics.js": code}}
    for finding in report.findings:
        finding.event.library = "analytics.js"
    said = rendered(report, "html")
    assert len(said.encode()) < 1_500_000
    assert said.count('<figure class="code">') == 100
    assert "and 4,800 more; <code>auditor plan check</code>" in said


def odd(text: str) -> Report:
    """A report in which all that is new says a text."""
    report = hostile(text)
    step = Step(text, people=4, conversion=0.5, of_first=0.5, left=2, skipped=0, lost=1, note=text)
    report.funnel = funnel(
        steps=(step, Step(text, reason=text), replace(step, name="x")),
        losses=(loss("blocked", text, 1, label=text, rule="some-rule"), loss("old-user", text, 1, label=text)),
        conversion=Conversion(1, 1, 1.0, 1.0, 0.1, 1.0, (text,)),
        invariants=(Invariant(text, text, 1),),
        notes=[text],
    )
    unseen, unplanned = EventCoverage("track", text, 0), UnplannedEvent("page", text, 1, text)
    report.coverage = structs.replace(coverage(0, 0), events=(unseen,), unplanned=(unplanned,))
    report.findings[0].event.library = "analytics.js"
    report.fix_code = {"some-rule": {"analytics.js": Snippet(f"{text}\n{text}")}}
    return report


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_out_inert(name: str) -> None:
    said = rendered(odd(HOSTILE[name]), "html")
    plain = rendered(odd("x"), "html")
    assert not re.search("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", said)
    assert len(said) < 200_000
    tags = [tag for tag, _ in Tags(re.sub(r"<svg.*?</svg>", "", said, flags=re.DOTALL)).tags]
    assert tags == [tag for tag, _ in Tags(re.sub(r"<svg.*?</svg>", "", plain, flags=re.DOTALL)).tags]
    assert not {"script", "img", "foreignObject"} & {tag for svg in re.findall(r"<svg.*?</svg>", said, re.DOTALL)
                                                     for tag, _ in Tags(svg).tags}  # fmt: skip


MEASURE = """<script>
const said = {};
function look(width, height) {
  return new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.style.cssText = `width:${width}px;height:${height}px;border:0`;
    frame.srcdoc = REPORT;
    frame.onload = () => done(frame.contentDocument);
    document.body.append(frame);
  });
}
(async () => {
  for (const [width, height] of [[1280, 1000], [390, 844]]) {
    const page = await look(width, height);
    const root = page.documentElement;
    const top = (name) => page.getElementById(name).getBoundingClientRect().top;
    const right = (one) => one.getBoundingClientRect().right;
    const svg = page.querySelector("#funnel svg");
    const code = [...page.querySelectorAll("pre")];
    const more = page.getElementById("more");
    const held = {
      room: root.clientWidth, wide: root.scrollWidth,
      tops: ["causes", "funnel", "coverage"].map(top),
      fits: right(svg) <= right(svg.parentNode),
      letters: Math.min(...[...svg.querySelectorAll("text")].map((one) => one.getBoundingClientRect().height)),
      outside: [...svg.querySelectorAll("text")].filter((one) => right(one) > right(svg) + 4).length,
      code: code.length, lines: code.every((one) => one.textContent.includes("\\n") && one.clientHeight > 40),
      wideCode: code.every((one) => right(one) <= root.clientWidth),
      reached: code.every((one) => one.tabIndex === 0),
      open: more.open,
    };
    const form = page.getElementById("filter");
    form.elements.words.value = "placeholder";
    form.dispatchEvent(new page.defaultView.Event("input"));
    held.opened = more.open;
    held.shown = page.querySelectorAll(".causes tbody tr:not([hidden])").length;
    said[width] = held;
  }
  const out = document.createElement("pre");
  out.id = "said";
  out.textContent = JSON.stringify(said);
  document.body.append(out);
})();
</script>"""


@browser
@pytest.mark.slow
def test_the_first_screen_has_it_all_and_fits_wide_and_narrow(page: Callable[[str], Path]) -> None:
    report = audited(SAMPLES)
    report.coverage = coverage(12, 12)
    text = re.sub(r"<meta http-equiv=[^>]*>", "", rendered(report, "html"))  # a frame would inherit it
    held = json.dumps(text).replace("</", "<\\/").replace("<!--", "<\\!--")
    document, console = opened(page(f"<!DOCTYPE html><body><script>const REPORT = {held};</script>{MEASURE}"))
    assert console == ""
    said = json.loads(html.unescape(document.partition('<pre id="said">')[2].partition("</pre>")[0]))
    for width in ("1280", "390"):
        one = said[width]
        assert one["wide"] <= one["room"] <= int(width), width
        assert one["fits"]
        assert one["letters"] >= 9
        assert one["outside"] == 0
        assert one["code"] > 20
        assert one["lines"]
        assert one["wideCode"]
        assert one["reached"]
        assert (one["open"], one["opened"]) == (False, True)
        assert one["shown"] >= 1
    assert all(top < 1000 for top in said["1280"]["tops"]), said["1280"]["tops"]
    causes, funnel_top, coverage_top = said["390"]["tops"]
    assert causes < funnel_top < coverage_top


@browser
@pytest.mark.slow
def test_a_browser_runs_nothing_of_what_names_say(page: Callable[[str], Path]) -> None:
    report = odd(HOSTILE["html"])
    names = [text[:5000] for text in HOSTILE.values()]
    step = Step("x", people=4, conversion=0.5, of_first=0.5, left=2, skipped=0, lost=1)
    assert report.funnel is not None
    report.funnel = replace(report.funnel, steps=tuple(replace(step, name=name, note=name) for name in names))
    document, console = opened(page(rendered(report, "html")))
    assert console == ""
    tags = [tag for tag, _ in Tags(document).tags]
    assert tags.count("script") == 1
    assert not {"img", "failure", "testcase", "iframe"} & set(tags)
