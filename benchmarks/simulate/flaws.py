"""Smaller mistakes in what a site sends, and what looks like one and is none: each a few calls more, or others.

A site's code names them in ``Code.flaws``; here stands what each makes the site call, on a page, on the server or when
a visitor does something.
"""

from uuid import UUID

from benchmarks.simulate.browser import Document
from benchmarks.simulate.record import Body, User
from benchmarks.simulate.servers import Server

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxNyJ9.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4"
CLIENT_SECRET = {"client_secret": "s3cr3t-0a1b2c3d4e5f"}
_PROPERTIES: dict[str, Body] = {
    "large": {"document": "x" * 40_000},
    "large, and taken": {"document": "x" * 30_000},
    "token": {"session": TOKEN},
    "words about tokens": {"session": "none", "answer": "Bearer of good news", "access": True},
}


def properties_of(flaws: tuple[str, ...]) -> Body:
    """What the properties of every track hold besides the usual."""
    return {key: value for flaw in flaws for key, value in _PROPERTIES.get(flaw, {}).items()}


def on_page(document: Document, flaws: tuple[str, ...]) -> None:
    """What a page calls besides page()."""
    if "page twice" in flaws:
        document.sdk.page()


def on_act(document: Document, flaws: tuple[str, ...]) -> None:
    """What a visitor's act makes the page call besides the event itself."""
    sdk, rng = document.sdk, document.browser.rng
    if "counted twice" in flaws:
        for _ in range(2):
            sdk.track("Trial Started", {"plan": "pro"})
    if "order counted again" in flaws:
        sdk.track("Order Completed", {"order_id": f"order of {document.browser.number}", "total": 49})
    if "orders" in flaws:
        for _ in range(2):
            sdk.track("Order Completed", {"order_id": f"{rng.getrandbits(48):012x}", "total": 49})


def on_account(server: Server, user: User, document: Document, flaws: tuple[str, ...]) -> None:
    """What the server sends besides when it makes an account."""
    plan = {"plan": user.traits["plan"]}
    if "address in a name" in flaws:
        server.track(user, f"Invited {user.traits['email']}", plan)
    if "client secret" in flaws:
        server.track(user, "App Connected", CLIENT_SECRET)
    if "another id on the server" in flaws:
        server.identify(user, plan, named=f"acc-{user.account}", anonymous=document.sdk.anonymous_id())
    if "the visitor's id on the server" in flaws:
        server.identify(user, plan, anonymous=document.sdk.anonymous_id())
    for step in range(6):
        if "made up ids" in flaws:
            made_up = str(UUID(int=server.rng.getrandbits(128), version=4))
            server.track(user, "Form Checked", {"step": step}, anonymous=made_up, nobody=True)
        if "visitors' ids" in flaws:
            server.track(user, "Field Checked", {"step": step}, anonymous=document.sdk.anonymous_id(), nobody=True)


def hand_over(document: Document, home: str) -> None:
    """A link to another domain that carries the ids along, as far as storage shows it: what the first domain keeps is
    there on the second as well."""
    browser = document.browser
    if not browser.cookies[document.domain]:
        browser.cookies[document.domain].update(browser.cookies[".".join(home.split(".")[-2:])])
        browser.local[document.origin].update(browser.local[f"https://{home}"])
