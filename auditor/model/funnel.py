"""The signup funnel of a log: its steps, what was lost and why, and the conversion as measured and as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.event import Event
from auditor.model.truth import Truth


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``people`` took it after the steps before it; ``devices`` are those it was taken on.

    ``conversion`` is of the people of the shown step before, 1 for the first; ``median`` and ``p95`` are how long after
    that step, ms. ``left`` of the people took no later step, and broken tracking does not explain it. ``skipped`` are
    people of a later step who did not take this one, ``lost`` those whose missing this one is explained. ``reason``
    says why a step cannot be shown: then every figure is ``None``, which is not zero.
    """

    name: str
    optional: bool = False
    reason: str | None = None
    note: str | None = None
    people: int | None = None
    devices: int | None = None
    conversion: float | None = None
    of_first: float | None = None
    left: int | None = None
    skipped: int | None = None
    lost: int | None = None
    median: int | None = None
    p95: int | None = None

    @property
    def shown(self) -> bool:
        """Whether the log can show it."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Example:
    """One person of a loss: the key of a timeline that shows it (name, value), why in a sentence, and events in order
    of time with what each is to it."""

    key: tuple[str, str]
    why: str
    events: tuple[tuple[str, Event], ...] = ()


_OVERCOUNTING = frozenset({"double-count", "old-user", "no-account", "domain-change"})


@dataclass(frozen=True, slots=True)
class Loss:
    """People lost for one cause, missing from ``step``. ``rule`` names the fix (``fix``); ``None``: no rule does.

    ``counted`` says that a dashboard counts their signup none the less; else they are added to the corrected figure,
    unless it is not ``proved``: a request that was cut off may have been one of a form that failed."""

    cause: str
    label: str
    step: str
    rule: str | None
    fix: str
    people: int
    users: tuple[str, ...]
    counted: bool
    proved: bool = True
    examples: tuple[Example, ...] = ()

    @property
    def overcounts(self) -> bool:
        """Whether it makes figures too large: nobody is missing from the step, somebody stands there who should not."""
        return self.cause in _OVERCOUNTING


@dataclass(frozen=True, slots=True)
class Signups:
    """``measured``: distinct people whose client signup arrived, as a dashboard has them once its vendor has dropped
    copies. ``actual``: without the ``extra`` ones, who signed up before or have no account, and with those whom the
    server, ``createdAt`` or the database proves. ``events``: what counts where events are counted. ``uncertain``:
    people of whom the log cannot say it."""

    measured: int
    actual: int
    extra: int
    uncertain: int
    events: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """Signups of visitors, as measured and corrected, with the Wilson interval (95 %) of the corrected one. ``None``:
    nobody visited. ``assumptions`` are sentences."""

    visitors_measured: int
    visitors: int
    measured: float | None
    corrected: float | None
    low: float | None
    high: float | None
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that cannot be in a right log: ``people`` for whom it holds, with examples."""

    name: str
    message: str
    people: int
    rule: str | None = None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The people who have one value of the property that a funnel is split by."""

    value: str
    people: tuple[int | None, ...]
    signups: Signups
    lost: int
    conversion: Conversion


@dataclass(frozen=True, slots=True)
class MissingUser:
    """A user whose client signup never came: ``created`` in ms, and the ``cause`` of the loss."""

    user: str
    created: int
    method: str | None
    cause: str


@dataclass(slots=True)
class Funnel:
    """What `auditor funnel` shows. ``records`` and what follows it account for the log as in ``Report``.

    ``uncertain`` are visits that may be one of several people's and are counted for none; ``returning`` are people with
    an older account, who are not followed past the first step.
    """

    version: str
    files: list[str]
    steps: tuple[Step, ...]
    signups: Signups
    losses: tuple[Loss, ...]
    conversion: Conversion
    people: int
    uncertain: int
    returning: int
    invariants: tuple[Invariant, ...] = ()
    by: str | None = None
    groups: tuple[Group, ...] = ()
    names: Mapping[str, int] = field(default_factory=dict)
    similar: tuple[tuple[str, int], ...] = ()
    truth: Truth | None = None
    missing: tuple[MissingUser, ...] = ()
    notes: list[str] = field(default_factory=list)
    records: int = 0
    events: int = 0
    rejected: int = 0
    skipped: int = 0
    rejects: list[tuple[str, int, int, str]] = field(default_factory=list)
