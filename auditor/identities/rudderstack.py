"""RudderStack Profiles: the identity graph; whatever is connected is one."""

from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.destination import Destination
from auditor.identities.profiles import Node


class RudderStack(Destination):
    """The rules (domain.md 4.5 for the event stream; RudderStack's documentation of Profiles, "Identity graph" and "ID
    stitcher", for the merging):

    1. The gateway refuses a call that has neither userId nor anonymousId.
    2. The ID stitcher makes a graph of identifiers. A call with a userId and an anonymousId connects the two.
    3. Everything that is connected, however far, has one ``rudder_id``; there are no limits. Two users of one
       anonymousId are one person.
    4. alias is handed on to destinations and is no input of the graph.
    5. No value is filtered unless the project says so: a placeholder connects everybody who has it.

    The event stream itself merges nobody: it hands calls on, and what becomes of them is up to the destinations behind.
    """

    name = "rudderstack"
    title = "RudderStack (Profiles)"
    links_by = "any call that carries userId and anonymousId"
    reasons: ClassVar[Mapping[str, str]] = {
        "no_ids": "request neither has anonymousId nor userId",
        "alias_not_an_input": "alias is handed on to destinations and connects nothing in Profiles",
    }
    doubts = (
        "the inputs of the ID stitcher are taken to be identifies, tracks, pages and screens with user_id and"
        " anonymous_id, with no filter; a project may name other ids",
    )

    def take(self, call: Call) -> Node | None:
        """Take a call in."""
        if call.kind == "alias":
            self.refuse("alias_not_an_input", call.user, call.previous)
            return None
        if call.user is None and call.anonymous is None:
            self.refuse("no_ids")
            return None
        if call.user is not None and call.anonymous is not None:
            self.profiles.join(("user_id", call.user), ("anonymous_id", call.anonymous))
        return self.profiles.add(
            ("user_id", call.user) if call.user is not None else ("anonymous_id", call.anonymous or "")
        )
