"""What a secret looks like, whatever key it stands under."""

import re

_TOKEN = re.compile(r"^Bearer [\w.~+/-]{16}|^eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.")
_KEY = re.compile(r"^-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY")
_CARD = re.compile(r"^\d(?:[ -]?\d){12,18}$")


def credential(text: str) -> str | None:
    """What a text opens, in words, if it is a login token or a private key by its form."""
    if _TOKEN.match(text):
        return "login token"
    return "private key" if _KEY.match(text) else None


def is_card(text: str) -> bool:
    """Whether a text has the form and the check digit (Luhn) of a card number."""
    if not _CARD.match(text):
        return False
    digits = [int(char) for char in reversed(text) if char.isdigit()]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0
