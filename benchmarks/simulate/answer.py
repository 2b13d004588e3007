"""One answer of the key."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that is wrong. ``once``: what a rule says once only, over households too (a placeholder's value)."""

    rule: str
    ids: frozenset[str]
    kind: str | None = None
    once: str | None = None
    asked: bool = True
    """False: true, but not certain to be seen in the log."""
    planted: bool = False
    cause: str = ""
