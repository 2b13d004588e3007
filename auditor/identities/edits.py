"""How a replay differs from the log where a mistake is mended: calls changed, left out, or made before others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from auditor.identities.calls import Arrivals, Call, Visitors
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines


@dataclass
class Edits:
    """What is done to the calls; events are named by ``id``.

    ``users`` and ``visitors`` replace a userId or anonymousId wherever it stands (by ``None``: it is left out).
    ``mended`` counts the findings that were mended, ``unmended`` why the others could not be.
    """

    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    before: dict[int, list[Call]] = field(default_factory=dict)
    users: dict[str, str | None] = field(default_factory=dict)
    visitors: dict[str, str] = field(default_factory=dict)
    mended: int = 0
    unmended: dict[str, int] = field(default_factory=dict)

    def change(self, event: Event, **members: Any) -> None:
        """Have members of a call be others."""
        self.changed.setdefault(id(event), {}).update(members)

    def insert(self, event: Event, call: Call) -> None:
        """Have a call be made right before an event."""
        self.before.setdefault(id(event), []).append(call)

    def unmend(self, reason: str) -> None:
        """Count a finding that cannot be mended."""
        self.unmended[reason] = self.unmended.get(reason, 0) + 1

    def applied(self, event: Event, call: Call) -> Iterator[Call]:
        """The calls that take the place of an event's."""
        for made in self.before.get(id(event), ()):
            yield self._renamed(made._replace(time=call.time))
        if id(event) not in self.dropped:
            changed = self.changed.get(id(event))
            yield self._renamed(call._replace(**changed) if changed else call)

    def _renamed(self, call: Call) -> Call:
        if self.users and (call.user in self.users or call.previous in self.users):
            call = call._replace(user=self._user(call.user), previous=self._user(call.previous))
        if self.visitors and (call.anonymous in self.visitors or call.previous in self.visitors):
            call = call._replace(anonymous=self._visitor(call.anonymous), previous=self._visitor(call.previous))
        return call

    def _user(self, value: str | None) -> str | None:
        return value if value is None else self.users.get(value, value)

    def _visitor(self, value: str | None) -> str | None:
        return value if value is None else self.visitors.get(value, value)


class Scene:
    """What mends look things up in: the log, in the order in which it arrived. Grows with the users."""

    def __init__(self, timelines: Timelines, arrived: Arrivals) -> None:
        self.timelines = timelines
        self.visitors = Visitors(timelines)
        self.first: dict[str, Event] = {}
        self.aliased: dict[str, Event] = {}
        for event in arrived.events:
            user = event.user_id
            if user is None:
                continue
            if event.type != "alias":
                self.first.setdefault(user, event)
            elif event.previous_id not in (None, user) and user not in self.first:
                self.aliased.setdefault(user, event)
