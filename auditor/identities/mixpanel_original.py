"""Mixpanel's Original ID Merge: clusters built by ``$identify`` and ``$create_alias``, retroactively."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.mixpanel_ids import REASONS, RESERVED, is_rejected, is_uuid4
from auditor.identities.profiles import Node

MOST_IDS = 500


class MixpanelOriginal(Destination):
    """The rules (domain.md 4.1, "Original ID Merge"; MPD ``…/identifying-users-original.mdx``,
    ``reference/create-identity.mdx``, ``identity-create-alias.mdx``), with calls sent on as Segment's destination does
    (domain.md 4.1):

    1. An event is stored under its distinct_id: the userId, else the anonymousId; all ids of a cluster are one profile,
       for events before the merge as well.
    2. identify sends ``$identify`` {``$identified_id``: userId, ``$anon_id``: anonymousId}. It merges only an anon id
       that is a UUID of version 4,
    3. and only one that was not merged with another identified id before: two users of one device stay two.
    4. alias sends ``$create_alias`` {distinct_id: previousId, alias: userId}: an alias maps to one distinct_id only.
    5. A cluster holds at most 500 ids.
    6. identify refuses ids that begin with ``$device:``; ``$merge`` comes by the import API alone and is no call.
    """

    name = "mixpanel-original"
    title = "Mixpanel, Original ID Merge"
    links_by = "identify with an anonymousId that is a version 4 UUID"
    reasons: ClassVar[Mapping[str, str]] = {
        **REASONS,
        "anon_id_not_uuid4": "the anonymous id is no version 4 UUID, so $identify does not merge it",
        "anon_id_already_merged": "the anonymous id was merged with another user before",
        "cluster_limit": f"the cluster would hold more than {MOST_IDS} ids",
        "reserved_prefix": f"identify refuses ids that begin with {RESERVED}",
    }
    doubts = ("a $merge that was sent to the import API is in no log of calls",)

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            self._alias(call.user, call.previous or call.anonymous)
            return None
        distinct = call.user or call.anonymous
        if distinct is None or call.kind == "group":
            return None
        if is_rejected(distinct):
            self.refuse("rejected_distinct_id", distinct)
            return None
        if call.kind == "identify" and call.user is not None:
            self._identify(call.user, call.anonymous)
        return self.profiles.add(("id", distinct))

    def _identify(self, user: str, anonymous: str | None) -> None:
        one, other = ("id", user), ("id", anonymous or "")
        if anonymous is None or self.profiles.same(one, other):
            self.profiles.mark(one)
        elif user.startswith(RESERVED):
            self.refuse("reserved_prefix", user)
        else:
            if not is_uuid4(anonymous):
                self.refuse("anon_id_not_uuid4", anonymous)
            elif self.profiles.marked(other):
                self.refuse("anon_id_already_merged", user, anonymous)
            else:
                self._join(one, other)
            self.profiles.mark(one)

    def _alias(self, user: str | None, previous: str | None) -> None:
        if user is None or previous is None:
            return
        one, other = ("id", user), ("id", previous)
        if is_rejected(user) or is_rejected(previous):
            self.refuse("rejected_distinct_id", user)
        elif user == previous:
            self.refuse("self_alias", user)
        elif self.profiles.size(one) > 1 and not self.profiles.same(one, other):
            self.refuse("alias_taken", user, previous)
        else:
            self._join(one, other)

    def _join(self, one: Node, other: Node) -> None:
        if not self.profiles.same(one, other) and self.profiles.size(one) + self.profiles.size(other) > MOST_IDS:
            self.refuse("cluster_limit", *one, *other)
        else:
            self.profiles.join(one, other)
