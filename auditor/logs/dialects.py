"""Which vendor's shape a record has that is no call of Segment's or RudderStack's, told by its members.

A dialect is a file here with ``recognises`` (whether a record is one of its) and ``call`` (the record as a call in
Segment's spelling, for ``lenient.mended``). They are loaded when the first odd record is met: most logs hold none.
"""

from datetime import tzinfo
from importlib import import_module
from typing import Any

from auditor.logs.lenient import Unreadable

VENDORS = ("posthog", "mixpanel", "amplitude", "warehouse")
"""The dialects that are converted, in the order in which a record is offered to them."""


class Dialects:
    """The dialects of one run.

    ``forced`` is the one that all records have, whatever they look like; ``None`` leaves it to the content. ``zone``
    is the time zone of a Mixpanel project whose times are local.
    """

    def __init__(self, forced: str | None = None, zone: tzinfo | None = None) -> None:
        self.forced = forced if forced in VENDORS else None
        self._zone = zone
        self._names = VENDORS if forced is None else (forced,) if forced in VENDORS else ()

    def call(self, item: Any) -> Any:
        """A vendor's record as a call, ``shapes.NOTHING`` for a known non-event, ``None`` if it is none of a vendor's.

        Raises ``lenient.Unreadable`` where it is one and cannot be read.
        """
        if not isinstance(item, dict):
            return None
        for name in self._names:
            dialect = import_module(f"auditor.logs.{name}")
            if dialect.recognises(item):
                if name == "mixpanel":
                    return dialect.call(item, self._zone)
                return dialect.call(item)
        if self.forced is not None:
            raise Unreadable(f"no record of the dialect {self.forced}, which was asked for")
        return None
