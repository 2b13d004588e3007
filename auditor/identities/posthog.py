"""PostHog: distinct_ids that ``$identify`` and ``$create_alias`` put together as one person."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node

LONGEST = 200
_IN_ANY_CASE = (
    *("anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined"),
    *("true", "false"),
)
_IN_THIS_CASE = ("[object Object]", "NaN", "None", "none", "null", "0", "undefined")
_FOLDED = frozenset(f"{quote}{value}{quote}" for value in _IN_ANY_CASE for quote in ("", "'", '"'))
_EXACT = frozenset(f"{quote}{value}{quote}" for value in _IN_THIS_CASE for quote in ("", "'", '"'))


def is_illegal(value: str) -> bool:
    """Whether PostHog merges nothing with this distinct_id (domain.md 4.4; PHS ``person-merge-service.ts``)."""
    return not value.strip() or value.lower() in _FOLDED or value in _EXACT


class PostHog(Destination):
    """The rules (domain.md 4.4; PHS ``person-merge-service.ts`` @1c15bc7; PHD ``identify.mdx``):

    1. An event is stored under its distinct_id: the userId, else the anonymousId, cut to 200 characters.
    2. identify is ``$identify`` {distinct_id: userId, ``$anon_distinct_id``: anonymousId}: the anonymous person is
       merged into the user. alias is ``$create_alias`` {distinct_id: userId, alias: previousId}: the alias' person is
       merged into the user (the direction of the code; domain.md 9).
    3. A merge with an illegal id is refused (``cannot_merge_with_illegal_distinct_id``); the event itself is kept.
    4. Where both have a person, the merge is refused if the one to be merged is identified already
       (``cannot_merge_already_identified``).
    5. Where only one of the two has a person, the other id is added to it, identified or not: a user who is new to
       PostHog and is identified on a device that belongs to somebody becomes that somebody.
    6. ``$identify`` and ``$create_alias`` mark the person as identified.
    """

    name = "posthog"
    title = "PostHog"
    links_by = "identify on the visitor's own anonymousId"
    reasons: ClassVar[Mapping[str, str]] = {
        "cannot_merge_already_identified": "the person to be merged is identified as somebody already",
        "cannot_merge_with_illegal_distinct_id": "the id is on PostHog's list of values that are no ids",
    }
    doubts = ("events without a person profile ($process_person_profile: false) are replayed like all others",)

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            other = call.previous or call.anonymous
            if call.user is not None and other is not None:
                self._merge(other[:LONGEST], call.user[:LONGEST])
            return None
        distinct = call.user or call.anonymous
        if distinct is None or call.kind == "group":
            return None
        if call.kind == "identify" and call.user is not None and call.anonymous is not None:
            self._merge(call.anonymous[:LONGEST], call.user[:LONGEST])
        return self.profiles.add(("id", distinct[:LONGEST]))

    def _merge(self, other: str, into: str) -> None:
        if other == into:
            return
        for value in (into, other):
            if is_illegal(value):
                self.refuse("cannot_merge_with_illegal_distinct_id", value)
                return
        source, target = ("id", other), ("id", into)
        both = source in self.profiles and target in self.profiles
        if both and not self.profiles.same(source, target) and self.profiles.marked(source):
            self.refuse("cannot_merge_already_identified", other, into)
        else:
            self.profiles.join(source, target)
        self.profiles.mark(target)
