"""Recorded events held against two plans: which of them a change would turn into violations."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from auditor.config.settings import Settings
from auditor.logs.reader import RejectSink
from auditor.model.event import Event
from auditor.model.plan import Plan
from auditor.model.plan_diff import Replay, Started
from auditor.plans.conformance import Conformance
from auditor.runners.recorded import Recorded, read_recorded

_EXAMPLES = 3


@dataclass
class _Way:
    """One way in which events of a name start to violate."""

    count: int = 0
    examples: list[Event] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Count an event, and keep the first few."""
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(event)


def replay(
    old: Plan,
    new: Plan,
    inputs: tuple[str, ...],
    settings: Settings,
    words: dict[str, Any],
    on_reject: RejectSink | None = None,
    shown: Callable[[str], str] = str,
) -> tuple[Replay, Recorded]:
    """What the change makes of a log, and the log. ``words`` are the parameters in force; ``shown`` is how texts that
    come from the log may be shown.

    Raises ``InputError`` where an input cannot be read at all.
    """
    policy = None if settings.tracking_plan is None else settings.tracking_plan.policy
    automatic, sensitive = re.compile(words["automatic_events"]), re.compile(words["sensitive_keys"])
    before, after = (Conformance(plan, policy, automatic, sensitive) for plan in (old, new))
    recorded = read_recorded(inputs, settings, on_reject, before.fields | after.fields)
    counts: Counter[str] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    starting: Counter[tuple[str, str]] = Counter()
    ways: dict[tuple[str, str, str, str, str], _Way] = {}
    for event, name in recorded.calls():
        key = (event.type, name or event.type)
        seen[key] += 1
        was, will = _breaks(before, event), _breaks(after, event)
        counts["both" if was and will else "stops" if was else "starts" if will else "fits"] += 1
        if will and not was:
            starting[key] += 1
            for violation in after.violations(event):
                way = (*key, violation.kind, violation.place, violation.words)
                ways.setdefault(way, _Way()).add(event)
    files = recorded.log.files
    started = tuple(
        Started(
            event=shown(name),
            type=call,
            kind=kind,
            property=place,
            words=shown(said),
            count=way.count,
            examples=tuple((files[event.file], event.line) for event in way.examples),
        )
        for (call, name, kind, place, said), way in sorted(ways.items(), key=lambda pair: (-pair[1].count, pair[0]))
    )
    found = Replay(
        files=tuple(files),
        events=sum(seen.values()),
        starting=counts["starts"],
        stopping=counts["stops"],
        violating=counts["both"],
        by_event={(call, shown(name)): (count, seen[call, name]) for (call, name), count in starting.most_common()},
        started=started,
    )
    return found, recorded


def _breaks(plan: Conformance, event: Event) -> bool:
    return event.type in plan.types and plan.breaks(event.type)(event)
