"""A setting in effect and where its value comes from."""

from dataclasses import dataclass
from typing import Any

DEFAULT, FILE, COMMAND_LINE, ENVIRONMENT, PROFILE = "default", "file", "command line", "environment", "profile"


@dataclass(frozen=True, slots=True)
class Setting:
    """``name`` is dotted, as in the config file (``params.signup_events``); ``value`` is plain data.

    ``origin`` is one of the words above; ``place`` says more: ``auditor.yml:3``, ``--fail-on``, ``CI``, a profile's
    name. ``reason`` is why a rule does not run.
    """

    name: str
    value: Any
    origin: str = DEFAULT
    place: str | None = None
    reason: str | None = None
