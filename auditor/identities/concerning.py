"""Which findings are about one destination, of those for all of them."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from auditor.checks import refused_id
from auditor.engine.adjusting import adjust
from auditor.identities.mends import MENDABLE
from auditor.language.profiles import Profile
from auditor.language.rule import Rule
from auditor.model.finding import Finding
from auditor.timelines.timelines import Timelines

_REFUSED = "user-id-refused-by-destination"
"""The one rule that has a finding for each destination in use."""


def concerning(
    profile: Profile, findings: Iterable[Finding], rules: Iterable[Rule], timelines: Timelines
) -> list[Finding]:
    """The findings that there are where this destination is the only one in use; ``rules`` are those that count."""
    kinds: dict[str, set[str | None]] = {}
    for rule in rules:
        if rule.id in MENDABLE and (not rule.destinations or profile.name in rule.destinations):
            adjusted = adjust(rule, {profile.name: profile}, decided=False)
            if not adjusted.off:
                kinds[rule.id] = {kind.name for kind in adjusted.kinds} if rule.kinds else {None}
    found = {}
    for finding in findings:
        if finding.kind not in kinds.get(finding.rule, ()):
            continue
        if finding.rule == _REFUSED and finding.kind not in _refusals(finding, profile, timelines):
            continue
        found[finding.rule, finding.kind, id(finding.event)] = finding
    return list(found.values())


def _refusals(finding: Finding, profile: Profile, timelines: Timelines) -> set[str | None]:
    options: Any = SimpleNamespace(profiles=(profile,))
    return {problem.kind for problem in refused_id.check(0, [finding.event], options, timelines)}
