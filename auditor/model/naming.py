"""How ids and free text are shown: as they are, or as stable pseudonyms (design.md 8)."""

import re
from collections.abc import Callable

_EMAIL = re.compile(r"[^\s/@\"'()<>,;:?&=]+(?:@|%40)[^\s/@\"'()<>,;:?&=]+\.[^\s/@\"'()<>,;:?&=]+")


def is_pseudonym(value: str) -> bool:
    """Whether an id has the form of a pseudonym from a redacted report."""
    return re.fullmatch(r"(?:user|device|group)#[0-9a-f]{8}", value) is not None


class Naming:
    """Everything as it is."""

    def user(self, value: str) -> str:
        """A userId or previousId."""
        return value

    def device(self, value: str) -> str:
        """An anonymousId, or the value of a key that may be one."""
        return value

    def group(self, value: str) -> str:
        """A groupId."""
        return value

    def source(self, value: str) -> str:
        """A writeKey: it names a source, and whoever has it can send to it."""
        return value

    def text(self, value: str) -> str:
        """A name, a path, a label: anything that may hold an e-mail address."""
        return value


PLAIN = Naming()


class Redacting(Naming):
    """Stable pseudonyms: one id has one pseudonym in every report, and nobody can tell the id from it by reading.

    ``keep`` names userIds that are no ids ("undefined"): to hide them would hide the finding.
    """

    def __init__(self, keep: Callable[[str], bool] = lambda _: False) -> None:
        self._keep = keep

    def user(self, value: str) -> str:
        return value if self._keep(value) else _pseudonym("user", value)

    def device(self, value: str) -> str:
        return _pseudonym("device", value)

    def group(self, value: str) -> str:
        return _pseudonym("group", value)

    def source(self, value: str) -> str:
        return _pseudonym("source", value)

    def text(self, value: str) -> str:
        return _EMAIL.sub(lambda match: _pseudonym("email", match[0].replace("%40", "@")), value)


def _pseudonym(what: str, value: str) -> str:
    import hashlib  # OpenSSL takes a while to load, and most reports show ids as they are

    return f"{what}#{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
