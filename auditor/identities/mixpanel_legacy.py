"""Mixpanel without ID merge: a look-up table of aliases, and nothing is ever moved."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.mixpanel_ids import REASONS, is_rejected
from auditor.identities.profiles import Node


class MixpanelLegacy(Destination):
    """The rules (domain.md 4.1, "Legacy (no merge)"; domain.md 0, item 4; MPD ``legacy/aliases.md``):

    1. An event is stored under its distinct_id: the userId, else the anonymousId.
    2. ``alias(user, previous)`` enters the user into a table; from then on the user's events go to ``previous``. It is
       not retroactive: what is stored already stays where it is.
    3. An alias points to one distinct_id: a second one for the same user fails.
    4. alias has to come before the first identify of the user, on any side: an id that has a profile of its own is no
       alias any more, and the anonymous history stays with nobody.
    5. Several users may be aliases of one distinct_id: they are then one profile.
    6. identify links nothing; on a second device the visits before login are orphaned.
    """

    name = "mixpanel-legacy"
    title = "Mixpanel, legacy (no merge)"
    links_by = "an alias before the first identify, once per user"
    reasons: ClassVar[Mapping[str, str]] = {
        **REASONS,
        "already_identified": "alias came after the user had been identified or tracked: too late, nothing is joined",
    }
    doubts = (
        "an event that Mixpanel gets within about a second of the alias may be stored apart all the same (a race in its"
        " queue); this is not replayed",
    )

    def __init__(self) -> None:
        super().__init__()
        self._aliases: dict[str, str] = {}
        self._known: set[str] = set()

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
        self._known.add(distinct)
        return self.profiles.add(("id", self._aliases.get(distinct, distinct)))

    def _alias(self, user: str | None, previous: str | None) -> None:
        if user is None or previous is None:
            return
        if is_rejected(user) or is_rejected(previous):
            self.refuse("rejected_distinct_id", user)
            return
        stored = self._aliases.get(previous, previous)
        if user == previous:
            self.refuse("self_alias", user)
        elif user in self._aliases:
            if self._aliases[user] != stored:
                self.refuse("alias_taken", user, previous)
        elif user in self._known:
            self.refuse("already_identified", user, previous)
        elif stored != user:
            self._aliases[user] = stored
