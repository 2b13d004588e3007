"""A shop's tracking plan (Segment's ecommerce events), and visitors whose calls it plans, every one of them.

One call in a hundred breaks the plan: in a log where nothing does, a validator that never looks would win.
"""

import json
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count, islice
from random import Random
from typing import Any

from benchmarks.visits import BEGINNING
from benchmarks.wire import Browser, Wire

DRAFT = "http://json-schema.org/draft-07/schema#"
BROKEN = 0.01
PACE = 9_000
"""Milliseconds from one visitor to the next."""
CURRENCIES = ["USD", "EUR", "GBP", "JPY"]
CATEGORIES = ["Games", "Books", "Kitchen", "Garden", "Audio"]

_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number", "minimum": 0}, {"type": "integer", "minimum": 1}
_CURRENCY = {"type": "string", "enum": CURRENCIES}
_PRODUCT: dict[str, Any] = {
    "product_id": {"type": "string", "pattern": "^prod_[0-9a-f]{6}$"},
    "sku": _TEXT,
    "category": {"type": "string", "enum": CATEGORIES},
    "name": _TEXT,
    "brand": {"type": ["string", "null"]},
    "price": _NUMBER,
    "quantity": _WHOLE,
}
_PRODUCTS = {
    "type": "array",
    "items": {"type": "object", "properties": _PRODUCT, "required": ["product_id", "name", "price"]},
}
_TRACKS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Product List Viewed": ({"list_id": _TEXT, "category": _TEXT, "products": _PRODUCTS}, ["list_id"]),
    "Product Viewed": ({**_PRODUCT, "currency": _CURRENCY, "position": _WHOLE}, ["product_id", "name", "currency"]),
    "Product Added": ({**_PRODUCT, "cart_id": _TEXT}, ["product_id", "cart_id"]),
    "Cart Viewed": ({"cart_id": _TEXT, "products": _PRODUCTS}, ["cart_id", "products"]),
    "Checkout Started": (
        {"order_id": _TEXT, "value": _NUMBER, "currency": _CURRENCY, "coupon": {"type": ["string", "null"]}},
        ["order_id", "value", "currency"],
    ),
    "Checkout Step Completed": (
        {"checkout_id": _TEXT, "step": _WHOLE, "payment_method": {"type": "string", "enum": ["card", "paypal"]}},
        ["checkout_id", "step"],
    ),
    "Order Completed": (
        {
            "order_id": _TEXT,
            "checkout_id": _TEXT,
            "total": _NUMBER,
            "revenue": _NUMBER,
            "tax": _NUMBER,
            "currency": _CURRENCY,
            "products": _PRODUCTS,
        },
        ["order_id", "total", "currency", "products"],
    ),
}
_PAGE = {"path": _TEXT, "url": {"type": "string", "format": "uri"}, "title": _TEXT, "referrer": _TEXT, "search": _TEXT}
_TRAITS = {"email": _TEXT, "name": _TEXT, "plan": {"enum": ["basic", "plus"]}}


def plan() -> dict[str, Any]:
    """The plan, as Segment's Public API gives it."""
    rules = [_rule("TRACK", name, "properties", held, required) for name, (held, required) in _TRACKS.items()]
    rules.append(_rule("PAGE", None, "properties", _PAGE, ["path"]))
    rules.append(_rule("IDENTIFY", None, "traits", _TRAITS, ["email"]))
    return {"name": "Shop", "rules": rules}


def lines(events: int, seed: int = 7) -> Iterator[str]:
    """The log's lines in order of arrival; each call arrives once."""
    return islice(_once(_arrivals(Random(seed))), events)


def _rule(kind: str, key: str | None, section: str, held: dict[str, Any], required: list[str]) -> dict[str, Any]:
    inner = {"type": "object", "properties": held, "required": required}
    schema = {"$schema": DRAFT, "type": "object", "properties": {section: inner}, "required": [section]}
    named = {} if key is None else {"key": key}
    return {"type": kind, **named, "version": 1, "jsonSchema": schema}


def _once(arrivals: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for line in arrivals:
        message = json.loads(line)["messageId"]
        if message not in seen:
            seen.add(message)
            yield line


def _arrivals(rng: Random) -> Iterator[str]:
    now = BEGINNING
    order = count()
    waiting: list[tuple[int, int, str]] = []
    while True:
        now += int(rng.expovariate(1 / PACE))
        while waiting and waiting[0][0] < now:
            yield heappop(waiting)[2]
        browser = Browser(rng)
        browser.now = now
        _visit(rng, browser)
        for received, call in browser.sent:
            heappush(waiting, (received, next(order), call))


def _visit(rng: Random, browser: Browser) -> None:
    """Look at products, and perhaps buy some."""
    browser.page("/", "Home", rng.choice((None, None, "newsletter")))
    browser.wait(500, 20_000)
    for _ in range(rng.randrange(1, 4)):
        browser.page("/list", "Products")
        shown = [_product(rng) for _ in range(rng.randrange(2, 6))]
        _track(rng, browser, "Product List Viewed", list_id="top", category=rng.choice(CATEGORIES), products=shown)
        browser.wait(500, 20_000)
        for product in shown[: rng.randrange(1, 4)]:
            browser.page(f"/product/{product['sku']}", product["name"])
            _track(rng, browser, "Product Viewed", **product, currency=rng.choice(CURRENCIES), position=1)
            browser.wait(500, 40_000)
    if rng.random() < 0.5:
        _buy(rng, browser)


def _buy(rng: Random, browser: Browser) -> None:
    cart, order = f"cart_{rng.getrandbits(32):08x}", f"ord_{rng.getrandbits(32):08x}"
    products = [_product(rng) for _ in range(rng.randrange(1, 4))]
    for product in products:
        _track(rng, browser, "Product Added", **product, cart_id=cart)
        browser.wait(500, 9_000)
    browser.page("/cart", "Cart")
    _track(rng, browser, "Cart Viewed", cart_id=cart, products=products)
    browser.wait(500, 9_000)
    total = round(sum(product["price"] * product["quantity"] for product in products), 2)
    money = {"currency": rng.choice(CURRENCIES)}
    _track(rng, browser, "Checkout Started", order_id=order, value=total, coupon=None, **money)
    browser.identify(
        f"usr_{rng.getrandbits(48):012x}", {"email": "buyer@example.com", "name": "Maya Okafor", "plan": "basic"}
    )
    for step in (1, 2):
        _track(rng, browser, "Checkout Step Completed", checkout_id=order, step=step, payment_method="card")
        browser.wait(500, 30_000)
    browser.page("/thanks", "Thank you")
    held = {"order_id": order, "checkout_id": order, "total": total, "revenue": total, "tax": 0.0, **money}
    _track(rng, browser, "Order Completed", **held, products=products)
    browser.wait(500, 9_000)


def _track(rng: Random, browser: Browser, event: str, **held: Any) -> None:
    if rng.random() < BROKEN:
        required = _TRACKS[event][1]
        name = rng.choice(required)
        if rng.random() < 0.5:
            del held[name]
        else:
            held[name] = ["?"] if held[name] == "?" else 7 if isinstance(held[name], str | list) else "7"
    browser.track(event, **held)


def _product(rng: Random) -> Wire:
    number = rng.getrandbits(24)
    return {
        "product_id": f"prod_{number:06x}",
        "sku": f"G-{number % 100}",
        "category": rng.choice(CATEGORIES),
        "name": rng.choice(("Monopoly: 3rd Edition", "Uno Card Game", "Chef's Knife", "Desk Lamp")),
        "brand": rng.choice(("Hasbro", "Acme", None)),
        "price": round(rng.uniform(3, 90), 2),
        "quantity": rng.randrange(1, 4),
    }
