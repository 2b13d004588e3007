"""The SDKs for which a rule can say in code how to mend what it finds, and which of them made a call."""

import msgspec

BROWSER = ("analytics.js", "rudderstack", "posthog-js")
SERVER = ("node", "python")
FAMILIES = (*BROWSER, *SERVER)
"""As ``fix_code`` of a rule names them. ``node`` and ``python`` are Segment's and RudderStack's, called alike."""
SIDES = {"browser": BROWSER, "server": SERVER}
"""Words that stand for all families of one side."""
TITLES = {
    "analytics.js": "analytics.js (Segment)",
    "rudderstack": "RudderStack for JavaScript",
    "posthog-js": "posthog-js",
    "node": "Node.js",
    "python": "Python",
}
_LIBRARIES = {
    "analytics.js": "analytics.js",
    "@segment/analytics-next": "analytics.js",
    "RudderLabs JavaScript SDK": "rudderstack",
    "posthog-js": "posthog-js",
    "@segment/analytics-node": "node",
    "analytics-node": "node",
    "@rudderstack/rudder-sdk-node": "node",
    "analytics-python": "python",
    "rudder-analytics-python": "python",
}
"""By the name that a call carries (domain.md 1.9). PostHog's libraries for servers have other calls."""


class Snippet(msgspec.Struct, frozen=True):
    """What to change with one SDK: code, or a sentence that says why there is none to show."""

    text: str
    is_code: bool = True


def sdk_of(library: str | None) -> str | None:
    """The family of a call's library; ``None`` for one that no snippet is written for."""
    return _LIBRARIES.get(library or "")
