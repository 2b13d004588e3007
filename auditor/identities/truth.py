"""Whom we believe a call to be by: the timelines' person, and what the findings add to it."""

from collections.abc import Callable, Iterable

from auditor.identities.breaks import Stay, breaks_of, resets_of, stays
from auditor.identities.calls import from_posthog
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.identities import AFTER_RESET
from auditor.timelines.timelines import Timelines

MISMATCH = "client-server-id-mismatch"


class Truth:
    """Persons as design.md 5 has them: the user; else the one user that the anonymousId was ever seen with; else the
    anonymousId by itself. What this alone cannot tell is told by resets and findings, or is uncertain (``None``):

    * An anonymousId that outlives a reset (RudderStack, PostHog) is another visitor after it, as a new one would be.
    * An anonymousId that two users had is nobody's, unless a finding shows where one left and the other came.
    * After a logout without reset the old userId goes on being sent: that is the next user's, if the same device shows
      one, else uncertain.
    * A user whom the server calls by another id than the browser is one person (``client-server-id-mismatch``).

    ``kept`` are those who came after a reset that kept the anonymousId which is sent on, as RudderStack's does.
    """

    def __init__(self, timelines: Timelines, findings: Iterable[Finding], placeholder: Callable[[str], bool]) -> None:
        findings = list(findings)
        self._timelines = timelines
        self._also: dict[str, str] = {}
        self._told: dict[int, str | None] = {}
        self._shared: dict[str, str | None] = {}
        self.kept: set[str] = set()
        for finding in findings:
            client = next((event.user_id for role, event in finding.evidence if role == "client"), None)
            if finding.rule == MISMATCH and client is not None and finding.event.user_id is not None:
                self._also[finding.event.user_id] = client
        for stay in stays([*breaks_of(findings, timelines), *resets_of(timelines)], timelines):
            stale = set(map(id, stay.stale))
            person = self._there(stay, {self._user(user) for user in stay.users if not placeholder(user)})
            after_reset = stay.begun is not None and stay.begun.left is None
            if person is not None and after_reset and not from_posthog(stay.events[0]):
                self.kept.add(person)
            for event in stay.events:
                if event.user_id is None or id(event) in stale or placeholder(event.user_id):
                    self._told[id(event)] = person

    @staticmethod
    def _there(stay: Stay, users: set[str]) -> str | None:
        """Whom the events of a stay are by that do not say it."""
        if len(users) == 1:
            return "user " + users.pop()
        if users or (stay.begun is not None and stay.begun.left is not None):
            return None
        anonymous = stay.events[0].anonymous_id
        return f"device {anonymous}{AFTER_RESET}{stay.number}" if stay.begun is not None else f"device {anonymous}"

    def person(self, event: Event) -> str | None:
        """``user ID`` or ``device ID``; ``None`` where nobody can tell."""
        if id(event) in self._told:
            return self._told[id(event)]
        person = self._timelines.person(event)
        if person is None:
            return None
        kind, _, value = person.partition(" ")
        if kind == "user":
            return "user " + self._user(value)
        if value not in self._shared:
            users = {self._user(user) for user in self._timelines.users_of.get(value, ())}
            self._shared[value] = person if not users else "user " + users.pop() if len(users) == 1 else None
        return self._shared[value]

    def owns(self, person: str | None, user: str | None) -> bool:
        """Whether a userId is that of a person."""
        return user is not None and person == "user " + self._user(user)

    def _user(self, user: str) -> str:
        return self._also.get(user, user)
