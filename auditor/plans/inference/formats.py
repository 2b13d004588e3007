"""Formats that texts may have, each told more strictly than any validator does: what is told must hold later."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URI = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?"
                  r"(?:\?[A-Za-z0-9._~/=&+-]*)?", re.ASCII)  # fmt: skip
_LONGEST = 250


def _moment(text: str) -> bool:
    if _MOMENT.fullmatch(text) is None or text[17:19] == "60":
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return not text.startswith("0000")


def _day(text: str) -> bool:
    if _DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _email(text: str) -> bool:
    local, _, domain = text.partition("@")
    short = len(text) < _LONGEST and len(local) <= 64 and all(len(part) <= 63 for part in domain.split("."))
    return short and _EMAIL.fullmatch(text) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": _moment,
    "date": _day,
    "email": _email,
    "uri": lambda text: len(text) < _LONGEST and _URI.fullmatch(text) is not None,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
}
"""Format names of JSON Schema, and whether a text has them beyond doubt."""
