"""What the destinations in use make of a rule: kinds that none of them asks for, and severities.

The severest holds: one destination that does not care never speaks for another that does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auditor.language.profiles import OFF, Profile
from auditor.language.rule import PROFILES, Kind, Rule
from auditor.model.finding import SEVERITIES, Adjustment

_ORDER = (OFF, *SEVERITIES)


@dataclass
class Adjusted:
    """A rule with the profiles that its check asks for, its kinds that are left, severities that are not its own, and
    what was done by whom."""

    rule: Rule
    kinds: tuple[Kind, ...]
    severities: dict[str | None, str] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)

    @property
    def off(self) -> bool:
        """Whether nothing of the rule is left."""
        return any(adjustment.kind is None and adjustment.severity == OFF for adjustment in self.adjustments)


def adjust(rule: Rule, profiles: Mapping[str, Profile], decided: bool) -> Adjusted:
    """Adjust a rule to the destinations in use; their severities do not count where the config has ``decided``."""
    if PROFILES in rule.options.values():
        held = {name: tuple(profiles.values()) if o == PROFILES else o for name, o in rule.options.items()}
        rule = replace(rule, options=held)
    kinds = tuple(k for k in rule.kinds if not k.destinations or profiles.keys() & set(k.destinations))
    adjusted = Adjusted(rule, kinds)
    names = tuple(sorted(profiles))
    for kind in rule.kinds:
        if kind not in adjusted.kinds:
            adjusted.adjustments.append(Adjustment(rule.id, kind.name, OFF, kind.severity or rule.severity, names))
    if decided or not any(rule.id in profile.rules for profile in profiles.values()):
        return adjusted
    for one in adjusted.kinds or (None,):
        default = (one.severity if one is not None else None) or rule.severity
        name = one.name if one is not None else None
        said = {profile: held.severity(rule.id, name) or default for profile, held in profiles.items()}
        severest = max(said.values(), key=_ORDER.index)
        if severest != default:
            by = tuple(sorted(profile for profile, severity in said.items() if severity == severest))
            adjusted.adjustments.append(Adjustment(rule.id, name, severest, default, by))
            adjusted.severities[name] = severest
    adjusted.kinds = tuple(kind for kind in adjusted.kinds if adjusted.severities.get(kind.name) != OFF)
    return adjusted
