"""Ids that are none, are two for one person, or are none that the destination takes: left out, or replaced."""

from auditor.identities.edits import Edits, Scene
from auditor.identities.mend_reset import new_visitor
from auditor.model.finding import Finding


def without_user_id(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``placeholder-user-id`` and ``user-id-is-anonymous-id``: nobody is identified by such a value."""
    if finding.event.user_id is None:
        return "the call carries no userId"
    edits.users[finding.event.user_id] = None
    return None


def one_user_id(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``client-server-id-mismatch``: the server uses the client's id."""
    client = next((event.user_id for role, event in finding.evidence if role == "client"), None)
    if finding.event.user_id is None or client is None:
        return "the log does not show the client's id"
    edits.users[finding.event.user_id] = client
    return None


def valid_user_id(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``user-id-refused-by-destination``: another id for the same user, that every destination takes."""
    if finding.event.user_id is None:
        return "the call carries no userId"
    edits.users[finding.event.user_id] = new_visitor(finding.event.user_id, 0)
    return None


def valid_anonymous_id(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``anonymous-id-not-uuid4``: the library's own kind of id for the same visitor."""
    if finding.event.anonymous_id is None:
        return "the call carries no anonymousId"
    edits.visitors[finding.event.anonymous_id] = new_visitor(finding.event.anonymous_id, 0)
    return None
