"""Amplitude: its export, and the bodies of its HTTP API (domain.md 4.3, 6.6).

``setUserId`` sends nothing: who was known shows in ``user_id`` on the events, as it was when they were made. A reset
makes a new ``device_id``.
"""

from typing import Any

from auditor.logs.lenient import Unreadable, id_of, moment_of
from auditor.model.event import own

_CALLS = {"$identify": "identify", "[Amplitude] Page Viewed": "page", "$groupidentify": "group"}
_BROWSER = ("amplitude-ts", "amplitude-js", "amplitude-browser", "segment")
_PLATFORMS = {"web": "web", "ios": "mobile", "android": "mobile"}


def recognises(item: dict[str, Any]) -> bool:
    """Whether a record is an event of Amplitude's."""
    return isinstance(item.get("event_type"), str) and any(
        member in item for member in ("user_id", "device_id", "amplitude_id", "event_properties")
    )


def call(item: dict[str, Any]) -> dict[str, Any]:
    """One event as a call."""
    name: str = item["event_type"]
    kind = _CALLS.get(name, "track")
    client = moment_of(item.get("client_event_time")) or moment_of(item.get("time"))
    moment = client or moment_of(item.get("event_time"))
    if moment is None:
        raise Unreadable("no time: client_event_time, event_time and time are all missing or unreadable")
    user, device = id_of(item.get("user_id")), id_of(item.get("device_id"))
    channel = _channel(item)
    user_properties = _object(item.get("user_properties"))
    made: dict[str, Any] = {
        "type": kind,
        "messageId": id_of(item.get("uuid")) or id_of(item.get("$insert_id")) or id_of(item.get("insert_id")),
        "userId": user,
        "anonymousId": device,
        "originalTimestamp": client,
        "timestamp": moment_of(item.get("event_time")) or moment,
        "sentAt": moment_of(item.get("client_upload_time")),
        "receivedAt": moment_of(item.get("server_received_time")) or moment_of(item.get("server_upload_time")),
        "context": _context(item, channel),
        "channel": channel,
        "writeKey": id_of(item.get("api_key")) or id_of(item.get("app")),
    }
    if channel != "server":
        made[own("identified")] = user is not None
    if kind == "identify":
        made["traits"] = _set(user_properties)
    elif kind == "group":
        groups = _object(item.get("groups"))
        made["groupId"] = next((_first(value) for value in groups.values()), None)
        made["traits"] = _set(_object(item.get("group_properties")))
    else:
        made["properties"] = _object(item.get("event_properties"))
        made["context"]["traits"] = user_properties or None
    if kind == "track":
        made["event"] = name
    return made


def _channel(item: dict[str, Any]) -> str:
    """The side, told by the platform; an event without one that has a device is a browser's or a phone's."""
    library = item.get("library")
    name = library.lower() if isinstance(library, str) else ""
    platform = item.get("platform")
    known = _PLATFORMS.get(platform.lower()) if isinstance(platform, str) else None
    if known is not None:
        return known
    if any(part in name for part in ("node", "python", "java/", "go/", "http")):
        return "server"
    if name.startswith(_BROWSER):
        return "web"
    return "mobile" if item.get("device_family") or item.get("os_name") else "server"


def _context(item: dict[str, Any], channel: str) -> dict[str, Any]:
    library = item.get("library")
    name, _, version = library.partition("/") if isinstance(library, str) else ("", "", "")
    session = item.get("session_id")
    properties = _object(item.get("event_properties"))
    url = properties.get("[Amplitude] Page Location")
    page = {
        "url": url,
        "path": properties.get("[Amplitude] Page Path"),
        "title": properties.get("[Amplitude] Page Title"),
        "referrer": properties.get("referrer"),
    }
    made: dict[str, Any] = {
        "library": {"name": name or None, "version": version or None},
        "page": page if isinstance(url, str) else None,
        "sessionId": session if isinstance(session, int) and session > 0 else None,
        "ip": item.get("ip_address") or item.get("ip"),
    }
    if channel == "mobile":
        made["device"] = {"id": item.get("device_id"), "type": item.get("os_name") or item.get("platform")}
    return made


def _set(properties: dict[str, Any]) -> dict[str, Any]:
    """What an identify sets: by ``$set`` and its kin, or bare, as the export has the state after it."""
    given: dict[str, Any] = {}
    for member in ("$setOnce", "$set"):
        given.update(_object(properties.get(member)))
    return given or {key: value for key, value in properties.items() if not key.startswith("$")}


def _first(value: Any) -> str | None:
    return id_of(value[0]) if isinstance(value, list) and value else id_of(value)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
