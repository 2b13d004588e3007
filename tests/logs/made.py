"""Records and logs made for the tests of reading."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.model.log import Log

START = datetime(2026, 1, 5, 10, tzinfo=UTC)


def call(number: int = 0, **members: Any) -> dict[str, Any]:
    """A track call as analytics.js sends it; a member given as ``None`` is left out."""
    moment = (START + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record = {
        "type": "track",
        "event": f"Event {number}",
        "anonymousId": "a1",
        "userId": None,
        "messageId": f"m{number}",
        "timestamp": moment,
        "properties": {"plan": "pro", "items": [{"sku": 1}, {"sku": 2}]},
        "context": {"library": {"name": "analytics.js", "version": "next-1.84.3"}, "page": {"path": "/"}},
        **members,
    }
    return {key: value for key, value in record.items() if key == "userId" or value is not None}


def encoded(record: Any) -> bytes:
    return json.dumps(record, separators=(",", ":")).encode()


def lines(*records: Any) -> bytes:
    """JSON Lines of records; bytes are taken as they are."""
    return b"".join((r if isinstance(r, bytes) else encoded(r)) + b"\n" for r in records)


def names(log: Log) -> list[str | None]:
    """The names of a log's events, in order of their times."""
    return [event.event for event in sorted(log.events, key=lambda event: (event.t, event.event or ""))]


def accounted(log: Log) -> Log:
    """The log, every record of which is an event, a copy of one, a reject or a known non-event."""
    copies = sum(len(copies.others) for copies in log.copies.values())
    assert log.records == len(log.events) + copies + log.rejected + log.skipped
    assert log.arrivals == len(log.events) + copies
    assert len(log.rejects) == min(log.rejected, 1000)
    for reject in log.rejects:
        assert reject.file in log.files
        assert reject.line >= 1
        assert reject.reason
    return log
