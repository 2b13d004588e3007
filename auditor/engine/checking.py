"""Finding checks by the name a rule gives."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType

import auditor.checks

_NOT_CHECKS = {"problem"}


def module_of(name: str) -> ModuleType | None:
    """The module of a check, or ``None`` if there is none of that name."""
    if not name.isidentifier() or name in _NOT_CHECKS or importlib.util.find_spec(f"auditor.checks.{name}") is None:
        return None
    return importlib.import_module(f"auditor.checks.{name}")


class _Options:
    """What the rule language asks about checks."""

    def __call__(self, name: str, /) -> Mapping[str, str] | None:
        module = module_of(name)
        return None if module is None else module.OPTIONS

    def place(self, name: str, /) -> Path | None:
        """The file of a check, if there is one of that name."""
        path = Path(auditor.checks.__path__[0]) / f"{name}.py"
        return path if name.isidentifier() and name not in _NOT_CHECKS and path.is_file() else None

    def names(self) -> Collection[str]:
        """All checks there are."""
        return sorted(m.name for m in pkgutil.iter_modules(auditor.checks.__path__) if m.name not in _NOT_CHECKS)


options_of = _Options()
"""The options of a check and their types; ``None`` if there is no such check."""


def reads_nested(name: str) -> tuple[str, ...]:
    """Of which events a check reads properties, traits or context: ``flagged``, and options that are predicates."""
    return tuple(getattr(module_of(name), "READS_NESTED", ()))
