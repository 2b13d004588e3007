"""PostHog: bodies of its capture API, and batch exports (domain.md 4.4, 6.4).

Its SDK puts the id of the user on an event when it is made. The device keeps its ``$device_id`` over a reset, which
shows as an anonymous event in a new session; ``$identify`` is sent only where the id before it was anonymous, so a
second user without reset shows in the ids alone, and identify for the same user as before may send nothing.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from auditor.logs.lenient import CALLS_OWN, Unreadable, id_of, moment_of
from auditor.model.event import own

_LIBRARIES = {
    "web": {"web", "js", "posthog-js", "posthog-js-lite"},
    "mobile": {"posthog-ios", "posthog-android", "posthog-react-native", "posthog-flutter", "posthog-unity"},
}
_CHANNELS = {library: channel for channel, libraries in _LIBRARIES.items() for library in libraries}
_CALLS = {
    "$identify": "identify",
    "$set": "identify",
    "$create_alias": "alias",
    "$merge_dangerously": "alias",
    "$pageview": "page",
    "$screen": "screen",
    "$groupidentify": "group",
}
_COOKIELESS = "$posthog_cookieless"
"""The distinct_id of everybody who may not be known."""
_MADE_BY_SDK = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{13,16}(-[0-9a-f]{5,16}){4}"
)
"""Ids of visitors as posthog-js makes them: UUIDs of version 7, and the longer ones of its first years."""
_VERSION_7 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7")
_ONE_CLOCK = timedelta(minutes=1)
_EXPORTED = ("created_at", "_inserted_at", "person_id", "person_properties", "elements_chain")
_CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_OWN_PROPERTIES = frozenset({"token", "distinct_id", "title", "alias", "navigation_type"})
"""What the SDKs put among the properties, besides all that begins with a dollar sign."""


def calls(item: Any, sent: datetime | None = None) -> list[dict[str, Any]] | None:
    """The calls in a decoded body of a capture request, or ``None`` if it is no such body.

    ``item`` is one event, a list of events, or ``{api_key, batch: [...], sent_at}``, decoded from JSON; ``sent`` is
    when the request left where the body does not say so (the query parameter ``_``, milliseconds since 1970, by the
    sender's clock): without either an event with an ``offset`` is placed by its property ``$time``. Each call is a
    dictionary in the spelling of Segment's HTTP API (with members of ``model.event.own`` besides), ready for
    ``lenient.mended``. Raises ``lenient.Unreadable`` where one of the events cannot be read.
    """
    events, shared = item, {}
    if isinstance(item, dict) and isinstance(item.get("batch"), list):
        events, shared = item["batch"], {key: item[key] for key in ("sent_at", "api_key") if key in item}
    if isinstance(events, dict):
        events = [events]
    if not isinstance(events, list) or not events:
        return None
    whole = [{**shared, **event} if isinstance(event, dict) else event for event in events]
    if not all(isinstance(event, dict) and recognises(event) for event in whole):
        return None
    return [call(event, sent) for event in whole]


def recognises(item: dict[str, Any]) -> bool:
    """Whether a record is an event of PostHog's: a name with a token, or with a distinct_id and what Mixpanel lacks."""
    if not isinstance(item.get("event"), str) or CALLS_OWN & item.keys():
        return False
    if "api_key" in item or "token" in item:
        return True
    if "distinct_id" in item and ("properties" in item or "timestamp" in item or "uuid" in item):
        return True
    properties = item.get("properties")
    beside = any(member in item for member in ("uuid", "timestamp", "offset", "sent_at"))
    return beside and isinstance(properties, dict) and "distinct_id" in properties


def call(item: dict[str, Any], sent: datetime | None = None) -> dict[str, Any]:
    """One event as a call (domain.md 6.4)."""
    name = item["event"]
    properties = _object(item, "properties")
    distinct = id_of(item.get("distinct_id")) or id_of(properties.get("distinct_id"))
    if distinct is None:
        raise Unreadable("no distinct_id: PostHog drops such an event")
    kind = _CALLS.get(name, "track")
    channel = _channel(properties)
    ids = _ids(kind, distinct, properties)
    made = {
        "type": kind,
        "messageId": id_of(item.get("uuid")),
        **ids,
        **_times(item, properties, sent, client=channel != "server"),
        "context": _context(item, properties, kind, channel),
        "channel": channel,
        "writeKey": id_of(item.get("api_key")) or id_of(item.get("token")) or id_of(properties.get("token")),
    }
    if channel != "server":
        made[own("identified")] = ids.get("userId") is not None
        made[own("rudderstack")] = True
    if kind == "alias":
        made[own("identified")] = True  # it may come at any time: nothing to blame in when it comes
    if kind == "identify":
        made["traits"] = _traits(item, properties)
    elif kind == "group":
        made["groupId"], made["traits"] = properties.get("$group_key"), properties.get("$group_set")
    else:
        made["properties"] = {
            key: value for key, value in properties.items() if key[:1] != "$" and key not in _OWN_PROPERTIES
        }
    if kind == "track":
        made["event"] = name
    elif kind == "screen":
        made["name"] = properties.get("$screen_name")
    elif kind == "page":
        moved = ("$prev_pageview_id", "$prev_pageview_pathname", "navigation_type")
        made[own("opens")] = not any(member in properties for member in moved)
    return made


def _ids(kind: str, distinct: str, properties: dict[str, Any]) -> dict[str, Any]:
    """userId, anonymousId and previousId. The anonymousId is that of the device, which a reset leaves as it is."""
    if distinct == _COOKIELESS or distinct == f"${properties.get('$group_type')}_{properties.get('$group_key')}":
        return {}  # of whoever may not be known, or of a group that a server speaks of
    device = id_of(properties.get("$device_id"))
    before = id_of(properties.get("$anon_distinct_id"))
    if kind == "alias":
        alias = id_of(properties.get("alias"))
        user, other = (distinct, alias) if _is_user(distinct, device, properties) else (alias, distinct)
        return {"userId": user, "previousId": other, "anonymousId": device}
    if before is not None or _is_user(distinct, device, properties):
        return {"userId": distinct, "anonymousId": device or before, "previousId": before}
    return {"anonymousId": device or distinct}


def _is_user(distinct: str, device: str | None, properties: dict[str, Any]) -> bool:
    user = id_of(properties.get("$user_id"))
    identified = properties.get("$is_identified")
    if isinstance(identified, bool):
        return identified or user == distinct
    if user is not None:
        return user == distinct
    if device is not None:
        return distinct != device and not _MADE_BY_SDK.fullmatch(distinct)
    return properties.get("$process_person_profile") is not False


def _times(
    item: dict[str, Any], properties: dict[str, Any], sent: datetime | None, *, client: bool
) -> dict[str, datetime | None]:
    """The event's times. An export has put every timestamp right by its own request's delay, some milliseconds more
    or less each time, so what orders the events of one device there is the client's clock in the event's uuid."""
    sent = moment_of(item.get("sent_at")) or moment_of(item.get("sentAt")) or sent
    moment = moment_of(item.get("timestamp"))
    offset = item.get("offset")
    if moment is None and sent is not None and isinstance(offset, int | float) and not isinstance(offset, bool):
        moment = sent - timedelta(milliseconds=offset)
    moment = moment or moment_of(properties.get("$time")) or sent
    received_at = [moment_of(item.get(member)) for member in ("receivedAt", "created_at", "_inserted_at")]
    original = None
    if client and moment is not None and any(member in item for member in _EXPORTED):
        match = _VERSION_7.match(str(item.get("uuid")))
        made = datetime.fromtimestamp(int(match[1] + match[2], 16) / 1000, UTC) if match else None
        original = made if made is not None and abs(made - moment) < _ONE_CLOCK else None
    received = next(filter(None, received_at), None)
    return {"timestamp": moment, "originalTimestamp": original, "sentAt": sent, "receivedAt": received}


def _channel(properties: dict[str, Any]) -> str:
    library = id_of(properties.get("$lib"))
    if library in _CHANNELS:
        return _CHANNELS[library]
    browser = library is None and ("$current_url" in properties or "$device_id" in properties)
    return "web" if browser else "server"


def _context(item: dict[str, Any], properties: dict[str, Any], kind: str, channel: str) -> dict[str, Any]:
    library = id_of(properties.get("$lib"))
    referrer = properties.get("$referrer")
    page = {
        "url": properties.get("$current_url"),
        "path": properties.get("$pathname"),
        "referrer": "" if referrer == "$direct" else referrer,
        "title": properties.get("title"),
    }
    campaign = {member[4:]: properties[member] for member in _CAMPAIGN if properties.get(member) is not None}
    made = {
        "library": {
            "name": "posthog-js" if library == "web" else library,
            "version": properties.get("$lib_version"),
        },
        "page": page if page["url"] is not None or page["path"] is not None else None,
        "sessionId": properties.get("$session_id"),
        "ip": properties.get("$ip"),
        "userAgent": properties.get("$raw_user_agent"),
        "locale": properties.get("$browser_language") or properties.get("$locale"),
        "timezone": properties.get("$timezone"),
        "campaign": campaign or None,
        "traits": None if kind in ("identify", "group") else _traits(item, properties) or None,
    }
    if channel == "mobile":
        system = properties.get("$os_name") or properties.get("$os")
        made["device"] = {"id": properties.get("$device_id"), "type": system}
    return made


def _traits(item: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """What an event sets on its person; what the SDK adds by itself begins with a dollar sign."""
    held: dict[str, Any] = {}
    for member in ("$set_once", "$set"):
        for place in (properties, item):
            given = place.get(member)
            if isinstance(given, dict):
                held.update((k, v) for k, v in given.items() if v is not None and not k.startswith("$"))
    return held


def _object(item: dict[str, Any], member: str) -> dict[str, Any]:
    """An object, or the JSON text of one, as the exports have it."""
    value = item.get(member)
    if isinstance(value, str) and value:
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Unreadable(f"{member} is a text that is no JSON ({error})") from None
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{member} is no object")
    return value
