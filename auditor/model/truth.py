"""What the database says of signups, against what the log has: the truth of a funnel."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TruthSource:
    """Where the truth is: a file (CSV, Parquet, JSON lines), or a database's URL with a ``query`` for it."""

    place: str
    query: str | None = None

    @property
    def is_database(self) -> bool:
        """Whether it is a URL."""
        return "://" in self.place


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the ``accounts`` of one value the client's signups ``captured``, with the Wilson interval (95 %)."""

    value: str
    accounts: int
    captured: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(slots=True)
class Truth:
    """``rows`` = ``rejected`` + repeats of a user + ``outside`` (made before or after the log's time) + ``accounts``;
    ``accounts`` = ``captured`` + ``missing`` + ``uncertain`` (the signup may still come).

    ``extra`` client signups are of users whom no row names, or an old one does; ``late`` ones came long after the
    account was made. ``duplicate`` counts users with several rows. ``reliable_since`` is the day from which on every
    day's rate fits the rate of all days from there on.
    """

    source: str
    rows: int = 0
    rejected: int = 0
    rejects: list[str] = field(default_factory=list)
    outside: int = 0
    accounts: int = 0
    captured: int = 0
    missing: int = 0
    extra: int = 0
    duplicate: int = 0
    late: int = 0
    uncertain: int = 0
    rate: Rate = Rate("all", 0, 0, None, None, None)
    reliable_since: str | None = None
    by_method: tuple[Rate, ...] = ()
    by_browser: tuple[Rate, ...] = ()
    by_day: tuple[Rate, ...] = ()
