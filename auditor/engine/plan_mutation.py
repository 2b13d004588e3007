"""Whether the examples of a rule over plans notice its mutants: a kind gone, its severity gone, an option empty."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from auditor.config.settings import Settings
from auditor.engine.mutation import Mutated, Survivor
from auditor.engine.plan_examples import Reload, judge_plan
from auditor.language.plan_rules import PlanRule

Change = Callable[[PlanRule], PlanRule]
_NOTHING = re.compile(r"(?!)").pattern
_NEVER = 1_000_000


def mutate_plan_rule(rule: PlanRule, settings: Settings, reload: Reload) -> Mutated:
    """Try every mutant of a rule on its examples, which hold for the rule itself."""
    count = 0
    survivors = []
    for text, change in _changes(rule):
        count += 1
        if all(judge_plan(rule, example, settings, reload, change) is None for example in rule.examples):
            survivors.append(Survivor(rule.id, f"no example notices that {text}", rule.source))
    return Mutated(count, survivors)


def _changes(rule: PlanRule) -> Iterator[tuple[str, Change]]:
    for kind in rule.kinds:
        name = kind.name
        if len(rule.kinds) > 1:
            yield f"the kind `{name}` is gone", _without(name)
        if kind.severity is not None and kind.severity != rule.severity:
            yield f"`severity: {kind.severity}` of {name} is gone", _plain(name)
    for option, value in rule.options.items():
        yield f"`{option}` of {rule.lint} is nothing", _emptied(option, value)


def _without(name: str) -> Change:
    return lambda rule: replace(rule, kinds=tuple(kind for kind in rule.kinds if kind.name != name))


def _plain(name: str) -> Change:
    return lambda rule: replace(
        rule, kinds=tuple(replace(kind, severity=None) if kind.name == name else kind for kind in rule.kinds)
    )


def _emptied(option: str, value: Any) -> Change:
    empty: Any = () if isinstance(value, tuple | list) else _NEVER if isinstance(value, int) else _NOTHING
    return lambda rule: replace(rule, options={**rule.options, option: empty})
