"""What people do at a shop, as stories: a signup that is right, and each way to get it wrong."""

from tests.stories import Browser, Server, Story, iso

MINUTE = 60_000


def visit(browser: Browser, path: str = "/") -> None:
    """Come, read, and open the form."""
    browser.load(path, referrer="")
    browser.wait(9_000)
    browser.load("/signup")
    browser.wait(20_000)


def sign_up(
    browser: Browser,
    user: str,
    server: Server | None = None,
    *,
    identify: bool = True,
    track: bool = True,
    track_first: bool = False,
    event: str = "Signed Up",
) -> None:
    """Send the form; the welcome page makes its calls."""
    made = iso(browser.story.now)
    if server is not None:
        server.track("Account Created", user)
    browser.wait(300)
    browser.load("/welcome")
    browser.wait(20)
    if track and track_first:
        browser.track(event)
        browser.wait(30)
    if identify:
        browser.identify(user, {"createdAt": made})
        browser.wait(5)
    if track and not track_first:
        browser.track(event)
    browser.wait(6_000)
    browser.load("/app/home")
    browser.wait(4_000)


def leave(story: Story) -> None:
    """Somebody else comes much later, so that the log goes on."""
    story.wait(60 * MINUTE)
    other = story.browser()
    other.load("/", referrer="")
