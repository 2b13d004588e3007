"""Keeps a run on disk: the logs of a form, and beside them the key."""

import json
from pathlib import Path

from benchmarks.simulate.forms import Form
from benchmarks.simulate.run import Household
from benchmarks.simulate.score import key


def keep(form: Form, everybody: list[Household], folder: Path) -> None:
    """Write a form and its key into a folder of its own below ``folder``."""
    held = [household for household in everybody if form.holds(household)]
    own = folder / form.name.lower().replace(", ", "-").replace("'", "").replace(" ", "-")
    (own / "log").mkdir(parents=True, exist_ok=True)
    form.write(held, own / "log")
    found = [
        {
            "rule": answer.rule,
            "kind": answer.kind,
            "cause": answer.cause,
            "planted": answer.planted,
            "messageIds": sorted(answer.ids),
        }
        for answer in key(form, held)
    ]
    (own / "key.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
