"""Every setting of a run with its value and origin: the command line, the config file, a profile, or the default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from auditor.config.settings import Settings
from auditor.config.share import share_words
from auditor.engine.plan import Plan
from auditor.language.loader import RuleSet
from auditor.language.rule import Rule
from auditor.model.setting import COMMAND_LINE, ENVIRONMENT, FILE, PROFILE, Setting

_NO_VALUES = ("path", "given", "lines")
"""Members of ``Settings`` that are about the file itself."""
_OF_THEIR_OWN = ("params", "rules", "ignore")


@dataclass(frozen=True)
class Elsewhere:
    """What is set outside the config file: by key the option, or the variable, and its value. A variable in
    ``variables`` counts only where neither an option nor the file says anything; one in ``options`` stands for the
    option."""

    options: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    variables: Mapping[str, tuple[str, Any]] = field(default_factory=dict)


def settings_shown(settings: Settings, rules: RuleSet, plan: Plan, elsewhere: Elsewhere) -> list[Setting]:
    """The settings, in the order of the config file's keys. ``settings`` are the config file's, ``plan`` what they and
    the command line make of the rules."""
    return [
        *_plain(settings, elsewhere),
        *_params(settings, rules),
        *(
            said
            for rule in sorted(rules.rules, key=lambda rule: rule.id)
            for said in _rule(rule, settings, plan, elsewhere)
        ),
        *_rule_params(settings),
        *_ignores(settings),
    ]


def _outside(option: str) -> str:
    """Where an option was given: as such, or as its variable."""
    return COMMAND_LINE if option.startswith("--") else ENVIRONMENT


def _plain(settings: Settings, elsewhere: Elsewhere) -> Iterator[Setting]:
    for name in (member.name for member in fields(Settings)):
        if name in _NO_VALUES or name in _OF_THEIR_OWN:
            continue
        value = _data(getattr(settings, name))
        if name in elsewhere.options:
            option, chosen = elsewhere.options[name]
            if name in settings.given and isinstance(value, list):  # the option adds to the file's
                yield Setting(name, value + _data(chosen), FILE, f"{settings.place(name)} and {option}")
            else:
                yield Setting(name, _data(chosen), _outside(option), option)
        elif name in settings.given:
            yield Setting(name, value, FILE, settings.place(name))
        elif name in elsewhere.variables:
            variable, chosen = elsewhere.variables[name]
            yield Setting(name, chosen, ENVIRONMENT, variable)
        else:
            yield Setting(name, value)


def _params(settings: Settings, rules: RuleSet) -> Iterator[Setting]:
    names = dict.fromkeys([*rules.params, *(name for rule in rules.rules for name in rule.used_params)])
    own = {name: rule.settings[name] for rule in rules.rules for name in rule.used_params if name in rule.settings}
    for name in names:
        if name in settings.params:
            yield Setting(f"params.{name}", settings.params[name], FILE, settings.place("params", name))
        else:
            yield Setting(f"params.{name}", rules.params[name].default if name in rules.params else own.get(name))


def _rule(rule: Rule, settings: Settings, plan: Plan, elsewhere: Elsewhere) -> Iterator[Setting]:
    """The rule, and those of its kinds that the destinations' profiles make something else of."""
    yield _whole_rule(rule, settings, plan, elsewhere)
    for one in plan.adjustments:
        if one.rule == rule.id and one.kind is not None:
            yield Setting(f"rules.{rule.id}.{one.kind}", one.severity, PROFILE, ", ".join(one.destinations))


def _whole_rule(rule: Rule, settings: Settings, plan: Plan, elsewhere: Elsewhere) -> Setting:
    name, said = f"rules.{rule.id}", settings.rules.get(rule.id)
    active = next((active for active in plan.active if active.rule.id == rule.id), None)
    reason = next((why for skipped, why in plan.skipped if skipped.id == rule.id), None)
    value = active.severity(None) if active is not None else "off"
    for key in ("select", "ignore"):
        option, chosen = elsewhere.options.get(key, ("", ()))
        if chosen and (rule.id in chosen) is (key == "ignore"):
            return Setting(name, value, _outside(option), option, reason)
    enabled = rule.enabled if said is None or said.enabled is None else said.enabled
    if active is not None and not enabled:  # switched off, and selected
        option = elsewhere.options["select"][0]
        return Setting(name, value, _outside(option), option)
    if said is not None and (said.severity is not None or said.enabled is False):
        return Setting(name, value, FILE, settings.place("rules", rule.id), reason)
    for one in plan.adjustments:
        if one.rule == rule.id and one.kind is None:
            return Setting(name, value, PROFILE, ", ".join(one.destinations), reason)
    if said is not None and said.enabled is not None:
        return Setting(name, value, FILE, settings.place("rules", rule.id), reason)
    if active is None and rule.enabled and settings.destinations:
        return Setting(name, value, FILE, settings.place("destinations"), reason)
    return Setting(name, value, reason=reason)


def _rule_params(settings: Settings) -> Iterator[Setting]:
    for rule, setting in settings.rules.items():
        if setting.tolerate is not None:
            place = settings.place("rules", rule, "tolerate")
            yield Setting(f"rules.{rule}.tolerate", share_words(setting.tolerate), FILE, place)
        for name, value in setting.params.items():
            place = settings.place("rules", rule, "params", name)
            yield Setting(f"rules.{rule}.params.{name}", value, FILE, place)


def _ignores(settings: Settings) -> Iterator[Setting]:
    for ignore in settings.ignore:
        value = {"rule": ignore.rule, "where": ignore.where, "reason": ignore.reason}
        if ignore.expires is not None:
            value["expires"] = ignore.expires.isoformat()
        yield Setting(f"ignore.{ignore.place}", value, FILE, settings.place("ignore", ignore.place))


def _data(value: Any) -> Any:
    """A setting as plain data."""
    if isinstance(value, tuple | list):
        return [_data(item) for item in value]
    return str(value) if isinstance(value, Path) else value
