"""What people do, step by step. They do not know how the site tracks them."""

from collections.abc import Callable
from random import Random

from benchmarks.simulate.browser import Browser, Document, Tab
from benchmarks.simulate.clock import DAY, HOUR, MINUTE, Story, stamp
from benchmarks.simulate.record import User
from benchmarks.simulate.site import Site

_NAMES = ["Maya Okafor", "Jürgen Groß", "Ana Núñez", "Liam Byrne", "Aiko Tanaka", "Priya Raman", "Noah Katz"]
_READING = [
    ("/pricing", "Pricing Viewed"),
    ("/features", "Video Played"),
    ("/customers", None),
    ("/blog/faster", "Article Read"),
]
_WORKING = [
    ("/app/dashboard", "Dashboard Viewed"),
    ("/app/projects", "Project Opened"),
    ("/app/reports", "Report Exported"),
    ("/app/settings", "Settings Saved"),
]
EXAMPLES = ["test", "testuser", "test-user", "user", "userid", "username", "demo", "void", "abc", "xxx", "foo"]
PLACEHOLDERS = ["undefined", "null", "[object Object]", "NaN"]


class Visitor:
    """One person (or a household) at one browser. Each method named in ``steps`` is a story."""

    def __init__(self, rng: Random, site: Site, browser: Callable[[], Browser]) -> None:
        self.rng = rng
        self.site = site
        self._new_browser = browser
        self.browsers: list[Browser] = []
        self.users: list[User] = []
        self._take_new_browser()

    def live(self, steps: tuple[str, ...]) -> Story:
        """Do one step after the other, then close the browser."""
        for step in steps:
            yield from getattr(self, step)()
        yield self._dwell()
        self.tab.close()
        self.other.close()

    # --- Reading ------------------------------------------------------------------------------------------

    def visit(self) -> Story:
        """Open the home page and read on."""
        yield from self.tab.go(self.site.url("/"), typed=True)
        yield self._dwell()
        yield from self.read()

    def read(self) -> Story:
        """A page or two that anybody may read."""
        for path, event in self.rng.sample(_READING, self.rng.randint(1, 2)):
            yield from self._open(path)
            if event:
                yield self.rng.randint(300, 1500)
                self.site.act(self._document, event)
            yield self._dwell()

    def second_tab(self) -> Story:
        """Open the prices in another tab and leave them there."""
        yield from self.other.go(self.site.url("/pricing"), typed=True)
        yield self._dwell()

    def look_at_second_tab(self) -> Story:
        """Do something in the other tab, if it is still open."""
        document = self.other.document
        if document is not None and document.alive:
            self.site.act(document, "Plan Compared")
        yield self._dwell()

    def subscribe(self) -> Story:
        """Leave an e-mail address for the newsletter: traits of nobody whom the site knows."""
        self.site.subscribe(self._document, f"{self.rng.getrandbits(32):08x}@example.com")
        yield self._dwell()

    def clear_storage(self) -> Story:
        """Close the browser and wipe what sites have kept in it."""
        yield from self.sleep()
        self.browser.clear()

    def change_device(self) -> Story:
        """Go on with another browser, on another machine with a clock of its own."""
        yield from self.sleep()
        self._take_new_browser()

    def reload(self) -> Story:
        """Load the page again."""
        yield from self.tab.reload()
        yield self._dwell()

    def idle(self) -> Story:
        """Be away for less than an hour, the page open."""
        yield self.rng.randint(12 * MINUTE, 50 * MINUTE)

    def sleep(self) -> Story:
        """Close the browser and come back another day."""
        yield self._dwell()
        self.tab.close()
        self.other.close()
        yield self.rng.randint(9 * HOUR, DAY)

    # --- Accounts -----------------------------------------------------------------------------------------

    def sign_up(self) -> Story:
        """Make an account, and look at the page that follows."""
        user = self._new_user()
        browser, app = self.browser, self.site.code.app
        yield from self._open("/signup")
        yield self._dwell()
        if app == "spa":
            yield self.rng.randint(60, 400)
            self.site.submit(self._document, user)
            browser.user = user
            self.site.signed_up_here(self._document, user)
            yield self.rng.randint(10, 80)
            self.site.route(self._document, "/welcome")
        else:
            if app == "oauth":
                yield from self.tab.go("https://accounts.idp.example/authorize", server=self.rng.randint(60, 200))
                yield self._dwell()
            self.site.submit(self._document, user)
            if self.site.code.signup_on == "form, held":
                yield 300
            browser.user = user
            browser.flash.add("signed up")
            target = self.site.code.after_signup or self.site.url("/welcome")
            form = None if app == "oauth" else "email=someone%40example.com&password=secret"
            yield from self.tab.go(target, server=self._answer_time(), form=form)
        yield self._dwell()

    def work_elsewhere(self) -> Story:
        """Use an app of another origin, which this site's library knows nothing of."""
        for path in ("/inbox", "/inbox/today", "/settings"):
            yield from self.tab.go(f"https://app.elsewhere.example{path}")
            yield self._dwell()

    def fail_to_sign_up(self) -> Story:
        """Send the form with a mistake in it: the server shows it again."""
        yield from self._open("/signup")
        yield self._dwell()
        if self.site.code.app != "spa":
            yield from self.tab.go(self.site.url("/signup"), server=self._answer_time(), form="email=someone")
        self.site.act(self._document, "Signup Failed")
        yield self._dwell()

    def session_runs_out(self) -> Story:
        """The server forgets who is logged in; the browser's library does not."""
        yield self.rng.randint(2 * HOUR, 9 * HOUR)
        self.browser.user = None

    def reset_password(self) -> Story:
        """Open the link of a mail, whose address holds the token."""
        yield from self._open(f"/reset?reset_token={self.rng.getrandbits(64):016x}")
        yield self._dwell()

    def forget_password(self) -> Story:
        """Ask for a mail, and give up."""
        yield from self._open("/reset?step=2")
        yield self._dwell()

    def have_account(self) -> Story:
        """Somebody who signed up long before the log begins."""
        user = self._new_user()
        user.created -= self.rng.randint(30 * DAY, 900 * DAY)
        user.traits["createdAt"] = stamp(user.created)
        yield 0

    def log_in(self) -> Story:
        """Log the last user in."""
        user = self.users[-1]
        yield from self._open("/login")
        yield self._dwell()
        if self.site.code.app == "spa":
            yield self.rng.randint(60, 400)
            self.browser.user = user
            self.site.logged_in_here(self._document, user)
            yield self.rng.randint(10, 80)
            self.site.route(self._document, "/app/dashboard")
        else:
            if self.site.code.app == "oauth":
                yield from self.tab.go("https://accounts.idp.example/authorize", server=self.rng.randint(60, 200))
                yield self._dwell()
            self.browser.user = user
            self.browser.flash.add("logged in")
            form = None if self.site.code.app == "oauth" else "email=someone%40example.com&password=secret"
            yield from self.tab.go(self.site.url("/app/dashboard"), server=self._answer_time(), form=form)
        yield self._dwell()

    def work(self) -> Story:
        """Use what one has an account for."""
        for path, event in self.rng.sample(_WORKING, self.rng.randint(2, 3)):
            yield from self._open(path)
            yield self.rng.randint(400, 2_000)
            self.site.act(self._document, event)
            yield self._dwell()

    def come_back(self) -> Story:
        """Open the app again in a new tab; the session still holds."""
        yield from self.tab.go(self.site.url("/app/dashboard"), typed=True)
        yield self._dwell()

    def log_out(self) -> Story:
        """Log out, and see the page that follows."""
        browser = self.browser
        browser.left, browser.user = browser.user, None
        if self.site.code.logout_by == "page" and self.site.code.app != "spa":
            yield from self._open("/logout")
            yield self._dwell()
        else:
            yield self.rng.randint(60, 300)
            self.site.logged_out_here(self._document)
            yield self.rng.randint(30, 100)
        yield from self._open(self.rng.choice(("/", "/login")))
        yield self._dwell()

    def switch_user(self) -> Story:
        """Choose another account from a menu: out and in without a page between (a single-page app)."""
        browser = self.browser
        yield self.rng.randint(100, 300)
        browser.left = browser.user
        self.site.logged_out_here(self._document)
        user = browser.user = self._new_user(old=True)
        yield self.rng.randint(100, 300)
        self.site.logged_in_here(self._document, user)
        yield self._dwell()

    def take_over(self) -> Story:
        """Another person of the household logs in although the last one never logged out."""
        self._new_user(old=True)
        yield from self.log_in()

    # --- Weather and the server's own work ----------------------------------------------------------------

    def go_offline(self) -> Story:
        """Into a tunnel."""
        self.browser.weather.offline = True
        yield self.rng.randint(500, 2_000)

    def come_online(self) -> Story:
        """Out of it."""
        self.browser.weather.offline = False
        yield self.rng.randint(2_000, 6_000)

    def click_about(self) -> Story:
        """Stay on the page and use it."""
        for event in ("Project Created", "Project Renamed", "Report Exported"):
            self.site.act(self._document, event)
            yield self.rng.randint(600, 3_000)

    def collector_fails(self) -> Story:
        """The collector refuses every connection."""
        self.browser.weather.refused = True
        yield 100

    def collector_recovers(self) -> Story:
        """It answers again."""
        self.browser.weather.refused = False
        yield self.rng.randint(20_000, 90_000)

    def key_is_wrong(self) -> Story:
        """The collector does not know the site's key any more."""
        self.browser.weather.refuses = True
        yield 100

    def key_is_right(self) -> Story:
        """It knows it again."""
        yield self._dwell()
        self.browser.weather.refuses = False
        yield 100

    def collector_stumbles(self) -> Story:
        """It stores the next requests and answers 503."""
        self.browser.weather.flaky = 2
        yield 100

    def open_help(self) -> Story:
        """Read the help, which is on another host of the same site."""
        yield from self.tab.go("https://help.shop.example/articles")
        yield self._dwell()

    def open_mail(self) -> Story:
        """Follow a link in a mail that was written to the last user."""
        yield from self.tab.go(self.site.url(f"/offer?ajs_uid={self.users[-1].id}"), typed=True)
        yield self._dwell()

    def server_works(self) -> Story:
        """The server sends calls of its own for a user whom it knows."""
        user = self.users[-1]
        self.site.server.identify(user, {"plan": user.traits["plan"], "seats": 3})
        yield self.rng.randint(2_000, 30_000)
        self.site.server.track(user, "Invoice Paid", {"amount": 49, "currency": "USD"})
        yield self.rng.randint(2_000, 30_000)

    # ------------------------------------------------------------------------------------------------------

    @property
    def _document(self) -> Document:
        assert self.tab.document is not None
        return self.tab.document

    def _take_new_browser(self) -> None:
        self.browser = self._new_browser()
        self.browsers.append(self.browser)
        self.tab = Tab(self.browser, self.site.run)
        self.other = Tab(self.browser, self.site.run)

    def _open(self, path: str) -> Story:
        document = self.tab.document
        inside = document is not None and document.alive and document.url.startswith(self.site.url("/"))
        if self.site.code.app == "spa" and inside:
            yield self.rng.randint(20, 90)
            if path != self._document.path:
                self.site.route(self._document, path)
        else:
            yield from self.tab.go(self.site.url(path))

    def _dwell(self) -> int:
        return self.rng.randint(1_800, 15_000)

    def _answer_time(self) -> int:
        """How long the server takes for a form: from a cached redirect to a slow password hash."""
        low, high = self.rng.choice(((3, 10), (10, 60), (60, 200), (250, 700)))
        return self.rng.randint(low, high)

    def _new_user(self, *, old: bool = False) -> User:
        rng, now = self.rng, self.browser.loop.now
        number = f"{rng.getrandbits(48):012x}"
        name = rng.choice(_NAMES)
        email = f"{number[:6]}@example.com"
        kind = self.site.code.user_id
        user_id = f"usr_{number}"
        if kind in ("placeholder", "example"):
            user_id = rng.choice(PLACEHOLDERS if kind == "placeholder" else EXAMPLES)
        elif kind != "database":
            user_id = email if kind == "e-mail" else f"+1202{int(number, 16) % 10**7:07d}"
        created = now - (rng.randint(30 * DAY, 900 * DAY) if old else 0)
        traits = {"name": name, "email": email, "plan": rng.choice(("free", "pro")), "createdAt": stamp(created)}
        user = User(user_id, traits, created, f"usr_{number}")
        self.users.append(user)
        return user
