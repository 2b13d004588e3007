"""The log against the truth: which accounts of the database have their signup, and which are missing.

The rows are gone through once and none is kept but what is missing: memory grows with the users of the log and with one
number for each row.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from auditor.funnels.accounts import Account, Proving
from auditor.funnels.browsers import browser_of
from auditor.funnels.people import Person
from auditor.funnels.truth_rows import TruthRow, truth_rows
from auditor.funnels.wilson import interval
from auditor.model.event import Event
from auditor.model.truth import Rate, Truth, TruthSource

_OLD = 86_400_000
"""How much older, ms, than its signup an account may be: the same day as ``login-counted-as-signup`` allows."""
_SHOWN = 5
_UNKNOWN = "(unknown)"
_UNSEEN = "(never seen)"
_NUMBERS = (
    "rows", "rejected", "outside", "accounts", "captured", "missing", "extra", "duplicate", "late", "uncertain",
)  # fmt: skip


Span = tuple[int, int] | None
"""The times, ms, of the first account and of the last."""


def _no_rates() -> dict[str, Counter[tuple[str, bool]]]:
    return {name: Counter() for name in ("method", "browser", "day")}


@dataclass(slots=True)
class Checked:
    """What was counted of some rows: the numbers of a ``Truth``, and accounts by value."""

    truth: Truth
    rates: dict[str, Counter[tuple[str, bool]]] = field(default_factory=_no_rates)

    def refuse(self, line: int, reason: str) -> None:
        """Note a row that is none."""
        truth = self.truth
        truth.rows += 1
        truth.rejected += 1
        if len(truth.rejects) < _SHOWN:
            truth.rejects.append(f"{truth.source}:{line}: {reason}")

    def add(self, other: "Checked") -> None:
        """Other rows, of other users."""
        ours, theirs = self.truth, other.truth
        for name in _NUMBERS:
            setattr(ours, name, getattr(ours, name) + getattr(theirs, name))
        for name, counts in other.rates.items():
            self.rates[name].update(counts)

    def finished(self) -> Truth:
        """The figures with all rates."""
        truth = self.truth
        truth.rate = _rate("all", truth.captured + truth.missing, truth.captured)
        truth.by_method, truth.by_browser = self._by("method", most=True), self._by("browser", most=True)
        truth.by_day = self._by("day", most=False)
        truth.reliable_since = reliable_since(truth.by_day)
        return truth

    def _by(self, name: str, *, most: bool) -> tuple[Rate, ...]:
        counts = self.rates[name]
        values = {value for value, _ in counts}
        rates = [_rate(v, counts[v, True] + counts[v, False], counts[v, True]) for v in values]
        if most:
            return tuple(sorted(rates, key=lambda rate: (-rate.accounts, rate.value)))
        return tuple(sorted(rates, key=lambda rate: rate.value))


class Reconciling:
    """Goes through the rows. ``missing`` and ``unsure`` are accounts of the log's time; ``captured`` users whose signup
    came; ``extra`` people whose signup has no account."""

    def __init__(self, source: str, proving: Proving, signups: dict[Person, list[Event]], late: int) -> None:
        """``late``: how long, ms, after its account a signup is late."""
        self.checked = Checked(Truth(source))
        self.truth = self.checked.truth
        self.missing: dict[Person, Account] = {}
        self.unsure: dict[Person, Account] = {}
        self.extra: set[Person] = set()
        self.lines: dict[Person, int] = {}
        self._proving, self._signups, self._late = proving, signups, late
        self._seen: set[int] = set()
        self._repeated: set[int] = set()
        self._named: set[Person] = set()
        self._meant = proving.meant(signups)
        self._span: Span = None
        self._rates = self.checked.rates
        self._timelines = proving.timelines_by_user()

    @property
    def span(self) -> Span:
        """That of the rows."""
        return self._span

    def run(self, rows: Iterable[TruthRow], span: Span = None) -> None:
        """All rows, and what is counted of them; ``span`` is that of the whole truth, where these are a part of it."""
        for row in rows:
            self._take(row)
        self._span = span or self._span
        truth = self.truth
        truth.duplicate = len(self._repeated)
        truth.missing, truth.uncertain = len(self.missing), len(self.unsure)
        self._find_extra()
        truth.extra = len(self.extra)
        self._seen.clear()
        self._timelines.clear()

    def _take(self, row: TruthRow) -> None:
        truth, timelines = self.truth, self._proving.timelines
        truth.rows += 1
        number = hash(row.user)  # sixty-four bits: of a million users, none is taken for another
        if number in self._seen:
            self._repeated.add(number)
            return
        self._seen.add(number)
        low, high = self._span or (row.created, row.created)
        self._span = min(low, row.created), max(high, row.created)
        person = "user " + row.user
        signups = self._signups.get(person)
        if signups is not None and row.created >= signups[0].time - _OLD:
            self._named.add(person)
        if not timelines.first <= row.created <= timelines.end:
            truth.outside += 1
            return
        truth.accounts += 1
        self._named.add(person)
        if signups is not None or row.user in self._meant:
            truth.captured += 1
            truth.late += signups is not None and signups[0].time - row.created > self._late
            self._count(row, signups or [], captured=True)
            return
        timeline = self._timelines.get(row.user, [])
        lacking = self._proving.lacking(row.created, timeline)
        account = Account(person, row.user, row.created, None, lacking, row.method)
        if lacking is None:
            self.unsure[person] = account
            return
        self.missing[person] = account
        self.lines[person] = row.line
        self._count(row, [event for event in timeline if event.client], captured=False)

    def _count(self, row: TruthRow, events: list[Event], *, captured: bool) -> None:
        agents = (event.sender.agent for event in events)
        browser = next(filter(None, map(browser_of, agents)), _UNKNOWN if events else _UNSEEN)
        day = datetime.fromtimestamp(row.created / 1000, UTC).date().isoformat()
        for name, value in (("method", row.method or _UNKNOWN), ("browser", browser), ("day", day)):
            self._rates[name][value, captured] += 1

    def _find_extra(self) -> None:
        """Signups of users whom no row names, in the time that the rows tell of."""
        if self._span is None:
            return
        first, last = self._span
        for person, events in self._signups.items():
            if person.startswith("user ") and person not in self._named and first <= events[0].time <= last + _OLD:
                self.extra.add(person)


def shown_place(source: TruthSource) -> str:
    """Where the truth is, without a password."""
    return source.place if not source.is_database else source.place.split("://")[0] + " query"


def reconcile(source: TruthSource, proving: Proving, signups: dict[Person, list[Event]], late: int) -> Reconciling:
    """The log's signups against the truth. Raises ``InputError`` where the truth cannot be read."""
    reconciling = Reconciling(shown_place(source), proving, signups, late)
    reconciling.run(truth_rows(source, reconciling.checked.refuse))
    return reconciling


def with_truth(accounts: dict[Person, Account], truth: Reconciling) -> dict[Person, Account]:
    """The accounts that calls prove, and those that the truth alone does."""
    held = dict(accounts)
    for person, account in (*truth.unsure.items(), *truth.missing.items()):
        known = held.get(person)
        if known is None:
            held[person] = account
        elif account.lacking:
            held[person] = replace(known, lacking=True, method=account.method)
    return held


def reliable_since(days: Iterable[Rate]) -> str | None:
    """The first day from which on each day's interval holds the rate of all days from there on; the last day alone is
    none, as it always fits itself."""
    held = list(days)
    found = None
    accounts = captured = 0
    for number in range(len(held) - 1, -1, -1):
        accounts += held[number].accounts
        captured += held[number].captured
        whole = captured / accounts if accounts else 0.0
        fits = all((d.low or 0.0) <= whole <= (1.0 if d.high is None else d.high) for d in held[number:])
        if fits and number < len(held) - 1:
            found = held[number].value
        elif not fits:
            break
    return found


def _rate(value: str, accounts: int, captured: int) -> Rate:
    held = interval(captured, accounts)
    low, high = (None, None) if held is None else held
    return Rate(value, accounts, captured, captured / accounts if accounts else None, low, high)
