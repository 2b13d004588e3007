"""New accounts that something but the client's signup proves, and the client signups that arrived."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from auditor.checks.signup_never_arrived import made, never_arrived
from auditor.funnels.people import People, Person
from auditor.language.loader import RuleSet
from auditor.model.event import Event
from auditor.timelines.order import TIME, sort_events
from auditor.timelines.timelines import Timelines

MISSING_SIGNUP = "missing-signup"


@dataclass(frozen=True, slots=True)
class Account:
    """A new account: ``created`` when, ms; ``proof`` the call that shows it, ``None`` where the database does alone.
    ``lacking``: whether the client's signup never came; ``None``: it still may. ``method`` is the database's word."""

    person: Person
    user: str
    created: int
    proof: Event | None
    lacking: bool | None
    method: str | None = None


def options_of(rules: RuleSet, bit_of: Callable[[Any], int]) -> Any:
    """The options of the rule ``missing-signup`` as its check takes them: the funnel asks by the same words."""
    rule = next(rule for rule in rules.rules if rule.id == MISSING_SIGNUP)

    def answer(option: Any) -> Any:
        if not hasattr(option, "matcher"):
            return option
        bit = bit_of(option)
        return lambda event: bool(event.mask & bit)

    return SimpleNamespace(**{name: answer(option) for name, option in rule.options.items()})


class Proving:
    """Asks of accounts whether their signup came. ``needed`` are the bits of the events that decide."""

    def __init__(self, timelines: Timelines, options: Any, needed: int) -> None:
        self.timelines = timelines
        self.options = options
        self.needed = needed
        self.clients = bool(timelines.lanes)

    def lacking(self, created: int, timeline: list[Event]) -> bool | None:
        """Whether the client's signup never came; ``None``: it still may, or the log holds no client at all."""
        return never_arrived(created, timeline, self.options, self.timelines) if self.clients else None

    def meant(self, signups: dict[Person, list[Event]]) -> set[str]:
        """Users of the devices that sent a signup of nobody known: any of them may be meant."""
        users_of = self.timelines.users_of
        return {
            user
            for whose, events in signups.items()
            if not whose.startswith("user ")
            for event in events
            for user in users_of.get(event.anonymous_id or "", ())
        }

    def timelines_by_user(self) -> dict[str, list[Event]]:
        """What decides of each user, in order of time."""
        groups = self.timelines.by(("person",), self.timelines.having(self.needed))
        return {key[5:]: events for key, events in groups.items() if isinstance(key, str) and key.startswith("user ")}

    def proved(self, people: People, proofs: int, signups: dict[Person, list[Event]]) -> dict[Person, Account]:
        """The accounts that a call with one of the bits ``proofs`` shows, by person. One of several users of a device
        whose signup nobody can tell has it, as far as anybody knows."""
        timelines = self.timelines
        shown = [event for event in timelines.having(proofs) if made(event, self.options, timelines) is not None]
        groups = timelines.by(("person",), timelines.having(self.needed), shown)
        person_of = timelines.key("person")
        meant = self.meant(signups)
        found: dict[Person, Account] = {}
        sort_events(shown, TIME)
        for event in shown:
            person, user = people.of(event), event.user_id
            created = made(event, self.options, timelines)
            if person is None or user is None or created is None or person in found:
                continue
            arrived = person in signups or user in meant
            lacking = False if arrived else self.lacking(created, groups.get(person_of(event), []))
            found[person] = Account(person, user, created, event, lacking)
        return found


def arrived_signups(timelines: Timelines, people: People, bit: int) -> tuple[dict[Person, list[Event]], int]:
    """The client signups that arrived by person, each in order of time, and how many are nobody's."""
    found: dict[Person, list[Event]] = {}
    nobody = 0
    for event in timelines.having(bit):
        if not timelines.arrived(event):
            continue
        person = people.of(event)
        if person is None:
            nobody += 1
        else:
            found.setdefault(person, []).append(event)
    for events in found.values():
        sort_events(events, TIME)
    return found, nobody
