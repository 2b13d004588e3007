"""Secrets that open something: under a key that says so, or login tokens and private keys under any key."""

import re
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.nested import telling_keys, texts
from auditor.model.secrets import credential
from auditor.timelines.timelines import Timelines

OPTIONS = {"keys": "value"}
READS_NESTED = ("flagged",)


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Name the keys, or the form; the values are never repeated."""
    event = timeline[at]
    del timelines
    matches = re.compile(options.keys).search
    members = (event.properties, event.traits)
    keys = sorted({key for member in members for key in telling_keys(member, lambda text: matches(text) is not None)})
    if keys:
        yield Problem(fields={"what": " and ".join(f'"{key}"' for key in keys)}, trait=" ".join(keys).lower())
        return
    found = next(filter(None, (credential(text) for member in members for text in texts(member))), None)
    if found is not None:
        yield Problem(fields={"what": f"what is a {found} by its form"}, trait=found)
