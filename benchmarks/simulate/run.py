"""One run: households with their sites, played through once per vendor."""

from dataclasses import dataclass, replace
from random import Random

from benchmarks.simulate.analyticsjs import AnalyticsJs
from benchmarks.simulate.browser import Browser
from benchmarks.simulate.clean import CLEAN, OPEN, SERVER_ALONE
from benchmarks.simulate.clock import DAY, HOUR, MINUTE, Loop
from benchmarks.simulate.mistakes import ALIASING, MISTAKES, PINNED, Plan, aliased
from benchmarks.simulate.network import Collector, Network, Weather
from benchmarks.simulate.people import Visitor
from benchmarks.simulate.posthog import PostHog
from benchmarks.simulate.record import Body, Truth
from benchmarks.simulate.rudderstack import RudderStack
from benchmarks.simulate.sdk import Sdk
from benchmarks.simulate.sending_mistakes import SENDING
from benchmarks.simulate.servers import Server
from benchmarks.simulate.site import Site
from benchmarks.simulate.slip_plans import ALIASING_SLIPS, SLIPS
from benchmarks.simulate.slips import SlippingSite

BEGINNING = 1_767_571_200_000
"""2026-01-05, a Monday."""
SPAN = 2 * DAY
"""In this time households begin; the log goes on until everybody has long finished."""
_INTERLUDES = (["idle"], ["go_offline", "click_about", "come_online"], ["collector_stumbles", "click_about"])
VENDORS: dict[str, type[Sdk]] = {"segment": AnalyticsJs, "rudderstack": RudderStack, "posthog": PostHog}


@dataclass(eq=False, slots=True)
class Household:
    """One plan played through: what happened, what the browser saw and what the collector stored."""

    number: int
    plan: Plan
    vendor: str
    truth: Truth
    browsers: list[Browser]
    collector: Collector
    aliasing: bool


def plans(people: int, seed: str, *, aliasing: bool = False) -> list[Plan]:
    """A plan for each household: every mistake about equally often, and as many that are clean.

    ``aliasing``: on a site whose destination needs alias.
    """
    rng = Random(f"{seed}: plans")
    faulty, clean = MISTAKES + SLIPS + SENDING, CLEAN + OPEN
    if aliasing:
        kept = [aliased(plan) for plan in CLEAN if plan.name not in SERVER_ALONE and "identify" not in plan.code.server]
        faulty, clean = ALIASING + ALIASING_SLIPS, [plan for plan in kept if plan is not None]
    drawn: list[Plan] = []
    while len(drawn) < people:
        drawn += rng.sample(faulty, len(faulty)) + rng.choices(clean, k=len(faulty))
    drawn = [vary(plan, rng) for plan in drawn[:people]]
    rng.shuffle(drawn)
    return drawn


def vary(plan: Plan, rng: Random) -> Plan:
    """The same mistake, or none, under other circumstances: what happens to people with and without a mistake."""
    code, steps = plan.code, list(plan.steps)
    delivery = code.delivery
    if rng.random() < 0.15:
        delivery = replace(delivery, batching=True)
    if rng.random() < 0.15:
        delivery = replace(delivery, library=rng.choice((5, 250, 600)))
    if rng.random() < 0.3:
        delivery = replace(delivery, resets_device=True)
    app = steps.index("visit") + 1 if "visit" in steps else None
    if app is not None and "second_tab" not in steps and rng.random() < 0.15:
        steps.insert(app, "second_tab")
        steps.insert(rng.randint(app + 1, len(steps)), "look_at_second_tab")
    if "work" in steps and rng.random() < 0.2:
        at = steps.index("work") + 1
        steps[at:at] = rng.choice(_INTERLUDES)
    skew = plan.skew or rng.choice((*[0] * 12, 20 * MINUTE, -3 * HOUR, DAY))
    slow = plan.slow or rng.choice((*[0] * 8, 150, 900))
    code = replace(code, delivery=delivery)
    return replace(plan, code=code, steps=tuple(steps), skew=skew, slow=slow)


def play(
    plan: Plan,
    number: int,
    vendor: str,
    seed: str,
    *,
    aliasing: bool = False,
    start: int | None = None,
    site: type[Site] = Site,
    visitor: type[Visitor] = Visitor,
) -> Household:
    """Let one household live. The people's own choices are the same for each vendor."""
    people, noise = Random(f"{seed}: people {number}"), Random(f"{seed}: noise {number} {vendor}")
    begins = BEGINNING + people.randrange(SPAN) if start is None else start
    loop, truth = Loop(begins), Truth()
    collector = Collector()

    def browser() -> Browser:
        weather = Weather(skew=plan.skew or people.randint(-300, 300), blocked=plan.blocked, slow=plan.slow)
        return Browser(loop, noise, Network(loop, noise, collector, weather), people.randrange(100, 8000))

    code = plan.code
    if code.delivery.pins == PINNED:
        code = replace(code, delivery=replace(code.delivery, pins=f"kiosk-{number:06d}"))
    server = Server(loop, noise, collector, vendor, truth)
    made = SlippingSite if code.slip is not None else site
    person = visitor(people, made(code, truth, server, VENDORS[vendor]), browser)
    loop.start(person.live(plan.steps))
    loop.run()
    return Household(number, plan, vendor, truth, person.browsers, collector, aliasing)


def play_all(drawn: list[Plan], vendor: str, seed: str, *, aliasing: bool = False) -> list[Household]:
    """All households, and a last visitor who shows that the log goes on after them."""
    held = [play(plan, number, vendor, seed, aliasing=aliasing) for number, plan in enumerate(drawn)]
    return [*held, last_visitor(held, vendor, seed)]


def last_visitor(held: list[Household], vendor: str, seed: str) -> Household:
    """Somebody who comes an hour after everything else."""
    ends = max((at for household in held for at, _ in household.collector.stored), default=BEGINNING)
    plan = next(plan for plan in CLEAN if plan.name == "anonymous visit")
    return play(plan, len(held), vendor, seed, start=ends + HOUR)


def stored(held: list[Household]) -> list[tuple[int, Body]]:
    """What the collector stored of all of them, in order of arrival."""
    return sorted((one for household in held for one in household.collector.stored), key=lambda one: one[0])
