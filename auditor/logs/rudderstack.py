"""What RudderStack does otherwise than Segment (domain.md 4.5, 6.3).

Its JavaScript SDK keeps the anonymousId on reset and on identify with another user, sends ``originalTimestamp`` and
no ``timestamp``, spells "no user" as an empty string, carries the traits of identify in ``context.traits``, and
numbers its sessions. Its tools wrap an event as ``{"message": {...}}``.
"""

from typing import Any

from auditor.model.event import Event

LIBRARIES = frozenset(
    {
        "RudderLabs JavaScript SDK",
        "rudder-ios-library",
        "rudder-sdk-swift",
        "com.rudderstack.android.sdk.core",
        "com.rudderstack.sdk.kotlin.android",
        "com.rudderstack.sdk.kotlin.core",
        "rudder-analytics-python",
        "rudder-analytics-php",
        "rudderanalytics-ruby",
        "rudder-sdk-ruby-sync",
        "RudderAnalytics.NET",
        "RudderStack Rust SDK",
    }
)
"""Its SDKs for Node, Python, Go and Java go by the names of Segment's (``analytics-node``), from which they come."""


def unwrap(record: dict[str, Any]) -> dict[str, Any] | None:
    """The event inside a ``{"message": {...}}`` wrapper, or ``None`` if this is none.

    Members beside the message that an event knows (``receivedAt``, ``writeKey``) are kept where it has none.
    """
    message = record.get("message")
    if not isinstance(message, dict) or not ("type" in message or "event" in message):
        return None
    beside = {key: record[key] for key in ("receivedAt", "writeKey", "sentAt") if key in record}
    return {**beside, **message}


def settle(event: Event) -> None:
    """Read a call as RudderStack's: its identify carries the user's traits in the context."""
    event.rudderstack = True
    context = event.context
    if event.type == "identify" and event.traits is None and context is not None:
        event.traits, context.traits = context.traits, None
