"""A misspelt name and the one that was probably meant."""

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses a name: what was probably meant, or nothing."""
    from difflib import get_close_matches  # only where something is wrong: start-up counts

    by_folded = {_folded(word): word for word in sorted(known)}
    folded = _folded(name)
    if spelt := get_close_matches(folded, by_folded, n=1, cutoff=0.85):
        return f'; did you mean "{by_folded[spelt[0]]}"?'
    starts = [word for key, word in by_folded.items() if len(folded) > 3 and key.startswith(f"{folded}-")]
    if starts:
        return f"; did you mean {' or '.join(starts[:4])}?"
    close = get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    return f'; did you mean "{by_folded[close[0]]}"?' if close else ""


def _folded(name: str) -> str:
    return name.casefold().replace("_", "-")
