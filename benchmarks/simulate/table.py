"""The table of a score, for people at a terminal and for ``docs/accuracy.md``."""

from collections import Counter
from pathlib import Path

from benchmarks.simulate.score import RuleScore, Score

BEGIN, END = "<!-- simulated: begin -->", "<!-- simulated: end -->"


def rows(score: Score) -> list[str]:
    """Lines of text: one rule each, then what was missed and what was a false alarm, by cause."""
    lines = [
        f"{score.form}: {score.events:,} events",
        f"  {'rule':<38}{'severity':<10}{'planted':>8}{'found':>7}{'recall':>8}"
        f"{'true':>7}{'false':>7}{'precision':>11}",
    ]
    for rule in sorted(score.severities):
        held = score.rules.get(rule, RuleScore())
        lines.append(
            f"  {rule:<38}{score.severities[rule]:<10}{held.planted:>8}{held.found:>7}{_share(held.recall):>8}"
            f"{held.right + held.companions:>7}{held.false:>7}{_share(held.precision):>11}"
        )
    for title, counts in (("missed", "missed_by"), ("false alarms", "false_by")):
        for rule, held in sorted(score.rules.items()):
            by: Counter[str] = getattr(held, counts)
            lines += [f"  {title}: {rule}: {count} x {cause}" for cause, count in by.most_common()]
    return lines


def write_table(page: Path, scores: list[Score], people: int, seed: str) -> None:
    """Put the tables between the two marks of a Markdown page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    said = [f"`python -m benchmarks.simulate --people {people} --seed {seed} --document docs/{page.name}` wrote this."]
    for score in scores:
        said += ["", f"### {score.form}", "", f"{score.events:,} events.", "", *_markdown(score)]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(said) + f"\n{END}{after}", encoding="utf-8")


def _markdown(score: Score) -> list[str]:
    lines = [
        "| rule | severity | planted | found | recall | true findings | false alarms | precision |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for rule in sorted(score.severities):
        held = score.rules.get(rule, RuleScore())
        shown = [held.planted, held.found, _share(held.recall), held.right + held.companions, held.false]
        if score.status[rule] == "not-evaluated":
            shown = ["no destination asks for it", "", "", "", ""]
        cells = [f"`{rule}`", score.severities[rule], *map(str, shown), _share(held.precision)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
