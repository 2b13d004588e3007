"""Findings about the tracking plan by event, property and kind: how many calls, which share, when, who sent them."""

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from auditor.model.event import Event, extra
from auditor.model.finding import SEVERITIES, Finding
from auditor.model.plan import Plan
from auditor.model.violation import PlanResult, ViolationGroup
from auditor.timelines.timelines import Timelines

_APP = extra("app")
_SHOWN = 20
"""Versions and libraries that are counted one by one."""


def result_of(plan: Plan, findings: Iterable[Finding], timelines: Timelines) -> PlanResult:
    """What became of the plan."""
    violations = tuple(grouped(findings, timelines))
    return PlanResult(plan.name, plan.format, len(plan.distinct), len(plan.invalid), violations)


def grouped(findings: Iterable[Finding], timelines: Timelines) -> list[ViolationGroup]:
    """The groups: the severest first, then the largest, then by event, property and kind."""
    held: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.violation is not None:
            held.setdefault(finding.fingerprint, []).append(finding)
    calls = _calls(timelines.log.events) if held else Counter()
    groups = [_group(fingerprint, found, calls) for fingerprint, found in held.items()]
    return sorted(
        groups,
        key=lambda one: (
            -SEVERITIES.index(one.severity), -one.count, one.type, one.violation.label,
            one.violation.place, one.violation.kind,
        ),
    )  # fmt: skip


def _calls(events: list[Event]) -> Counter[tuple[str, str | None]]:
    """How many calls of each type and name there are."""
    calls: Counter[tuple[str, str | None]] = Counter()
    for (kind, event, name), count in Counter(map(attrgetter("type", "event", "name"), events)).items():
        calls[kind, name_of(Event(kind, event, name=name))] += count
    return calls


def name_of(event: Event) -> str | None:
    """The name that a plan knows a call by: of a track its event, of a page or screen its name."""
    return event.event if event.type == "track" else event.name if event.type in ("page", "screen") else None


def _group(fingerprint: str, found: list[Finding], calls: Counter[tuple[str, str | None]]) -> ViolationGroup:
    first = found[0]
    assert first.violation is not None
    times = [finding.event.time for finding in found]
    versions = Counter(version for finding in found if (version := _app_version(finding.event)) is not None)
    libraries = Counter(" ".join(filter(None, (f.event.library, f.event.version))) or "unknown" for f in found)
    return ViolationGroup(
        violation=first.violation,
        type=first.event.type,
        severity=first.severity,
        fingerprint=fingerprint,
        count=len(found),
        calls=calls[first.event.type, name_of(first.event)],
        first=min(times),
        last=max(times),
        app_versions=_most_first(versions),
        libraries=_most_first(libraries),
    )


def _app_version(event: Event) -> str | None:
    """``context.app.version``."""
    app = getattr(event.context, _APP, None)
    version = app.get("version") if isinstance(app, dict) else None
    return None if version is None else str(version)


def _most_first(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN])
