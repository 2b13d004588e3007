"""Which mistakes can be mended in a replay, and how: one function per kind of mend."""

from collections.abc import Callable, Iterable, Mapping

from auditor.identities.breaks import LOGOUT, TWO_USERS
from auditor.identities.edits import Edits, Scene
from auditor.identities.mend_alias import alias_first, alias_made
from auditor.identities.mend_identify import identify_first, identify_on_client
from auditor.identities.mend_ids import one_user_id, valid_anonymous_id, valid_user_id, without_user_id
from auditor.identities.mend_reset import reset_between
from auditor.identities.truth import MISMATCH
from auditor.model.finding import Finding

Mend = Callable[[Finding, Scene, Edits], str | None]
"""Mends one finding, or says why it cannot be."""

_ONE_BY_ONE: Mapping[str, Mend] = {
    "alias-after-identify": alias_first,
    "server-identify-before-client-alias": alias_first,
    "missing-alias": alias_made,
    "identify-after-track": identify_first,
    "signup-without-identify": identify_first,
    "login-without-identify": identify_first,
    "missing-identify-on-page-load": identify_first,
    "server-identify-only": identify_on_client,
    "placeholder-user-id": without_user_id,
    "user-id-is-anonymous-id": without_user_id,
    MISMATCH: one_user_id,
    "user-id-refused-by-destination": valid_user_id,
    "anonymous-id-not-uuid4": valid_anonymous_id,
}
_TOGETHER = {LOGOUT, TWO_USERS}
"""Rules whose findings are mended together, because each parts what the one before left."""
MENDABLE = frozenset(_ONE_BY_ONE) | _TOGETHER
"""The rules about mistakes that merge rules of destinations can suffer from."""
MERGING = frozenset({*_TOGETHER, MISMATCH, "placeholder-user-id", "user-id-is-anonymous-id"})
"""Those of them that can make two people one."""
SPLITTING = MENDABLE - {"missing-identify-on-page-load"}
"""Those that can split one: a user who was identified before is joined already, even if not on every page."""


def mended(rule: str, findings: Iterable[Finding], scene: Scene) -> Edits:
    """The edits that undo what the findings of a rule of ``MENDABLE`` are about."""
    edits = Edits()
    if rule in _TOGETHER:
        reset_between(rule, [finding for finding in findings if finding.rule in _TOGETHER], scene, edits)
        return edits
    for finding in findings:
        if finding.rule == rule:
            reason = _ONE_BY_ONE[rule](finding, scene, edits)
            if reason is None:
                edits.mended += 1
            else:
                edits.unmend(reason)
    return edits
