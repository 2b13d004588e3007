"""Leaving out the findings that the config accepts, and saying which of its entries no longer serve."""

from datetime import date

from auditor.engine.classify import Classifier
from auditor.language.ignores import Ignoring
from auditor.model.finding import Finding, Suppressed


def without_ignored(
    findings: list[Finding], ignores: tuple[Ignoring, ...], classifier: Classifier, ran: set[str], today: date
) -> tuple[list[Finding], list[Suppressed], list[str]]:
    """The findings that stay, those that were left out, and a note for each entry that is expired or never met.

    Of an entry whose rule is not among those that ``ran`` nothing can be said.
    """
    used = dict.fromkeys(ignores, 0)
    kept, suppressed = [], []
    for finding in findings:
        entry = next((e for e in ignores if _accepts(e, finding, classifier, today)), None)
        if entry is None:
            kept.append(finding)
        else:
            used[entry] += 1
            suppressed.append(Suppressed(finding, "ignored", entry.reason))
    notes = []
    for entry, count in used.items():
        if entry.expires is not None and today > entry.expires:
            notes.append(
                f"{entry.place}: the ignore of {entry.rule} expired on {entry.expires}: renew it or take it out"
            )
        elif not count and entry.rule in ran:
            notes.append(f"{entry.place}: the ignore of {entry.rule} met no finding: take it out")
    return kept, suppressed, notes


def _accepts(entry: Ignoring, finding: Finding, classifier: Classifier, today: date) -> bool:
    if entry.rule != finding.rule or (entry.expires is not None and today > entry.expires):
        return False
    return bool(finding.event.mask & classifier.bits[entry.where])
