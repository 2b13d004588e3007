"""Filling a rule's message: the flagged event's fields, the evidence by name, gaps and counts, parameters."""

import re
from collections.abc import Mapping
from typing import Any

from auditor.language.fields import TIMES, getter, is_field
from auditor.model.event import Event
from auditor.model.naming import Naming

_PLACE = re.compile(r"\{([A-Za-z_$][\w.$-]*)\}")
_USER = {"userId", "user", "previousId"}
_DEVICE = {"anonymousId", "device", "lane", "person"}


def fields_named(template: str) -> set[str]:
    """The event fields a message reads."""
    found: set[str] = set()
    for place in _PLACE.findall(template):
        tail = place.split(".", 1)[-1]
        found.update(name for name in (place, tail) if is_field(name))
    return found


def fill(
    template: str,
    flagged: Event,
    evidence: Mapping[str, Event],
    counts: Mapping[str, int],
    extra: Mapping[str, str],
    params: Mapping[str, Any],
    naming: Naming,
) -> str:
    """The message with its places filled; a place that names nothing stays as it is."""

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name in extra:
            return naming.text(extra[name])
        head, _, tail = name.partition(".")
        if head == "params" and tail in params:
            return str(params[tail])
        if head in evidence and tail:
            other = evidence[head]
            if tail == "gap":
                return gap_words(flagged, other)
            if tail == "count":
                return str(counts.get(head, 1))
            return shown(tail, other, naming) if is_field(tail) else match[0]
        return shown(name, flagged, naming) if is_field(name) else match[0]

    return _PLACE.sub(place, template)


def shown(field: str, event: Event, naming: Naming) -> str:
    """A field's value for people."""
    value = getter(field)(event) if field != "person" else event.user_id or event.anonymous_id
    if value is None:
        return "none"
    text = str(value)
    if field in _USER:
        return naming.user(text)
    if field in _DEVICE:
        return naming.device(text)
    if field == "groupId":
        return naming.group(text)
    return text if field in TIMES else naming.text(text)


def gap_words(one: Event, other: Event) -> str:
    """How far apart two events are, as people say it; "about" where two clocks are compared."""
    same_clock = one.lane is not None and one.lane == other.lane
    gap = abs(one.t - other.t) if same_clock else abs(one.time - other.time)
    if gap < 1000:
        words = f"{gap} ms" if same_clock else "a second"
    elif gap < 120_000:
        words = f"{gap / 1000:.1f} s".replace(".0 s", " s")
    elif gap < 2 * 3_600_000:
        words = f"{gap // 60_000} minutes"
    elif gap < 2 * 86_400_000:
        words = f"{gap // 3_600_000} hours"
    else:
        words = f"{gap // 86_400_000} days"
    return words if same_clock else f"about {words}"
