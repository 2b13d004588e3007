"""One candidate under every order that its unordered pairs allow (design.md 4).

Violated if it is so under every order, satisfied if under every order, else unsure. Only pairs that can matter are
tried: what may have come before or after the candidate, and what may have come before or after the ``since`` and
``until`` events next to it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice, product
from math import prod

from auditor.engine.evaluate import NO, OPEN, YES, CompiledConditions, Elsewhere, Outcome, agrees, evaluate
from auditor.engine.views import Order, View
from auditor.language.compiler import references
from auditor.model.event import Event
from auditor.timelines.order import MOST_ORDERS, SLACK, beginnings, has_unordered, orders, precedes, spans, unordered

VIOLATED, SATISFIED, UNSURE = "violated", "satisfied", "unsure"

Case = tuple[str | None, CompiledConditions]
"""One way to break the rule: a kind's name (``None`` for a rule without kinds) and its conditions."""
Verdict = tuple[str, str | None, Outcome | None]
"""The verdict, the kind, and the outcome that the evidence is taken from."""

_MOST_MEMBERS = 40
"""Events of one cluster that are put into every order; past that the verdict is unsure."""
_MOST_BESIDE = 12
"""Events that may stand on either side of a candidate; past that it is unsure, unless both ends give one verdict."""
_Arrangement = tuple[list[int], list[int]]


class Judge:
    """Judges the candidates of one timeline. ``cases`` are all that a candidate may be asked about."""

    def __init__(
        self, shared: CompiledConditions, cases: Iterable[Case], events: list[Event], end: int, elsewhere: Elsewhere
    ) -> None:
        self.shared = shared
        self.view = View(events, end)
        self.sorted = Order(self.view)
        self.elsewhere = elsewhere
        self.unordered = has_unordered(events)
        self.clauses = [*shared.clauses, *(clause for _, conditions in cases for clause in conditions.clauses)]

    def verdict(self, index: int, cases: list[Case]) -> Verdict:
        """The verdict on the event at ``index``; the first of the cases that holds names the finding."""
        if not self.unordered:
            return self._under(self.sorted, index, cases)[0]
        own = self._spans[index]
        choices: list[Iterator[_Arrangement | None]] = []
        alone = False
        for span in self._spans_that_matter(index):
            if span == own and not self._chained(own):
                alone = not choices
                choices.append(self._around(index))
            else:
                alone = False
                choices.append(self._permuted(span, index))
        return self._over_all(choices, index, cases, alone)

    def _over_all(
        self, choices: list[Iterator[_Arrangement | None]], index: int, cases: list[Case], alone: bool
    ) -> Verdict:
        """One verdict over all arrangements. ``alone``: nothing but what came before the candidate is open, and the
        first two arrangements have none and all of it there. A clause that says the same of both says so of all."""
        results: list[Verdict] = []
        before: tuple[str, ...] = ()
        for number, chosen in enumerate(_combined(choices)):
            if chosen is None or number == MOST_ORDERS:
                return UNSURE, None, None
            order = Order(self.view, chosen) if chosen else self.sorted
            result, said = self._under(order, order.rank(index), cases)
            if result[0] == UNSURE or (results and results[0][0] != result[0]):
                return UNSURE, None, None
            results.append(result)
            if alone and number == 1 and said == before:
                break
            before = said
        names = [kind for kind, _ in cases]
        return min(results, key=lambda result: names.index(result[1]) if result[0] == VIOLATED else 0)

    def _under(self, order: Order, rank: int, cases: list[Case]) -> tuple[Verdict, tuple[str, ...]]:
        """The verdict under one order, and what the clauses said that it comes from."""
        shared = evaluate(self.shared, order, rank, self.elsewhere)
        said = shared.said
        if shared.state == NO:
            return (SATISFIED, None, None), said
        open_case = False
        for kind, conditions in cases:
            outcome = evaluate(conditions, order, rank, self.elsewhere)
            said += outcome.said
            if outcome.state == YES:
                if shared.state == OPEN:
                    return (UNSURE, None, None), said
                merged = Outcome(YES, {**shared.evidence, **outcome.evidence}, {**shared.counts, **outcome.counts})
                return (VIOLATED, kind, merged), said
            open_case = open_case or outcome.state == OPEN
        return (UNSURE if open_case else SATISFIED, None, None), said

    # Which orders ----------------------------------------------------------------------------------------------

    def _spans_that_matter(self, index: int) -> list[tuple[int, int]]:
        """The candidate's own span, and those of the nearest ``since`` before and ``until`` after it, with more than
        one event. A clause that refers to another's evidence may depend on any order."""
        if self._captures:
            return sorted({span for span in self._spans if span[1] - span[0] > 1})
        own = self._spans[index]
        found = {own}
        for clause in self.clauses:
            before = self._positions(clause.since)
            at = bisect_left(before, own[0])
            if at:
                found.add(self._spans[before[at - 1]])
            behind = self._positions(clause.until)
            at = bisect_left(behind, own[1])
            if at < len(behind):
                found.add(self._spans[behind[at]])
        return [span for span in found if span[1] - span[0] > 1]

    def _around(self, index: int) -> Iterator[_Arrangement | None]:
        """What may have come before the candidate, nothing and everything first: only its own place counts."""
        events = self.view.events
        flagged = events[index]
        start, stop = self._spans[index]
        first, last = index, index + 1
        while first > start and flagged.time - events[first - 1].time < SLACK:
            first -= 1
        while last < stop and events[last].time - flagged.time < SLACK:
            last += 1
        places = [at for at in range(first, last) if at == index or self._may_match(events[at], flagged)]
        either = [events[at] for at in places if at != index and unordered(events[at], flagged)]
        if not either:
            return
        sure = {at for at in places if precedes(events[at], flagged)}

        def arranged(beginning: Iterable[Event]) -> _Arrangement:
            early = {id(event) for event in beginning}
            ahead = [at for at in places if at in sure or id(events[at]) in early]
            behind = [at for at in places if at != index and at not in sure and id(events[at]) not in early]
            return places, [*ahead, index, *behind]

        yield arranged(())
        yield arranged(either)
        if len(either) > _MOST_BESIDE:
            yield None
            return
        for beginning in beginnings(either):
            if 0 < len(beginning) < len(either):
                yield arranged(beginning)

    def _permuted(self, span: tuple[int, int], index: int) -> Iterator[_Arrangement | None]:
        """Every order of a span's events that may match, open or close a scope, and of the candidate."""
        held = self._positions(self._relevant)
        start, stop = bisect_left(held, span[0]), bisect_left(held, span[1])
        if stop - start > _MOST_MEMBERS:
            yield None
            return
        events = self.view.events
        flagged = events[index]
        places = {at for at in held[start:stop] if self._may_match(events[at], flagged)}
        if span[0] <= index < span[1]:
            places.add(index)
        moved = sorted(places)
        at = {id(events[place]): place for place in moved}
        for ordered in orders([events[place] for place in moved]) if moved else ():
            yield moved, [at[id(event)] for event in ordered]

    def _may_match(self, event: Event, flagged: Event) -> bool:
        """Whether an event can count for a candidate, wherever it stands."""
        if event.mask & self._scopes or (self._captures and event.mask & self._relevant):
            return True
        return any(event.mask & c.bit and agrees(c, event, flagged, {"": flagged}) for c in self.clauses)

    def _chained(self, span: tuple[int, int]) -> bool:
        """Whether in this span more counts than what came before the candidate and what after it."""
        if self._captures:
            return True
        held = self._positions(self._scopes)
        return bisect_left(held, span[0]) < bisect_left(held, span[1])

    def _positions(self, bits: int) -> list[int]:
        return self.view.group(bits).positions if bits else []

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return spans(self.view.events)

    @cached_property
    def _scopes(self) -> int:
        return _union(clause.since | clause.until for clause in self.clauses)

    @cached_property
    def _relevant(self) -> int:
        return self._scopes | _union(clause.bit for clause in self.clauses)

    @cached_property
    def _captures(self) -> bool:
        return any(references(clause.clause.where) - {""} for clause in self.clauses)


def _combined(choices: list[Iterator[_Arrangement | None]]) -> Iterator[tuple[_Arrangement, ...] | None]:
    """One arrangement of each span, in all combinations; ``None`` where there are too many."""
    if not choices:
        yield ()
    if len(choices) == 1:
        nothing = True
        for arrangement in choices[0]:
            nothing = False
            yield None if arrangement is None else (arrangement,)
        if nothing:
            yield ()
    if len(choices) > 1:
        each = [list(islice(choice, MOST_ORDERS + 1)) for choice in choices]
        if any(None in kept for kept in each) or prod(len(kept) or 1 for kept in each) > MOST_ORDERS:
            yield None
        else:
            yield from product(*([a for a in kept if a is not None] for kept in each if kept))


def _union(masks: Iterable[int]) -> int:
    held = 0
    for mask in masks:
        held |= mask
    return held
