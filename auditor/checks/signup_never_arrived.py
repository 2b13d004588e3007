"""New users, by the server's word or their createdAt, whose client signup is not in the log."""

from collections.abc import Iterator

from auditor.checks.problem import Options, Problem, Unsure
from auditor.model.accounts import created as created_at
from auditor.model.event import Event
from auditor.timelines.timelines import Timelines

OPTIONS = {
    "server_signup": "predicate",
    "client_signup": "predicate",
    "window": "duration",
    "view": "predicate",
    "settle": "duration",
}
READS_NESTED = ("flagged",)


def passes(event: Event, options: Options, timelines: Timelines) -> bool:
    """Whether an event shows no new user."""
    return made(event, options, timelines) is None


def check(at: int, timeline: list[Event], options: Options, timelines: Timelines) -> Iterator[Problem | Unsure]:
    """Judge one new user.

    The wait for the client's signup is over after ``window``, or once the same user is seen on a later page load
    (design.md 6). Before that the log cannot tell, nor where the signup may have left unseen.
    """
    event = timeline[at]
    created = made(event, options, timelines)
    if created is None:
        return
    if event.user_id in _linked(timelines, options):
        return
    lacking = never_arrived(created, timeline, options, timelines)
    if lacking is None:
        yield Unsure()
    if not lacking:
        return
    by_server = options.server_signup(event)
    said = f'though the server tracked "{event.event}"' if by_server else "though createdAt says the account is new"
    views = _views(timeline, created, options)
    yield Problem(fields={"evidence": said}, evidence=tuple(("seen later", view) for view in views[-1:]))


def never_arrived(created: int, timeline: list[Event], options: Options, timelines: Timelines) -> bool | None:
    """Whether the client's signup of a user, whose account was made at ``created`` (ms), never came: of one that a
    call shows, or a row of the database. ``timeline`` is the person's; ``None``: it still may, or left unseen."""
    signups = [other for other in timeline if options.client_signup(other)]
    if any(timelines.arrived(other) for other in signups):
        return False
    if not signups and _may_have_left_unseen(timeline, timelines):
        return None
    if timelines.end - created >= options.window:
        return True
    return True if timelines.moved_on(_views(timeline, created, options), options.settle) else None


def _may_have_left_unseen(timeline: list[Event], timelines: Timelines) -> bool:
    """Whether only HARs show what the client sent, and its library collects calls: what it still holds as a page closes
    leaves by a beacon, which is in no HAR of Playwright's (tests/captures/README.md)."""
    lanes = {event.lane for event in timeline if event.lane is not None}
    seen = [event for lane in lanes for event in timelines.lanes[lane].events]
    collects = any(event.batch is not None or event.identified is not None for event in seen)
    return collects and all(event.delivery is not None for event in seen)


def _views(timeline: list[Event], created: int, options: Options) -> list[Event]:
    return [e for e in timeline if options.view(e) and e.client and e.time > created]


def made(event: Event, options: Options, timelines: Timelines) -> int | None:
    """When the account that an event shows was made, ms; ``None`` if it shows none, or one made before or after the
    log."""
    created = event.time if options.server_signup(event) else created_at(event)
    new = event.user_id is not None and created is not None and timelines.first <= created <= timelines.end
    return created if new else None


def _linked(timelines: Timelines, options: Options) -> set[str]:
    """Users of the anonymousIds that sent a signup without a userId: of a shared device, any of them may be meant."""
    found: set[str] | None = timelines.memo.get("users of anonymous signups")
    if found is None:
        found = set()
        for event in timelines.log.events:
            anonymous = event.user_id is None and event.anonymous_id is not None
            if anonymous and options.client_signup(event) and timelines.arrived(event):
                found |= timelines.users_of.get(event.anonymous_id or "", set())
        timelines.memo["users of anonymous signups"] = found
    return found
