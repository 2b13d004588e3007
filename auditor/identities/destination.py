"""What every destination has: calls go in one by one, and afterwards each id is in a profile, or in none."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from auditor.identities.calls import Call
from auditor.identities.profiles import Node, Profiles


class Destination(ABC):
    """The merge rules of one destination, with the state that they need: ids, never events.

    ``name`` is that of the profile in ``rules/destinations/``. ``links_by`` ends the sentence "... are joined by".
    ``reasons`` words each reason for which it refuses something, by the vendor's own code where there is one.
    ``doubts`` are sentences about what the replay cannot know. ``reads_email`` says that it merges by e-mail address.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    links_by: ClassVar[str]
    reasons: ClassVar[Mapping[str, str]] = {}
    doubts: ClassVar[tuple[str, ...]] = ()
    reads_email: ClassVar[bool] = False

    def __init__(self) -> None:
        self.profiles = Profiles()
        self.refused: Counter[str] = Counter()
        self.latest: list[str] = []
        self._refused_ids: set[tuple[str | None, ...]] = set()

    @abstractmethod
    def take(self, call: Call) -> Node | None:
        """Take a call in. The id that it is stored under; ``None`` where it is stored under nobody, or only links."""

    def profile(self, node: Node) -> Node | None:
        """The profile that an id is in, once all calls are taken; ``None`` where it makes none."""
        return self.profiles.find(node)

    def refuse(self, reason: str, *ids: str | None) -> None:
        """Count a refusal, once for the same ids; ``latest`` has the reasons since it was last emptied."""
        self.latest.append(reason)
        key = (reason, *ids)
        if key not in self._refused_ids:
            self._refused_ids.add(key)
            self.refused[reason] += 1
