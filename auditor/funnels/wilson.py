"""Wilson's score interval of a share."""

from math import sqrt

_Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


def interval(hits: int, of: int) -> tuple[float, float] | None:
    """Lowest and highest share that ``hits`` of ``of`` speak for, at 95 %; ``None`` of nothing.

    After E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    if of <= 0:
        return None
    share, weight = hits / of, _Z * _Z / of
    middle = share + weight / 2
    half = _Z * sqrt((share * (1 - share) + weight / 4) / of)
    low = 0.0 if hits <= 0 else (middle - half) / (1 + weight)
    high = 1.0 if hits >= of else (middle + half) / (1 + weight)
    return low, high
