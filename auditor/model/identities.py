"""What a destination makes of the identities in a log: profiles, who was split, who was merged, what a fix is worth."""

from collections.abc import Mapping
from dataclasses import dataclass

AFTER_RESET = " after reset "
"""What stands between an anonymousId and the number of the reset after which it is another visitor's."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A merge, or an id, that the destination refused: the vendor's code where there is one, in words, and how often
    (once for the same ids)."""

    reason: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Split:
    """A person whose history is not in one profile.

    ``name`` is a userId, or where ``known`` is false an anonymousId, perhaps with ``AFTER_RESET`` and a number.
    ``profiles`` are the numbers of the profiles; ``elsewhere`` of the person's ``events`` are not in the profile of the
    user, ``orphaned`` of those anonymous. ``rules`` are those whose findings name the person's events, ``refused`` the
    reasons for which the destination refused the person's calls. ``kept``: the person came after a reset that kept the
    anonymousId, as RudderStack's does.
    """

    name: str
    known: bool
    profiles: tuple[int, ...]
    events: int
    elsewhere: int
    orphaned: int
    rules: tuple[str, ...]
    refused: tuple[str, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A profile that holds several people: pairs of name and whether that is a userId. ``placeholder`` is the userId
    that all of them were given, where it is none; ``kept`` as of a ``Split``, for some of them."""

    profile: int
    people: tuple[tuple[str, bool], ...]
    events: int
    placeholder: str | None
    rules: tuple[str, ...]
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one person has in one profile, by number; 0 is no profile."""

    profile: int
    name: str
    known: bool
    events: int
    orphaned: int


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay of a log.

    ``events`` are the track, page and screen calls that were replayed; ``people`` those whom they certainly are by;
    ``uncertain`` the events of which nobody can tell by whom they are; ``unstored`` those that are in no profile.
    ``orphaned`` are anonymous events that are not in the profile of their user. ``sizes`` are the events of each
    profile with how many profiles have that many. ``suffering`` counts people by the rules that split or merged them.
    """

    events: int
    profiles: int
    people: int
    orphaned: int
    uncertain: int
    unstored: int
    splits: tuple[Split, ...]
    merges: tuple[Merged, ...]
    refused: tuple[Refusal, ...]
    sizes: Mapping[int, int]
    shares: tuple[Share, ...]
    suffering: Mapping[str, int]

    @property
    def merged_people(self) -> int:
        """How many people share a profile with somebody else."""
        return len({name for merge in self.merges for name in merge.people})


@dataclass(frozen=True, slots=True)
class Worth:
    """What it is worth to mend one rule's findings. ``before`` is the replay of the log as it is.

    ``restored`` people get their whole history back, ``signups`` of them signed up in this log; ``events`` is how many
    fewer are elsewhere. ``unmended`` says why the other findings could not be mended, with how many; ``reason`` why the
    rule has none at all, where that is known.
    """

    rule: str
    findings: int
    mended: int
    unmended: tuple[tuple[str, int], ...]
    restored: int
    signups: int
    events: int
    before: Replay
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Identities:
    """What one destination makes of a log. ``replay`` is that of the mended log where there is a ``worth``.

    ``links_by`` ends the sentence "profiles are joined by"; ``doubts`` are sentences about what the replay cannot know.
    ``findings`` counts those of the rules that can be mended, as they are where this is the only destination in use.
    """

    destination: str
    title: str
    links_by: str
    doubts: tuple[str, ...]
    replay: Replay
    findings: Mapping[str, int]
    worth: Worth | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """All that `auditor identities` says of a log.

    ``named_by`` says who named the destinations: the command line, the configuration, the log. ``by_arrival``: the
    collector's clock gave the order. ``notes`` are sentences for the reader. The counts are those of a report.
    """

    version: str
    files: list[str]
    records: int
    events: int
    rejected: int
    skipped: int
    rejects: list[tuple[str, int, int, str]]
    named_by: str
    by_arrival: bool
    found: tuple[Identities, ...]
    notes: tuple[str, ...] = ()
