"""Identify calls that come too late or not at all: made right before the call that needed them."""

from auditor.identities.calls import Call
from auditor.identities.edits import Edits, Scene
from auditor.model.event import Event
from auditor.model.finding import Finding


def identify_first(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """Identify before the flagged call, which then carries the user.

    The user is the one that the evidence identifies (``identify-after-track``), else the one the call itself carries.
    """
    event = finding.event
    late = next((one for role, one in finding.evidence if role == "late" and one.user_id is not None), None)
    user = late.user_id if late is not None else event.user_id
    if user is None:
        return "the log does not say who it was"
    edits.insert(event, _identify(user, event, scene))
    edits.change(event, user=user)
    return None


def identify_on_client(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``server-identify-only``: the client identifies too, before its next view; what it sends from then on carries
    the user, until it does by itself or is reset."""
    user, visitor = finding.event.user_id, finding.event.anonymous_id
    view = next((one for role, one in finding.evidence if role == "later"), None)
    if user is None or visitor is None or view is None or view.lane is None:
        return "the log does not show the client's next page"
    edits.insert(view, _identify(user, view, scene))
    for event in scene.timelines.lanes[view.lane].events:
        if event.t >= view.t:
            if event.user_id is not None or event.after_reset or event.type == "reset":
                break
            edits.change(event, user=user)
    return None


def _identify(user: str, event: Event, scene: Scene) -> Call:
    return Call("identify", user, scene.visitors.of(event))
