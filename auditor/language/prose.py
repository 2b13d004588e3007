"""Text as Markdown shows it."""

import re


def prose(text: str) -> str:
    """Words without what Markdown would take for its own; code in backticks stays."""
    parts = re.split(r"(`[^`]+`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else re.sub(r"([\\<*\[\]])", r"\\\1", part) for part in parts)


def cell(text: str) -> str:
    """Text in a cell of a table."""
    return text.replace("|", "\\|")
