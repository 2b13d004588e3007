"""Event names that read like a signup, a login or a logout, whatever a team spells them like.

Two grades: the *same words* as a name of the field's own (``Log-In``, ``USER_SIGNED_UP``; domain.md 5.4), and names
that only *read like* one (``Portal Member Signed Up``). Attempts are neither: ``Signup Started`` is no signup.
"""

import re
from collections import Counter
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OTHER = _set(
    """
    abandon abandoned abort aborted attempt attempted began begin begun button canceled cancelled click clicked clicks
    cta declined denied device error event fail failed failure fails failures form input invite invited link
    list modal newsletter open opened page popup prompt push referral reminder rejected screen selected session shown
    start started starts step submission submit submitted tapped token view viewed views waitlist webinar
    """
)
"""Words that make another event of it: an attempt, a view of the form, a signup for something else."""
_SHOWN = 3


@dataclass(frozen=True)
class Role:
    """What an event can be. ``param`` lists the names of it; ``same`` are the letters of the usual ones, ``kin`` those
    of their near kin; ``phrases`` are words that stand in names that read like it."""

    name: str
    param: str
    same: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    kin: frozenset[str] = frozenset()

    def is_same(self, name: str) -> bool:
        """Whether a name is the field's own but for spelling."""
        return _letters(name) in self.same

    def reads_like(self, name: str) -> bool:
        """Whether a name may well mean it."""
        letters = _letters(name)
        if letters in self.same or letters in self.kin:
            return True
        words = [word.casefold() for word in _WORD.findall(name)]
        return not _OTHER.intersection(words) and any(_holds(words, phrase) for phrase in self.phrases)


SIGNUP = Role(
    "signup",
    "signup_events",
    _set(
        """
        signedup usersignedup signup signupcompleted accountcreated usercreated registered userregistered
        registrationcompleted completeregistration completedregistration
        """
    ),
    (
        ("signed", "up"), ("sign", "up"), ("signup",), ("signedup",), ("registered",), ("registration",),
        ("account", "created"), ("created", "account"), ("create", "account"), ("user", "created"),
        ("customer", "created"), ("new", "user"), ("new", "account"),
    ),
    _set(
        """
        usersignup signupcomplete completedsignup completesignup signupsuccess signupsucceeded createaccount
        createdaccount newaccount registration registrationcomplete register newuser signups customerregistered
        customercreated membersignedup accountregistered accountsignup
        """
    ),
)  # fmt: skip
LOGIN = Role(
    "login",
    "login_events",
    _set("signedin usersignedin loggedin userloggedin login signin"),
    (("signed", "in"), ("sign", "in"), ("signin",), ("signedin",), ("logged", "in"), ("log", "in"), ("login",)),
    _set("userlogin usersignin loginsuccess loginsucceeded loginsuccessful authenticated"),
)
LOGOUT = Role(
    "logout",
    "logout_events",
    _set("signedout usersignedout loggedout userloggedout logout signout"),
    (("signed", "out"), ("sign", "out"), ("signout",), ("signedout",), ("logged", "out"), ("log", "out"), ("logout",)),
    _set("userlogout usersignout loggedoff logoff signedoff signoff"),
)
ROLES = (SIGNUP, LOGIN, LOGOUT)


def similar_names(names: Counter[str], role: Role) -> tuple[tuple[str, int], ...]:
    """Names that read like what the role is, the most frequent first."""
    return tuple([(name, count) for name, count in names.most_common() if role.reads_like(name)][:_SHOWN])


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _holds(words: list[str], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(tuple(words[at : at + size]) == phrase for at in range(len(words) - size + 1))
