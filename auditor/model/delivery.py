"""What became of the request that carried a call: the values of ``Event.delivery`` (domain.md 2.6, 2.7, 6.10).

One value is about one request. A call that was sent again is several arrivals of one messageId
(``model.event.Copies``), each with its own: *aborted and re-sent* is a call that is ``aborted`` and has a copy that is
not, *aborted and lost* one that has none. A recorder or a wrapper may write these values into a log; a HAR file is read
into them. ``None`` is what a collector's own log says: it holds what was received.
"""

OK = "ok"
"""Delivered: the collector answered, even if the page went away before the answer was read whole."""
ABORTED = "aborted"
"""Cut off by the page being left before an answer came. It may have arrived all the same, and may be sent again."""
FAILED = "failed"
"""No answer for another reason (network, name, time-out), or one after which libraries try again (408, 429, 5xx)."""
BLOCKED = "blocked"
"""Stopped in the browser: an ad blocker, a content policy."""
REJECTED = "rejected"
"""Refused by the collector for good (400, 401, 403, 404, 413): libraries drop the call."""
UNKNOWN = "unknown"
"""Nobody can tell: a beacon, or a request that was open when the recording ended."""

UNDELIVERED = (ABORTED, FAILED, BLOCKED, REJECTED)
"""Outcomes that say that nobody got it. ``unknown`` is none of them: what may have arrived is not called lost."""
UNCONFIRMED = (*UNDELIVERED, UNKNOWN)
"""Outcomes that do not say that somebody got it: what may not have arrived is not called received."""
