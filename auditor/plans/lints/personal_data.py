"""Secrets and personal data: planned as properties, or written into the plan itself as an example."""

import re
from collections.abc import Iterator
from typing import Any

from auditor.model.plan import EACH, Plan, PlannedEvent, properties
from auditor.plans.lints.nodes import nodes, types_of
from auditor.plans.lints.problem import Options, Problem, listed
from auditor.plans.lints.words import folded

OPTIONS = {"secrets": "value", "personal": "value", "expected": "value", "signups": "value"}
SUBJECT = "property"
_EMAIL = re.compile(r"(?i)(?<![\w.+-])[\w.+-]+@(?:[a-z0-9-]+\.)+([a-z]{2,})(?![\w-])")
_RESERVED = re.compile(
    r"(?i)@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|(?:example|test|invalid|localhost|local)|email\.com"
    r"|(?:my|your)?(?:domain|company|site)\.com|test\.com|foo\.com|bar\.com|acme\.com)$"
)
_TOKEN = re.compile(r"Bearer [\w.~+/-]{16}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.|\b(?:sk|rk)_live_\w{16,}|\bAKIA[0-9A-Z]{16}\b")
_KEY = re.compile(r"-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_TEXTS = ("description", "title", "default", "const", "enum", "example", "examples", "pattern", "$comment")


def lint(plan: Plan, options: Options) -> Iterator[Problem]:
    """Keys of planned properties; then texts, examples and values of the plan. A value is never repeated."""
    secret, personal = re.compile(options.secrets).search, re.compile(options.personal).search
    expected = {folded(name) for name in (*options.expected, *options.signups)}
    told: set[tuple[str | None, tuple[str, ...]]] = set()
    for event in plan.events:
        found = []
        for one in properties(event):
            name = one.path[-1]
            types = types_of(one.schema)
            if name == EACH or (types and types <= {"boolean", "null"}):
                continue
            way = (one.section, *one.path)
            if secret(name):
                if (event.label, way) not in told:
                    told.add((event.label, way))
                    yield Problem(event, way, "secret", {"name": name, "event": event.label})
            elif one.section == "properties" and personal(name) and folded(event.label) not in expected:
                found.append(way)
        ways = [way for way in found if (event.label, way) not in told]
        if event.type == "track" and ways:
            told.update((event.label, way) for way in ways)
            names = listed(way[-1] for way in ways)
            yield Problem(event, ways[0], "personal", {"names": names, "event": event.label}, trait=names)
        yield from _written(event, told)


def _written(event: PlannedEvent, told: set[tuple[str | None, tuple[str, ...]]]) -> Iterator[Problem]:
    texts: list[tuple[tuple[str, ...], str]] = [((), event.description or "")]
    texts += [(path, text) for path, schema in nodes(event) for key in _TEXTS for text in _strings(schema.get(key))]
    for path, text in texts:
        what = _real(text)
        if what is not None and (what, path) not in told:
            told.add((what, path))
            yield Problem(event, path, "written", {"what": what, "event": event.label}, trait=what)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)


def _real(text: str) -> str | None:
    """What of a person, or which secret, a text holds; addresses of example domains belong to nobody."""
    if any(not _RESERVED.search(match[0]) for match in _EMAIL.finditer(text)):
        return "an e-mail address"
    if _TOKEN.search(text):
        return "an access token"
    if _KEY.search(text):
        return "a private key"
    return "a card number" if any(_checks(match[0]) for match in _CARD.finditer(text)) else None


def _checks(text: str) -> bool:
    """Whether the check digit (Luhn) and the first digit are a card's, and it is no number used for tests."""
    digits = [int(char) for char in text if char.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0 and digits[0] in (3, 4, 5, 6) and len(set(digits)) > 3
