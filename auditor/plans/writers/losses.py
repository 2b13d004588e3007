"""What a target cannot hold, gathered while a plan is written and told in one line for each kind."""

from collections.abc import Iterable

_EXAMPLES = 3


class Losses:
    """What is not carried over, by kind, with the events that it belonged to."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def add(self, what: str, event: str | None = None) -> None:
        """One thing that the target has no place for."""
        self._found.setdefault(what, []).extend([] if event is None else [event])

    def members(self, held: Iterable[str], event: str | None = None) -> None:
        """Members that only the plan's own format has."""
        for member in held:
            self.add(member, event)

    def lines(self) -> list[str]:
        """One line for each kind, in the order in which they were met."""
        return [f"{what}{_of(events)}" for what, events in self._found.items()]


def _of(events: list[str]) -> str:
    if not events:
        return ""
    shown = ", ".join(f'"{event}"' for event in events[:_EXAMPLES])
    rest = len(events) - _EXAMPLES
    return f" of {shown}" + (f" and {rest} more" if rest > 0 else "")
