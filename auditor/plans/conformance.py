"""Calls held against a tracking plan: which schema a call falls under, and whether it fits.

Each schema is compiled once per process, when the first call falls under it. ``breaks`` is asked of every call of a log
and only decides; how a call breaks the plan is worded afterwards, for the few that do (``plans.wording``).
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from re import Pattern
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from auditor.model.event import Event, extra
from auditor.model.plan import NAMED, Plan, PlannedEvent
from auditor.model.violation import ALLOW, UNPLANNED_EVENT, Policy, Violation
from auditor.model.whole_context import WHOLE, whole
from auditor.plans.drafts import DRAFTS
from auditor.plans.fitting import fitted, members_of

if TYPE_CHECKING:
    from auditor.plans.wording import Wording

CALLS = ("track", "identify", "page", "screen", "group")
"""Calls that a plan can speak of."""
APP = "context.app"
"""The field that says which version of an app sent a call."""
_VERSION = "context.protocols"
_PROTOCOLS = extra("protocols")
_NOTHING: dict[str, Any] = {}
_MEMBERS = {
    "type": "type",
    "event": "event",
    "name": "name",
    "category": "category",
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "previousId": "previous_id",
    "groupId": "group_id",
    "messageId": "message_id",
    "channel": "channel",
    "writeKey": "write_key",
}
"""Members of a call that are texts; an empty id is as good as none (domain.md 6.1)."""
_TIMES = {
    "timestamp": "timestamp",
    "originalTimestamp": "original_timestamp",
    "sentAt": "sent_at",
    "receivedAt": "received_at",
}

Breaks = Callable[[Event], bool]


class Judge:
    """One planned schema at work. ``members`` are the members of a call that it looks at, ``None`` for all of them."""

    def __init__(self, planned: PlannedEvent, schema: dict[str, Any]) -> None:
        self.planned, self.schema = planned, schema
        self.members = members_of(schema)

    @cached_property
    def fast(self) -> Any:
        """The validator that decides. A ``format`` is asserted in every draft: who writes one means it, and both
        vendors that validate plans do the same."""
        return getattr(jsonschema_rs, DRAFTS[self.planned.draft])(self.schema, validate_formats=True)

    @cached_property
    def breaks(self) -> Breaks:
        """Whether a call does not fit."""
        is_valid = self.fast.is_valid
        if self.members == frozenset({"properties"}):
            return lambda event: not is_valid({"properties": event.properties or _NOTHING})
        if self.members == frozenset({"traits"}):
            return lambda event: not is_valid({"traits": event.traits or _NOTHING})
        if self.members == frozenset():
            return lambda event: False
        return lambda event: not is_valid(self.instance(event))

    @property
    def reads_context(self) -> bool:
        """Whether it looks into the context."""
        return self.members is None or "context" in self.members

    def instance(self, event: Event) -> dict[str, Any]:
        """The call as its schema sees it. Properties and traits that are absent or null are as good as empty."""
        wanted = self.members
        found: dict[str, Any] = {}
        for name, attribute in _MEMBERS.items():
            if (wanted is None or name in wanted) and (value := getattr(event, attribute)) is not None:
                found[name] = value
        for name, attribute in _TIMES.items():
            if (wanted is None or name in wanted) and (moment := getattr(event, attribute)) is not None:
                found[name] = moment.isoformat()
        if wanted is None or "properties" in wanted:
            found["properties"] = event.properties or _NOTHING
        if "traits" in wanted if wanted is not None else event.traits is not None:
            found["traits"] = event.traits or _NOTHING
        if (wanted is None or "context" in wanted) and event.context is not None:
            found["context"] = whole(event.context)
        if wanted is not None:
            for name in wanted - found.keys() - _KNOWN:
                if (value := getattr(event, extra(name), None)) is not None:
                    found[name] = value
        return found


_KNOWN = frozenset({*_MEMBERS, *_TIMES, "properties", "traits", "context"})


class Conformance:
    """A plan, and a site's policy for what it does not name, ready to judge calls.

    ``planned`` holds the versions of each planned call, of identify and group as well. ``automatic`` finds names of
    events that SDKs and vendors send by themselves: they need no plan. ``sensitive`` finds keys whose values are never
    shown.
    """

    def __init__(
        self,
        plan: Plan,
        policy: Policy | None = None,
        automatic: Pattern[str] | None = None,
        sensitive: Pattern[str] | None = None,
    ) -> None:
        self.plan, self.policy = plan, policy or Policy()
        self.automatic, self.sensitive = automatic, sensitive
        self.planned: dict[tuple[str, str | None], list[PlannedEvent]] = {}
        for event in plan.events:
            if event.type != "common":
                self.planned.setdefault(event.key, []).append(event)
        properties = self.policy.properties or plan.unplanned.properties
        self._judges = {id(event): Judge(event, fitted(event, properties)) for event in plan.events}
        self._common = [self._judges[id(event)] for event in plan.events if event.type == "common"]
        self._reports = (self.policy.events or plan.unplanned.events) != ALLOW
        self._breaks: dict[str, dict[str | None, Breaks]] = {}

    def with_words(self, automatic: Pattern[str], sensitive: Pattern[str]) -> "Conformance":
        """The same with what a rule's parameters say."""
        return Conformance(self.plan, self.policy, automatic, sensitive)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The calls that the plan has something to say of. Whoever plans no page says nothing of pages."""
        held = {kind for kind, _ in self.planned}
        return tuple(kind for kind in CALLS if self._common or kind in held or (kind == "track" and self._reports))

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields that must be read of a call beside its properties and traits."""
        found = {APP}
        if any(len(versions) > 1 for versions in self.planned.values()):
            found.add(_VERSION)
        for judge in self._judges.values():
            if judge.reads_context:
                found.add(WHOLE)
            found.update(f"raw.{name}" for name in (judge.members or frozenset()) - _KNOWN)
        return frozenset(found)

    # Deciding -------------------------------------------------------------------------------------------------

    def breaks(self, kind: str) -> Breaks:
        """Whether a call of this type breaks the plan."""
        known, decided = self._breaks.setdefault(kind, {}), self._decided
        if kind == "track":
            return lambda event: (known.get(event.event) or decided("track", event.event))(event)
        if kind in NAMED:
            return lambda event: (known.get(event.name) or decided(kind, event.name))(event)
        return known.get(None) or decided(kind, None)

    def versions(self, kind: str, name: str | None) -> list[PlannedEvent]:
        """The versions of what a call falls under; none where it is not planned. A page without a plan of its own falls
        under the one for pages of any name."""
        return self.planned.get((kind, name)) or self.planned.get((kind, None), [])

    def _decided(self, kind: str, name: str | None) -> Breaks:
        judges = [judge.breaks for judge in self._common]
        versions = self.versions(kind, name)
        if versions:
            judges.insert(0, self._judges[id(versions[0])].breaks if len(versions) == 1 else self._of_version(versions))
        found = judges[0] if len(judges) == 1 else lambda event: any(judge(event) for judge in judges)
        if self.is_unplanned(kind, name):
            found = _always
        self._breaks[kind][name] = found
        return found

    def _of_version(self, versions: list[PlannedEvent]) -> Breaks:
        def breaks(event: Event) -> bool:
            planned = self._version(versions, event)
            return planned is None or self._judges[id(planned)].breaks(event)

        return breaks

    def is_unplanned(self, kind: str, name: str | None) -> bool:
        """Whether a call is one that should be planned and is not. Whoever plans no page says nothing of pages."""
        if not self._reports or kind not in NAMED or name is None or self.versions(kind, name):
            return False
        if kind != "track" and not any(planned == kind for planned, _ in self.planned):
            return False
        return self.automatic is None or self.automatic.search(name) is None

    def _version(self, versions: list[PlannedEvent], event: Event) -> PlannedEvent | None:
        """The version that a call says it is of; the oldest where it says nothing, as Segment has it."""
        said = _said_version(event)
        if said is None:
            return min(versions, key=_age)
        return next((planned for planned in versions if planned.version == said), None)

    # Wording --------------------------------------------------------------------------------------------------

    def violations(self, event: Event) -> Iterator[Violation]:
        """How a call breaks the plan: each way once, whatever number of items of a list it holds for."""
        kind, name = event.type, event.event if event.type == "track" else event.name
        versions = self.versions(kind, name if kind in NAMED else None)
        judges = list(self._common)
        if versions:
            planned = self._version(versions, event) if len(versions) > 1 else versions[0]
            if planned is None:
                there = ", ".join(sorted(one.version or "none" for one in versions))
                words = f"is sent as version {_said_version(event)}, but the plan has the versions {there}"
                yield Violation(UNPLANNED_EVENT, versions[0].label, words=words)
            else:
                judges.insert(0, self._judges[id(planned)])
        elif self.is_unplanned(kind, name):
            yield Violation(UNPLANNED_EVENT, name or kind, words=self._unplanned_words(kind, name or kind))
        for judge in judges:
            if judge.breaks(event):
                label = name if name is not None and kind in NAMED else kind
                yield from self._wording.violations(judge, event, label)

    def _unplanned_words(self, kind: str, name: str) -> str:
        from auditor.plans.spelling import meant

        names = [planned for planned_kind, planned in self.planned if planned_kind == kind and planned is not None]
        close = meant(name, names)
        return "is not in the plan" + (f"; did you mean {close}?" if close else "")

    @cached_property
    def _wording(self) -> "Wording":
        from auditor.plans.wording import Wording  # it loads for a while, and most calls fit

        return Wording(self.sensitive)


def _always(event: Event) -> bool:
    del event
    return True


def _said_version(event: Event) -> str | None:
    """``context.protocols.event_version`` (Segment's versions of an event)."""
    protocols = getattr(event.context, _PROTOCOLS, None)
    said = protocols.get("event_version") if isinstance(protocols, dict) else None
    return None if said is None or said == "" else str(said)


def _age(planned: PlannedEvent) -> tuple[int, str]:
    version = planned.version or ""
    return (int(version), "") if version.isdigit() else (0 if not version else 1 << 31, version)
