"""Who was on which page when: two people of one page and one kind of browser are one to a log."""

from bisect import bisect_left
from collections import defaultdict

from benchmarks.simulate.answer import Answer, Departure
from benchmarks.simulate.browser import Document
from benchmarks.simulate.run import Household


class Crowd:
    """The calls of all households by page and ``userAgent``."""

    def __init__(self, held: list[Household]) -> None:
        self._there: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for household in held:
            for call in household.truth.executed:
                if isinstance(call.document, Document) and call.message is not None:
                    there = call.document.url, call.document.browser.agent.text
                    self._there[there].append((call.message.t, household.number))
        for moments in self._there.values():
            moments.sort()

    def hides(self, answer: Answer, household: Household) -> bool:
        """Whether somebody else of such a browser was where the answer's visitor came from, in that time."""
        return answer.left is not None and self._another(answer.left, household.number)

    def _another(self, left: Departure, number: int) -> bool:
        moments = self._there[left.url, left.agent]
        start = bisect_left(moments, (left.first, -1))
        return any(other != number for t, other in moments[start:] if t <= left.last)
