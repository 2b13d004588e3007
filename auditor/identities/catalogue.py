"""The destinations whose merge rules are known here, each imported when it is asked for."""

import importlib

from auditor.identities.destination import Destination

_WHERE = {
    "mixpanel-legacy": ("mixpanel_legacy", "MixpanelLegacy"),
    "mixpanel-original": ("mixpanel_original", "MixpanelOriginal"),
    "mixpanel-simplified": ("mixpanel_simplified", "MixpanelSimplified"),
    "kissmetrics": ("kissmetrics", "Kissmetrics"),
    "amplitude": ("amplitude", "Amplitude"),
    "posthog": ("posthog", "PostHog"),
    "unify": ("unify", "Unify"),
    "rudderstack": ("rudderstack", "RudderStack"),
    "customerio": ("customerio", "CustomerIo"),
}
DESTINATIONS = tuple(_WHERE)
WITHOUT = {
    "segment": "Segment hands calls on and keeps no profiles; those of its Unify are the destination unify",
    "intercom": "how Intercom merges is not replayed: it looks a person up by userId, then by e-mail address",
}
"""Profiles of ``rules/destinations/`` that have no merge rules, and why."""


def kind_of(name: str) -> type[Destination]:
    """The class with the merge rules of a destination of ``DESTINATIONS``."""
    module, wanted = _WHERE[name]
    found: type[Destination] = getattr(importlib.import_module(f"auditor.identities.{module}"), wanted)
    return found
