"""The site's tracking plan, and calls that break it: planted in what the collector stored, with the key.

The plan says what the simulated site truly sends, so whatever is reported beyond what is planted is a false alarm. The
copies of one message are broken alike: they are one call.
"""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

from benchmarks.simulate.record import Body

SHARE = 0.08
"""Calls that are broken, of those that can be."""
_ACTS = (
    "Article Read", "Dashboard Viewed", "Plan Compared", "Pricing Viewed", "Project Created", "Project Opened",
    "Project Renamed", "Report Exported", "Settings Saved", "Signup Failed", "Video Played",
)  # fmt: skip
_PLAIN = (
    "Account Created", "App Connected", "Field Checked", "Form Checked", "Invoice Sent", "Mail Queued", "Mail Sent",
    "Order Completed", "Trial Started", "Welcome Viewed",
)  # fmt: skip
_TEXT = {"type": "string"}
_CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$"}
_METHOD = {"type": "string", "enum": ["email", "password", "sso"]}
_NO_TEST = {"not": {"required": ["test"]}}

Planted = tuple[str, str, str | None]
"""messageId, kind, place."""
_Change = Callable[[Body], None]


def plan() -> dict[str, Any]:
    """The plan, as Segment's Public API gives it."""
    signup = {"method": _METHOD, "plan": _TEXT}
    rules = [
        *(_track(name, {"currency": _CURRENCY}, required=["currency"], **_NO_TEST) for name in _ACTS),
        *(_track(name, {}) for name in _PLAIN),
        _track("Signed Up", signup),
        _track("Signed In", {"method": _METHOD}, required=["method"]),
        _track("Signed Out", {}, additionalProperties=False),
        _track("Newsletter Subscribed", {}),
        _track("Invoice Paid", {"amount": {"type": "integer"}, "currency": _CURRENCY}, required=["amount", "currency"]),
    ]
    page = {"path": _TEXT, "url": {"type": "string", "format": "uri"}}
    strict = {"type": "object", "properties": page, "required": ["path"], "additionalProperties": False}
    traits = {"type": "object", "properties": {"email": _TEXT, "plan": _TEXT, "seats": {"type": "integer"}}}
    rules.append({"type": "PAGE", "jsonSchema": {"properties": {"properties": strict}}})
    rules.append({"type": "IDENTIFY", "jsonSchema": {"properties": {"traits": traits}}})
    return {"name": "The simulated site", "rules": rules}


def broken(calls: Iterable[tuple[int, Body]], seed: str) -> tuple[list[tuple[int, Body]], set[Planted]]:
    """The same arrivals with some calls broken, and what is wrong with them."""
    stored: list[tuple[int, Body]] = []
    planted: set[Planted] = set()
    for at, body in calls:
        rng = Random(f"{seed}: {body['messageId']}")
        ways = list(_ways(body))
        if ways and rng.random() < SHARE:
            kind, place, change = rng.choice(ways)
            copy = deepcopy(body)
            change(copy)
            stored.append((at, copy))
            planted.add((body["messageId"], kind, place))
        else:
            stored.append((at, body))
    return stored, planted


def _track(name: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, **more}
    return {"type": "TRACK", "key": name, "jsonSchema": {"properties": {"properties": schema}}}


def _ways(body: Body) -> Iterator[tuple[str, str | None, _Change]]:
    """How a call can be broken: kind, place, and the change that does it."""
    event = body.get("event")
    if body["type"] == "track":
        yield "Unplanned-Event", None, lambda call: call.update(event=f"{event} (new)")
    if event in _ACTS or event == "Invoice Paid":
        yield "Required-Missing", "properties.currency", lambda call: call["properties"].pop("currency")
        yield "Datatype-Mismatch", "properties.currency", lambda call: call["properties"].update(currency=978)
        yield "Value-Not-Permitted", "properties.currency", lambda call: call["properties"].update(currency="usd")
    if event == "Signed Out":
        yield "Additional-Properties", "properties.reason", lambda call: call["properties"].update(reason="idle")
    if event in _ACTS:
        yield "Unknown-Violation", "properties", lambda call: call["properties"].update(test=True)
    if event in ("Signed Up", "Signed In") and "method" in body["properties"]:
        yield "Value-Not-Permitted", "properties.method", lambda call: call["properties"].update(method="pigeon")
    if body["type"] == "page":
        yield "Datatype-Mismatch", "properties.path", lambda call: call["properties"].update(path=None)
        yield "Additional-Properties", "properties.theme", lambda call: call["properties"].update(theme="dark")
    if body["type"] == "identify" and body.get("traits"):
        yield "Datatype-Mismatch", "traits.seats", lambda call: call["traits"].update(seats="three")
