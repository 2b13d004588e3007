"""Kissmetrics: identities that alias, or the browser's identify, joins for good."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node

LONGEST = 255


class Kissmetrics(Destination):
    """The rules (domain.md 4.2; KM ``docs/identities``, ``docs/understanding-identities``,
    ``docs/squished-identities…``):

    1. An event is stored under the identity: the userId, else the anonymousId.
    2. The browser's (and the phone's) first identify aliases the anonymous visitor to the user by itself.
    3. Once somebody is named in a browser, identify of another user aliases nothing: two people. What is anonymous
       there afterwards goes on counting for the one who was named first.
    4. A server's identify joins nothing: it has to alias (anonymous to user) first.
    5. alias joins two identities for good, whatever they are: two named ones, too.
    6. No value is refused: users who are all called "undefined" or "none" are one person, and cannot be parted again.
    7. An identity has up to 255 characters.
    """

    name = "kissmetrics"
    title = "Kissmetrics"
    links_by = "the browser's first identify, or alias"
    reasons: ClassVar[Mapping[str, str]] = {
        "browser_already_named": "another user was named in this browser: identify joins anonymous visitors only",
        "self_alias": "the alias names the user as its own previous id, which joins nothing",
        "id_too_long": f"an identity has at most {LONGEST} characters",
    }
    doubts = ("an id of more than 255 characters is counted as refused; Kissmetrics may cut it instead",)

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            self._alias(call.user, call.previous or call.anonymous)
            return None
        identity = call.user or call.anonymous
        if identity is None or call.kind == "group":
            return None
        if len(identity) > LONGEST:
            self.refuse("id_too_long", identity)
            return None
        if call.user is not None:
            if call.kind == "identify" and call.client and call.anonymous is not None:
                self._identify(call.user, call.anonymous)
            self.profiles.mark(("id", call.user))
        return self.profiles.add(("id", identity))

    def _identify(self, user: str, anonymous: str) -> None:
        one, other = ("id", user), ("id", anonymous)
        if self.profiles.same(one, other):
            return
        if self.profiles.marked(other):
            self.refuse("browser_already_named", user, anonymous)
        else:
            self.profiles.join(one, other)

    def _alias(self, user: str | None, previous: str | None) -> None:
        if user is None or previous is None:
            return
        if user == previous:
            self.refuse("self_alias", user)
        elif max(len(user), len(previous)) > LONGEST:
            self.refuse("id_too_long", user, previous)
        else:
            self.profiles.join(("id", user), ("id", previous))
            self.profiles.mark(("id", user))
