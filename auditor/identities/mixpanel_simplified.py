"""Mixpanel's Simplified ID Merge: the first event that has both ids joins them."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.mixpanel_ids import REASONS, is_rejected
from auditor.identities.profiles import Node


class MixpanelSimplified(Destination):
    """The rules (domain.md 4.1, "Simplified ID Merge"; MPD ``…/identifying-users-simplified.mdx``):

    1. An event is stored under ``$user_id``, else under ``$device:`` and the ``$device_id``: the userId, the
       anonymousId.
    2. The first event with both joins the device to the user, its earlier events too; any number of devices.
    3. identify and alias do nothing by themselves: at least one event after identify is needed.
    4. Two ``$user_id`` are never merged: a device stays with the user it was first joined to, and later anonymous
       events on it count for that user.
    """

    name = "mixpanel-simplified"
    title = "Mixpanel, Simplified ID Merge"
    links_by = "an event that carries userId and anonymousId"
    reasons: ClassVar[Mapping[str, str]] = {
        "rejected_distinct_id": REASONS["rejected_distinct_id"],
        "alias_without_function": "$create_alias has no function in this kind of project",
        "device_already_joined": "the device belongs to the user it was first joined to: two users never merge",
    }
    doubts = ("a join may take up to 24 hours to show in all of Mixpanel's reports",)

    def __init__(self) -> None:
        super().__init__()
        self._users: dict[str, str] = {}

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            self.refuse("alias_without_function", call.user, call.previous)
            return None
        distinct = call.user or call.anonymous
        if distinct is None or call.kind == "group":
            return None
        if is_rejected(distinct):
            self.refuse("rejected_distinct_id", distinct)
            return None
        if call.user is None:
            return self.profiles.add(("device", distinct))
        user: Node = ("user", call.user)
        if call.counted and call.anonymous is not None and not is_rejected(call.anonymous):
            owner = self._users.setdefault(call.anonymous, call.user)
            if owner == call.user:
                self.profiles.join(user, ("device", call.anonymous))
            else:
                self.refuse("device_already_joined", call.user, call.anonymous)
        return self.profiles.add(user)
