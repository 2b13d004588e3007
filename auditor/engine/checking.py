"""Finding checks by the name a rule gives."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

_NOT_CHECKS = {"problem"}


def module_of(name: str) -> ModuleType | None:
    """The module of a check, or ``None`` if there is none of that name."""
    if not name.isidentifier() or name in _NOT_CHECKS or importlib.util.find_spec(f"auditor.checks.{name}") is None:
        return None
    return importlib.import_module(f"auditor.checks.{name}")


def options_of(name: str) -> Mapping[str, str] | None:
    """The options of a check and their types; ``None`` if there is no such check."""
    module = module_of(name)
    return None if module is None else module.OPTIONS


def function_of(name: str) -> Callable[..., Iterator[Any]]:
    """The check itself."""
    module = module_of(name)
    assert module is not None, name
    function: Callable[..., Iterator[Any]] = module.check
    return function


def reads_nested(name: str) -> bool:
    """Whether a check reads properties, traits or context of the events it is shown."""
    return bool(getattr(module_of(name), "READS_NESTED", False))
