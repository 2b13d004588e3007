"""The findings that a team has accepted for now, by fingerprint and count."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Accepted:
    """``count`` findings of one fingerprint; ``rule`` and ``where`` say what they are, for whoever reads the file."""

    rule: str
    where: str
    count: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is accepted, by fingerprint."""

    accepted: dict[str, Accepted] = field(default_factory=dict)
