"""Calls made up by hand and put into a destination: in which profile each event ends."""

from collections.abc import Sequence

from auditor.identities.calls import Call
from auditor.identities.destination import Destination

DAY = 86_400_000
D1, D2, D3 = (f"{number}b2e0f4a-6d1c-4c3e-9a57-0f6e1d2c3b4a" for number in (1, 2, 3))
"""Anonymous ids as SDKs make them."""


def event(anonymous: str | None = None, user: str | None = None, *, time: int = 0, email: str | None = None) -> Call:
    """A track call."""
    return Call("track", user, anonymous, time=time, email=email)


def identify(user: str | None, anonymous: str | None = None, *, server: bool = False, time: int = 0) -> Call:
    """An identify call of a browser, or of a server."""
    return Call("identify", user, anonymous, client=not server, time=time)


def alias(user: str, previous: str, *, server: bool = False, time: int = 0) -> Call:
    """An alias call: ``user`` is the new id."""
    return Call("alias", user, None, previous, client=not server, time=time)


def played(kind: type[Destination], calls: Sequence[Call]) -> Destination:
    """A destination that took the calls."""
    destination = kind()
    for call in calls:
        destination.take(call)
    return destination


def profiles(kind: type[Destination], calls: Sequence[Call]) -> str:
    """A letter for each event: which profile it is in at the end, A being that of the first; ``-`` for none."""
    destination = kind()
    nodes = [(destination.take(call), call.counted) for call in calls]
    letters: dict[object, str] = {}
    told = ""
    for node, counted in nodes:
        profile = None if node is None else destination.profile(node)
        if counted:
            told += "-" if profile is None else letters.setdefault(profile, chr(ord("A") + len(letters)))
    return told


def refused(kind: type[Destination], calls: Sequence[Call]) -> dict[str, int]:
    """What a destination refused."""
    return dict(played(kind, calls).refused)
