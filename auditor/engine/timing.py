"""Where the time of a run goes. Only a run that is asked for it has a clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from auditor.engine.rule_run import RuleRun
from auditor.model.finding import Finding
from auditor.timelines.lanes import Lane

if TYPE_CHECKING:
    from auditor.timelines.timelines import Timelines


class TimedRun(RuleRun):
    """A rule at work with a clock beside it. ``violations`` counts what it found, before anything is taken out."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.seconds = 0.0
        self.violations = 0

    def on_lane(self, lane: Lane) -> Iterator[Finding]:
        """As without a clock, all at once."""
        begun = perf_counter()
        return self._counted(list(super().on_lane(lane)), begun)

    def elsewhere(self) -> Iterator[Finding]:
        """As without a clock, all at once."""
        begun = perf_counter()
        return self._counted(list(super().elsewhere()), begun)

    def _counted(self, found: list[Finding], begun: float) -> Iterator[Finding]:
        self.seconds += perf_counter() - begun
        self.violations += len(found)
        return iter(found)


@dataclass
class Statistics:
    """Seconds that a run takes, by what it does. Each step is told when it is over."""

    events: int = 0
    reading: float = 0.0
    timelines: float = 0.0
    rules: float = 0.0
    runs: list[TimedRun] = field(default_factory=list)
    _since: float = field(default_factory=perf_counter)

    def begin(self) -> None:
        """The log is going to be read."""
        self._lap()

    def was_read(self, events: int) -> None:
        """The log is read; timelines come next."""
        self.events, self.reading = events, self._lap()

    def were_made(self, timelines: "Timelines") -> None:
        """Lanes are in order; the rules come next. What the first rule to ask for it would have made, is made here:
        no rule's time holds it."""
        _ = timelines.page_loads, timelines.devices, timelines.users_of
        self.timelines = self._lap()

    def have_run(self) -> None:
        """The rules are done."""
        self.rules = self._lap()

    def run(self, *arguments: Any) -> TimedRun:
        """A rule at work, with a clock."""
        self.runs.append(TimedRun(*arguments))
        return self.runs[-1]

    def _lap(self) -> float:
        now = perf_counter()
        self._since, taken = now, now - self._since
        return taken
