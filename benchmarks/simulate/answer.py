"""One thing that is wrong with a household's tracking, as the answer key holds it."""

from dataclasses import dataclass
from typing import NamedTuple


class Departure(NamedTuple):
    """A page that somebody left for the place of an answer, in a browser of this ``userAgent``. Who else was there
    between ``first`` and ``last``, ms, may as well be meant."""

    url: str
    agent: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that is wrong. ``once``: what a rule says once only, over households too (a placeholder's value)."""

    rule: str
    ids: frozenset[str]
    kind: str | None = None
    once: str | None = None
    asked: bool = True
    """False: true, but not certain to be seen in the log."""
    left: Departure | None = None
    planted: bool = False
    cause: str = ""
