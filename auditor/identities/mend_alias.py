"""Aliases that come too late, link nothing or are not called: made before anything else of their user arrives."""

from auditor.identities.calls import Call
from auditor.identities.edits import Edits, Scene
from auditor.model.finding import Finding


def alias_first(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``alias-after-identify`` and ``server-identify-before-client-alias``: the same alias, with the anonymousId
    where it named the user, ahead of the user's first call. A user who was aliased in time before needs no other: it
    is left out."""
    event = finding.event
    user, previous = event.user_id, event.previous_id
    if previous == user:
        previous = scene.visitors.of(event)
    if user is None or previous is None:
        return "the alias names no anonymousId"
    edits.dropped.add(id(event))
    if user not in scene.aliased:
        edits.insert(scene.first.get(user, event), Call("alias", user, scene.visitors.of(event), previous))
    return None


def alias_made(finding: Finding, scene: Scene, edits: Edits) -> str | None:
    """For ``missing-alias``: an alias of the user to the anonymousId that the call carries, ahead of the user's first
    call."""
    event = finding.event
    visitor = scene.visitors.of(event)
    if event.user_id is None or visitor is None:
        return "the call carries no anonymousId, so the log does not say whom to alias"
    edits.insert(scene.first.get(event.user_id, event), Call("alias", event.user_id, visitor, visitor))
    return None
