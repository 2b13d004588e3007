"""What Mixpanel takes for an id, in all three of its ways to merge (domain.md 4.1)."""

import re

REJECTED = frozenset(
    {
        *("00000000-0000-0000-0000-000000000000", "anon", "anonymous", "nil", "none", "null", "n/a", "na"),
        *("undefined", "unknown", "<nil>", "0", "-1", "true", "false", "[]", "{}"),
    }
)
"""Values of distinct_id that it rejects (MPD ``reference/import-events.mdx``)."""
RESERVED = "$device:"
"""The beginning of ids that are devices; identify refuses it (MPJ)."""
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)

REASONS = {
    "rejected_distinct_id": "Mixpanel rejects this value as an id: what carries it is not stored for anybody",
    "alias_taken": "the user has one alias or profile already, and an alias maps to one id only",
    "self_alias": "the alias names the user as its own previous id, which links nothing",
}


def is_rejected(value: str) -> bool:
    """Whether Mixpanel rejects an id."""
    return value.strip().casefold() in REJECTED


def is_uuid4(value: str) -> bool:
    """Whether an id is a UUID of version 4, which Original ID Merge asks of an anonymous id."""
    return _UUID4.fullmatch(value) is not None
