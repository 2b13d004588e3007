"""What an identify says of the age of an account."""

from datetime import UTC, datetime
from functools import lru_cache

from auditor.model.event import Event, milliseconds


def created(event: Event) -> int | None:
    """When the user's account was made, by the trait ``createdAt`` (ISO-8601 or seconds or milliseconds since 1970): ms
    since 1970 UTC; ``None`` where the trait does not say."""
    value = (event.traits or {}).get("createdAt")
    if isinstance(value, str):
        return _moment(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value if value >= 1e11 else value * 1000)
    return None


@lru_cache(maxsize=1 << 16)
def _moment(text: str) -> int | None:
    """The same few traits come with every identify of a user."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
