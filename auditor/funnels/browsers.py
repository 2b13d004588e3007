"""A browser's name in its user agent."""

import re

_KNOWN = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/|\bOpera\b"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/|\bChromium/"),
    ("Safari", r"\bSafari/"),
)
"""First match wins: most browsers name others as well."""
_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _KNOWN]


def browser_of(agent: object) -> str | None:
    """The family, ``other`` for an agent of none; ``None`` where there is no agent."""
    if not isinstance(agent, str) or not agent:
        return None
    return next((name for name, pattern in _PATTERNS if pattern.search(agent)), "other")
