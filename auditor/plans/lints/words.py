"""Names as their words: what two spellings of one name have in common."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from auditor.model.plan import Plan, PlannedEvent, Property, properties

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_AUTOMATIC = re.compile(r"^\$|^\[Amplitude\]|^mp_|^(Application|Push Notification|Deep Link|Install) [A-Z]")
"""How vendors' own events begin (domain.md 5.3, 8.5)."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters: of `signedUp`, `Signed Up` and `signed-up` alike."""
    return tuple(word.casefold() for word in _WORD.findall(unicodedata.normalize("NFKC", name)))


def folded(name: str) -> str:
    """A name without case and without what stands between its words. Other signs count: `#a` is not `a`."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", name)).casefold()


def is_automatic(name: str) -> bool:
    """Whether a vendor's SDK sends an event of this name by itself, so that nobody chose the name."""
    return _AUTOMATIC.match(name) is not None


def named_events(plan: Plan, types: Iterable[str] = ("track",)) -> Iterator[PlannedEvent]:
    """The planned events that have a name somebody chose, each once, by its first version."""
    for (kind, name), versions in plan.distinct.items():
        if kind in types and name and not is_automatic(name):
            yield versions[0]


def named_properties(
    plan: Plan, sections: Iterable[str] = ("properties", "traits")
) -> dict[tuple[str, str], list[tuple[PlannedEvent, Property]]]:
    """Properties at the top of their section, by (section, name), with all places of the plan that plan them."""
    found: dict[tuple[str, str], list[tuple[PlannedEvent, Property]]] = {}
    for event in plan.events:
        for one in properties(event):
            if one.section in sections and len(one.path) == 1:
                section = "group traits" if one.section == "traits" and event.type == "group" else one.section
                found.setdefault((section, one.path[0]), []).append((event, one))
    return found
