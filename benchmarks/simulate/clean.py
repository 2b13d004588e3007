"""Correct tracking in forty ways: what must be read without an error or a warning."""

from benchmarks.simulate.mistakes import Plan
from benchmarks.simulate.sdk import Delivery
from benchmarks.simulate.sending_mistakes import CLEAN_SENDING
from benchmarks.simulate.site import Code

SERVER_ALONE = "the server alone", "library blocked, an old user"
"""Users of whom no client is seen: a destination that needs alias cannot have them right."""
_SIGN_UP = ("visit", "sign_up", "work")
_LOG_IN = ("have_account", "visit", "log_in", "work")
_OUT = ("log_out", "read")
_SLOW_LIBRARY = Delivery(library=700)
_BATCHES = Delivery(batching=True)
_DEVICE = Delivery(resets_device=True)
_NOT_KEPT = Delivery(persists=False)
_OFFLINE = ("go_offline", "click_about", "come_online")

OPEN = [
    Plan("session runs out", Code(), (*_SIGN_UP, "session_runs_out", "log_in", "work")),
    Plan("session runs out, somebody else logs in", Code(), (*_SIGN_UP, "session_runs_out", "take_over", "work")),
    Plan("signup tracked with trackForm", Code(signup_on="form, held"), _SIGN_UP),
    Plan(
        "a stale tab after logout", Code(), ("visit", "second_tab", "sign_up", "log_out", "look_at_second_tab", "read")
    ),
]
"""Tracking of which some finding is true or defensible, and none is asked for."""

CLEAN = [
    Plan("signup", Code(), _SIGN_UP),
    Plan("signup in a single-page app", Code(app="spa"), _SIGN_UP),
    Plan("signup through another origin", Code(app="oauth"), _SIGN_UP),
    Plan("signup, the server tracks the account", Code(server=("account",)), _SIGN_UP),
    Plan("signup, the server identifies later", Code(server=("account", "identify later")), _SIGN_UP),
    Plan("signup, the server identifies at once", Code(server=("account", "identify")), _SIGN_UP),
    Plan("signup in a single-page app with a server", Code(app="spa", server=("account",)), _SIGN_UP),
    Plan("signup, then only reading", Code(), ("visit", "sign_up", "read")),
    Plan("signup without a visit before", Code(), ("sign_up", "work")),
    Plan("welcome page reloaded", Code(), ("visit", "sign_up", "reload", "work")),
    Plan("app page reloaded", Code(), (*_SIGN_UP, "reload", "work")),
    Plan("logout with reset", Code(), (*_SIGN_UP, *_OUT)),
    Plan("logout by click", Code(logout_by="click"), (*_SIGN_UP, *_OUT)),
    Plan("logout in a single-page app", Code(app="spa"), (*_SIGN_UP, *_OUT)),
    Plan("logout with reset(true)", Code(delivery=_DEVICE), (*_SIGN_UP, *_OUT)),
    Plan("second user after reset", Code(), (*_SIGN_UP, "log_out", "sign_up", "work")),
    Plan("second user after reset(true)", Code(delivery=_DEVICE), (*_SIGN_UP, "log_out", "sign_up", "work")),
    Plan("second user in a single-page app", Code(app="spa"), (*_SIGN_UP, "log_out", "sign_up", "work")),
    Plan("the same user logs in again", Code(), (*_SIGN_UP, "log_out", "log_in", "work")),
    Plan("login of an old user", Code(), _LOG_IN),
    Plan("login in a single-page app", Code(app="spa"), _LOG_IN),
    Plan("login through another origin", Code(app="oauth"), _LOG_IN),
    Plan("login, logout, login", Code(), (*_LOG_IN, *_OUT, "log_in", "work")),
    Plan("login long after the visit", Code(), ("have_account", "visit", "idle", "log_in", "work")),
    Plan("accounts switched with reset(true)", Code(app="spa", delivery=_DEVICE), (*_LOG_IN, "switch_user", "work")),
    Plan("anonymous visit", Code(), ("visit", "read", "read")),
    Plan("anonymous visit in a single-page app", Code(app="spa"), ("visit", "read", "read")),
    Plan("back the next day, still logged in", Code(), (*_SIGN_UP, "sleep", "come_back", "work")),
    Plan("away for a while", Code(), (*_SIGN_UP, "idle", "work")),
    Plan("two tabs", Code(), ("visit", "second_tab", "sign_up", "look_at_second_tab", "work")),
    Plan("offline for a while", Code(), (*_SIGN_UP, *_OFFLINE, "work")),
    Plan("offline before signup, in a single-page app", Code(app="spa"), ("visit", *_OFFLINE, "sign_up", "work")),
    Plan(
        "collector down at signup",
        Code(),
        ("visit", "collector_fails", "sign_up", "work", "collector_recovers", "work"),
        vendors=("segment", "rudderstack"),  # posthog-js keeps nothing for the next page: there the signup is lost
    ),
    Plan("requests stored but answered 503", Code(), (*_SIGN_UP, "collector_stumbles", "click_about", "work")),
    Plan("batches", Code(delivery=_BATCHES), (*_SIGN_UP, "log_out", "sign_up", "work")),
    Plan("batches in a single-page app", Code(app="spa", delivery=_BATCHES), (*_SIGN_UP, *_OUT)),
    Plan("alias, awaited", Code(alias="awaited"), _SIGN_UP),
    Plan("alias, awaited, the server later", Code(alias="awaited", server=("account", "identify later")), _SIGN_UP),
    Plan("newsletter before signup", Code(), ("visit", "subscribe", "sign_up", "work")),
    Plan("newsletter in a single-page app", Code(app="spa"), ("visit", "subscribe", "read")),
    Plan("form sent twice", Code(server=("account",)), ("visit", "fail_to_sign_up", "sign_up", "work")),
    Plan("form sent twice in a single-page app", Code(app="spa"), ("visit", "fail_to_sign_up", "sign_up", "work")),
    Plan("signup given up", Code(), ("visit", "fail_to_sign_up", "read")),
    Plan("signup tracked on the page after next", Code(signup_on="next page"), _SIGN_UP),
    Plan("storage cleared, then login", Code(), (*_SIGN_UP, "clear_storage", "visit", "log_in", "work")),
    Plan("login on a second device", Code(), (*_SIGN_UP, "change_device", "visit", "log_in", "work")),
    Plan("second device, server too", Code(server=("account",)), (*_SIGN_UP, "change_device", "log_in", *_OUT)),
    Plan("slow library", Code(delivery=_SLOW_LIBRARY), _SIGN_UP),
    Plan("nothing kept for the next page", Code(delivery=_NOT_KEPT), (*_SIGN_UP, *_OUT)),
    Plan("clock an hour ahead", Code(server=("account",)), _SIGN_UP, skew=3_600_000),
    Plan("clock a day behind", Code(server=("account", "identify later")), (*_SIGN_UP, *_OUT), skew=-86_400_000),
    Plan("slow network", Code(), (*_SIGN_UP, "log_out", "log_in", "work"), slow=400),
    Plan("library blocked, an old user", Code(), (*_LOG_IN, "server_works"), blocked=True),
    Plan("the server alone", Code(), ("have_account", "server_works", "server_works")),
    Plan("login, and the server works", Code(), (*_LOG_IN, "server_works")),
    *CLEAN_SENDING,
]
