"""Which of a rule's snippets a report shows: those for the SDKs that made the calls, with a word on whose they are."""

from collections import Counter
from collections.abc import Iterable

from auditor.model.event import Event
from auditor.model.finding import Finding, Report
from auditor.model.sdk import TITLES, Snippet, sdk_of

_SHOWN = 2
"""Where a browser's and a server's call make the finding together, the code of both."""


def sdks_of(report: Report) -> tuple[str, ...]:
    """The SDKs of the report's findings, the most frequent first."""
    events = (event for finding in report.findings for event in _events(finding))
    counted = Counter(sdk for event in events if (sdk := sdk_of(event.library)) is not None)
    return tuple(sdk for sdk, _ in counted.most_common())


def snippets(report: Report, finding: Finding, sdks: Iterable[str]) -> list[tuple[str, Snippet]]:
    """What to show beside the fix of a finding, each with its title. ``sdks`` are those of the whole report: the next
    best where there is no code for the SDK of the finding itself, as where a server's event shows what a page lacks."""
    held = report.fix_code.get(finding.rule, {})
    own = dict.fromkeys(sdk for event in _events(finding) if (sdk := sdk_of(event.library)) in held)
    code = [sdk for sdk in own if sdk is not None and held[sdk].is_code]
    reasons = [sdk for sdk in own if sdk is not None and not held[sdk].is_code]
    if code:
        shown = code[:_SHOWN]
    else:
        others = [sdk for sdk in (*sdks, *(() if own else held)) if sdk in held and held[sdk].is_code]
        shown = reasons[:1] + others[:1]
    return [(TITLES[sdk], held[sdk]) for sdk in shown]


def _events(finding: Finding) -> list[Event]:
    return [finding.event, *(event for _, event in finding.evidence)]
