"""What the text of `auditor funnel --truth` says of the database's accounts."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from auditor.model.truth import Rate, Truth
from auditor.reports.lines import Line, clean, cut, many, wrapped

_SHOWN = 8
_NAMES = 24


def truth_lines(truth: Truth, width: int) -> Iterator[Line]:
    """The rates, and what does not fit."""
    rate = "-" if truth.rate.rate is None else f"{100 * truth.rate.rate:.1f} %"
    said = f"truth: {truth.captured:,} of {truth.captured + truth.missing:,} accounts have their signup: {rate}"
    if truth.rate.low is not None and truth.rate.high is not None:
        said += f" (95 %: {100 * truth.rate.low:.1f} % to {100 * truth.rate.high:.1f} %)"
    yield from wrapped(said, width, hanging="  ", style="bold")
    since = truth.reliable_since
    told = f"reliable since {since}" if since is not None else "reliable since: no day; the rate does not settle"
    yield from wrapped(told, width, "  ", hanging="    ")
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (truth.missing, "missing"),
            (truth.extra, "extra (a signup, and no new account)"),
            (truth.duplicate, "with several rows"),
            (truth.late, "late"),
            (truth.uncertain, "that may still come"),
            (truth.outside, "of another time than the log's"),
        )
        if count
    ]
    if parts:
        yield from wrapped(", ".join(parts), width, "  ", hanging="    ")
    for name, rates in (("method", truth.by_method), ("browser", truth.by_browser), ("day", truth.by_day)):
        if len(rates) > 1 or (rates and name == "browser"):
            yield from _rates(name, rates)
    if truth.rejected:
        yield from wrapped(
            f"{truth.rejected} of {many(truth.rows, 'row')} could not be read; the first: {truth.rejects[0]}",
            width, "  ", hanging="    ", style="bold yellow",
        )  # fmt: skip


def _rates(name: str, rates: Sequence[Rate]) -> Iterator[Line]:
    """The largest of them, and of days the last."""
    shown = rates[-_SHOWN:] if name == "day" else rates[:_SHOWN]
    yield Text(f"  {name:<{_NAMES}} accounts  signup came     rate", style="bold")
    for rate in shown:
        share = "-" if rate.rate is None else f"{100 * rate.rate:.1f} %"
        yield Text(f"  {cut(clean(rate.value), _NAMES):<{_NAMES}} {rate.accounts:>8,} {rate.captured:>12,} {share:>8}")
    if len(rates) > len(shown):
        yield Text(f"  and {len(rates) - len(shown)} more (--format csv has all)", style="dim")
