"""What visitors do: the stories of one site, most of them tracked as they should be.

A few percent of the visits show one of the classic mistakes; ``MISTAKES`` says how many of the visits that can.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.wire import Browser, clock, server_track

MISTAKES = {
    "track before identify": 0.04,
    "signup without identify": 0.02,
    "signup on the form's page": 0.03,
    "signup again on reload": 0.02,
    "signup from the server too": 0.03,
    "signup never arrived": 0.02,
    "alias after identify": 0.01,
    "login without identify": 0.03,
    "no reset on logout": 0.05,
    "half a reset": 0.02,
    "page loads without identify": 0.03,
    "secret in the traits": 0.01,
    "e-mail address as userId": 0.01,
    "placeholder as userId": 0.005,
}
BEGINNING = 1_767_571_200_000
"""When the log begins, in milliseconds: 2026-01-05, a Monday. Accounts that come back are older."""

READING = [
    ("/", "Home", None),
    ("/pricing", "Pricing", "Pricing Viewed"),
    ("/features", "Features", "Video Played"),
    ("/customers", "Customers", None),
    ("/blog/ten-ways-to-ship-faster", "Ten ways to ship faster", "Article Read"),
    ("/docs/getting-started", "Getting started", "Docs Searched"),
]
WORKING = [
    ("/app/dashboard", "Dashboard", "Dashboard Viewed"),
    ("/app/projects", "Projects", "Project Opened"),
    ("/app/projects/board", "Board", "Card Moved"),
    ("/app/reports", "Reports", "Report Exported"),
    ("/app/settings", "Settings", "Settings Saved"),
]
NAMES = ["Maya Okafor", "Jürgen Groß", "Ana Sofía Núñez", "Liam Byrne", "Aiko Tanaka", "Priya Raman", "Noah Katz"]
PLACEHOLDERS = ["undefined", "null", "0", "[object Object]", "guest"]


@dataclass(slots=True)
class User:
    """An account of the site."""

    id: str
    traits: dict[str, Any]
    group: str


@dataclass(slots=True)
class Visitor:
    """One browser, its users (the present one last), and the calls that others sent meanwhile (the server)."""

    browser: Browser
    users: list[User] = field(default_factory=list)
    elsewhere: list[tuple[int, str]] = field(default_factory=list)


Story = Callable[[Random, Visitor], None]


def happens(rng: Random, mistake: str) -> bool:
    """Whether this visit shows the mistake."""
    return rng.random() < MISTAKES[mistake]


def new_user(rng: Random, now: int) -> User:
    """An account made now."""
    number = rng.getrandbits(48)
    name = rng.choice(NAMES)
    email = f"{name.split()[0].lower()}.{number % 100_000}@example.com"
    user_id = f"usr_{number:012x}"
    if happens(rng, "e-mail address as userId"):
        user_id = email
    elif happens(rng, "placeholder as userId"):
        user_id = rng.choice(PLACEHOLDERS)
    plan = rng.choice(("free", "pro", "team"))
    traits: dict[str, Any] = {"name": name, "email": email, "plan": plan, "createdAt": clock(now)}
    if happens(rng, "secret in the traits"):
        traits["password"] = "hunter2"
    return User(user_id, traits, f"org_{number % 10_000}")


def read(rng: Random, visitor: Visitor) -> None:
    """Look around without an account."""
    browser = visitor.browser
    campaign = rng.choice((None, None, "newsletter", "google"))
    for path, title, event in rng.sample(READING, rng.randrange(2, 6)):
        browser.page(path, title, campaign)
        campaign = None
        if event:
            browser.track(event, currency="USD")
        browser.wait(700, 60_000)
        if rng.random() < 0.3:
            browser.track("CTA Clicked", label="Start free trial", position="hero")
            browser.wait(500, 10_000)


def sign_up(rng: Random, visitor: Visitor) -> None:
    """Look around, sign up, use the product."""
    browser = visitor.browser
    browser.page("/", "Home", rng.choice((None, "newsletter")))
    browser.wait(700, 30_000)
    browser.page("/pricing", "Pricing")
    browser.track("Pricing Viewed", currency="USD")
    browser.wait(700, 30_000)
    browser.page("/signup", "Sign up")
    browser.wait(500, 5_000)
    browser.track("Signup Form Started")
    browser.wait(5_000, 60_000)
    user = new_user(rng, browser.now)
    visitor.users.append(user)
    elsewhere = visitor.elsewhere
    elsewhere.append(server_track(rng, browser.now, user.id, "Account Created", {"plan": user.traits["plan"]}))
    _welcome(rng, browser, user)
    if happens(rng, "signup from the server too"):
        elsewhere.append(server_track(rng, browser.now, user.id, "Signed Up", {"plan": user.traits["plan"]}))
    browser.wait(1_000, 20_000)
    work(rng, visitor)


def _welcome(rng: Random, browser: Browser, user: User) -> None:
    signup = {"method": "email", "plan": user.traits["plan"]}
    if happens(rng, "signup on the form's page"):
        browser.track("Signed Up", **signup)
        browser.wait(60, 290)
        browser.page("/welcome", "Welcome")
        browser.identify(user.id, user.traits)
        return
    browser.page("/welcome", "Welcome")
    if happens(rng, "track before identify"):
        browser.track("Signed Up", **signup)
        if rng.random() < 0.7:
            browser.wait(60, 600)
        browser.identify(user.id, user.traits)
    elif happens(rng, "signup without identify"):
        browser.track("Signed Up", **signup)
    elif happens(rng, "signup never arrived"):
        browser.identify(user.id, user.traits)
    else:
        browser.identify(user.id, user.traits)
        if happens(rng, "alias after identify"):
            browser.alias(user.id)
        browser.track("Signed Up", **signup)
        if happens(rng, "signup again on reload"):
            browser.wait(3_000, 60_000)
            browser.page("/welcome", "Welcome")
            browser.identify(user.id, user.traits)
            browser.track("Signed Up", **signup)


def come_back(rng: Random, visitor: Visitor) -> None:
    """Log in if need be, and use the product."""
    browser = visitor.browser
    if not visitor.users:
        visitor.users.append(new_user(rng, BEGINNING - rng.randrange(10**10)))
    if browser.user_id is None:
        user = rng.choice(visitor.users)
        visitor.users.append(user)
        browser.page("/login", "Log in")
        browser.wait(3_000, 30_000)
        browser.page("/app/dashboard", "Dashboard")
        if not happens(rng, "login without identify"):
            browser.identify(user.id, user.traits)
        browser.track("Signed In", method="password")
        browser.wait(1_000, 20_000)
    work(rng, visitor)


def work(rng: Random, visitor: Visitor) -> None:
    """Use the product, and perhaps log out."""
    watch(rng, visitor)
    if rng.random() < 0.35:
        _log_out(rng, visitor)


def watch(rng: Random, visitor: Visitor) -> None:
    """Use the product and stay logged in."""
    browser = visitor.browser
    user = visitor.users[-1]
    lax = happens(rng, "page loads without identify")
    for path, title, event in rng.sample(WORKING, rng.randrange(1, 5)):
        browser.page(path, title)
        if browser.user_id and not lax:
            browser.identify(browser.user_id, user.traits)
        browser.track(event, project=user.group, items=rng.randrange(50))
        if path == "/app/dashboard" and browser.user_id:
            browser.group(user.group, {"name": "Acme Rockets", "employees": 12})
        browser.wait(800, 90_000)
    if rng.random() < 0.02 and browser.user_id:
        charge = {"amount": rng.randrange(900, 9_900), "currency": "USD"}
        visitor.elsewhere.append(server_track(rng, browser.now, browser.user_id, "Invoice Paid", charge))


def _log_out(rng: Random, visitor: Visitor) -> None:
    browser = visitor.browser
    browser.page("/logout", "Signed out")
    browser.track("Signed Out")
    browser.wait(300, 2_000)
    if browser.user_id and happens(rng, "half a reset"):
        other = new_user(rng, browser.now)
        visitor.users.append(other)
        browser.user_id = None
        browser.page("/login", "Log in")
        browser.wait(3_000, 30_000)
        browser.page("/app/dashboard", "Dashboard")
        browser.identify(other.id, other.traits)
        browser.track("Signed In", method="password")
        browser.wait(1_000, 20_000)
        return
    if not happens(rng, "no reset on logout"):
        browser.reset()
    browser.page("/", "Home")
    browser.wait(800, 20_000)
