"""What a log cannot show, and which rules therefore find nothing in it or are less sure.

Worked out from the rules themselves: a rule is silent where no event meets its flag, a definition that it needs, or a
clause without which it cannot be violated. What is lacking is the smallest part of the predicate that no event meets,
as far as that part says what kind of event it is (its type, side, name, path, or a member that must be there). Where
the lacking part is the mistake itself, such as a placeholder userId, or a name or path that is to blame by itself, the
rule listens and hears nothing: no gap.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from auditor.engine.checking import module_of
from auditor.engine.classify import reads_nested
from auditor.engine.gap_words import spoken
from auditor.engine.plan import Active, Plan
from auditor.language.fields import PLAIN, TIMES, getter
from auditor.language.loader import RuleSet
from auditor.language.predicates import Condition, Every, Predicate, Reference
from auditor.language.rule import Clause, Conditions, Rule
from auditor.model.inventory import Gap
from auditor.timelines.timelines import Timelines

_KINDS = frozenset({"type", "event", "side", "platform", "source", "path", "name", "library", "channel"})
"""Fields that say what kind of event it is, not whether something is wrong with it."""
_SIDES = ("source", "side", "platform")
_SAID = {"event": "name"}
"""Fields that go by another word among people."""
_BY_LANE = ("lane", "page_load", "session")
_ADVICE = {
    "client events": "add what browsers or phones sent",
    "server events": "add what your servers sent",
    "receivedAt": "the collector's clock: an archive or a debugger's copy has it",
    "sentAt": "when a request left: the SDKs send it, so something between took it out",
    "request outcomes": "whether a request was cut off: only a HAR or a recorder has them",
    "clocks to compare": "without sentAt and receivedAt nobody knows how wrong a device's clock is",
}
_ON_LANES = ("lane", "device", "page_load", "person")
_KEYS = {"lane": "client events", "device": "client events", "page_load": "client events", "user": "userId"}
"""What a key of a rule asks for, where the key is no field."""
_OUTCOMES = "request outcomes"
_CLOCKS = "clocks to compare"
_TOLD = Condition("delivery", "exists", True)


class GapFinder:
    """Finds the gaps of one run. Made before the log is read, so that every part of a predicate gets its bit."""

    def __init__(self, plan: Plan, rules: RuleSet) -> None:
        self._plan, self._rules = plan, rules
        self._names: dict[Predicate, str] = {}
        for name, predicate in rules.defines.items():
            self._names.setdefault(predicate, name)
        self._seen = 0
        self._without: set[str] = set()
        for active in plan.active:
            for predicate in _asked(active):
                self._add(predicate)
        self._add(_TOLD)

    def _add(self, predicate: Predicate) -> None:
        self._plan.classifier.add(predicate)
        if isinstance(predicate, Every):
            for part in predicate.parts:
                self._add(part)

    def gaps(self, timelines: Timelines) -> tuple[Gap, ...]:
        """The gaps, those that silence most rules first."""
        self._seen = timelines.seen
        self._without = self._absent_keys(timelines)
        silent: dict[str, dict[str, None]] = {}
        for active in self._plan.active:
            for lacks, said in self._silenced(active):
                silent.setdefault(lacks, {})[said] = None
        unsure = self._less_sure(timelines)
        gaps = [
            Gap(
                lacks.replace("_", " ") if lacks in self._rules.definitions else lacks,
                tuple(silent.get(lacks, ())),
                tuple(unsure.get(lacks, ())),
                self._params(lacks),
                _ADVICE.get(lacks),
            )
            for lacks in {**silent, **unsure}
        ]
        return tuple(sorted(gaps, key=lambda gap: (-len(gap.silent), -len(gap.unsure), gap.lacks)))

    # Rules that find nothing ----------------------------------------------------------------------------------

    def _silenced(self, active: Active) -> Iterator[tuple[str, str]]:
        """What is lacking for a rule, and the rule, or its kind, that this silences."""
        rule = active.rule
        whole = [name for name in rule.needs if not self._met(self._rules.defines[name])]
        whole = [part for name in whole for part in self._lacking(self._rules.defines[name], name)]
        whole += [_KEYS.get(name, name) for name in rule.by if name in self._without]
        # With no clause besides, what the flag says of a name or a path is the mistake itself.
        whole += self._lacking(rule.flag, spoken(rule.flag, self._names) if rule.clauses else None)
        whole += self._lacking_of(rule.conditions)
        whole += self._lacking_at_a_glance(rule)
        by_kind = {
            kind.name: [
                *([] if kind.flag is None else self._lacking(kind.flag, kind.summary or kind.name)),
                *self._lacking_of(kind.conditions),
            ]
            for kind in active.kinds
        }
        if by_kind and all(by_kind.values()):
            whole += [lacks for found in by_kind.values() for lacks in found]
        if whole:
            yield from ((lacks, rule.id) for lacks in whole)
            return
        for name, found in by_kind.items():
            yield from ((lacks, f"{rule.id} ({name})") for lacks in found)

    def _absent_keys(self, timelines: Timelines) -> set[str]:
        """The keys of rules by which this log has no timeline at all."""
        events = timelines.log.events
        absent = set() if timelines.lanes else {"lane", "device", "page_load"}
        for name in {name for active in self._plan.active for name in active.rule.by if name in PLAIN}:
            read = getter(name if name != "user" else "userId")
            if name not in _ON_LANES and not any(read(event) is not None for event in events):
                absent.add(name)
        return absent

    def _lacking_of(self, conditions: Conditions) -> list[str]:
        """What is lacking for the clauses that must hold."""
        found = [lacks for clause in conditions.all for lacks in self._lacking_for(clause)]
        either = [self._lacking_for(clause) for clause in conditions.any]
        if either and all(either):
            found += _common(either) or _merged(either)
        return found

    def _lacking_for(self, clause: Clause) -> list[str]:
        return self._lacking(clause.predicate, spoken(clause.predicate, self._names))

    def _lacking_at_a_glance(self, rule: Rule) -> list[str]:
        """What a check says it cannot do without, asked as the engine asks it about a timeline."""
        glance = getattr(module_of(rule.check), "glance", None) if rule.check is not None else None
        if glance is None:
            return []
        options = SimpleNamespace(**rule.options)
        asked = {name: option for name, option in rule.options.items() if hasattr(option, "matcher")}
        held = {name: self._met(predicate) for name, predicate in asked.items()}
        if glance(options, SimpleNamespace(**held)):
            return []
        needed = [n for n, met in held.items() if not met and glance(options, SimpleNamespace(**{**held, n: True}))]
        return [lacks for name in needed for lacks in self._lacking(asked[name], name)]

    def _lacking(self, predicate: Predicate, words: str | None, *, named: bool = False) -> list[str]:
        """What no event of the log is, of all that a predicate asks for; nothing if some event meets it, or if what is
        lacking is a mistake and no kind of event. ``words`` are the predicate's if it has no name (``None``: there are
        none, for it is a mistake), ``named`` says that they are a name."""
        if self._met(predicate):
            return []
        if predicate in self._names:
            words, named = self._names[predicate], True
        if isinstance(predicate, Every):
            if len(predicate.parts) == 1:
                return self._lacking(predicate.parts[0], words, named=named)
            parts = [self._lacking(part, words) for part in predicate.parts]
            if not predicate.any:
                if any(not self._met(part) for part in predicate.parts):
                    return _merged(parts)
                return [words] if words is not None else []
            pairs = zip(predicate.parts, parts, strict=True)
            if not any(parts) or any(not lacks and reads_nested(part.fields) for part, lacks in pairs):
                return []  # what is sought in properties or traits is a mistake
            return _common(parts) or ([words] if named and words is not None else _merged(parts))
        if not isinstance(predicate, Condition) or isinstance(predicate.operand, Reference):
            return []
        if predicate.field == "delivery" and not self._met(_TOLD):
            return [_OUTCOMES]
        return _words_of(predicate, words, named=named)

    def _met(self, predicate: Predicate) -> bool:
        return bool(self._seen & self._plan.classifier.bits.get(predicate, 0))

    def _params(self, lacks: str) -> tuple[str, ...]:
        """The parameters that a definition reads: with other values it may be in the log."""
        rules = self._rules
        found: dict[str, None] = {}
        followed: set[str] = set()
        waiting: list[Any] = [rules.definitions.get(lacks)]
        while waiting:
            value = waiting.pop()
            if isinstance(value, dict):
                waiting.extend(value.values())
            elif isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, str) and value.startswith("$") and value[1:] in rules.params:
                found[value[1:]] = None
            elif isinstance(value, str) and value in rules.definitions and value not in followed:
                followed.add(value)
                waiting.append(rules.definitions[value])
        return tuple(sorted(found))

    # Rules that are less sure ---------------------------------------------------------------------------------

    def _less_sure(self, timelines: Timelines) -> dict[str, dict[str, None]]:
        """The rules that read what no event says: when it was sent or received, and what became of its request."""
        events = timelines.log.events
        several = len(timelines.lanes) + bool(timelines.alone) > 1
        absent = {
            "sentAt": not any(event.sent_at is not None for event in events),
            "receivedAt": not any(event.received_at is not None for event in events),
            _OUTCOMES: not any(event.delivery is not None for event in events),
            _CLOCKS: several and not any(e.sent_at is not None and e.received_at is not None for e in events),
        }
        found: dict[str, dict[str, None]] = {}
        for active in self._plan.active:
            if active.flag & self._seen:
                for lacks, said in _reads(active):
                    if absent.get(lacks):
                        found.setdefault(lacks, {})[said] = None
        return found


def _asked(active: Active) -> Iterator[Predicate]:
    """Every predicate without which a rule, or a kind of it, finds nothing."""
    yield active.rule.flag
    yield from (kind.flag for kind in active.kinds if kind.flag is not None)
    for conditions in (active.rule.conditions, *(kind.conditions for kind in active.kinds)):
        yield from (clause.predicate for clause in (*conditions.all, *conditions.any))
    yield from (option for option in active.rule.options.values() if hasattr(option, "matcher"))


def _reads(active: Active) -> Iterator[tuple[str, str]]:
    """What of the clocks and the network a rule reads, and the rule or the kind that reads it."""
    rule = active.rule
    for name in sorted(rule.fields & TIMES):
        yield name, rule.id
    if "delivery" in rule.fields:
        yield _OUTCOMES, rule.id
    if any(clause.received for clause in rule.clauses):
        yield "receivedAt", rule.id
    if rule.by and rule.by[0] not in _BY_LANE and (rule.check or any(_by_time(clause) for clause in rule.clauses)):
        yield _CLOCKS, rule.id
    told: Mapping[str, tuple[str, ...]] = getattr(module_of(rule.check), "TOLD_BY", {}) if rule.check else {}
    kinds = {kind.name for kind in active.kinds}
    for member, names in told.items():
        for name in names:
            if name in kinds:
                yield _OUTCOMES if member == "delivery" else member, f"{rule.id} ({name})"


def _by_time(clause: Clause) -> bool:
    return clause.position in ("before", "after") or clause.within is not None


def _words_of(condition: Condition, words: str | None, *, named: bool) -> list[str]:
    """A condition that says what kind of event it is about, in words; nothing for one that looks for a mistake."""
    operand = condition.operand
    if condition.field == "type" and condition.operator in ("eq", "in"):
        return [f"{' or '.join([operand] if isinstance(operand, str) else operand)} calls"]
    if condition.field in _SIDES and condition.operator == "eq":
        return [f"{operand} events"]
    if condition.field in _KINDS:
        if condition.operator == "matches" and not named and words is not None:
            return [f"events whose {_SAID.get(condition.field, condition.field)} matches {operand}"]
        if condition.field == "library" and named and words is not None:
            return [f"{words.replace('_', '-')} library"]
        return [words] if words is not None else []
    if condition.operator == "exists" and operand is True:
        return [condition.field]
    return []


def _merged(found: Iterable[list[str]]) -> list[str]:
    return list(dict.fromkeys(lacks for part in found for lacks in part))


def _common(found: list[list[str]]) -> list[str]:
    return [lacks for lacks in found[0] if all(lacks in part for part in found)]
