"""Algorithms over a tracking plan that a rule in ``rules/plan-lint/`` can name, one per file.

A lint is a module with ``OPTIONS`` (name -> ``value`` | ``profiles``), ``SUBJECT`` (what it looks at one by one: a key
of ``SUBJECTS``), and

    def lint(plan, options) -> Iterator[Problem]

which yields problems: it knows no severity and no words, no config and no format.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from types import ModuleType

from auditor.model.plan import Plan, properties

_NOT_LINTS = {"problem", "words", "nodes", "cases"}

SUBJECTS: Mapping[str, Callable[[Plan], int]] = {
    "event": lambda plan: len(plan.distinct),
    "version": lambda plan: len(plan.events),
    "property": lambda plan: sum(1 for event in plan.events for _ in properties(event)),
}
"""What a lint looks at, and how many of them a plan holds."""


def module_of(name: str) -> ModuleType | None:
    """The module of a lint, or ``None`` if there is none of that name."""
    if not name.isidentifier() or name in _NOT_LINTS:
        return None
    if importlib.util.find_spec(f"auditor.plans.lints.{name}") is None:
        return None
    return importlib.import_module(f"auditor.plans.lints.{name}")


def options_of(name: str) -> Mapping[str, str] | None:
    """The options of a lint and their types; ``None`` if there is no such lint."""
    module = module_of(name)
    return None if module is None else module.OPTIONS
