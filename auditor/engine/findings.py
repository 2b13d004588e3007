"""Signing a violated candidate: id, severity, words and fingerprint are put on here and nowhere else."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from auditor.engine.plan import Active
from auditor.engine.words import fill
from auditor.language.rule import Kind
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.naming import Naming

if TYPE_CHECKING:
    from auditor.model.violation import Violation

_ID_IN_PATH = re.compile(r"(?<=/)(?=[^/]*\d)[\w~@.%-]+")
_EMAIL = re.compile(r"[^\s/@\"']+@[^\s/@\"']+")


def sign(
    active: Active,
    kind: Kind | None,
    event: Event,
    evidence: Mapping[str, Event] | tuple[tuple[str, Event], ...],
    counts: Mapping[str, int],
    extra: Mapping[str, str],
    trait: str,
    key: tuple[str, str],
    naming: Naming,
    violation: "Violation | None" = None,
) -> Finding:
    """The finding for a violated candidate."""
    rule = active.rule
    pairs = tuple((r, e) for r, e in evidence.items() if r) if isinstance(evidence, Mapping) else evidence
    pairs = tuple(sorted(pairs, key=lambda pair: (pair[1].time, pair[0])))
    named = dict(reversed(pairs))
    template = (kind.message if kind is not None else None) or rule.message
    return Finding(
        rule=rule.id,
        kind=kind.name if kind is not None else None,
        severity=active.severity(kind),
        confidence=rule.confidence,
        message=fill(template, event, named, counts, extra, rule.settings, naming),
        fix=(kind.fix if kind is not None else None) or rule.fix,
        fingerprint=fingerprint(
            rule.id, kind.name if kind is not None else "", event, pairs, trait, anywhere=violation is not None
        ),
        key=key,
        event=event,
        evidence=pairs,
        violation=violation,
    )


def fingerprint(
    rule: str,
    kind: str,
    event: Event,
    evidence: tuple[tuple[str, Event], ...],
    trait: str,
    *,
    anywhere: bool = False,
) -> str:
    """What stays the same in the next capture of the same mistake: no id, no time, no line (ux.md 5). ``anywhere``: it
    is the same one on every page and by every library."""
    parts = [rule, kind, trait, _name(event)]
    if not anywhere:
        parts += [path_template(event.path), event.side, event.library or ""]
    parts.extend(sorted({f"{role}:{_name(item)}" for role, item in evidence}))
    import hashlib  # OpenSSL takes a while to load: clean logs start without it

    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def path_template(path: str | None) -> str:
    """A path with the parts that hold digits, such as ids, left out."""
    return _ID_IN_PATH.sub(":id", path) if path else ""


def _name(event: Event) -> str:
    return f"{event.type} {_EMAIL.sub('@', event.event or event.name or '')}"
