"""What the HTML report shows of the whole log beside the causes: the signup funnel, and the coverage of the plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from auditor.model.coverage import Coverage
from auditor.model.funnel import Funnel, Loss, Step
from auditor.reports.funnel_chart import drawn, missing
from auditor.reports.funnel_text import answer
from auditor.reports.lines import cut, many, sized
from auditor.reports.violations_text import percent

_NAMES, _NAME = 8, 80
"""Names of events that stand in the open; and of each so many characters."""
_LISTED = 200
"""Names that are listed at all."""


@dataclass(frozen=True)
class FunnelView:
    """A funnel as the template shows it. ``anchors`` are where rules stand in the document."""

    funnel: Funnel
    anchors: Mapping[str, str]

    @property
    def signups(self) -> bool:
        """Whether the log shows a signup at all: without one there is no funnel to draw."""
        held = self.funnel.signups
        return bool(held.measured or held.actual or held.uncertain)

    @property
    def answer(self) -> list[str]:
        """Signups and conversion, measured and corrected; or that none was seen, and which names are alike."""
        return list(answer(self.funnel))

    @property
    def drawing(self) -> Markup:
        """The steps as bars."""
        return Markup(drawn(self.funnel))

    @property
    def rows(self) -> list[tuple[Step, int, str, str]]:
        """The steps as rows: with who is missing by broken tracking, the share of the step before, the median time."""
        return [
            (step, missing(self.funnel, step) if step.shown else 0,
             "" if step.conversion is None else percent(step.conversion),
             "" if step.median is None else sized(step.median))
            for step in self.funnel.steps
        ]  # fmt: skip

    @property
    def broken(self) -> list[Loss]:
        """Losses of people who are there and do not show."""
        return sorted((loss for loss in self.funnel.losses if not loss.overcounts), key=lambda loss: -loss.people)

    @property
    def overcounted(self) -> list[Loss]:
        """Who is counted, and should not be, or not again."""
        return [loss for loss in self.funnel.losses if loss.overcounts]

    def anchor(self, loss: Loss) -> str:
        """Where the document says more of it; empty where it does not."""
        return self.anchors.get(loss.rule or "", "")


@dataclass(frozen=True)
class CoverageView:
    """The coverage of a plan as the template shows it."""

    coverage: Coverage

    @property
    def answer(self) -> str:
        """How much of the plan was seen."""
        held = self.coverage
        planned = many(len(held.events), "planned event")
        seen = f"{held.seen:,} of {planned} seen ({percent(held.percent / 100)})"
        if not held.planned_properties:
            return seen
        return f"{seen}, {percent(held.properties_percent / 100)} of the planned properties of those"

    @property
    def unseen(self) -> "Names":
        """Planned, never seen."""
        return Names([(_named(one.type, one.label), "", "") for one in self.coverage.events if not one.calls])

    @property
    def unplanned(self) -> "Names":
        """Seen, never planned: with how many calls, and the planned name that was probably meant."""
        held = self.coverage.unplanned
        return Names([(_named(one.type, one.name), f"{one.calls:,}", cut(one.meant or "", _NAME)) for one in held])


@dataclass(frozen=True)
class Names:
    """Names with a count and a hint; the first of them stand in the open."""

    every: Sequence[tuple[str, str, str]]

    @property
    def first(self) -> Sequence[tuple[str, str, str]]:
        """Those in the open."""
        return self.every[:_NAMES]

    @property
    def further(self) -> Sequence[tuple[str, str, str]]:
        """Those to be opened."""
        return self.every[_NAMES:_LISTED]

    @property
    def rest(self) -> int:
        """How many are not named."""
        return max(len(self.every) - _LISTED, 0)


def _named(kind: str, name: str) -> str:
    """A track by its name; any other call with what it is."""
    return cut(name if kind in ("track", name) else f"{kind} {name}", _NAME)
