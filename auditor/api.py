"""The Python API: what `auditor check` does, as a function (`docs/python.md`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.config.config_file import find_config, read_config, settings_of
from auditor.config.settings import CONFIDENCES, FAIL_ON, ConfigError, PlanSetting, Settings, is_zone, zone_meant
from auditor.config.suggest import did_you_mean
from auditor.engine.checking import options_of
from auditor.language.loader import RuleSet, load
from auditor.model.dialects import DIALECTS
from auditor.model.finding import Report
from auditor.runners.local import Request, check

if TYPE_CHECKING:
    from auditor.model.plan import Plan

Log = str | Path
"""A file, a folder, a glob, or ``-`` for stdin, as `auditor check` takes it."""
Config = str | Path | Mapping[str, Any]
"""The path of a configuration, or what would stand in one."""


@dataclass(frozen=True)
class Rules:
    """Rules, and the configuration they were compiled with: loaded once, used for any number of logs."""

    settings: Settings
    compiled: RuleSet

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of each rule, in the order in which they run."""
        return tuple(rule.id for rule in self.compiled.rules)


def load_rules(config: Config | None = None, packs: Iterable[str | Path] = ()) -> Rules:
    """The built-in rules and those of ``packs`` (files or folders), as a configuration tunes them.

    ``config`` is a path, or a map such as ``{"params": {"signup_events": ["Joined"]}}`` whose paths are relative to
    the working directory. Without one it is the nearest ``auditor.yml`` or ``[tool.auditor]`` from the working
    directory upwards, as for `auditor check`; ``{}`` is none at all. Raises ``ConfigError`` with all that is wrong.
    """
    settings = _settings(config)
    packed = replace(settings, rule_packs=(*settings.rule_packs, *map(Path, packs)))
    return Rules(settings, load(packed, options_of))


def load_plan(path: str | Path) -> "Plan":
    """The tracking plan in a file or folder, in any format that Auditor reads. Raises ``PlanError``."""
    from auditor.plans import read  # plans load for a while

    return read(path)


def audit(
    logs: Log | Iterable[Log] | Iterable[Mapping[str, Any]],
    config: Config | None = None,
    *,
    rules: Rules | None = None,
    plan: "str | Path | Plan | None" = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    dialect: str | None = None,
    tz: str | None = None,
    fail_on: str | None = None,
    min_confidence: str | None = None,
    redact: bool = False,
    today: date | None = None,
) -> Report:
    """Run every rule over recorded events, and return what `auditor check` reports.

    ``logs`` is one log, several, or the events themselves as dicts in the shape of any dialect; a finding cites an
    event's place among them as a line of "events". ``config`` is that of ``load_rules``; ``rules`` are rules loaded
    before, with their configuration, so give one or the other. ``select`` and ``ignore`` are rule ids; ``plan`` is a
    tracking plan or its path; the other words are the options of `auditor check`. ``today`` (UTC; else the day of the
    call) decides which entries of ``ignore`` in the configuration have expired.

    Read ``report.findings`` and ``report.exit_code``: 0 clean, 1 findings at or above ``fail_on``, 3 nothing to check.
    Raises ``ConfigError``, ``InputError`` (a log is missing, or is none), ``PlanError``; ``TypeError`` and
    ``ValueError`` for arguments that cannot be meant.
    """
    return check(*requested(
        logs, config, rules=rules, plan=plan, select=select, ignore=ignore, dialect=dialect, tz=tz, fail_on=fail_on,
        min_confidence=min_confidence, redact=redact, today=today,
    ))  # fmt: skip


def requested(
    logs: Log | Iterable[Log] | Iterable[Mapping[str, Any]],
    config: Config | None = None,
    *,
    rules: Rules | None = None,
    plan: "str | Path | Plan | None" = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    dialect: str | None = None,
    tz: str | None = None,
    fail_on: str | None = None,
    min_confidence: str | None = None,
    redact: bool = False,
    today: date | None = None,
) -> tuple[Request, RuleSet]:
    """What ``audit`` asks of a runner, for those who want more of the same log (a timeline). Raises what it raises."""
    if rules is not None and config is not None:
        raise ValueError("rules were loaded with a configuration: give either config or rules")
    rules = rules or load_rules(config)
    given: dict[str, Any] = {
        "dialect": _one_of("dialect", dialect, DIALECTS),
        "tz": _zone(tz),
        "fail_on": _one_of("fail_on", fail_on, FAIL_ON),
        "min_confidence": _one_of("min_confidence", min_confidence, CONFIDENCES),
    }
    settings = replace(rules.settings, **{name: value for name, value in given.items() if value is not None})
    inputs, events = _inputs(logs)
    request = Request(
        inputs=inputs,
        events=events,
        settings=settings,
        today=today or datetime.now(UTC).date(),
        select=_known("select", select, rules),
        ignore=_known("ignore", ignore, rules),
        redact=redact,
        tracking_plan=_conformance(plan, settings.tracking_plan),
    )
    return request, rules.compiled


def _settings(config: Config | None) -> Settings:
    if isinstance(config, Mapping):
        return settings_of(config, Path.cwd())
    path = find_config(Path.cwd()) if config is None else Path(config)
    return Settings() if path is None else read_config(path)


def _inputs(logs: Log | Iterable[Log] | Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], bytes | None]:
    """Names of logs, or the events as JSON lines."""
    if isinstance(logs, str | Path):
        return (str(logs),), None
    if isinstance(logs, Mapping | bytes):
        raise TypeError(f"logs is a {type(logs).__name__}; give a path, a list of paths, or a list of events (dicts)")
    given: Sequence[Any] = list(logs)
    if given and all(isinstance(one, str | Path) for one in given):
        return tuple(map(str, given)), None
    for place, one in enumerate(given):
        if not isinstance(one, Mapping):
            raise TypeError(f"logs[{place}] is a {type(one).__name__}; give paths only, or events (dicts) only")
    import msgspec

    return (), b"".join(msgspec.json.encode(dict(one)) + b"\n" for one in given)


def _one_of(name: str, value: str | None, among: Sequence[str]) -> str | None:
    if value is not None and value not in among:
        hint = did_you_mean(value, among) or f"; it is one of {', '.join(among)}"
        raise ValueError(f'{name}: there is no "{value}"{hint}')
    return value


def _zone(name: str | None) -> str | None:
    if name is not None and not is_zone(name):
        raise ValueError(f'tz: "{name}" is no time zone{zone_meant(name)}')
    return name


def _known(name: str, ids: Iterable[str], rules: Rules) -> tuple[str, ...]:
    wanted = (ids,) if isinstance(ids, str) else tuple(ids)
    unknown = [
        f'{name}: there is no rule "{one}"{did_you_mean(one, rules.ids)}' for one in wanted if one not in rules.ids
    ]
    if unknown:
        raise ConfigError(unknown)
    return wanted


def _conformance(plan: "str | Path | Plan | None", setting: PlanSetting | None) -> Any:
    """The plan that was given, else the configuration's, with the configuration's policy."""
    if plan is None and setting is None:
        return None
    from auditor.plans.conformance import Conformance  # most runs have no plan

    if plan is None and setting is not None:
        plan = setting.path
    read = load_plan(plan) if isinstance(plan, str | Path) else plan
    assert read is not None
    return Conformance(read, None if setting is None else setting.policy)
