"""Which planned name was probably meant by one that is not planned."""

from collections.abc import Iterable
from difflib import get_close_matches

_CLOSE = 0.8


def meant(name: str, planned: Iterable[str]) -> str | None:
    """The planned name that another one is probably a misspelling of, in quotes; else nothing."""
    by_folded = {folded(one): one for one in sorted(planned)}
    found = get_close_matches(folded(name), by_folded, n=1, cutoff=_CLOSE)
    return f'"{by_folded[found[0]]}"' if found else None


def folded(name: str) -> str:
    """A name without case, blanks and joints: ``Order Completed``, ``orderCompleted`` and ``order_completed`` alike."""
    return "".join(char for char in name.casefold() if char.isalnum())
