"""Plans for the slips of ``slips``: who has to do what for each to show, and the rules that it breaks."""

from dataclasses import replace

from benchmarks.simulate.mistakes import Plan
from benchmarks.simulate.sdk import Delivery
from benchmarks.simulate.site import Code

_SIGN_UP = ("visit", "sign_up", "work")
_LOG_IN = ("have_account", "visit", "log_in", "work")
_COLLEAGUE = ("change_device", *_LOG_IN)
_MAIL = ("have_account", "open_mail", "change_device", "open_mail", "change_device", "open_mail", "open_mail")


def _slip(slip: str | None, breaks: str, steps: tuple[str, ...], name: str = "", **code: object) -> Plan:
    own = replace(Code(slip=slip), **code)  # type: ignore[arg-type]
    return Plan(name or f"{slip}", own, steps, tuple(breaks.split(", ")))


SLIPS = [
    _slip("anonymous id as user id", "user-id-is-anonymous-id", _SIGN_UP),
    _slip("user id as anonymous id", "anonymous-id-is-user-id", _SIGN_UP),
    _slip("server passes no id", "missing-identity", _SIGN_UP),
    _slip("server passes a number", "user-id-not-string", _SIGN_UP),
    _slip("server has an id of its own", "client-server-id-mismatch", _SIGN_UP),
    _slip(
        "server alone identifies", "server-identify-only", (*_SIGN_UP, "idle", "read"), signup="track only",
        layout=False,
    ),
    _slip("group first", "group-before-identify", _SIGN_UP),
    _slip(None, "suspicious-user-id", _SIGN_UP, "example as user id", user_id="example"),
    _slip(None, "user-id-is-phone-number", _SIGN_UP, "phone number as user id", user_id="phone"),
    _slip("login tracked as signup", "login-counted-as-signup", _LOG_IN),
    _slip("one id for the company", "shared-user-id/many-people", (*_LOG_IN, *_COLLEAGUE, *_COLLEAGUE)),
    _slip("another id later", "user-id-changes-for-person", _SIGN_UP),
    _slip("another spelling later", "user-id-case-variants", _SIGN_UP),
    _slip(
        "traits of the last user", "stale-traits-after-switch",
        (*_LOG_IN, "switch_user", "work", "sleep", "come_back", "work"),
        app="spa", delivery=Delivery(resets_device=True),
    ),
    _slip("reset as the form is sent", "anonymous-history-lost", _SIGN_UP, delivery=Delivery(resets_device=True)),
    _slip(
        "reset as the form is sent", "anonymous-history-lost", _SIGN_UP, "reset as the form is sent, SPA",
        app="spa", delivery=Delivery(resets_device=True),
    ),
    _slip("reset between two identify calls", "reset-before-identify-replayed", _SIGN_UP),
    _slip(
        "help pages", "reset-not-on-all-subdomains", (*_SIGN_UP, "open_help", "work", "log_out", "open_help"),
        "reset on one host only",
    ),
    _slip("reset before the logout is tracked", "logout-tracked-after-reset", (*_SIGN_UP, "log_out", "read")),
    _slip(
        None, "partial-reset", (*_SIGN_UP, "log_out", "log_in", "work"), "half a reset, the same user again",
        logout="forget",
    ),
    _slip("mail passed on", "query-string-identify", _MAIL),
]  # fmt: skip
ALIASING_SLIPS = [
    _slip("server aliases in haste", "alias-too-close, alias-repeated/server", _SIGN_UP, alias="awaited"),
]
"""On a site whose destination needs alias."""


RIGHT = {
    "help pages": "help pages that reset",
    "server aliases in haste": "server aliases in time",
}
"""What is right where it takes more than to leave the slip out."""


def done_right(plan: Plan) -> Plan:
    """The same people on a site that does not slip; the mail is read by whom it was written to."""
    slip = RIGHT.get(plan.code.slip or "")
    code = replace(plan.code, slip=slip, user_id="database", signup="identify first", layout=True, logout="reset")
    steps = tuple(step for step in plan.steps if step != "change_device") if "open_mail" in plan.steps else plan.steps
    return Plan(f"{plan.name}, done right", code, steps)
