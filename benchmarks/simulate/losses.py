"""Losses of the signup funnel with their causes: sites with one mistake each, and what truly became of every person.

Each mistake is a site of its own, as it is in life: a release of one site's code, not of some of its visitors.
"""

from dataclasses import dataclass, replace
from random import Random

from benchmarks.simulate.browser import Document
from benchmarks.simulate.clean import CLEAN
from benchmarks.simulate.clock import Story
from benchmarks.simulate.mistakes import Plan
from benchmarks.simulate.people import Visitor
from benchmarks.simulate.record import Entry, User
from benchmarks.simulate.run import Household, last_visitor, play, vary
from benchmarks.simulate.sdk import Delivery
from benchmarks.simulate.site import Code, Site

_SIGN_UP = ("visit", "sign_up", "work")
_NEXT = ("visit", "sign_up", "work", "log_out", "sign_up", "work")
_ABROAD = "news"
"""How the first label of a host begins whose visitors go on to the site itself, and whose cookies it does not see."""
BOTH = ("segment", "rudderstack")


def _plan(name: str, cause: str, steps: tuple[str, ...] = _SIGN_UP, *, blocked: bool = False, **code: object) -> Plan:
    own = replace(Code(), **code)  # type: ignore[arg-type]
    return Plan(name, own, steps, (cause,), BOTH, blocked=blocked)


PLANTED = [
    _plan("signup on the form", "redirect", signup_on="form", server=("account",)),
    _plan("signup on the form, in no database's stream", "redirect", signup_on="form"),
    _plan(
        "signup on the form, next page elsewhere", "redirect", ("visit", "sign_up", "work_elsewhere"),
        signup_on="form", server=("account",), after_signup="https://app.elsewhere.example/start",
    ),
    _plan(
        "signup on the form, nothing kept", "redirect",
        signup_on="form", server=("account",), delivery=Delivery(persists=False),
    ),
    _plan("tracked before identify, same tick", "identify-after-track", signup="track first", server=("account",)),
    _plan("tracked before identify, async", "identify-after-track", signup="identify later"),
    _plan("tracked before identify, SPA", "identify-after-track", signup="track first", app="spa"),
    _plan("no identify", "no-identify", signup="track only", layout=False),
    _plan("no identify, server too", "no-identify", signup="track only", layout=False, server=("account",)),
    _plan("no reset, the next signs up", "missing-reset", _NEXT, logout="nothing", signup="track first",
          server=("account",)),
    _plan("server and browser count", "double-count", server=("account", "signup")),
    _plan("counted again on reload", "double-count", ("visit", "sign_up", "reload", "work"), once=False),
    _plan("blocked", "blocked", blocked=True, server=("account",)),
    _plan("never tracked", "not-tracked", signup="identify only", server=("account",)),
    _plan("another host, another id", "domain-change", ("read_news", "sign_up", "work"), server=("account",)),
]  # fmt: skip
"""``breaks`` holds the cause."""
_LEFT_OUT = ("the server alone",)


class Hosts(Site):
    """A site with a second host under another domain, where the same library runs with a storage of its own."""

    @property
    def news(self) -> str:
        """The address of the second host."""
        return f"https://{_ABROAD}-{self.code.host.removeprefix('www.')}/"

    def run(self, document: Document) -> None:
        """What a page runs; on the second host the snippet with page() alone."""
        if document.url.startswith(self.news):
            document.sdk = self._sdk(document, self.code.delivery, self.truth)
            document.sdk.page()
            return
        super().run(document)


class Reader(Visitor):
    """A visitor who may come by the second host."""

    site: Hosts

    def read_news(self) -> Story:
        """Read on the second host, and go on from there."""
        for path in ("", "spring")[: self.rng.randint(1, 2)]:
            yield from self.tab.go(self.site.news + path, typed=path == "")
            yield self._dwell()


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a person's signup: ``cause``, ``None`` where nothing was lost; ``user`` the id that a log can
    show, ``None`` where it shows none; ``arrived`` whether the client's signup did."""

    user: str | None
    cause: str | None
    plan: str
    arrived: bool


def households(people: int, seed: str, vendor: str, *, mistakes: bool = True) -> list[Household]:
    """Households of sites with a mistake each, and about as many of sites without; at least the latter."""
    rng = Random(f"{seed}: losses")
    clean = [plan for plan in CLEAN if vendor in plan.vendors and plan.name not in _LEFT_OUT]
    drawn: list[Plan] = []
    while len(drawn) < people:
        faulty = rng.sample(PLANTED, len(PLANTED)) if mistakes else []
        drawn += [*faulty, *rng.choices(clean, k=len(PLANTED))]
    held = []
    for number, plan in enumerate(vary(plan, rng) for plan in drawn[:people]):
        site = next((place for place, one in enumerate(PLANTED) if one.name == plan.name), None)
        label = "shop" if site is None or plan.breaks == () else f"shop{site}"
        own = replace(plan, code=replace(plan.code, host=f"www.{label}.example"))
        held.append(play(own, number, vendor, seed, site=Hosts, visitor=Reader))
    return [*held, last_visitor(held, vendor, seed)]


def fates(household: Household) -> list[Fate]:
    """What became of the signup of each user who made an account."""
    truth, plan = household.truth, household.plan
    entries = [entry for entry in truth.entries if entry.what == "signup"]
    found = []
    for number, user in enumerate(truth.created):
        own = [entry for entry in entries if entry.user is user]
        cause = _cause(household, user, own, first=number == 0) if plan.breaks else None
        named = user.id in _bodies(household)
        arrived = any(e.track and e.track.message and e.track.message.arrivals for e in own)
        found.append(Fate(user.id if named else None, cause, plan.name, arrived))
    return found


def _bodies(household: Household) -> set[str]:
    """The users whom some message that arrived names."""
    return {c.message.user for c in household.truth.calls if c.message and c.message.arrivals and c.message.user}


def _cause(household: Household, user: User, entries: list[Entry], *, first: bool) -> str | None:
    """The planted cause, where it took effect on this person."""
    (planted,) = household.plan.breaks
    messages = [entry.track.message for entry in entries if entry.track is not None and entry.track.message is not None]
    arrived = [message for message in messages if message.arrivals]
    if planted == "missing-reset":
        if first:
            return "identify-after-track" if arrived else None
        return planted if user.id in _bodies(household) else None
    if planted == "redirect":
        return planted if arrived or user.id in _bodies(household) else None
    if planted == "double-count":
        server = any(c.message and c.message.body.get("event") == "Signed Up" for c in household.truth.server)
        return planted if len({message.id for message in arrived}) + server > 1 else None
    if planted in ("identify-after-track", "no-identify"):
        return planted if arrived else None
    if planted in ("blocked", "not-tracked"):
        return planted if user.id in _bodies(household) else None
    return planted


def realised(held: list[Household]) -> tuple[int, int]:
    """Visitors and signups as they truly were: people, not ids. The last household ends the log and counts too."""
    visitors = signups = 0
    for household in held:
        truth = household.truth
        users = {entry.user for entry in truth.entries} | set(truth.created)
        visitors += max(len(users), 1)
        signups += len(truth.created)
    return visitors, signups


