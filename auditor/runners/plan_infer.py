"""A plan inferred from recorded events, and put into one that somebody wrote."""

import re
from dataclasses import dataclass
from pathlib import Path

from auditor.config.settings import Settings
from auditor.logs.reader import RejectSink
from auditor.plans.inference.planning import Gathering, Inferred, Wanted
from auditor.runners.recorded import Recorded, held_of, read_recorded


@dataclass(frozen=True)
class Taken:
    """What was inferred, from which log. ``automatic`` counts the events that vendors send by themselves; they are
    not planned."""

    inferred: Inferred
    log: Recorded
    calls: int
    automatic: int


def infer(
    inputs: tuple[str, ...],
    settings: Settings,
    wanted: Wanted,
    automatic: str,
    name: str,
    on_reject: RejectSink | None = None,
) -> Taken:
    """A plan of the calls in a log; ``automatic`` is the expression for names of automatic events.

    Raises ``InputError`` where an input cannot be read at all.
    """
    log = read_recorded(inputs, settings, on_reject)
    is_automatic = re.compile(automatic).search
    gathering = Gathering()
    calls = left_out = 0
    for event, called in log.calls():
        if called is not None and is_automatic(called):
            left_out += 1
            continue
        calls += 1
        gathering.add(event.type, called, *held_of(event))
    return Taken(gathering.plan(wanted, name), log, calls, left_out)


def infer_into(path: Path, taken: Taken) -> tuple[str, list[str]]:
    """The text of a plan with what was inferred beside what stands there, and what was added, in words.

    Raises ``PlanError`` for what is no plan in our own YAML.
    """
    from auditor.plans import read
    from auditor.plans.inference.annotated import merged

    plan = read(str(path))
    return merged(path.read_text(encoding="utf-8-sig"), plan, taken.inferred, str(path))
