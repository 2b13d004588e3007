"""A seeded log as a real archive looks: about 1 kB an event, many visitors at once, in order of arrival.

Two shapes, because a special case is no benchmark: ``many`` has thousands of visitors with about 12 events each,
``dense`` few devices with up to 20,000 events each (wallboards that never log out, front desks that many people use).
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from heapq import heappop, heappush
from itertools import count, islice
from pathlib import Path
from random import Random

from benchmarks.visits import BEGINNING, Story, Visitor, come_back, new_user, read, sign_up, watch
from benchmarks.wire import Browser

SHAPES = ("many", "dense")
DAY = 86_400_000
PACE = 15_000
"""Milliseconds from one new visitor to the next: 500,000 events take about a week."""

DENSE_DEVICE = 20_000
"""Events of one device in the dense shape."""


@dataclass(frozen=True)
class Log:
    """What a log is made from; the same parameters make the same bytes."""

    shape: str = "many"
    events: int = 500_000
    seed: int = 7


def log_file(log: Log, folder: Path) -> Path:
    """The file of this log, written unless it is there already with the same parameters and the same generator."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{log.shape}-{log.events}.jsonl"
    card = file.with_suffix(".json")
    made_from = {**asdict(log), "generator": _generator()}
    if file.exists() and card.exists() and json.loads(card.read_text(encoding="utf-8")) == made_from:
        return file
    card.unlink(missing_ok=True)
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(lines(log))
    card.write_text(json.dumps(made_from), encoding="utf-8")
    return file


def lines(log: Log) -> Iterator[str]:
    """The log's lines in order of arrival, exactly as many as asked for."""
    return islice(_arrivals(log), log.events)


def _arrivals(log: Log) -> Iterator[str]:
    """Every visit is played when its time comes; its calls wait in a heap until nothing earlier can arrive."""
    rng = Random(log.seed)
    newcomers = _visitors(rng) if log.shape == "many" else _devices(rng, log.events)
    order = count()
    visits: list[tuple[int, int, Story, Visitor]] = []
    waiting: list[tuple[int, int, str]] = []
    coming = next(newcomers, None)
    while coming or visits:
        if coming and (not visits or coming[0] <= visits[0][0]):
            start, story, visitor = coming
            coming = next(newcomers, None)
        else:
            start, _, story, visitor = heappop(visits)
        while waiting and waiting[0][0] < start:
            yield heappop(waiting)[2]
        browser = visitor.browser
        browser.now = start
        story(rng, visitor)
        for received, call in (*browser.sent, *visitor.elsewhere):
            heappush(waiting, (received, next(order), call))
        browser.sent.clear()
        visitor.elsewhere.clear()
        again = _next_visit(rng, visitor, story, log.shape)
        if again:
            heappush(visits, (again[0], next(order), again[1], visitor))
    while waiting:
        yield heappop(waiting)[2]


def _visitors(rng: Random) -> Iterator[tuple[int, Story, Visitor]]:
    """New visitors without end: half only read, the others sign up or have an account."""
    now = BEGINNING
    while True:
        now += int(rng.expovariate(1 / PACE))
        story = rng.choices((read, sign_up, come_back), (50, 18, 32))[0]
        yield now, story, Visitor(Browser(rng))


def _devices(rng: Random, events: int) -> Iterator[tuple[int, Story, Visitor]]:
    """Wallboards and front desks in turn, all there from the beginning."""
    for number in range(max(1, events // DENSE_DEVICE)):
        visitor = Visitor(Browser(rng, pinned=True))
        story: Story = come_back
        if number % 2 == 0:
            story = watch
            visitor.users.append(new_user(rng, BEGINNING - DAY))
            visitor.browser.user_id = visitor.users[0].id
        yield BEGINNING + number * 1_000, story, visitor


def _next_visit(rng: Random, visitor: Visitor, story: Story, shape: str) -> tuple[int, Story] | None:
    now = visitor.browser.now
    if shape == "dense":
        if story is not watch:
            story = come_back if visitor.browser.user_id else rng.choice((read, sign_up, come_back, come_back))
        return now + rng.randrange(20_000, 200_000), story
    if visitor.users and rng.random() < 0.25:
        return now + rng.randrange(DAY // 2, 2 * DAY), come_back
    return None


def _generator() -> int:
    """A checksum over the modules that make the log."""
    here = Path(__file__).parent
    return zlib.crc32(b"".join((here / name).read_bytes() for name in ("generate.py", "visits.py", "wire.py")))
