"""Customer.io: people, and anonymous events that wait for an identify."""

import re
from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node

LONGEST = 150
_DAY = 86_400_000
KEPT = 30 * _DAY
AFTERWARDS = 5 * 60_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class CustomerIo(Destination):
    """The rules (domain.md 4.7; CIO ``journeys/merge-anonymous``, ``journeys/anonymous-events``, ``alias-spec``; AD
    ``…/customerio/utils.ts``):

    1. A call with a userId is that person's. A userId that looks like an e-mail address is taken as one, one that
       begins with ``cio_`` as the internal id; an id has up to 150 characters.
    2. A call without one is an anonymous event. It makes no person, and is kept for 30 days.
    3. An identify that carries the anonymous_id gives the person the anonymous events that wait under it, and those
       that arrive within five minutes after it. Later ones wait for the next identify.
    4. What was given to a person stays there: a second user on the device gets only what came in between.
    5. alias merges the previous profile, or the anonymous events of the previous id, into the user; it is of use right
       before identify.
    """

    name = "customerio"
    title = "Customer.io"
    links_by = "an identify that carries the anonymousId, within 30 days"
    reasons: ClassVar[Mapping[str, str]] = {
        "id_too_long": f"an id has at most {LONGEST} characters",
        "anonymous_events_expired": "the anonymous events were older than 30 days when the person was identified",
        "self_alias": "the alias names the user as its own previous id, which merges nothing",
    }
    doubts = ("the 30 days of anonymous events are counted in whole days, from midnight UTC",)

    def __init__(self) -> None:
        super().__init__()
        self._waiting: dict[str, set[int]] = {}
        self._given: dict[str, int] = {}
        self._last: dict[str, tuple[Node, int]] = {}

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.user is not None and len(call.user) > LONGEST:
            self.refuse("id_too_long", call.user)
            return None
        if call.kind == "alias":
            self._alias(call)
            return None
        if call.user is None:
            return self._anonymous(call)
        person = self._person(call.user)
        if call.kind == "identify" and call.anonymous is not None:
            self._give(person, call.anonymous, call.time)
        return person

    def profile(self, node: Node) -> Node | None:
        """The person; ``None`` for anonymous events that nobody was given."""
        return self.profiles.find(node) if self.profiles.marked(node) else None

    def _person(self, user: str) -> Node:
        kind = "cio_id" if user.startswith("cio_") else "email" if _EMAIL.fullmatch(user) else "id"
        node = self.profiles.add((kind, user))
        self.profiles.mark(node)
        return node

    def _anonymous(self, call: Call) -> Node | None:
        if call.anonymous is None or not call.counted:
            return None
        person, until = self._last.get(call.anonymous, (None, 0))
        if person is not None and call.time <= until:
            return person
        day = call.time // _DAY
        self._waiting.setdefault(call.anonymous, set()).add(day)
        return self.profiles.add(self._stack(call.anonymous, day))

    def _stack(self, anonymous: str, day: int) -> Node:
        """Anonymous events of one day that wait together; those given away before are another stack."""
        return ("anonymous", anonymous, str(self._given.get(anonymous, 0)), str(day))

    def _give(self, person: Node, anonymous: str, time: int) -> None:
        for day in self._waiting.pop(anonymous, ()):
            if (day + 1) * _DAY <= time - KEPT:
                self.refuse("anonymous_events_expired", *person, anonymous)
            else:
                self.profiles.join(person, self._stack(anonymous, day))
        self._given[anonymous] = self._given.get(anonymous, 0) + 1
        self._last[anonymous] = (person, time + AFTERWARDS)

    def _alias(self, call: Call) -> None:
        previous = call.previous or call.anonymous
        if call.user is None or previous is None:
            return
        if call.user == previous:
            self.refuse("self_alias", call.user)
            return
        person = self._person(call.user)
        if previous in self._waiting:
            self._give(person, previous, call.time)
            return
        for kind in ("id", "email", "cio_id"):
            if (kind, previous) in self.profiles:
                self.profiles.join(person, (kind, previous))
