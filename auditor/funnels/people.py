"""Whom to count an event for: once a person, across devices where identity allows it, and not where it does not.

A user is a person. What an anonymousId did that was seen with one user is that user's, before and after; so is what
was done on a device of one user (``timelines.devices``), such as reading on after a logout with reset. On a device of
several users an anonymous event belongs to the user who is identified next, with no reset between, else to the one
before; what is left may be either's, and is counted for nobody: whoever it was may be counted already. A device without
a user is one person. Placeholder ids are nobody's.
"""

from collections.abc import Callable

from auditor.model.event import Event
from auditor.timelines.lanes import Lane
from auditor.timelines.timelines import Timelines

Person = str
"""``user ID``, or ``device N`` with the number of the device, and the number of the anonymous event behind it where one
device had several people whom nobody knows."""


_NOBODY: set[str] = set()


def user_of(person: Person) -> str | None:
    """The userId of a person who has one."""
    return person[5:] if person.startswith("user ") else None


class People:
    """The person of every event. ``uncertain`` counts the stretches of lanes that may be one of several people's."""

    def __init__(
        self, timelines: Timelines, placeholder: Callable[[str], bool], signup: Callable[[Event], bool]
    ) -> None:
        """``signup`` tells events that are somebody's of their own, even where nobody knows whose."""
        self.timelines = timelines
        self.uncertain = 0
        self._placeholder = placeholder
        self._signup = signup
        self._names: dict[str, Person] = {}
        self._same: dict[Person, Person] = {}
        self._parted: dict[int, dict[int, Person | None]] = {}
        self._of_lane: list[Person | None] = []
        self._users_of_device: dict[int, set[str]] = {}
        own = [self._users(lane) for lane in timelines.lanes]
        for lane, users in zip(timelines.lanes, own, strict=True):
            if users:
                device = timelines.devices.of[lane.number]
                before = self._users_of_device.get(device)
                self._users_of_device[device] = users if before is None else before | users
        for lane, users in zip(timelines.lanes, own, strict=True):
            self._of_lane.append(self._whole(lane, users))
        self._by_anonymous = {lane.events[0].anonymous_id: lane.number for lane in timelines.lanes}

    def of(self, event: Event) -> Person | None:
        """The person; ``None`` where it may be one of several, or nobody's."""
        return self.joined(self.apart(event))

    def of_whole(self, lane: Lane) -> Person | None:
        """The person of a lane that is one person's."""
        return self.joined(self._of_lane[lane.number])

    def joined(self, person: Person | None) -> Person | None:
        """Whom a person was joined to."""
        while person is not None and person in self._same:
            person = self._same[person]
        return person

    def join(self, one: Person, other: Person) -> None:
        """Count what ``one`` did for ``other``: they are one person, as something shows that is no id."""
        one, other = self.joined(one) or one, self.joined(other) or other
        if one != other:
            self._same[one] = other

    def apart(self, event: Event) -> Person | None:
        """The person as ids alone show it, whoever was joined since."""
        lane = event.lane
        if lane is None:
            user = event.user_id
            if user is not None and not self._placeholder(user):
                return self._named(user)
            number = self._by_anonymous.get(event.anonymous_id) if event.anonymous_id is not None else None
            return None if number is None else self._of_lane[number]
        parted = self._parted.get(lane)
        return self._of_lane[lane] if parted is None else parted.get(id(event))

    def _named(self, user: str) -> Person:
        return self._names.setdefault(user, "user " + user)

    def _users(self, lane: Lane) -> set[str]:
        """The users of a lane's anonymousId, on whatever lane; of a lane whose id several share, its own."""
        shared = self.timelines.users_of.get(lane.events[0].anonymous_id or "", set())
        if len(shared) <= 1:
            return shared
        return {user for user in lane.users if not self._placeholder(user)}

    def _whole(self, lane: Lane, users: set[str]) -> Person | None:
        """The one person of a lane, where there is one; else its events are parted."""
        device = self.timelines.devices.of[lane.number]
        around = self._users_of_device.get(device, _NOBODY)
        if len(users) == 1:
            return self._named(next(iter(users)))
        if not users and len(around) == 1:
            return self._named(next(iter(around)))
        if not users and not around:
            return f"device {device}"
        self._part(lane, device, around)
        return None

    def _part(self, lane: Lane, device: int, around: set[str]) -> None:
        """Give the events of a lane of several users to them, stretch by stretch."""
        found = self._parted[lane.number] = {}
        waiting: list[Event] = []
        current: str | None = None

        def settle(user: str | None) -> None:
            """Give the waiting events to a user, or leave them to nobody."""
            named = None if user is None else self._named(user)
            if named is None and waiting:
                own = next((event for event in waiting if self._signup(event)), None)
                self.uncertain += 1
                if own is not None:
                    named = f"device {device}/{own.time}.{own.line}.{own.position}"
            for event in waiting:
                found[id(event)] = named
            waiting.clear()

        for event in lane.events:
            user = event.user_id
            if event.type == "reset" or event.after_reset:
                settle(current)
                current = None
            if user is not None and not self._placeholder(user):
                settle(user)
                current = user
                found[id(event)] = self._named(user)
            else:
                waiting.append(event)
        settle(current)
