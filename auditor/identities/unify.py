"""Segment Unify: flat matching of identifiers, with limits and priorities."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node

LIMITS = {"user_id": 1, "email": 5, "anonymous_id": 5}
"""Identifiers in their order of priority, with the default limit of values on one profile."""
_Held = dict[str, set[str]]


class Unify(Destination):
    """The rules (domain.md 4.6; SD ``src/unify/identity-resolution/identity-resolution-{settings,onboarding}.md``):

    1. Each call is matched by its identifiers: user_id, email (traits.email, context.traits.email, properties.email),
       anonymous_id. No profile matches: a new one. One matches: the call and its identifiers are added to it. Several
       match: they are merged.
    2. A profile holds at most 1 user_id and 5 values of every other identifier.
    3. Where the result would hold more, the call's identifier of the lowest priority (user_id, email, then by the
       alphabet) is taken off, and the call is matched again.
    4. alias does nothing.
    5. Blocked values (zeroes and dashes, -1, null, anonymous) are a suggestion that has to be switched on: not applied
       here.
    """

    name = "unify"
    title = "Segment Unify (Personas)"
    links_by = "any call that carries both ids, within the limits"
    reads_email = True
    reasons: ClassVar[Mapping[str, str]] = {
        "user_id_limit": "the profile would hold two user_ids: the identifier of the lowest priority is taken off",
        "email_limit": "the profile would hold more than 5 e-mail addresses",
        "anonymous_id_limit": "the profile would hold more than 5 anonymous_ids",
        "alias_ignored": "alias does nothing in Unify",
    }
    doubts = (
        "limits are taken to be the defaults (1 user_id, 5 of each other identifier, ever) and no value to be blocked;"
        " identifiers besides user_id, email and anonymous_id are not replayed",
    )

    def __init__(self) -> None:
        super().__init__()
        self._by_identifier: dict[tuple[str, str], Node] = {}
        self._held: dict[Node, _Held] = {}

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            self.refuse("alias_ignored", call.user, call.previous)
            return None
        values = (call.user, call.email, call.anonymous)
        identifiers = [(kind, value) for kind, value in zip(LIMITS, values, strict=True) if value is not None]
        known = self._by_identifier
        while identifiers:
            matched = {self.profiles.find(known[one]) for one in identifiers if one in known}
            if len(matched) == 1 and all(one in known for one in identifiers):
                return matched.pop()
            held = self._together(matched, identifiers)
            over = next((kind for kind, limit in LIMITS.items() if len(held[kind]) > limit), None)
            if over is None:
                return self._resolve(matched, identifiers, held)
            self.refuse(f"{over}_limit", *(value for _, value in identifiers))
            identifiers.pop()
        return None

    def _together(self, matched: set[Node], identifiers: list[tuple[str, str]]) -> _Held:
        held: _Held = {kind: set() for kind in LIMITS}
        for node in matched:
            for kind, values in self._held[node].items():
                held[kind] |= values
        for kind, value in identifiers:
            held[kind].add(value)
        return held

    def _resolve(self, matched: set[Node], identifiers: list[tuple[str, str]], held: _Held) -> Node:
        node = self.profiles.add(min(matched) if matched else ("profile", *identifiers[0]))
        for other in matched:
            self.profiles.join(node, other)
            del self._held[other]
        for identifier in identifiers:
            self._by_identifier[identifier] = node
        root = self.profiles.find(node)
        self._held[root] = held
        return root
