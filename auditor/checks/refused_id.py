"""userIds that a destination in use does not take as they are: too short, too long, or kept for other uses."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {"profiles": "profiles"}


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Judge one userId by what each destination takes, one problem for each that does not."""
    del timelines
    user = timeline[at].user_id
    for profile in options.profiles:
        limits = profile.user_ids
        if limits is None or user is None:
            continue
        fields = {"destination": profile.title, "length": str(len(user)), "least": str(limits.min_length)}
        if len(user) < limits.min_length:
            yield Problem("too-short", fields=fields, trait=profile.name)
        elif limits.max_length is not None and len(user) > limits.max_length:
            yield Problem("too-long", fields={**fields, "most": str(limits.max_length)}, trait=profile.name)
        if user.casefold() in limits.refused:
            yield Problem("refused", fields=fields, trait=profile.name)
        for prefix in limits.reserved_prefixes:
            if user.startswith(prefix):
                yield Problem("reserved", fields={**fields, "prefix": prefix}, trait=f"{profile.name} {prefix}")
