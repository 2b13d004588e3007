"""The mistakes: for each the change of the site's code, the people whom it takes to show, and the rules it breaks.

A mistake that an SDK mends by itself breaks nothing there: posthog-js runs identify before queued captures,
analytics.js takes a new anonymousId for another user. The key is read from what happened and knows.
"""

from dataclasses import dataclass, replace

from benchmarks.simulate.clock import DAY, HOUR
from benchmarks.simulate.sdk import Delivery
from benchmarks.simulate.site import Code

PINNED = "pinned"
"""Stands for an id of the household's own, which the run fills in."""
_SIGN_UP = ("visit", "sign_up", "work")
_LOG_IN = ("have_account", "visit", "log_in", "work")
_NEXT = ("visit", "sign_up", "work", "log_out", "sign_up", "work")


@dataclass(frozen=True, slots=True)
class Plan:
    """What one household does on a site of this code. ``breaks`` are rules, or ``rule/kind``; none: it is clean."""

    name: str
    code: Code
    steps: tuple[str, ...]
    breaks: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ("segment", "rudderstack", "posthog")
    """Whose SDKs make a clean log of it."""
    skew: int = 0
    blocked: bool = False
    slow: int = 0


def aliased(plan: Plan) -> Plan | None:
    """The same plan on a site that aliases at signup, as a destination without identity merging asks for; None: the
    plan is about something that such a site does otherwise."""
    code = plan.code
    usual = (code.signup, code.signup_on, code.login) == ("identify first", "welcome", "identify first")
    if code.alias is None and not usual:
        return None
    return replace(plan, code=replace(code, alias=code.alias or "awaited"))


def planned(name: str, breaks: str, steps: tuple[str, ...], *, skew: int = 0, **code: object) -> Plan:
    """A plan of a mistake: ``breaks`` lists rules, the rest is what is different in the site's code."""
    own = replace(Code(), **code)  # type: ignore[arg-type]
    return Plan(name, own, steps, tuple(breaks.split(", ")), skew=skew)


_TRACKED_FIRST = "identify-after-track"
_REDIRECT = "signup-on-redirecting-page, missing-signup"
_TWICE = "double-counted-signup/client-and-server"
_ALIAS_FIRST = "server-identify-before-client-alias"
MISTAKES = [
    planned("signup tracked before identify, same tick", _TRACKED_FIRST, _SIGN_UP, signup="track first"),
    planned("signup tracked before identify, SPA", _TRACKED_FIRST, _SIGN_UP, signup="track first", app="spa"),
    planned("signup tracked before identify, async", _TRACKED_FIRST, _SIGN_UP, signup="identify later"),
    planned("signup tracked before identify, OAuth", _TRACKED_FIRST, _SIGN_UP, signup="identify later", app="oauth"),
    planned("login tracked before identify", _TRACKED_FIRST, _LOG_IN, login="track first"),
    planned("queued before the library loads", f"{_TRACKED_FIRST}/replayed", _SIGN_UP, signup="queued track first"),
    planned("signup without identify", "signup-without-identify", _SIGN_UP, signup="track only", layout=False),
    planned("login without identify", "login-without-identify", _LOG_IN, login="track only", layout=False),
    planned("alias not awaited", "alias-after-identify/self-alias", _SIGN_UP, alias="not awaited"),
    planned("alias after identify", "alias-after-identify/self-alias", _SIGN_UP, alias="late"),
    planned("alias after identify, explicit", "alias-after-identify/after-identify", _SIGN_UP, alias="late, explicit"),
    planned("server identifies before alias", _ALIAS_FIRST, _SIGN_UP, alias="awaited", server=("account", "identify")),
    planned("no reset, second user", "missing-reset-on-logout", _NEXT, logout="nothing"),
    planned(
        "no reset, later pages", "missing-reset-on-logout", (*_SIGN_UP, "log_out", "read"), logout="nothing"
    ),
    planned(
        "no reset, logout by click", "missing-reset-on-logout", (*_SIGN_UP, "log_out", "read"),
        logout="nothing", logout_by="click",
    ),
    planned("no reset, SPA", "missing-reset-on-logout", (*_SIGN_UP, "log_out", "read"), logout="nothing", app="spa"),
    planned(
        "no reset, account switched", "missing-reset-on-logout/inherited", (*_LOG_IN, "switch_user", "work"),
        logout="nothing", app="spa",
    ),
    planned("second user without logout", "two-users-on-one-device", (*_LOG_IN, "take_over", "work")),
    planned("anonymousId pinned", "two-users-on-one-device", _NEXT, delivery=Delivery(pins=PINNED)),
    planned("half a reset", "two-users-on-one-device", _NEXT, logout="forget"),
    planned("signup on the form", _REDIRECT, _SIGN_UP, signup_on="form"),
    planned("signup on the form, server twin", _REDIRECT, _SIGN_UP, signup_on="form", server=("account",)),
    planned(
        "signup on the form, next page elsewhere", _REDIRECT, ("visit", "sign_up", "work_elsewhere"),
        signup_on="form", server=("account",), after_signup="https://app.elsewhere.example/start",
    ),
    planned(
        "signup on the form, nothing kept", _REDIRECT, _SIGN_UP,
        signup_on="form", server=("account",), delivery=Delivery(persists=False),
    ),
    planned("signup on a page that forwards", _REDIRECT, _SIGN_UP, signup_on="forwarding"),
    planned(
        "page loads without identify", "missing-identify-on-page-load",
        ("visit", "sign_up", "work", "sleep", "come_back"), layout=False,
    ),
    planned(
        "page loads without identify, after login", "missing-identify-on-page-load", _LOG_IN, layout=False
    ),
    planned(
        "page loads without identify, two tabs", "missing-identify-on-page-load",
        ("visit", "second_tab", "sign_up", "look_at_second_tab", "work"), layout=False,
    ),
    planned("e-mail address as userId", "user-id-is-email", _SIGN_UP, user_id="e-mail"),
    planned("placeholder as userId", "placeholder-user-id", _SIGN_UP, user_id="placeholder"),
    planned("password among the traits", "sensitive-trait-client-side", _SIGN_UP, secret="password"),
    planned("card number among the traits", "sensitive-trait-client-side", _SIGN_UP, secret="card"),
    planned("card number in an event", "sensitive-trait-client-side", _SIGN_UP, secret="card in event"),
    planned("messageId reused", "duplicate-message-id/changed", _SIGN_UP, server=("account", "reused id")),
    planned("message sent again a day later", "duplicate-message-id/late", _SIGN_UP, server=("account", "sent again")),
    planned("signup not tracked", "missing-signup", _SIGN_UP, signup="identify only"),
    planned(
        "signup not tracked, server twin", "missing-signup", _SIGN_UP, signup="identify only", server=("account",)
    ),
    planned("signup from the server as well", _TWICE, _SIGN_UP, server=("signup",)),
    planned(
        "signup again on reload", "double-counted-signup/client-again", ("visit", "sign_up", "reload", "work"),
        once=False,
    ),
    planned("signup from the server as well, wrong clock", _TWICE, _SIGN_UP, skew=-3 * HOUR, server=("signup",)),
    planned("signup not tracked, wrong clock", "missing-signup", _SIGN_UP, skew=DAY, signup="identify only"),
]  # fmt: skip

_SELF = "alias-after-identify/self-alias, missing-alias/never-aliased"
ALIASING = [
    planned("never aliased", "missing-alias/never-aliased", _SIGN_UP),
    planned("never aliased, SPA", "missing-alias/never-aliased", _SIGN_UP, app="spa"),
    planned(
        "identified by the server alone", "missing-alias/server-only", _SIGN_UP,
        signup="track only", layout=False, server=("identify",),
    ),
    planned("alias not awaited", _SELF, _SIGN_UP, alias="not awaited"),
    planned("alias after identify", _SELF, _SIGN_UP, alias="late"),
    planned("alias after identify, explicit", "alias-after-identify/after-identify", _SIGN_UP, alias="late, explicit"),
    planned("server identifies before alias", _ALIAS_FIRST, _SIGN_UP, alias="awaited", server=("account", "identify")),
]  # fmt: skip
"""The mistakes of a site whose destination needs alias, made among people who are aliased."""
