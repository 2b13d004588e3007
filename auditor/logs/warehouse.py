"""Rows of warehouse tables, Segment's and RudderStack's (domain.md 6.2, 6.3): snake_case, flat, a table per call.

``tracks`` has every track call without its properties, and the table of each event has it once more with them.
"""

import re
from collections.abc import Iterable
from typing import Any

from auditor.logs.lenient import Unreadable, id_of, moment_of
from auditor.logs.shapes import NOTHING, TABLE

_KNOWN = {
    "identifies": "identify",
    "tracks": "track",
    "event": "track",
    "pages": "page",
    "screens": "screen",
    "groups": "group",
    "aliases": "alias",
}
_NO_EVENTS = ("users", "accounts")
_TIMES = {
    "original_timestamp": "originalTimestamp",
    "timestamp": "timestamp",
    "sent_at": "sentAt",
    "received_at": "receivedAt",
}
_COLUMNS = frozenset({"id", "anonymous_id", "user_id", "event", "event_text", "channel", *_TIMES})
_BOOKKEEPING = frozenset({"uuid", "uuid_ts", "loaded_at", "_partitiontime", "_fivetran_synced", "_rid"})
_PAGE = frozenset({"url", "path", "title", "search", "referrer"})
_NESTED = ("page", "library", "device", "campaign", "traits", "app", "os", "screen", "network")
_CAMEL = {"created_at": "createdAt", "first_name": "firstName", "last_name": "lastName"}
"""Reserved traits that the spec spells in camelCase (domain.md 1.10)."""
_WORD = re.compile(r"[a-z]+")
_ZONE_APART = re.compile(r" (?=[+-]\d\d:?\d\d$)")


def is_table(columns: Iterable[str]) -> bool:
    """Whether these are the columns of a warehouse table of calls, or of users or accounts."""
    held = {column.casefold() for column in columns}
    return "id" in held and bool(held & {"received_at", "original_timestamp", "uuid_ts"})


def table_of(columns: Iterable[str], name: str) -> str | None:
    """The table that columns belong to: one of those of the docs, ``event`` for the table of one event; ``None`` where
    neither they nor the file's name tell. identifies and screens have the same columns but for traits."""
    held = {column.casefold() for column in columns}
    own_columns = {c for c in held - _COLUMNS - _BOOKKEEPING if not c.startswith("context_")}
    named = [table for table in (*_KNOWN, *_NO_EVENTS) if table != "event" and table in _WORD.findall(name.casefold())]
    if not held & {"anonymous_id", "user_id"}:
        return next((table for table in named if table in _NO_EVENTS), "accounts" if "group_id" in held else "users")
    if "event" in held:
        return "tracks" if not own_columns and ("tracks" in named or not named) else "event"
    if "previous_id" in held:
        return "aliases"
    if "group_id" in held:
        return "groups"
    if len(own_columns & _PAGE) >= 2:
        return "pages"
    if named:
        return named[-1]
    return "identifies" if own_columns & {"email", "created_at", "phone", "first_name"} else None


def recognises(item: dict[str, Any]) -> bool:
    """Whether a record is a row of such a table: it says so itself, or has its columns and no call's spelling."""
    return TABLE in item or ("messageId" not in item and "type" not in item and is_table(item))


def call(item: dict[str, Any]) -> Any:
    """One row as a call; ``NOTHING`` for a row of users or accounts."""
    row = {key.casefold(): value for key, value in item.items() if value is not None and value != ""}
    table = row.pop(TABLE, None) if TABLE in item else table_of(item, "")
    if table in _NO_EVENTS:
        return NOTHING
    if not isinstance(table, str) or table not in _KNOWN:
        raise Unreadable(
            "its columns do not tell of which table this row is: name the file after the table (identifies.csv, ...)"
        )
    kind = _KNOWN[table]
    made: dict[str, Any] = {
        "type": kind,
        "messageId": id_of(row.get("id")),
        "anonymousId": id_of(row.get("anonymous_id")),
        "userId": id_of(row.get("user_id")),
        "channel": row.get("channel"),
        **{member: _moment(row.get(column)) for column, member in _TIMES.items()},
        "context": _context(row),
    }
    rest = {
        key: value
        for key, value in row.items()
        if key not in _COLUMNS and key not in _BOOKKEEPING and not key.startswith("context_")
    }
    if kind == "track":
        made["event"] = row.get("event_text") or row.get("event")
    elif kind == "alias":
        made["previousId"] = id_of(rest.pop("previous_id", None))
    elif kind == "group":
        made["groupId"] = id_of(rest.pop("group_id", None))
    elif kind in ("page", "screen"):
        made["name"] = rest.get("name")
        made["category"] = rest.get("category")
    if kind in ("identify", "group"):
        made["traits"] = {_CAMEL.get(key, key): value for key, value in rest.items()}
        created = _moment(rest.get("created_at"))
        if created is not None:
            made["traits"]["createdAt"] = created.isoformat()
    elif kind != "alias":
        made["properties"] = rest
    return made


def _context(row: dict[str, Any]) -> dict[str, Any]:
    """``context_page_url`` and so on as the nested object that they were."""
    context: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {}
    for column, value in row.items():
        if not column.startswith("context_"):
            continue
        member = column.removeprefix("context_")
        outer, _, inner = member.partition("_")
        if outer in _NESTED and inner:
            nested.setdefault(outer, {})[_CAMEL.get(inner, inner)] = value
        else:
            context[member] = value
    context.update(nested)
    if "user_agent" in context:
        context["userAgent"] = context.pop("user_agent")
    session = context.pop("session_id", None)
    if session is not None:
        context["sessionId"] = session
    started = context.pop("session_start", None)
    if started is not None:
        context["sessionStart"] = started is True or str(started).casefold() in ("true", "t", "1")
    return context


def _moment(value: Any) -> Any:
    """A time; Snowflake writes the zone apart."""
    return moment_of(_ZONE_APART.sub("", value.strip()) if isinstance(value, str) else value)
