"""Leaving out the findings that a baseline holds, and making a baseline of findings."""

from auditor.engine.findings import place_of
from auditor.model.baseline import Accepted, Baseline
from auditor.model.finding import Finding, Suppressed


def without_baselined(findings: list[Finding], baseline: Baseline) -> tuple[list[Finding], list[Suppressed]]:
    """The findings that are new, and those that the baseline holds.

    New is a fingerprint that it does not hold, or what is above the count that it holds: then the latest are shown.
    """
    left = {fingerprint: accepted.count for fingerprint, accepted in baseline.accepted.items()}
    new, suppressed = [], []
    for finding in findings:
        if left.get(finding.fingerprint, 0) > 0:
            left[finding.fingerprint] -= 1
            suppressed.append(Suppressed(finding, "baselined", "in the baseline"))
        else:
            new.append(finding)
    return new, suppressed


def baseline_of(findings: list[Finding]) -> Baseline:
    """A baseline that holds all of them."""
    accepted: dict[str, Accepted] = {}
    for finding in findings:
        held = accepted.get(finding.fingerprint)
        if held is None:
            accepted[finding.fingerprint] = Accepted(finding.rule, place_of(finding.event), 1)
        else:
            accepted[finding.fingerprint] = Accepted(held.rule, held.where, held.count + 1)
    return Baseline(accepted)


def pruned(baseline: Baseline, now: Baseline) -> Baseline:
    """The baseline without what is found no more, and with no more of anything than is found: it only shrinks."""
    return Baseline(
        {
            fingerprint: Accepted(held.rule, held.where, min(held.count, now.accepted[fingerprint].count))
            for fingerprint, held in baseline.accepted.items()
            if fingerprint in now.accepted
        }
    )
