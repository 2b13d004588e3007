"""Keys that must not leave a browser; card numbers, login tokens and private keys under any key."""

import re
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.nested import telling_keys, texts
from auditor.model.secrets import credential, is_card
from auditor.timelines.timelines import Timelines

OPTIONS = {"keys": "value"}
READS_NESTED = ("flagged",)


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem]:
    """Name the keys; the values are never repeated."""
    event = timeline[at]
    del timelines
    search = re.compile(options.keys).search
    members = (event.traits, event.properties, event.context.traits if event.context is not None else None)
    keys = sorted({key for member in members for key in telling_keys(member, lambda text: search(text) is not None)})
    if keys:
        yield Problem(fields={"what": " and ".join(f'"{key}"' for key in keys)}, trait=" ".join(keys).lower())
        return
    values = list(texts(event.traits))
    if any(is_card(text) for text in values):
        yield Problem(fields={"what": "what is a card number by its check digit"}, trait="card number")
        return
    found = next(filter(None, map(credential, values)), None)
    if found is not None:
        yield Problem(fields={"what": f"what is a {found} by its form"}, trait=found)
