"""The settings of a run, as the config file says them; names of rules and parameters are checked by who knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.config.share import Share

if TYPE_CHECKING:
    from auditor.model.violation import Policy

CONFIDENCES = ("low", "medium", "high")
"""Lowest first."""
FAIL_ON = ("error", "warning", "info", "never")


class ConfigError(Exception):
    """A configuration that cannot be used. ``problems`` are sentences with file and line, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class RuleSetting:
    """What the config says of one rule; ``None`` where it says nothing."""

    severity: str | None = None
    enabled: bool | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    tolerate: Share | None = None


@dataclass(frozen=True)
class PlanSetting:
    """The tracking plan to check against, and the site's policy for what it does not name."""

    path: Path
    policy: "Policy | None" = None


@dataclass(frozen=True)
class Ignore:
    """Findings that are accepted: of one rule, where the flagged event meets ``where``, to the end of ``expires``."""

    rule: str
    reason: str
    where: Any = None
    expires: date | None = None
    place: int = 0


@dataclass(frozen=True)
class Settings:
    """Every setting. ``path`` is the file it came from, ``given`` the keys that stand in it; ``lines`` gives the line
    of a key in it. ``funnel`` is as written: only `auditor funnel` reads it."""

    path: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    destinations: tuple[str, ...] = ()
    dialect: str | None = None
    tz: str | None = None
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    rule_packs: tuple[Path, ...] = ()
    tracking_plan: PlanSetting | None = None
    ignore: tuple[Ignore, ...] = ()
    fail_on: str = "error"
    min_confidence: str = "medium"
    redact: bool | None = None
    funnel: Mapping[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    lines: Any = None

    def line_of(self, *place: str | int) -> int:
        """The line of a key in the config file; 1 where nothing says."""
        return 1 if self.lines is None else int(self.lines(place))

    def place(self, *keys: str | int) -> str:
        """``file:line`` of a key, for sentences."""
        return "the configuration" if self.path is None else f"{self.path}:{self.line_of(*keys)}"


def is_zone(name: object) -> bool:
    """Whether this names a time zone of the tz database."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name if isinstance(name, str) else "")
    except (ValueError, OSError, KeyError):
        return False
    return True


def zone_meant(name: object) -> str:
    """The end of a sentence that refuses a time zone: which one was probably meant, or what one looks like."""
    from zoneinfo import available_timezones

    from auditor.config.suggest import did_you_mean

    return did_you_mean(str(name), available_timezones()) or " (such as Europe/Berlin)"
