"""Findings that are not reported: within what a rule tolerates, or of less confidence than asked for. Both are counted.

This comes before one rule's finding takes the place of another's: what is not reported takes no place.
"""

from collections import Counter

from auditor.config.settings import CONFIDENCES
from auditor.engine.plan import Plan
from auditor.model.finding import Finding, RuleResult


def reported(plan: Plan, findings: list[Finding], results: list[RuleResult]) -> list[Finding]:
    """The findings to report. How many are not is set on the rules' results, with a reason where all are tolerated."""
    tolerances = {active.rule.id: active.tolerate for active in plan.active if active.tolerate is not None}
    if tolerances:
        counts = Counter(finding.rule for finding in findings)
        silent = set()
        for result in results:
            count = counts[result.id]
            share = tolerances.get(result.id)
            if share is not None and count and count * share[1] <= share[0] * result.candidates:
                result.tolerated = count
                silent.add(result.id)
        findings = [finding for finding in findings if finding.rule not in silent]
    least = CONFIDENCES.index(plan.min_confidence)
    low = Counter(finding.rule for finding in findings if CONFIDENCES.index(finding.confidence) < least)
    if not low:
        return findings
    for result in results:
        result.hidden = low[result.id]
    return [finding for finding in findings if finding.rule not in low]
