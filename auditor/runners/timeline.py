"""One timeline of a log with the findings beside it: the check's own findings, of the whole log."""

from dataclasses import replace

from auditor import __version__
from auditor.engine.one_timeline import NotFound, Sought, events_of, rows_of, skewed, touching
from auditor.language.loader import RuleSet
from auditor.logs.reader import RejectSink
from auditor.model.log import InputError
from auditor.model.naming import is_pseudonym
from auditor.model.timeline import Change, Timeline
from auditor.runners.local import Request, judge
from auditor.runners.redaction import Renaming


def timeline_of(sought: Sought, request: Request, rules: RuleSet, on_reject: RejectSink | None = None) -> Timeline:
    """The timeline; without rows where the log has no events. Raises ``InputError`` where an input cannot be read, or
    the log has no such id."""
    judged = judge(request, rules, on_reject)
    timelines, log, naming = judged.timelines, judged.log, judged.naming
    try:
        events = events_of(sought, timelines, naming) if log.events else []
    except NotFound as nothing:
        raise InputError(str(nothing)) from nothing
    findings = touching(judged.findings, events)
    devices = {number for number in map(timelines.device, events) if number is not None}
    timeline = Timeline(
        version=__version__,
        files=log.files,
        entries=log.entries,
        key=(sought.name, sought.value),
        devices=tuple(sorted(number + 1 for number in devices)),
        of_devices=timelines.devices.count,
        users=tuple(dict.fromkeys(event.user_id for event in events if event.user_id is not None)),
        rows=tuple(rows_of(events, findings, timelines)),
        findings=tuple(findings),
        skewed=skewed(events, timelines),
        records=log.records,
        events=log.arrivals,
        rejected=log.rejected,
        skipped=log.skipped,
        rejects=log.located,
    )
    return _redacted(timeline, Renaming(naming)) if request.redact else timeline


def _redacted(timeline: Timeline, renaming: Renaming) -> Timeline:
    naming = renaming.naming
    shown = {"anonymousId": naming.device, "userId": naming.user}

    def renamed(change: Change) -> Change:
        name = shown[change.name]
        before, after = (None if value is None else name(value) for value in (change.before, change.after))
        return Change(change.name, before, after)

    name, value = timeline.key
    numbered = name == "device" and all(row.event.anonymous_id != value for row in timeline.rows)
    if not numbered and not is_pseudonym(value):
        value = naming.user(value) if name == "user" else naming.device(value)
    return replace(
        timeline,
        key=(name, value),
        users=tuple(map(naming.user, timeline.users)),
        rows=tuple(
            replace(row, event=renaming.event(row.event), changes=tuple(map(renamed, row.changes)))
            for row in timeline.rows
        ),
        findings=tuple(map(renaming.finding, timeline.findings)),
    )
