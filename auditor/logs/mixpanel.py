"""Mixpanel's raw export: JSON lines of ``{"event": ..., "properties": {...}}`` (domain.md 4.1, 6.5).

The SDK puts ``$user_id`` and ``$device_id`` on an event when it is made; a reset makes a new ``$device_id``. In an
export ``distinct_id`` is the canonical id of the merged person, so that it does not tell who was known at the time.
"""

import re
from datetime import datetime, tzinfo
from typing import Any

from auditor.logs.lenient import CALLS_OWN, Unreadable, id_of, moment_of
from auditor.model.event import own

_CALLS = {
    "$identify": "identify",
    "$create_alias": "alias",
    "$merge": "alias",
    "$mp_web_page_view": "page",
}
_DEVICE = "$device:"
_WEB = {"web"}
_MOBILE = {"iphone", "swift", "android", "react-native", "flutter", "unity"}
_MADE_BY_SDK = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{13,16}(-[0-9a-f]{5,16}){4}",
    re.IGNORECASE,
)
"""Ids of visitors as the SDKs made them before there was ``$device_id``."""
_ELSEWHERE = CALLS_OWN | {"type", "timestamp", "uuid", "distinct_id", "offset"}
"""Members beside event and properties that an event of another vendor's has."""
_OWN_PROPERTIES = frozenset({"time", "distinct_id", "token", "alias", "mp_lib"})


def recognises(item: dict[str, Any]) -> bool:
    """Whether a record is an event of Mixpanel's: its time and its ids stand among the properties."""
    properties = item.get("properties")
    if not isinstance(item.get("event"), str) or not isinstance(properties, dict):
        return False
    ids = any(member in properties for member in ("distinct_id", "$distinct_id", "$insert_id", "$distinct_ids"))
    return "time" in properties and ids and not _ELSEWHERE & item.keys()


def call(item: dict[str, Any], zone: tzinfo | None = None) -> dict[str, Any]:
    """One event as a call. ``zone`` is that of a project whose times are local (those of before 2023)."""
    properties: dict[str, Any] = item["properties"]
    name = properties.get("mp_original_event_name") if item["event"] == "$hotshard_events" else item["event"]
    if not isinstance(name, str):
        raise Unreadable("an event of $hotshard_events without mp_original_event_name")
    moment = moment_of(properties["time"])
    if moment is None:
        raise Unreadable("time is no number of seconds or milliseconds since 1970")
    kind = _CALLS.get(name, "track")
    channel = _channel(properties)
    ids = _ids(kind, properties, channel)
    made = {
        "type": kind,
        "messageId": id_of(properties.get("$insert_id")),
        **ids,
        "timestamp": _in_utc(moment, zone),
        "receivedAt": moment_of(properties.get("mp_processing_time_ms")),
        "context": _context(properties, channel),
        "channel": channel,
        "writeKey": id_of(properties.get("token")),
        own("identified"): None if channel == "server" or kind == "alias" else ids.get("userId") is not None,
    }
    if kind == "track":
        made["event"] = name
    if kind in ("track", "page"):
        made["properties"] = {
            key: value
            for key, value in properties.items()
            if not key.startswith(("$", "mp_")) and key not in _OWN_PROPERTIES
        }
    return made


def _ids(kind: str, properties: dict[str, Any], channel: str) -> dict[str, Any]:
    distinct = id_of(properties.get("mp_original_distinct_id")) or id_of(properties.get("distinct_id"))
    device = id_of(properties.get("$device_id"))
    user = id_of(properties.get("$user_id"))
    if kind == "identify":
        given = id_of(properties.get("$identified_id")) or user or distinct
        before = id_of(properties.get("$anon_id")) or id_of(properties.get("$anon_distinct_id"))
        before = None if before is None else before.removeprefix(_DEVICE)
        return {"userId": given, "anonymousId": device or before, "previousId": before}
    if kind == "alias":
        merged = properties.get("$distinct_ids")
        if isinstance(merged, list) and len(merged) >= 2:
            return {"userId": id_of(merged[1]), "previousId": id_of(merged[0]), "anonymousId": device}
        before = None if distinct is None else distinct.removeprefix(_DEVICE)
        return {"userId": id_of(properties.get("alias")), "previousId": before, "anonymousId": device}
    if user is not None:
        return {"userId": user, "anonymousId": device}
    if distinct is not None and distinct.startswith(_DEVICE):
        return {"anonymousId": device or distinct.removeprefix(_DEVICE)}
    if device is not None or distinct is None:
        return {"anonymousId": device}
    if channel != "server" and _MADE_BY_SDK.fullmatch(distinct):
        return {"anonymousId": distinct}
    return {"userId": distinct}


def _in_utc(moment: datetime, zone: tzinfo | None) -> datetime:
    """A project of before 2023 keeps the wall clock of its zone, counted as if it were UTC's."""
    return moment if zone is None else moment.replace(tzinfo=zone)


def _channel(properties: dict[str, Any]) -> str:
    library = properties.get("mp_lib") or properties.get("$lib")
    if isinstance(library, str):
        return "web" if library in _WEB else "mobile" if library.lower() in _MOBILE else "server"
    return "web" if library is None and "$current_url" in properties else "server"


def _context(properties: dict[str, Any], channel: str) -> dict[str, Any]:
    url, library = properties.get("$current_url") or properties.get("current_url_full"), properties.get("mp_lib")
    referrer = properties.get("$referrer")
    made: dict[str, Any] = {
        "library": {
            "name": f"mixpanel-{'js' if library == 'web' else library}" if isinstance(library, str) else None,
            "version": properties.get("$lib_version"),
        },
        "page": {"url": url, "referrer": "" if referrer == "$direct" else referrer} if isinstance(url, str) else None,
    }
    if channel == "mobile":
        made["device"] = {"id": properties.get("$device_id"), "type": properties.get("$os")}
    return made
