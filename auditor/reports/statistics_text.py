"""`auditor check --statistics`: where the time of a run went, rule by rule, the slowest first."""

from auditor.engine.timing import Statistics


def render(statistics: Statistics) -> str:
    """The statistics as a table of 80 columns. A rule that no event could break was not asked, and has no row."""
    one = statistics
    runs = sorted(one.runs, key=lambda run: (-run.seconds, run.rule.id))
    rows = [
        (run.rule.id, f"{run.result.candidates:,}", f"{run.violations:,}", f"{run.result.unsure:,}", run.seconds)
        for run in runs
    ]
    rows.append(("(between the rules)", "", "", "", max(one.rules - sum(run.seconds for run in runs), 0.0)))
    width = max(len(row[0]) for row in rows)
    lines = [
        f"statistics: {one.events:,} events",
        f"  reading   {_seconds(one.reading):>8}{_pace(one.events, one.reading)}",
        f"  timelines {_seconds(one.timelines):>8}",
        f"  rules     {_seconds(one.rules):>8}",
        f"{'rule':<{width}} {'candidates':>10} {'violations':>10} {'unsure':>6} {'time':>8} share",
    ]
    for name, candidates, violations, unsure, seconds in rows:
        counts = f"{candidates:>10} {violations:>10} {unsure:>6}"
        lines.append(f"{name:<{width}} {counts} {_seconds(seconds):>8} {_share(seconds, one.rules):>5}")
    return "".join(f"{line}\n" for line in lines)


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _share(seconds: float, of: float) -> str:
    return f"{seconds / of:.0%}" if of else "-"


def _pace(events: int, seconds: float) -> str:
    return f"  {round(events / seconds):,} events/s" if seconds else ""
