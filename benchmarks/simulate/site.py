"""The site's code: which calls it makes on which page. A mistake is another ``Code``, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.simulate.browser import Document
from benchmarks.simulate.clock import DAY, HOUR
from benchmarks.simulate.flaws import hand_over, on_account, on_act, on_page, properties_of
from benchmarks.simulate.record import Call, Entry, Leaving, Load, Truth, User
from benchmarks.simulate.sdk import Delivery, Sdk
from benchmarks.simulate.servers import Server

SECRETS = {"password": {"password": "correct horse"}, "card": {"billing": "4111 1111 1111 1111"}}
_DEVICE_CARD = {"card_number": "4111111111111111"}


@dataclass(frozen=True, slots=True)
class Code:
    """One site's code. The defaults are right."""

    app: str = "pages"
    """``pages``: each step is a page load. ``spa``: one page and a router. ``oauth``: signup and login go through
    another origin."""
    signup: str = "identify first"
    """What is called at signup: ``identify first``, ``track first``, ``identify later`` (after an answer of the
    server), ``queued track first`` (another track, identify, track), ``track only``, ``identify only``, ``nothing``."""
    login: str = "identify first"
    """The same for logins."""
    signup_on: str = "welcome"
    """``welcome``: the page after the form. ``next page``: the first page of the app. ``form``: when the form is
    submitted; ``form, held``: the same with trackForm, which holds the form back until the call is out.
    ``forwarding``: on a page that forwards at once."""
    layout: bool = True
    """Whether the shared layout identifies on every page load of a logged-in user."""
    logout: str = "reset"
    """``reset``, ``nothing`` or ``forget`` (``user().id(null)``)."""
    logout_by: str = "page"
    """``page``: a logout page, whose next page is opened by the visitor. ``click``: a request, then the next page."""
    alias: str | None = None
    """``awaited``, ``not awaited``, ``late`` (after identify), ``late, explicit``."""
    server: tuple[str, ...] = ()
    """What the server sends at signup: ``account``, ``signup``, ``identify``, ``identify later``, ``reused id``,
    ``sent again``."""
    user_id: str = "database"
    """``database``, ``e-mail``, ``phone``, ``placeholder``, ``example``."""
    secret: str | None = None
    """``password`` or ``card`` among the traits, ``card in event`` among a track's properties."""
    once: bool = True
    """Whether the welcome page tracks the signup on its first view only."""
    slip: str | None = None
    """What else the code gets wrong, see ``slips``."""
    flaws: tuple[str, ...] = ()
    """Smaller mistakes in what is sent, and what looks like them (``flaws``)."""
    host: str = "www.shop.example"
    other_host: str | None = None
    """The host of the app and of the page for new users, where it is on another domain."""
    after_signup: str | None = None
    """Another origin that the form redirects to."""
    delivery: Delivery = field(default_factory=Delivery)


class Site:
    """The code at work: ``run`` is what every page load runs, the rest is what visitors set off."""

    def __init__(self, code: Code, truth: Truth, server: Server, sdk: type[Sdk]) -> None:
        self.code = code
        self.truth = truth
        self.server = server
        self._sdk = sdk
        self._tracked: set[User] = set()

    def url(self, path: str) -> str:
        """A page's address."""
        app = self.code.other_host is not None and path.startswith(("/app", "/welcome"))
        return f"https://{self.code.other_host if app else self.code.host}{path}"

    # --- Pages --------------------------------------------------------------------------------------------

    def run(self, document: Document) -> None:
        """What a page of the site runs when it loads: the snippet with page(), the layout, the page's own script."""
        if urlsplit(document.url).netloc not in (self.code.host, self.code.other_host):
            return
        browser, code = document.browser, self.code
        if "handed over" in code.flaws:
            hand_over(document, code.host)
        document.sdk = self._sdk(document, code.delivery, self.truth)
        load = Load(document, document.sdk.page(), browser.user)
        on_page(document, code.flaws)
        self.truth.loads.append(load)
        user, path = browser.user, document.path
        entered = False
        if user is not None and "logged in" in browser.flash:
            browser.flash.discard("logged in")
            entered = self._enter(document, "login", user)
        later = code.signup_on == "next page"
        if user is not None and "signed up" in browser.flash and path.startswith("/app" if later else "/welcome"):
            if code.once:
                browser.flash.discard("signed up")
            if code.signup_on not in ("form", "form, held"):
                entered = self._enter(document, "signup", user)
        if user is not None and not entered and code.layout:
            self._identify(document, user)
        if path == "/logout":
            self._leave(document, [load.page])
        elif path == "/welcome" and code.signup_on == "forwarding":
            browser.loop.after(browser.rng.randint(5, 90), lambda: self._forward(document))

    def route(self, document: Document, path: str) -> None:
        """Another view of a single-page app: the url changes, the document and its referrer stay."""
        document.url = self.url(path)
        document.sdk.page()

    def act(self, document: Document, event: str) -> None:
        """Something on the page that is worth a track call."""
        secret = _DEVICE_CARD if self.code.secret == "card in event" else {}
        document.sdk.track(event, {"currency": "USD", **secret, **properties_of(self.code.flaws)})
        on_act(document, self.code.flaws)

    def subscribe(self, document: Document, email: str) -> None:
        """The newsletter's form."""
        document.sdk.identify_visitor({"email": email, "newsletter": True})
        document.sdk.track("Newsletter Subscribed", {})

    def _forward(self, document: Document) -> None:
        browser = document.browser
        if document.alive:
            browser.loop.start(document.tab.go(self.url("/app/dashboard"), server=browser.rng.randint(4, 60)))

    def _traits(self, user: User) -> dict[str, str]:
        return {**user.traits, **SECRETS.get(self.code.secret or "", {})}

    def _identify(self, document: Document, user: User) -> Call:
        call: Call = document.sdk.identify(user, self._traits(user))
        for load in reversed(self.truth.loads):
            if load.document is document:
                load.identifies.append(call)
                break
        return call

    # --- Signup, login, logout ----------------------------------------------------------------------------

    def submit(self, document: Document, user: User) -> None:
        """The signup form is submitted: the server makes the account, and says so."""
        if self.code.signup_on in ("form", "form, held"):
            entry = self._entry("signup", user, document)
            entry.track, entry.on_leaving_page = document.sdk.track("Signed Up", {"method": "email"}), True
        user.created = document.browser.loop.now
        self._create(user, document)

    def signed_up_here(self, document: Document, user: User) -> None:
        """A single-page app hears that the account is made."""
        self._enter(document, "signup", user)

    def logged_in_here(self, document: Document, user: User) -> None:
        """A single-page app hears that the login has succeeded."""
        self._enter(document, "login", user)

    def logged_out_here(self, document: Document) -> None:
        """The logout has succeeded, without a page of its own."""
        self._leave(document, [])

    def _entry(self, what: str, user: User, document: Document) -> Entry:
        entry = Entry(what, user, document, again=what == "signup" and user in self._tracked)
        if what == "signup":
            self._tracked.add(user)
        self.truth.entries.append(entry)
        return entry

    def _enter(self, document: Document, what: str, user: User) -> bool:
        """Make the calls of a signup or login. Returns whether they hold, or will hold, an identify."""
        code, sdk, browser = self.code, document.sdk, document.browser
        how = code.signup if what == "signup" else code.login
        entry = self._entry(what, user, document)
        entry.on_leaving_page = what == "signup" and code.signup_on == "forwarding"
        event = self._event(what)

        def track() -> None:
            entry.track = sdk.track(event, {"method": "email"})

        def identify() -> None:
            if document.alive:
                entry.identify = self._identify(document, user)

        if what == "signup" and code.alias is not None and not entry.again:
            self._alias(entry, identify, track)
        elif how == "identify first":
            identify()
            track()
        elif how == "queued track first":
            sdk.track(f"{'Welcome' if what == 'signup' else 'Dashboard'} Viewed", {})
            identify()
            track()
        elif how == "track first":
            track()
            identify()
        elif how == "identify later":
            track()
            browser.loop.after(browser.rng.randint(120, 1200), identify)
        elif how == "track only":
            track()
            return False
        elif how == "nothing":
            return False
        else:
            identify()
        return True

    def _event(self, what: str) -> str:
        """The name of the event that says so."""
        return "Signed Up" if what == "signup" or "login as signup" in self.code.flaws else "Signed In"

    def _alias(self, entry: Entry, identify: Callable[[], None], track: Callable[[], None]) -> None:
        document = entry.document
        assert isinstance(document, Document)
        sdk, loop, rng, how = document.sdk, document.browser.loop, document.browser.rng, self.code.alias

        def alias(previous: str | None = None) -> None:
            if document.alive:
                entry.alias = sdk.alias(entry.user, previous)

        def awaited() -> None:
            """Await analytics.alias(userId, anonymousId), then the rest."""
            alias(sdk.anonymous_id())
            loop.after(rng.randint(300, 500), identify)
            loop.after(rng.randint(500, 505), track)

        if how == "awaited":
            loop.after(2 * self.code.delivery.library + 200, awaited)
        elif how == "not awaited":
            alias()
            identify()
            track()
        else:
            identify()
            track()
            explicit = how == "late, explicit"
            pause = 2 * self.code.delivery.library + 200
            loop.after(pause, lambda: alias(sdk.anonymous_id() if explicit else None))

    def _leave(self, document: Document, signals: list[Call]) -> None:
        """Track the logout, and reset."""
        user = document.browser.left
        if user is None:
            return
        leaving = Leaving(user, document.browser.loop.now, [*signals, document.sdk.track("Signed Out", {})])
        if self.code.logout == "reset":
            leaving.reset = document.sdk.reset()
        elif self.code.logout == "forget":
            document.sdk.forget_user()
        self.truth.leavings.append(leaving)

    # --- The server ---------------------------------------------------------------------------------------

    def _create(self, user: User, document: Document) -> None:
        """The account is made: what the server sends at once and later."""
        self.truth.created.append(user)
        code, server = self.code.server, self.server
        plan = {"plan": user.traits["plan"]}
        on_account(server, user, document, self.code.flaws)
        if "identify" in code:
            server.identify(user, user.traits)
        if "account" in code:
            server.track(user, "Account Created", plan)
        if "signup" in code:
            server.loop.after(40, lambda: server.track(user, "Signed Up", plan))
        if "identify later" in code:
            server.loop.after(HOUR, lambda: server.identify(user, {"seats": 3}))
        if "reused id" in code:
            key = f"mail-{user.account}"
            server.track(user, "Mail Queued", {"template": "welcome"}, key)
            server.loop.after(20_000, lambda: server.track(user, "Mail Sent", {"template": "welcome"}, key))
        if "sent again" in code:
            sent = server.track(user, "Trial Started", plan)
            server.loop.after(DAY + 2 * HOUR, lambda: server.send_again(sent))
