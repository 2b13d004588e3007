"""A violation of the tracking plan in the text report: whom it concerns."""

from collections.abc import Mapping
from datetime import UTC, datetime

from auditor.model.violation import ViolationGroup

_SHOWN = 3


def concerned(group: ViolationGroup) -> str:
    """How many calls break the plan in one way, from when to when, and by which app versions and libraries."""
    first, last = _day(group.first), _day(group.last)
    when = first if first == last else f"{first} to {last}"
    parts = [f"{group.count:,} of {group.calls:,} such calls ({percent(group.share)}), {when}"]
    if group.app_versions:
        parts.append(f"app {_listed(group.app_versions)}")
    parts.append(_listed(group.libraries))
    return "; ".join(parts)


def percent(share: float) -> str:
    """A share for people: never 0 % or 100 % of what is neither."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    if 0.999 < share < 1:
        return "over 99.9 %"
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def _listed(counted: Mapping[str, int]) -> str:
    shown = [f"{name} ({count:,})" for name, count in list(counted.items())[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(counted) > _SHOWN else "")


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
