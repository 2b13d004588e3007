"""A share, written as a percentage."""

import re
from typing import Any

Share = tuple[int, int]
"""A fraction of whole numbers, so that "at or below" is exact."""
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,6}))?%")


def share(text: Any) -> Share:
    """The share that ``10%`` or ``2.5%`` is. Raises ``ValueError`` with what to write."""
    match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    decimals = (match[2] or "") if match is not None else ""
    whole = 100 * 10 ** len(decimals)
    if match is None or int(match[1] + decimals) > whole:
        raise ValueError(f'{text!r} is no share: write a percentage up to 100, such as "10%"')
    return int(match[1] + decimals), whole


def share_words(given: Share) -> str:
    """``10%`` for (10, 100)."""
    return f"{100 * given[0] / given[1]:g}%"
