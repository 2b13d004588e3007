"""What commands share: the configuration in force, and the rules compiled with it."""

import sys
from dataclasses import replace
from pathlib import Path

from auditor.config.config_file import find_config, read_config
from auditor.config.settings import ConfigError, Settings
from auditor.engine.checking import options_of
from auditor.language.loader import RuleSet, load


def settings_in_force(config: Path | None) -> Settings:
    """The settings of ``--config``, else of the nearest config file, else none. Raises ``ConfigError``."""
    path = config or find_config(Path.cwd())
    return Settings() if path is None else read_config(path)


def rules_in_force(settings: Settings, packs: tuple[Path, ...] = (), *, with_examples: bool = False) -> RuleSet:
    """The rules that settings and ``--rules`` make. Raises ``ConfigError``."""
    return load(replace(settings, rule_packs=(*settings.rule_packs, *packs)), options_of, with_examples=with_examples)


def known_rules(names: tuple[str, ...], rules: RuleSet, option: str) -> tuple[str, ...]:
    """Rule ids from an option, commas allowed. Raises ``ConfigError`` for one that does not exist."""
    from auditor.config.suggest import did_you_mean

    found = tuple(part.strip() for name in names for part in name.split(",") if part.strip())
    ids = {rule.id for rule in rules.rules}
    problems = [f'{option}: there is no rule "{name}"{did_you_mean(name, ids)}' for name in found if name not in ids]
    if problems:
        raise ConfigError(problems)
    return found


def in_colour(choice: str, environment: dict[str, str]) -> bool:
    """Whether stdout gets colour: the option, then NO_COLOR and FORCE_COLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and environment.get("TERM") != "dumb"
