"""Names of track calls that begin as a destination in use begins its own."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"profiles": "profiles"}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one name by what each destination keeps for itself, one problem for each that does."""
    del timelines
    name = timeline[at].event or ""
    for profile in options.profiles:
        names = profile.event_names
        prefix = next((p for p in names.reserved_prefixes if name.startswith(p)), None) if names is not None else None
        if prefix is not None:
            yield Problem(fields={"destination": profile.title, "prefix": prefix}, trait=profile.name)
