"""``python -m benchmarks.simulate``: simulate people, check their logs, and say what was found and what was not."""

import argparse
from pathlib import Path

from benchmarks.simulate.forms import FORMS
from benchmarks.simulate.keep import keep
from benchmarks.simulate.run import Household, plans, play_all
from benchmarks.simulate.score import NotRead, Score, score
from benchmarks.simulate.table import rows, write_table


def main() -> None:
    """Read the flags, simulate, check, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulate", description=__doc__)
    parser.add_argument("--people", type=int, default=1000, help="households of the run (default: 1000)")
    parser.add_argument("--seed", default="1", help="the same seed gives the same run (default: 1)")
    parser.add_argument("--form", help="only forms whose name holds this text, such as rudder or har")
    parser.add_argument("--examples", type=int, default=10, help="misses and false alarms to show (default: 10)")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="keep the logs and the key of the run in a folder")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table anew into this Markdown file")
    flags = parser.parse_args()
    forms = [form for form in FORMS if not flags.form or flags.form.lower() in form.name.lower()]
    runs: dict[tuple[str, bool], list[Household]] = {}
    results: list[Score] = []
    for form in forms:
        held = runs.get((form.vendor, form.aliasing))
        if held is None:
            drawn = plans(flags.people, flags.seed, aliasing=form.aliasing)
            held = play_all(drawn, form.vendor, flags.seed, aliasing=form.aliasing)
            runs[form.vendor, form.aliasing] = held
        if flags.write:
            keep(form, held, flags.write)
        try:
            result = score(form, held)
        except NotRead as reason:
            print(f"{form.name}: skipped, auditor check does not read it: {reason}\n")
            continue
        results.append(result)
        print("\n".join(rows(result)))
        for example in result.examples[: flags.examples]:
            print(f"  {example}")
        print()
    if flags.document:
        write_table(flags.document, results, flags.people, flags.seed)


if __name__ == "__main__":
    main()
