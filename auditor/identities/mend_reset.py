"""A reset that was missing: from there on the device is another visitor."""

import hashlib
import uuid
from collections.abc import Iterable

from auditor.identities.breaks import Behind, Break, Stay, breaks_of, resets_of, stays
from auditor.identities.calls import Call, from_posthog
from auditor.identities.edits import Edits, Scene
from auditor.model.finding import Finding


def reset_between(rule: str, findings: Iterable[Finding], scene: Scene, edits: Edits) -> None:
    """For ``missing-reset-on-logout`` and ``two-users-on-one-device``: a new anonymousId for whoever came next, and no
    userId until an identify. Where analytics.js took another anonymousId at that identify, it goes on with the new one;
    PostHog's SDK, which tells of a second user by ``$set`` alone, identifies.

    ``findings`` are those of both rules: a second user who came after a logout is parted from the first one there.
    """
    findings = list(findings)
    timelines = scene.timelines
    behind = Behind(breaks_of(findings, timelines), timelines)
    chosen: set[Break] = set()
    for finding in findings:
        if finding.rule == rule:
            shown = behind.of(finding)
            chosen.update(shown)
            if shown:
                edits.mended += 1
            else:
                edits.unmend("the log does not show what came after")
    ends = [one for one in resets_of(timelines) if from_posthog(timelines.lanes[one.lane].events[0])]
    first: dict[int, int] = {}
    for one in chosen:
        first[one.lane] = min(one.index, first.get(one.lane, one.index))
    for stay in stays([*chosen, *ends], timelines):
        if stay.begun in chosen:
            visitor = new_visitor(stay.events[0].anonymous_id or "", stay.number)
            _mend(stay, visitor, edits)
            if stay.begun is not None and stay.begun.onward is not None:
                onward = stay.begun.onward
                for event in timelines.lanes[onward].events[: first.get(onward)]:
                    edits.change(event, anonymous=visitor)


def _mend(stay: Stay, visitor: str, edits: Edits) -> None:
    stale = set(map(id, stay.stale))
    named = not from_posthog(stay.events[0])
    for event in stay.events:
        if id(event) in stale:
            edits.change(event, anonymous=visitor, user=None)
            continue
        edits.change(event, anonymous=visitor)
        if not named and event.user_id is not None:
            named = True
            edits.insert(event, Call("identify", event.user_id, visitor))


def new_visitor(anonymous: str, number: int) -> str:
    """The anonymousId that a reset would have made: a version 4 UUID, always the same for the same place in a log."""
    digest = hashlib.sha256(f"{anonymous} after reset {number}".encode("utf-8", "surrogatepass")).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
