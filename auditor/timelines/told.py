"""What the identify calls of a log say of their users: who has which e-mail address, and since when."""

from collections.abc import Callable

from auditor.model.event import Event
from auditor.model.telling import email_of
from auditor.timelines.order import TIME, sort_events
from auditor.timelines.timelines import Timelines


class Told:
    """The identify calls that give an e-mail address: those of each user in order, who has each address, and the
    users who share one with somebody."""

    def __init__(self, events: list[Event]) -> None:
        self.of: dict[str, list[Event]] = {}
        self.users: dict[str, set[str]] = {}
        self._emails: dict[str, set[str]] = {}
        for event in events:
            user, email = event.user_id, email_of(event)
            if user is not None and email is not None:
                self.of.setdefault(user, []).append(event)
                self.users.setdefault(email, set()).add(user)
                self._emails.setdefault(user, set()).add(email)
        self.sharing = {user for users in self.users.values() if len(users) > 1 for user in users}
        for held in self.of.values():
            sort_events(held, TIME)

    def emails(self, user: str) -> set[str]:
        """The addresses that a user was ever said to have."""
        return self._emails.get(user, set())


def told(timelines: Timelines, tells: Callable[[Event], bool]) -> Told:
    """What a log says of its users, gathered once. ``tells`` is the predicate of such an identify."""
    found: Told | None = timelines.memo.get("told")
    if found is None:
        groups = timelines.log.by_mask.values()  # one mask, one answer
        found = Told([event for events in groups if events and tells(events[0]) for event in events])
        timelines.memo["told"] = found
    return found


def aliased(one: str, other: str, timelines: Timelines) -> bool:
    """Whether some call says that two userIds are names of one user."""
    links: set[frozenset[str | None]] | None = timelines.memo.get("aliased")
    if links is None:
        links = timelines.memo["aliased"] = {frozenset((e.user_id, e.previous_id)) for e in timelines.log.links}
    return frozenset((one, other)) in links


def lanes_of(timelines: Timelines) -> dict[str, list[int]]:
    """The numbers of the lanes of each user."""
    found: dict[str, list[int]] | None = timelines.memo.get("lanes of users")
    if found is None:
        found = timelines.memo["lanes of users"] = {}
        for lane in timelines.lanes:
            for user in lane.users:
                found.setdefault(user, []).append(lane.number)
    return found
