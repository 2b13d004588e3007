"""One difference between two plans."""

from dataclasses import dataclass

from auditor.model.plan import Place


@dataclass(frozen=True)
class Change:
    """What became of an event, or of a property of it (``property``, such as "properties.plan").

    ``breaking``: an event that was valid may be a violation now. ``kind`` is a word for programs, ``text`` a sentence
    for people; ``place`` is where the new plan says it, or where the old one did.
    """

    kind: str
    breaking: bool
    event: str
    type: str
    property: str
    text: str
    place: Place
