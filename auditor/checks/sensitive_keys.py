"""Keys that must not leave a browser; card numbers, login tokens and private keys under any key."""

import re
from collections.abc import Iterator

from auditor.checks.problem import Options, Problem
from auditor.model.event import Event
from auditor.model.nested import telling_keys, texts
from auditor.timelines.timelines import Timelines

OPTIONS = {"keys": "value"}
READS_NESTED = ("flagged",)
_TOKEN = re.compile(r"^Bearer [\w.~+/-]{16}|^eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.")
_KEY = re.compile(r"^-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY")
_CARD = re.compile(r"^\d(?:[ -]?\d){12,18}$")


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
    if any(_is_card(text) for text in values):
        yield Problem(fields={"what": "what is a card number by its check digit"}, trait="card number")
    elif any(_TOKEN.match(text) for text in values):
        yield Problem(fields={"what": "what is a login token by its form"}, trait="login token")
    elif any(_KEY.match(text) for text in values):
        yield Problem(fields={"what": "what is a private key by its form"}, trait="private key")


def _is_card(text: str) -> bool:
    """Whether a text has the form and the check digit (Luhn) of a card number."""
    if not _CARD.match(text):
        return False
    digits = [int(char) for char in reversed(text) if char.isdigit()]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0
