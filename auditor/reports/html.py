"""The format ``html``: one file that needs nothing else, to be read in a browser, passed on and printed.

First the verdict, the causes by how many people they concern, the signup funnel and the coverage of the plan; then for
each cause what, why, how to mend it, in code too, and its first occurrence drawn. It has no address of anything outside
itself, and its policy (CSP) lets no script run but its own. Everything that comes from a log passes ``clean`` and
Jinja's escaping, whatever the template does with it.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.model.event import Event
from auditor.model.finding import SEVERITIES, Finding, Report, RuleResult
from auditor.reports.first_screen import CoverageView, FunnelView
from auditor.reports.fix_code import sdks_of, snippets
from auditor.reports.grouping import Group, groups
from auditor.reports.json import timestamp
from auditor.reports.lanes import DRAWN, drawn, nearest
from auditor.reports.lines import clean, cut, label, location, many, sized
from auditor.reports.steps import Step, steps
from auditor.reports.text import answer
from auditor.reports.view import PLAIN_VIEW, View

_TEMPLATES = Path(__file__).with_name("templates")
_CAUSES = 5
"""Causes in the open on the first screen; the others are there to be opened."""
_WHOLE, _DRAWN, _IN_A_LINE = 100, 24, 200
"""Kinds of findings that are shown whole, of them with a drawing, and those behind them that get a line: what is
more is counted, so that the file stays one that a browser opens at once."""
_ROWS, _ROWS_UNDRAWN = 20, 5
_FOLLOWING = 8
_LISTED = 100
"""Of violations of a plan, rejects and accepted findings."""
_MESSAGE, _LABEL, _PLACE = 400, 60, 120


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The report as one HTML document, piece by piece."""
    environment = _environment()
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    sdks = sdks_of(report)
    every = (_Shown(report, group, sdks) for group in groups(report))
    shown = sorted(every, key=lambda one: (-one.people, one.group.rank))
    whole, line = shown[:_WHOLE], shown[_WHOLE : _WHOLE + _IN_A_LINE]
    rest = shown[_WHOLE + _IN_A_LINE :]
    said: set[str] = set()
    for place, one in enumerate(whole):
        one.draws = place < _DRAWN
        one.repeats = one.first.fix in said
        said.add(one.first.fix)
    _anchor(whole)
    counts = {severity: report.count(severity) for severity in reversed(SEVERITIES)}
    stream = environment.get_template("report.html").stream(
        report=report,
        style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        policy=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        counts=counts,
        worst=next((severity for severity, count in counts.items() if count), "clean"),
        answer=answer(report.signups) if report.events else "Nothing was checked.",
        whole=whole,
        causes=_CAUSES,
        funnel=None if report.funnel is None else FunnelView(report.funnel, _anchors(whole)),
        coverage=None if report.coverage is None else CoverageView(report.coverage),
        line=line,
        rest=(len(rest), sum(len(one.group.places) for one in rest)),
        violations=_violations(report),
        listed=_LISTED,
        checked=sum(1 for rule in report.rules if rule.status != "not-evaluated"),
    )
    stream.enable_buffering(200)
    yield from stream


@cache
def _environment() -> Environment:
    held = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    held.filters.update(many=many, number="{:,}".format)
    return held


def _finalized(value: Any) -> Any:
    """What a template writes: markup of ours as it is, every other text without what a terminal or browser obeys."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _lines(text: str) -> Markup:
    """A text whose lines stay lines."""
    return Markup("\n").join(clean(line) for line in text.splitlines())


@dataclass(frozen=True, slots=True)
class _Row:
    """An event as a row of a table. ``offset`` is from the flagged event on, ``kind`` its colour."""

    time: str
    offset: str
    type: str
    label: str
    who: str
    place: str
    role: str
    kind: str


class _Consequence(NamedTuple):
    """What follows from a cause: where it is found in this document, the group, its words, and its fix as code, where
    that was not shown before."""

    anchor: str
    group: Group
    said: str
    code: list[tuple[str, Markup, bool]]


class _Shown:
    """A group as the template shows it."""

    def __init__(self, report: Report, group: Group, sdks: tuple[str, ...]) -> None:
        self.report, self.group, self.first, self.sdks = report, group, group.first, sdks
        self.draws = self.repeats = False
        self.anchor = f"f-{group.first.fingerprint}"
        self.anchors: dict[int, str] = {}
        self.people = _people(report, group)

    @property
    def message(self) -> str:
        """What is wrong, no longer than anybody reads."""
        return cut(self.first.message, _MESSAGE)

    @property
    def rule(self) -> RuleResult:
        """How the rule fared, and why it matters."""
        return next(rule for rule in self.report.rules if rule.id == self.first.rule)

    @property
    def code(self) -> list[tuple[str, Markup, bool]]:
        """How to mend it with the SDK that made the calls: a title, code or a sentence, and whether it is code."""
        return self._code(self.first)

    def _code(self, finding: Finding) -> list[tuple[str, Markup, bool]]:
        held = snippets(self.report, finding, self.sdks)
        return [(title, _lines(snippet.text), snippet.is_code) for title, snippet in held]

    @property
    def steps(self) -> list[Step]:
        """The events of the first occurrence."""
        return steps(self.first, self.report.around.get(self.group.places[0]))

    @property
    def undrawn(self) -> int:
        """How many events have no room in the drawing."""
        return max(len(self.steps) - DRAWN, 0)

    @property
    def drawing(self) -> Markup:
        """The first occurrence as lanes."""
        return Markup(drawn(self.first, self.steps))

    @property
    def events(self) -> list[_Row]:
        """The first occurrence as rows."""
        held = nearest(self.first, self.steps, _ROWS if self.draws else DRAWN)
        return [self._row(event, self.first, role) for event, role in held]

    @property
    def occurrences(self) -> list[_Row]:
        """The first of them as rows."""
        findings = (
            self.report.findings[place] for place in self.group.places[: _ROWS if self.draws else _ROWS_UNDRAWN]
        )
        return [self._row(finding.event, finding, "") for finding in findings]

    @property
    def consequences(self) -> "list[_Consequence]":
        """What follows from it."""
        held, said = [], {self.first.rule}
        for place, group in enumerate(self.group.consequences[:_FOLLOWING]):
            rule = group.first.rule
            code = self._code(group.first) if self.draws and rule not in said else []
            held.append(_Consequence(self.anchors.get(place, ""), group, cut(group.first.message, _MESSAGE), code))
            said.add(rule)
        return held

    def _row(self, event: Event, finding: Finding, role: str) -> _Row:
        gap = event.time - finding.event.time
        return _Row(
            time=timestamp(event.t)[:23].replace("T", " "),
            offset="" if event is finding.event else f"{'-' if gap < 0 else '+'}{sized(abs(gap))}",
            type=event.type,
            label=cut(label(event), _LABEL),
            who=cut(event.user_id or event.anonymous_id or "", _LABEL),
            place=cut(location(event, self.report.files, self.report.entry(event)), _PLACE),
            role=cut(role, _LABEL),
            kind="flagged" if event is finding.event else "evidence" if role else "before",
        )


def _people(report: Report, group: Group) -> int:
    """How many people a group concerns: by userId, where the event has one that is an id, else by anonymousId."""
    events = (report.findings[place].event for place in group.places)
    held = {
        event.user_id if event.user_id and event.user_id not in report.placeholders else event.anonymous_id
        for event in events
    }
    return len(held - {None, ""})


def _anchor(whole: list[_Shown]) -> None:
    """Gives what follows from something an address of its own, where its fingerprint has none yet."""
    held = {one.first.fingerprint for one in whole}
    for one in whole:
        for place, group in enumerate(one.group.consequences[:_FOLLOWING]):
            if group.first.fingerprint not in held:
                held.add(group.first.fingerprint)
                one.anchors[place] = f"f-{group.first.fingerprint}"


def _anchors(whole: list[_Shown]) -> dict[str, str]:
    """Where the document says more of a rule: as a cause, else as what follows from one."""
    held = {one.first.rule: one.anchor for one in reversed(whole)}
    for one in whole:
        for place, group in enumerate(one.group.consequences[:_FOLLOWING]):
            held.setdefault(group.first.rule, one.anchors.get(place, one.anchor))
    return held


def _violations(report: Report) -> list[tuple[Any, str]]:
    """How the tracking plan is broken, each way with whom it concerns."""
    if report.tracking_plan is None:
        return []
    from auditor.reports.violations_text import concerned  # most runs have no tracking plan

    return [(group, concerned(group)) for group in report.tracking_plan.violations[:_LISTED]]
