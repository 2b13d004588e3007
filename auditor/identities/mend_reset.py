"""A reset that was missing: from there on the device is another visitor."""

import hashlib
import uuid
from collections.abc import Iterable

from auditor.identities.breaks import breaks_of, proves_break, stays
from auditor.identities.edits import Edits, Scene
from auditor.model.finding import Finding


def reset_between(findings: Iterable[Finding], scene: Scene, edits: Edits) -> None:
    """For ``missing-reset-on-logout`` and ``two-users-on-one-device``: a new anonymousId for whoever came next, and no
    userId until an identify. Where analytics.js took another anonymousId at that identify, it goes on with the new
    one."""
    findings = list(findings)
    breaks = breaks_of(findings, scene.timelines)
    for stay in stays(breaks, scene.timelines):
        if stay.number == 0:
            continue
        stale = set(map(id, stay.stale))
        visitor = new_visitor(stay.events[0].anonymous_id or "", stay.number) if stay.events else None
        for event in stay.events:
            edits.change(event, anonymous=visitor, **({"user": None} if id(event) in stale else {}))
        if stay.onward is not None:
            for event in scene.timelines.lanes[stay.onward].events:
                edits.change(event, anonymous=visitor)
    shown = sum(proves_break(finding, scene.timelines) for finding in findings)
    edits.mended += shown
    if len(findings) > shown:
        edits.unmended["the log does not show what came after"] = len(findings) - shown


def new_visitor(anonymous: str, number: int) -> str:
    """The anonymousId that a reset would have made: a version 4 UUID, always the same for the same place in a log."""
    digest = hashlib.sha256(f"{anonymous} after reset {number}".encode("utf-8", "surrogatepass")).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
