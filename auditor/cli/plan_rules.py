"""The rules over plans in force: those of the settings and of ``--rules``."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor.cli.setup import rules_in_force
from auditor.config.settings import ConfigError, Settings
from auditor.engine.plan_linting import ignore_mistakes
from auditor.language.plan_rules import PlanRule, load_plan_rules
from auditor.language.vocabulary import values
from auditor.plans.lints import options_of


def plan_rules_in_force(settings: Settings, packs: tuple[Path, ...] = ()) -> tuple[PlanRule, ...]:
    """The rules over plans that settings and ``--rules`` make. Raises ``ConfigError``."""
    settings = replace(settings, rule_packs=(*settings.rule_packs, *packs))
    rules = load_plan_rules(rules_in_force(settings), settings, options_of)
    problems = ignore_mistakes(settings, {rule.id for rule in rules})
    if problems:
        raise ConfigError(problems)
    return rules


def params_in_force(settings: Settings) -> dict[str, Any]:
    """The values of the vocabulary's parameters by name. Raises ``ConfigError``."""
    declared = rules_in_force(settings).params
    return values(declared, {name: value for name, value in settings.params.items() if name in declared})[0]
