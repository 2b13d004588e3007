"""Three incidents that people have told of in public, rebuilt: what their logs must have looked like, of any size.

``python -m tests.incidents`` writes the small ones into sample_logs/incidents/.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.stories import Browser, Record, Story, again, iso

FOLDER = Path(__file__).resolve().parent.parent / "sample_logs" / "incidents"
_MINUTE = 60_000


@dataclass(frozen=True)
class Incident:
    """A log, and the table of users where it takes one to see what is wrong."""

    name: str
    records: list[Record]
    users: list[tuple[str, str]]

    def files(self) -> dict[str, str]:
        """What stands in which file of its folder."""
        held = {"events.jsonl": "".join(json.dumps(r, separators=(",", ":")) + "\n" for r in self.records)}
        if self.users:
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows([("user_id", "created_at"), *self.users])
            held["users.csv"] = out.getvalue()
        return held

    def write(self, folder: Path) -> Path:
        """Its folder below another."""
        own = folder / self.name
        own.mkdir(parents=True, exist_ok=True)
        for name, text in self.files().items():
            (own / name).write_text(text, encoding="utf-8")
        return own


def rows_without_events(accounts: int, tracked: int) -> Incident:
    """So many rows in the database, so few `account_created`: the form's page tracks, and the redirect is faster."""
    story = Story("rows", datetime(2026, 5, 4, 9, 0, tzinfo=UTC), "https://rows.example")
    users = []
    for number in range(accounts):
        browser, user = story.browser(), f"r_{number:04d}"
        _come(browser)
        users.append((user, iso(story.now)))
        if number * tracked // accounts < (number + 1) * tracked // accounts:
            browser.track("account_created", sent=4, travels=9)
        browser.wait(80)
        browser.load("/welcome")
        browser.wait(15)
        browser.identify(user, {"plan": "free"})
        browser.wait(9_000)
        browser.load("/app/home")
        story.wait(_MINUTE)
    _end(story)
    return Incident("rows-without-events", story.records, users)


def more_signups_than_starts(people: int, reloading: int, logging_in: int) -> Incident:
    """The welcome page tracks on each load, and the page after a login is the same one."""
    story = Story("more", datetime(2026, 5, 11, 9, 0, tzinfo=UTC), "https://more.example")
    for number in range(people):
        browser, user = story.browser(), f"m_{number:04d}"
        _come(browser)
        browser.track("Signup Started", {"method": "email"})
        browser.wait(20_000)
        made = iso(story.now)
        for time in range(2 if number < reloading else 1):
            browser.load("/welcome")
            browser.identify(user, {"createdAt": made})
            browser.track("Signed Up", {"method": "email"})
            browser.wait(40_000 + time)
        story.wait(_MINUTE)
    for number in range(logging_in):
        browser, user = story.browser(), f"m_old_{number:04d}"
        browser.load("/login", referrer="")
        browser.wait(8_000)
        browser.load("/welcome")
        browser.identify(user, {"createdAt": "2024-11-02T10:00:00.000Z"})
        browser.track("Signed Up", {"method": "email"})
        story.wait(_MINUTE)
    _end(story)
    return Incident("more-signups-than-starts", story.records, [])


def events_dropped_by_a_redirect(people: int, dropped: int) -> Incident:
    """A part of the signups is gone: some requests are faster than the redirect, some are sent again, some are lost."""
    story = Story("dropped", datetime(2026, 5, 18, 9, 0, tzinfo=UTC), "https://dropped.example")
    server = story.server()
    for number in range(people):
        browser, user = story.browser(), f"d_{number:04d}"
        _come(browser)
        lost = number * dropped // people < (number + 1) * dropped // people
        call = None if lost else browser.track("Signed Up", {"method": "email"}, sent=5, travels=12)
        server.track("Account Created", user)
        browser.wait(70)
        browser.load("/welcome")
        if call is not None and number % 3 == 0:
            again(story, call, after=20)
        browser.wait(15)
        browser.identify(user)
        browser.wait(7_000)
        browser.load("/app/home")
        story.wait(_MINUTE)
    _end(story)
    return Incident("events-dropped-by-a-redirect", story.records, [])


def _come(browser: Browser) -> None:
    browser.load("/signup", referrer="")
    browser.wait(31_000)


def _end(story: Story) -> None:
    """The log goes on after them."""
    story.wait(20 * _MINUTE)
    story.browser().load("/", referrer="")


def samples() -> Iterable[Incident]:
    """The small ones, whose files are in sample_logs/incidents/."""
    yield rows_without_events(24, 4)
    yield more_signups_than_starts(10, 3, 2)
    yield events_dropped_by_a_redirect(10, 2)


if __name__ == "__main__":
    for incident in samples():
        incident.write(FOLDER)
