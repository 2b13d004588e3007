"""Amplitude: an Amplitude ID for each user, with the devices' anonymous events given to whom they were last known
as."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node

SHORTEST = 5


class Amplitude(Destination):
    """The rules (domain.md 4.3; AMW ``amplitude-id-assignment``, ``identify-users``, ``batch-event-upload``):

    1. user_id and device_id (the anonymousId) shorter than 5 characters are taken off the event; an event left with
       neither is rejected.
    2. An event with a user_id is the user's. Anonymous events on a device that never had a user are one Amplitude ID.
    3. The first user seen on a device takes over its earlier anonymous events.
    4. Later anonymous events on the device are that user's, until another user_id is seen there, who then has them.
    5. A second user on the device is another Amplitude ID; two user_ids never merge, and a user_id never changes.
    6. alias is off (user mapping is an add-on).
    7. No user_id is refused for what it says: everybody called ``None`` is one user.
    """

    name = "amplitude"
    title = "Amplitude"
    links_by = "the first call that carries userId and anonymousId"
    reasons: ClassVar[Mapping[str, str]] = {
        "events_with_invalid_id_lengths": f"the id has less than {SHORTEST} characters and is taken off the event",
        "events_with_missing_fields": "the event has neither a user_id nor a device_id left and is rejected",
        "user_mapping_off": "alias reaches Amplitude's user mapping, which is an add-on and off by default",
    }
    doubts = ("min_id_length is taken to be the default, 5; RudderStack sends 1",)

    def __init__(self) -> None:
        super().__init__()
        self._user_on: dict[str, str] = {}

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            self.refuse("user_mapping_off", call.user, call.previous)
            return None
        user, device = self._long_enough(call.user), self._long_enough(call.anonymous)
        if user is None and device is None:
            self.refuse("events_with_missing_fields", call.user, call.anonymous)
            return None
        if user is None:
            known = self._user_on.get(device or "")
            return self.profiles.add(("device", device or "") if known is None else ("user", known))
        node: Node = ("user", user)
        if device is not None:
            if device not in self._user_on:
                self.profiles.join(node, ("device", device))
            self._user_on[device] = user
        return self.profiles.add(node)

    def _long_enough(self, value: str | None) -> str | None:
        if value is not None and len(value) < SHORTEST:
            self.refuse("events_with_invalid_id_lengths", value)
            return None
        return value
