"""Stories for rules on ids, resets and aliases: one that fires each rule, and its twin that must not.

They are read by ``tests/test_catalogue.py``.
"""

from collections.abc import Callable

from tests.stories import Browser, Record, Story

Told = Callable[[Story], None]
ADA: Record = {"email": "ada@shop.example", "name": "Ada Lovelace", "createdAt": "2026-02-03T09:00:30.000Z"}
BEN: Record = {"email": "ben@shop.example", "name": "Ben Bitdiddle", "createdAt": "2026-01-10T08:00:00.000Z"}


def _visit(browser: Browser, *paths: str) -> None:
    for path in paths:
        browser.load(path)
        browser.wait(9_000)


def _welcomed(story: Story, user: str = "u_1041", traits: Record = ADA) -> Browser:
    """A visitor who has signed up and looks at a page of the app."""
    browser = story.browser()
    _visit(browser, "/", "/signup")
    browser.load("/welcome")
    browser.wait(6).identify(user, traits)
    browser.wait(4).track("Signed Up")
    browser.wait(20_000).load("/app")
    browser.wait(5).identify(user, traits)
    browser.wait(20_000)
    return browser


def number(value: object) -> Told:
    def told(story: Story) -> None:
        _welcomed(story)
        story.server().send({"type": "track", "event": "Invoice Sent", "userId": value, "properties": {}})

    return told


def reset_on_the_form(*, reset: bool) -> Told:
    def told(story: Story) -> None:
        browser = story.browser()
        _visit(browser, "/", "/signup")
        if reset:
            browser.reset()
        browser.load("/welcome")
        browser.wait(6).identify("u_1041", ADA)
        browser.wait(4).track("Signed Up")
        browser.wait(30_000)

    return told


def colleagues(*ids: str) -> Told:
    def told(story: Story) -> None:
        for place, user in enumerate(ids):
            browser = story.browser()
            browser.load("/login")
            browser.wait(6).identify(user, {"email": f"person-{place}@shop.example"})
            browser.wait(4).track("Signed In")
            browser.wait(3_600_000)

    return told


def two_ids(first: str, second: str) -> Told:
    """A browser on Monday, another one on Tuesday."""

    def told(story: Story) -> None:
        for user in (first, second):
            browser = story.browser()
            browser.load("/login")
            browser.wait(6).identify(user, BEN)
            browser.wait(4).track("Signed In")
            browser.wait(86_400_000)

    return told


def queued_reset(*, reset: bool) -> Told:
    def told(story: Story) -> None:
        browser = story.browser()
        _visit(browser, "/", "/login")
        browser.load("/app")
        browser.wait(2).identify("u_1041", ADA)
        if reset:
            browser.reset()
        browser.wait(2).track("Signed In")
        browser.wait(9_000)
        browser.load("/app/orders")
        browser.wait(5).identify("u_1041", ADA)
        browser.wait(30_000)

    return told


def next_user(traits: Record) -> Told:
    """Two accounts in one browser; the second is identified with these traits, and on the next page with its own."""

    def told(story: Story) -> None:
        browser = _welcomed(story)
        browser.track("Signed Out")
        browser.reset()
        browser.wait(300).identify("u_2002", traits)
        browser.wait(4).track("Signed In")
        browser.wait(20_000).load("/app")
        browser.wait(5).identify("u_2002", BEN)
        browser.wait(30_000)

    return told


def two_hosts(*, both: bool) -> Told:
    def told(story: Story) -> None:
        browser = _welcomed(story)
        kept = browser.anonymous
        browser.load("/logout")
        browser.wait(4).track("Signed Out")
        browser.reset()
        browser.wait(300).load("/")
        browser.wait(9_000)
        story.site = "https://help.shop.example"
        if not both:
            browser.user, browser.anonymous = "u_1041", kept
        browser.load("/articles", referrer="https://shop.example/")
        browser.wait(30_000)

    return told


def logged_out(*, reset_first: bool) -> Told:
    def told(story: Story) -> None:
        browser = _welcomed(story)
        browser.load("/logout")
        browser.wait(3)
        if reset_first:
            browser.reset()
        browser.track("Signed Out")
        browser.reset()
        browser.wait(9_000).load("/")
        browser.wait(30_000)

    return told


def half_a_reset(*, half: bool) -> Told:
    def told(story: Story) -> None:
        browser = _welcomed(story)
        browser.track("Signed Out")
        if half:
            browser.user = None
        else:
            browser.reset()
        browser.wait(300).load("/")
        browser.wait(30_000)

    return told


def mailed(readers: int) -> Told:
    def told(story: Story) -> None:
        for _ in range(readers):
            browser = story.browser()
            browser.go("/offer?ajs_uid=u_1041", "")
            browser.identify("u_1041")
            browser.wait(4).page()
            browser.wait(3_600_000)

    return told


def aliased_twice(*, again: bool) -> Told:
    """An old browser of the user's is aliased as well, before the user is ever identified."""

    def told(story: Story) -> None:
        for _ in range(2 if again else 1):
            browser = story.browser()
            _visit(browser, "/", "/welcome")
            browser.alias("u_1041")
            browser.wait(20_000)

    return told


def server_aliases(pause: int) -> Told:
    def told(story: Story) -> None:
        server = story.server()
        server.send({"type": "alias", "userId": "u_1041", "previousId": "lead-7"})
        story.wait(pause)
        server.identify("u_1041", {"plan": "free"})
        story.wait(30_000)

    return told


def kiosk(anonymous: str | None) -> Told:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.anonymous = anonymous or browser.anonymous
        _visit(browser, "/", "/login")
        browser.load("/app")
        browser.wait(6).identify("u_1041", ADA)
        browser.wait(4).track("Signed In")
        browser.wait(30_000)

    return told


def evenings(times: int) -> Told:
    """Somebody who logs in and out, in one browser."""

    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/login")
        for _ in range(times):
            browser.wait(6).identify("u_1041", BEN)
            browser.wait(4).track("Signed In")
            browser.wait(60_000).track("Signed Out")
            browser.reset()
            browser.wait(900).load("/login")
        browser.wait(30_000)

    return told


def anonymous_logout(user: str | None) -> Told:
    def told(story: Story) -> None:
        browser = story.browser()
        browser.load("/app")
        if user is not None:
            browser.wait(6).identify(user, ADA)
        browser.wait(60_000).track("Signed Out")
        browser.reset()
        browser.wait(9_000).load("/")
        browser.wait(30_000)

    return told


IDENTITY: dict[str, tuple[Told, Told]] = {
    "user-id-not-string": (number(42), number("42")),
    "anonymous-history-lost": (reset_on_the_form(reset=True), reset_on_the_form(reset=False)),
    "shared-user-id": (colleagues("acme", "acme", "acme"), colleagues("acme-1", "acme-2", "acme-3")),
    "user-id-changes-for-person": (two_ids("u_1041", "crm-88"), two_ids("u_1041", "u_1041")),
    "user-id-case-variants": (two_ids("ada_l", "Ada_L"), two_ids("ada_l", "ada_l")),
    "reset-before-identify-replayed": (queued_reset(reset=True), queued_reset(reset=False)),
    "stale-traits-after-switch": (next_user(ADA), next_user(BEN)),
    "reset-not-on-all-subdomains": (two_hosts(both=False), two_hosts(both=True)),
    "logout-tracked-after-reset": (logged_out(reset_first=True), logged_out(reset_first=False)),
    "partial-reset": (half_a_reset(half=True), half_a_reset(half=False)),
    "query-string-identify": (mailed(3), mailed(2)),
    "alias-repeated": (aliased_twice(again=True), aliased_twice(again=False)),
    "alias-too-close": (server_aliases(300), server_aliases(1_500)),
    "anonymous-id-override": (kiosk("kiosk-0042"), kiosk(None)),
    "anonymous-id-churn": (evenings(6), evenings(5)),
    "logout-without-user": (anonymous_logout(None), anonymous_logout("u_1041")),
}
"""The story that fires a rule and no other, and the one that fires none."""
