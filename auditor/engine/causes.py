"""Cause, not cascade: one mistake often sets off several rules. Findings that share events are one problem."""

from auditor.model.finding import SEVERITIES, Finding


def causes(findings: list[Finding]) -> dict[int, int]:
    """For findings that follow from another one: the place of each in ``findings``, and that of its cause.

    Findings are of one problem if an event that one of them flags or shows is flagged or shown by the next. The cause
    is the first of the severest: nobody looks for an error beneath a hint. A finding that blames an event for itself
    alone (an e-mail as userId) shows no other event; it is neither cause nor consequence. ``findings`` are in order of
    time.
    """
    parents = list(range(len(findings)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = place = parents[parents[place]]
        return place

    seen: dict[int, int] = {}
    for place, finding in enumerate(findings):
        if finding.evidence:
            for event in (finding.event, *(event for _, event in finding.evidence)):
                parents[root(place)] = root(seen.setdefault(id(event), place))
    first: dict[int, int] = {}
    for place, finding in enumerate(findings):
        held = first.setdefault(root(place), place)
        if SEVERITIES.index(finding.severity) > SEVERITIES.index(findings[held].severity):
            first[root(place)] = place
    return {place: first[root(place)] for place in range(len(findings)) if first[root(place)] != place}
