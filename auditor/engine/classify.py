"""Each event classified once: a bit mask of the predicates that hold for it.

What type, name, side and library decide is decided once per combination of them; what is left of each predicate then
is tested per event. Rules afterwards look at bits only.
"""

from collections.abc import Iterable

from auditor.language.fields import DERIVED, NESTED
from auditor.language.predicates import Constant, Matcher, Predicate
from auditor.model.event import Event


class Classifier:
    """Gives every predicate a bit and every event its mask. ``kept`` bits hold on to an event's nested members."""

    def __init__(self) -> None:
        self.bits: dict[Predicate, int] = {}
        self.kept = 0
        self._memo: dict[tuple[str, str | None, str, str | None], tuple[int, list[tuple[int, Matcher]]]] = {}

    def add(self, predicate: Predicate) -> int:
        """The bit of a predicate, a new one if it is new."""
        bit = self.bits.get(predicate)
        if bit is None:
            bit = self.bits[predicate] = 1 << len(self.bits)
        return bit

    def keep(self, predicates: Iterable[Predicate]) -> None:
        """Events for which one of these holds keep properties, traits and context."""
        for predicate in predicates:
            self.kept |= self.add(predicate)

    def classify(self, event: Event) -> None:
        """Set the event's mask; let go of its nested members unless some rule will read them."""
        key = (event.type, event.event, event.side, event.library)
        decided = self._memo.get(key)
        if decided is None:
            decided = self._memo[key] = self._decide(event)
        mask, pending = decided
        for bit, matches in pending:
            if matches(event, None):
                mask |= bit
        event.mask = mask
        if not mask & self.kept:
            event.properties = event.traits = event.context = None

    def derive(self, event: Event) -> None:
        """Add the bits of predicates on what is known only now that the log is read (copies, inferred resets)."""
        for predicate, bit in self.bits.items():
            if predicate.fields & DERIVED and predicate.matcher()(event, None):
                event.mask |= bit

    def _decide(self, event: Event) -> tuple[int, list[tuple[int, Matcher]]]:
        source = "server" if event.side == "server" else "client"
        known = {
            "type": event.type,
            "event": event.event,
            "side": event.side,
            "platform": event.side,
            "source": source,
            "library": event.library,
        }
        mask = 0
        pending = []
        for predicate, bit in self.bits.items():
            left = predicate.reduced(known)
            if isinstance(left, Constant):
                mask |= bit if left.value else 0
            else:
                pending.append((bit, left.matcher()))
        return mask, pending


def reads_nested(fields: Iterable[str]) -> bool:
    """Whether any of the fields lies inside properties, traits, context or raw."""
    return any(NESTED.match(field) for field in fields)
