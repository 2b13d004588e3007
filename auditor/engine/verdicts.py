"""One candidate under every order that its unordered pairs allow (design.md 4).

Violated if it is so under every order, satisfied if under every order, else unsure.
"""

from itertools import product
from math import prod

from auditor.engine.evaluate import NO, OPEN, YES, CompiledConditions, Elsewhere, Outcome, View, evaluate
from auditor.model.event import Event
from auditor.timelines.order import MOST_ORDERS, clusters, has_unordered, orders

VIOLATED, SATISFIED, UNSURE = "violated", "satisfied", "unsure"

Case = tuple[str | None, CompiledConditions]
"""One way to break the rule: a kind's name (``None`` for a rule without kinds) and its conditions."""


class Judge:
    """Judges the candidates of one timeline. ``cases`` are tried in order; the first that holds names the finding."""

    def __init__(self, shared: CompiledConditions, events: list[Event], end: int, elsewhere: Elsewhere) -> None:
        self.shared = shared
        self.view = View(events, end)
        self.elsewhere = elsewhere
        self.unordered = has_unordered(events)

    def verdict(self, index: int, cases: list[Case]) -> tuple[str, str | None, Outcome | None]:
        """The verdict on the event at ``index``, the kind, and the outcome that the evidence is taken from."""
        if not self.unordered:
            return self._under(self.view, index, cases)
        flagged = self.view.events[index]
        found: tuple[str, str | None, Outcome | None] | None = None
        kinds = []
        arrangements = self._arrangements(flagged, cases)
        if arrangements is None:
            return UNSURE, None, None
        for events in arrangements:
            result = self._under(View(events, self.view.end), events.index(flagged), cases)
            if found is not None and result[0] != found[0]:
                return UNSURE, None, None
            if result[0] == UNSURE:
                return UNSURE, None, None
            found = found or result
            kinds.append(result)
        assert found is not None
        if found[0] == VIOLATED and len({kind for _, kind, _ in kinds}) > 1:
            order = [kind for kind, _ in cases]
            return min(kinds, key=lambda result: order.index(result[1]))
        return found

    def _under(self, view: View, index: int, cases: list[Case]) -> tuple[str, str | None, Outcome | None]:
        """The verdict under one order."""
        shared = evaluate(self.shared, view, index, self.elsewhere)
        if shared.state == NO:
            return SATISFIED, None, None
        open_case = False
        for kind, conditions in cases:
            outcome = evaluate(conditions, view, index, self.elsewhere)
            if outcome.state == YES:
                if shared.state == OPEN:
                    return UNSURE, None, None
                merged = Outcome(YES, {**shared.evidence, **outcome.evidence}, {**shared.counts, **outcome.counts})
                return VIOLATED, kind, merged
            open_case = open_case or outcome.state == OPEN
        return (UNSURE if open_case else SATISFIED), None, None

    def _arrangements(self, flagged: Event, cases: list[Case]) -> list[list[Event]] | None:
        """Every order that matters, of the events that matter; ``None`` if there are too many to try."""
        clauses = [*self.shared.clauses, *(c for _, conditions in cases for c in conditions.clauses)]
        relevant = 0
        for compiled in clauses:
            relevant |= compiled.bit | compiled.since | compiled.until
        chained = any(c.since or c.until or c.clause.where is not None for c in clauses)
        groups = clusters([e for e in self.view.events if e is flagged or e.mask & relevant])
        choices: list[list[list[Event]]] = []
        for group in groups:
            if len(group) == 1 or not (chained or any(event is flagged for event in group)):
                choices.append([group])
                continue
            if len(group) > 7:
                return None
            choices.append(list(orders(group)))
        if prod(len(choice) for choice in choices) > MOST_ORDERS:
            return None
        return [[event for group in chosen for event in group] for chosen in product(*choices)]
