"""Auditor: the linter for analytics tracking.

The Python API is six names, described in `docs/python.md`: ``audit``, ``load_rules``, ``load_plan``, ``Event``,
``Finding`` and ``Report``. Each is imported when it is first asked for: start-up is a feature.
"""

__version__ = "0.1.0"
DOCUMENTATION = ""
"""The address of ``docs/`` on the web, without a last slash; empty as long as the project has none. With it, reports
name the page of each rule."""
__all__ = ["Event", "Finding", "Report", "audit", "load_plan", "load_rules"]

TYPE_CHECKING = False  # type checkers know the name; to import it from typing would cost more than all of this file
if TYPE_CHECKING:
    from auditor.api import audit, load_plan, load_rules
    from auditor.model.event import Event
    from auditor.model.finding import Finding, Report

_HOMES = {
    "audit": "auditor.api",
    "load_rules": "auditor.api",
    "load_plan": "auditor.api",
    "Event": "auditor.model.event",
    "Finding": "auditor.model.finding",
    "Report": "auditor.model.finding",
}


def __getattr__(name: str) -> object:
    """One of the six names, from where it lives; it is asked for once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    found: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The names of the module, those that are not imported yet too."""
    return sorted({*globals(), *__all__})
