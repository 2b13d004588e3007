"""Sites whose code slips in what it says of people: which ids it passes, when it resets, what its server sends.

Each slip is one change of what is called; ``Code.slip`` names it. Where an SDK or a vendor has no such thing
(PostHog's server calls, say), nothing is changed.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from benchmarks.simulate.analyticsjs import AnalyticsJs
from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import SECOND
from benchmarks.simulate.record import Body, Call, User
from benchmarks.simulate.rudderstack import RudderStack
from benchmarks.simulate.sdk import title_of
from benchmarks.simulate.site import Site

HELP = "help.shop.example"


class SlippingSite(Site):
    """A site with one slip."""

    _company: str | None = None

    @property
    def _spec(self) -> bool:
        """Whether the site's SDK speaks the Segment spec."""
        return issubclass(self._sdk, AnalyticsJs | RudderStack)

    # --- Pages --------------------------------------------------------------------------------------------

    def run(self, document: Document) -> None:
        """As any page; help pages stand on a host of their own."""
        slip, user = self.code.slip, document.browser.user
        if urlsplit(document.url).netloc == HELP:
            self._help(document)
            return
        if user is not None and issubclass(self._sdk, AnalyticsJs) and document.path != "/welcome":
            if slip == "another id later" and user.id.startswith("tmp_"):
                user.id = user.account
            elif slip == "another spelling later":
                user.id = user.account.upper()
        super().run(document)
        if slip == "user id as anonymous id" and user is not None and self._spec:
            document.sdk.delivery = replace(document.sdk.delivery, pins=user.id)

    def _help(self, document: Document) -> None:
        """A help page identifies users, and ends there; the slip is that it does not hear of a logout."""
        document.sdk = self._sdk(document, self.code.delivery, self.truth)
        user = document.browser.user
        if user is None and document.browser.left is not None and self.code.slip == "help pages that reset":
            document.sdk.reset()
        document.sdk.page()
        if user is not None:
            self._identify(document, user)

    def _identify(self, document: Document, user: User) -> Call:
        slip = self.code.slip
        if slip == "anonymous id as user id" and user.id == user.account and self._spec:
            user.id = _anonymous_id(document)
        elif slip == "one id for the company":
            self._company = user.id = self._company or f"org_{user.account}"
        return super()._identify(document, user)

    # --- Signup, login, logout ----------------------------------------------------------------------------

    def submit(self, document: Document, user: User) -> None:
        """The form is sent."""
        if self.code.slip == "another id later" and issubclass(self._sdk, AnalyticsJs):
            user.id = f"tmp_{user.account}"
        super().submit(document, user)
        if self.code.slip == "reset as the form is sent":
            document.sdk.reset()
        elif self._spec:
            self._server_slips(document, user)

    def _enter(self, document: Document, what: str, user: User) -> bool:
        slip, sdk, loop = self.code.slip, document.sdk, document.browser.loop
        if slip == "reset between two identify calls":
            self._identify(document, user)
            sdk.reset()
        elif slip == "group first":
            sdk.group(f"org_{user.account}")
            loop.after(document.browser.rng.randint(300, 1500), lambda: self._late_entry(document, what, user))
            return True
        elif slip == "traits of the last user" and document.browser.left is not None:
            own, user.traits = user.traits, document.browser.left.traits
            try:
                return super()._enter(document, what, user)
            finally:
                user.traits = own
        return super()._enter(document, what, user)

    def _late_entry(self, document: Document, what: str, user: User) -> None:
        if document.alive:
            super()._enter(document, what, user)

    def _event(self, what: str) -> str:
        return "Signed Up" if self.code.slip == "login tracked as signup" else super()._event(what)

    def _leave(self, document: Document, signals: list[Call]) -> None:
        if self.code.slip == "reset before the logout is tracked":
            reset = document.sdk.reset()
            super()._leave(document, signals)
            self.truth.leavings[-1].reset = reset
        else:
            super()._leave(document, signals)

    # --- The server ---------------------------------------------------------------------------------------

    def _server_slips(self, document: Document, user: User) -> None:
        """What the server sends when the form has been sent."""
        slip, server, loop = self.code.slip, self.server, document.browser.loop
        plan: Body = {"traits": {"plan": user.traits["plan"]}}
        paid: Body = {"event": "Invoice Sent", "properties": {"amount": 49}}
        if slip == "server passes no id":
            server.call(user, "track", paid, {"userId": "", "anonymousId": None})
        elif slip == "server passes a number":
            server.call(user, "track", paid, {"userId": int(user.account.removeprefix("usr_"), 16)})
        elif slip == "server has an id of its own":
            ids = {"userId": f"crm_{user.account}", "anonymousId": _anonymous_id(document)}
            server.call(user, "identify", plan, ids)
        elif slip == "server alone identifies":
            server.call(user, "identify", plan, {"anonymousId": _anonymous_id(document)})
        elif slip in ("server aliases in haste", "server aliases in time"):
            ids, haste = {"userId": f"acc_{user.account}"}, slip == "server aliases in haste"
            server.call(user, "alias", {"previousId": f"lead_{user.account}"}, ids)
            if haste:
                loop.after(2 * SECOND, lambda: server.call(user, "alias", {"previousId": f"old_{user.account}"}, ids))
            loop.after(2 * SECOND + (40 if haste else SECOND), lambda: server.call(user, "identify", plan, ids))


def _anonymous_id(document: Document) -> str:
    """What the site's code reads out of the library's cookie."""
    cookies = document.browser.cookies[document.domain]
    found = cookies.get("ajs_anonymous_id") or cookies.get("rl_anonymous_id")
    return str(found) if found else f"none of {title_of(document.path)}"
