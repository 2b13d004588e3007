"""What became of a request of a HAR: the decision table of domain.md 6.10, in the spellings of Chrome DevTools,
Playwright (which has those of its browser) and Firefox.

Chrome writes status 0 and the browser's error, Playwright -1 and the same error, Firefox 0 and often no error at all.
"""

import re

from auditor.logs.har_entries import Entry
from auditor.model.delivery import ABORTED, BLOCKED, FAILED, OK, REJECTED, UNKNOWN

_BLOCKED = re.compile(r"BLOCKED|\bcsp\b|content.?(?:policy|security|blocker)", re.IGNORECASE)
_CUT_OFF = re.compile(r"ERR_ABORTED|NS_BINDING_ABORTED|NS_ERROR_ABORT|cancell?ed|\baborted\b", re.IGNORECASE)
BEACONS = ("ping", "beacon")
"""Resource types of requests that outlive their page."""
_TRIED_AGAIN = (408, 410, 429, 460)
"""4xx after which libraries try again (domain.md 2.6)."""
_NOT_TRIED_AGAIN = (501, 505)
_OF_THE_WAY = (407, 511)
"""What a proxy or a captive portal says, not the collector."""
_CLOSED = (403, 451)
"""The same where the answer is a page for people: collectors answer in JSON."""


def outcome(entry: Entry, *, left: bool | None) -> str:
    """The value of ``Event.delivery`` for the calls of a request.

    ``left`` says whether the page was being left as the request ended; ``None`` that the file holds no documents to
    tell by. A request that was cut off without the page being left (the recording ended, the program gave up) may
    still come or have come: unknown. So is a beacon: browsers let go of it and send it all the same.
    """
    if entry.status in _OF_THE_WAY or (entry.status in _CLOSED and "html" in entry.mime):
        return FAILED
    if entry.status >= 200:
        return _answered(entry.status)
    if _BLOCKED.search(entry.error):
        return BLOCKED
    if entry.kind in BEACONS:
        return UNKNOWN
    if _CUT_OFF.search(entry.error):
        return UNKNOWN if left is False else ABORTED
    if entry.error:
        return FAILED
    return ABORTED if left else UNKNOWN


def _answered(status: int) -> str:
    if status < 400:
        return OK
    if status < 500:
        return FAILED if status in _TRIED_AGAIN else REJECTED
    return REJECTED if status in _NOT_TRIED_AGAIN else FAILED
