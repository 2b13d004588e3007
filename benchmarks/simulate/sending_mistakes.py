"""Mistakes in what is sent, by which side, and where a history is lost; and their clean twins."""

from benchmarks.simulate.mistakes import Plan, planned
from benchmarks.simulate.site import Code

_SIGN_UP = ("visit", "sign_up", "work")
_LOG_IN = ("have_account", "visit", "log_in", "work")
_APP = "app.shopdesk.example.net"

SENDING = [
    planned("event larger than the collector takes", "payload-too-large", _SIGN_UP, flaws=("large",)),
    planned(
        "events refused", "rejected-by-collector", (*_SIGN_UP, "key_is_wrong", "click_about", "key_is_right", "work")
    ),
    planned("login token in events", "secret-in-payload", _SIGN_UP, flaws=("token",)),
    planned("client secret from the server", "secret-in-payload", _SIGN_UP, flaws=("client secret",)),
    planned("two handlers of one click", "duplicate-event-content/at-once", _SIGN_UP, flaws=("counted twice",)),
    planned("order counted again", "duplicate-event-content/same-order", _SIGN_UP, flaws=("order counted again",)),
    planned("page called twice", "snippet-loaded-twice", _SIGN_UP, flaws=("page twice",)),
    planned("page called twice, login", "snippet-loaded-twice", _LOG_IN, flaws=("page twice",)),
    planned("signup ends on another domain", "signup-without-history", _SIGN_UP, other_host=_APP),
    planned("app on another domain", "cross-domain-identity-break", _LOG_IN, other_host=_APP),
    planned(
        "neither identified nor tracked", "unlinked-signup", _SIGN_UP,
        signup="nothing", layout=False, server=("account",),
    ),
    planned("server makes ids up", "server-generated-anonymous-id", _SIGN_UP, flaws=("made up ids",)),
    planned("another id on the server", "client-server-id-mismatch", _SIGN_UP, flaws=("another id on the server",)),
    planned(
        "identified by the server alone, in the browser's name", "server-identify-only", _SIGN_UP,
        signup="track only", layout=False, flaws=("the visitor's id on the server",),
    ),
    planned("e-mail address in a name", "pii-in-event-name", _SIGN_UP, flaws=("address in a name",)),
    planned("reset token in an address", "pii-in-url", ("have_account", "visit", "reset_password", "log_in", "work")),
    planned("login tracked as signup", "login-counted-as-signup", _LOG_IN, flaws=("login as signup",)),
]  # fmt: skip
"""The mistakes."""

CLEAN_SENDING = [
    Plan("events nearly as large as the collector takes", Code(flaws=("large, and taken",)), _SIGN_UP),
    Plan("words about tokens", Code(flaws=("words about tokens",)), _SIGN_UP),
    Plan("several orders", Code(flaws=("orders",)), _SIGN_UP),
    Plan("signup ends on another domain, ids handed over", Code(other_host=_APP, flaws=("handed over",)), _SIGN_UP),
    Plan("app on another domain, ids handed over", Code(other_host=_APP, flaws=("handed over",)), _LOG_IN),
    Plan("the server uses the visitor's ids", Code(flaws=("visitors' ids",)), _SIGN_UP),
    Plan(
        "the server identifies the visitor as well",
        Code(server=("identify",), flaws=("the visitor's id on the server",)),
        _SIGN_UP,
    ),
    Plan("password forgotten", Code(), ("have_account", "visit", "forget_password", "log_in", "work")),
    Plan("collector refuses nothing, an offline visitor", Code(), (*_SIGN_UP, "go_offline", "read", "come_online")),
]
"""What looks like these and is none."""
