"""Laws: what changes only how a log is written down changes no finding (design.md 4)."""

import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import load
from auditor.model.event import Event
from auditor.model.finding import Finding, Report
from auditor.model.naming import Redacting
from auditor.runners.local import Request, check
from tests.stories import START, Browser, Client, Phone, Record, Server, Story, again
from tests.stories_of_identity import IDENTITY

pytestmark = pytest.mark.slow

SETTINGS = Settings(destinations=("mixpanel-legacy", "segment"), min_confidence="low")
"""So that every rule runs, ``missing-alias`` too, and is heard."""
RULES = load(SETTINGS, options_of)
EXAMPLES = settings(max_examples=200)

# --- Logs ---------------------------------------------------------------------------------------------------

USERS = ("usr-ada", "usr-ben", "usr-cleo", "usr-dan", "undefined", "eva@shop.example")
PATHS = ("/", "/pricing", "/signup", "/login", "/welcome", "/app", "/app/orders", "/logout")
ACTIONS = (
    "load", "load", "load", "route", "reload", "track", "signup", "signup", "login", "logout", "identify", "identify",
    "identify", "late fill", "alias", "reset", "reset", "group", "again", "again changed", "server signup",
    "server identify", "server first", "server told", "secret", "created", "old account", "tale",
)  # fmt: skip
BY_THE_EVENT_ALONE = {
    "user-id-is-anonymous-id", "anonymous-id-is-user-id", "missing-identity", "suspicious-user-id",
    "user-id-is-phone-number", "anonymous-id-not-uuid4", "pii-in-event-name", "pii-in-url",
    "user-id-refused-by-destination", "event-name-invalid-for-destination", "user-id-not-string",
    "payload-too-large", "rejected-by-collector", "secret-in-payload", "server-generated-anonymous-id",
    "library-context-mismatch", "plan-violation",
}  # fmt: skip
"""Rules about the form of one value, which no law can disturb and these stories do not break."""
GAPS = (0, 1, 3, 40, 200, 900, 2500, 5000, 61_000, 700_000)
KINDS = ("browser", "browser", "rudder", "phone")

Step = tuple[str, int, int]
"""What happens, how long after the step before, and a number that picks the user, the path and the like."""


@dataclass(frozen=True)
class Visitor:
    kind: str
    start: int
    delays: tuple[int, int]
    steps: tuple[Step, ...]


def visitors(gaps: tuple[int, ...] = GAPS, even: bool = False) -> st.SearchStrategy[list[Visitor]]:
    """Several visitors. ``even``: all clocks agree, so that a corrected time is the client's time and a constant."""
    steps = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(gaps), st.integers(0, 23))
    delays = st.just((12, 35)) if even else st.tuples(st.sampled_from((0, 12, 700)), st.sampled_from((0, 35, 90)))
    visitor = st.builds(
        Visitor,
        st.sampled_from(KINDS),
        st.integers(0, 3000),
        delays,
        st.lists(steps, min_size=3, max_size=14).map(tuple),
    )
    return st.lists(visitor, min_size=1, max_size=3)


def log_of(cast: list[Visitor], spread: int = 1) -> list[Record]:
    """The log of some visitors, in order of call. Their clocks differ by less than ``spread`` steps, see ``APART``."""
    records: list[Record] = []
    for number, visitor in enumerate(cast):
        story = Story(f"visitor {number}", START + timedelta(milliseconds=visitor.start * spread + number))
        play(story, visitor)
        records += story.records
    return records


def play(story: Story, visitor: Visitor) -> None:
    client: Client = {"browser": story.browser, "rudder": story.rudder, "phone": story.phone}[visitor.kind]()
    server = story.server()
    wire = {"sent": visitor.delays[0], "travels": visitor.delays[1]}
    act(story, client, server, "load", 0, wire)
    for action, gap, number in visitor.steps:
        story.wait(gap)
        act(story, client, server, action, number, wire)


def act(story: Story, client: Client, server: Server, action: str, number: int, wire: dict[str, int]) -> None:
    user = USERS[number % len(USERS)]
    later = {**wire, "sent": wire["sent"] + 400}
    match action:
        case "load" | "route" | "reload":
            view(client, action, PATHS[number % len(PATHS)], wire)
        case "track":
            client.track("Thing Seen", {"thing": number}, **wire)
        case "signup":
            client.track(("Signed Up", "Account Created")[number % 2], **(later if number % 3 == 0 else wire))
        case "login":
            client.track("Signed In", **wire)
        case "logout":
            client.track("Signed Out", **wire)
        case "identify":
            client.identify(user, {"plan": "free"}, **wire)
        case "late fill":
            client.track("Signed Up", **later, user=user)
        case "alias":
            client.alias(user, **wire)
        case "reset" if isinstance(client, Browser | Phone):
            client.reset()
            if number % 4 == 0:
                client.send({"type": "reset"}, **wire)
        case "group":
            client.group("grp-one", **wire)
        case "again":
            again(story, story.records[-1], after=wire["sent"] + 300)
        case "again changed":
            again(story, story.records[-1], after=wire["sent"] + 90_000_000 * (number % 2) + 500, userId=user)
        case "server signup":
            server.track(("Signed Up", "Account Created")[number % 2], user, **wire)
        case "server identify":
            server.identify(user, **wire)
        case "server first":
            server.identify(user, **wire)
            story.wait(1500)
            client.alias(user, client.anonymous, **wire)
        case "server told":
            server.identify(user, anonymousId=client.anonymous, **wire)
            story.wait(1500 + 400_000 * (number % 2))
            view(client, "load", "/told", wire)
        case "old account":
            client.identify(user, {"createdAt": "2020-01-05T10:00:00Z"}, **wire)
            story.wait(1500)
            client.track("Signed Up", **wire)
        case "secret":
            client.identify(user, {"password": "hunter2", "card": "4111 1111 1111 1111"}, **wire)
        case "created":
            made = story.now - 1000 * (number % 5)
            client.identify(user, {"createdAt": datetime.fromtimestamp(made / 1000, UTC).isoformat()}, **wire)
        case "tale":
            tale(story, client, server, number, wire)
        case _:
            raise AssertionError(action)


def tale(story: Story, client: Client, server: Server, number: int, wire: dict[str, int]) -> None:
    """Several steps in a row that chance would seldom put together."""
    match number % 6:
        case 0:
            for _ in range(2):
                client.track("Order Completed", {"order_id": number}, **wire)
                story.wait(400)
        case 1:
            for _ in range(2):
                view(client, "reload", "", wire)
                story.wait(20)
        case 2:
            client.track("Consent Given", **wire)
        case 3:
            for path in ("/", "/signup"):
                view(client, "load", path, wire)
                story.wait(2500)
            client.anonymous = story.uuid()
            view(client, "load", "/welcome", wire)
            story.wait(3)
            client.track("Signed Up", **wire)
        case 4:
            client.anonymous, client.user = story.uuid(), None
            view(client, "load", "/signup", wire)
            story.wait(5000)
            server.track("Account Created", f"usr-made-{number}", **wire)
            story.wait(2500)
            view(client, "load", "/welcome", wire)
            story.wait(70_000)
            client.anonymous = story.uuid()
            view(client, "load", "/", wire)
        case _:
            view(client, "load", "/pricing", wire)
            story.wait(2500)
            story.site, client.anonymous = "https://desk.example.net", story.uuid()
            view(client, "load", "/app", wire)
            story.site = "https://shop.example"


def view(client: Client, action: str, path: str, wire: dict[str, int]) -> None:
    if isinstance(client, Phone):
        client.screen(path, **wire)
    elif isinstance(client, Browser) and action == "load":
        client.load(path, **wire)
    elif isinstance(client, Browser) and action == "route":
        client.route(path, **wire)
    elif isinstance(client, Browser):
        client.page(**wire)


# --- Judging ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws")


def lines(records: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def judged(folder: Path, *contents: bytes, redact: bool = False) -> Report:
    for old in folder.iterdir():
        old.unlink()
    files = []
    for number, content in enumerate(contents):
        files.append(folder / f"log-{number}")
        files[-1].write_bytes(content)
    return check(Request(tuple(map(str, files)), SETTINGS, date(2026, 1, 5), redact=redact), RULES)


Sign = tuple[Any, ...]


def same(text: str) -> str:
    return text


def sign(finding: Finding, back: Callable[[str], str] = same) -> Sign:
    """All of a finding but where it stands in which file."""

    def what(event: Event) -> tuple[Any, ...]:
        return (event.message_id, event.sent, event.received)

    return (
        finding.rule,
        finding.kind,
        finding.severity,
        back(finding.message),
        back(finding.key[1]),
        finding.fingerprint,
        what(finding.event),
        tuple(sorted((role, *what(event)) for role, event in finding.evidence)),
    )


def result(report: Report, back: Callable[[str], str] = same) -> tuple[Counter[Sign], dict[str, tuple[int, int, str]]]:
    """Findings, and how every rule fared: what a law compares."""
    assert report.rejected == 0, report.rejects
    fared = {rule.id: (rule.candidates, rule.unsure, rule.status) for rule in report.rules}
    causes = [report.causes.get(index) for index in range(len(report.findings))]
    because = [() if cause is None else sign(report.findings[cause], back) for cause in causes]
    return Counter((*sign(f, back), *cause) for f, cause in zip(report.findings, because, strict=True)), fared


def test_the_logs_hold_what_the_laws_are_about(folder: Path) -> None:
    """Without this, laws over logs that never break a rule would hold for nothing."""
    found: Counter[str] = Counter()
    unsure = copies = 0

    @settings(max_examples=300, database=None)
    @given(visitors())
    def collect(cast: list[Visitor]) -> None:
        nonlocal unsure, copies
        report = judged(folder, lines(log_of(cast)))
        found.update({finding.rule for finding in report.findings})
        unsure += sum(rule.unsure for rule in report.rules)
        copies += report.copies

    collect()
    apart = BY_THE_EVENT_ALONE | set(IDENTITY)  # the latter: tests/test_laws_of_identity.py
    asked = {rule.id for rule in RULES.rules if rule.id not in apart and rule.enabled}
    assert asked <= set(found)
    assert min(found[rule] for rule in asked) >= 3, found
    assert unsure > 50
    assert copies > 50


# --- The laws -----------------------------------------------------------------------------------------------


@EXAMPLES
@given(visitors(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(folder: Path, cast: list[Visitor], chance: random.Random) -> None:
    records = log_of(cast)
    before = result(judged(folder, lines(records)))
    chance.shuffle(records)
    assert result(judged(folder, lines(records))) == before


@EXAMPLES
@given(visitors(), st.randoms(use_true_random=False), st.integers(2, 4))
def test_a_log_in_several_files_is_the_same_log(
    folder: Path, cast: list[Visitor], chance: random.Random, count: int
) -> None:
    records = log_of(cast)
    parts: list[list[Record]] = [[] for _ in range(count)]
    for record in records:
        chance.choice(parts).append(record)
    split = judged(folder, *(lines(part) for part in parts if part))
    assert result(split) == result(judged(folder, lines(records)))


@EXAMPLES
@given(visitors(), st.sampled_from(("gzip", "array", "pretty array", "pretty objects", "windows")))
def test_the_wrapping_of_a_log_does_not_matter(folder: Path, cast: list[Visitor], how: str) -> None:
    records = log_of(cast)
    plain = lines(records)
    wrapped = {
        "gzip": gzip.compress(plain, compresslevel=1),
        "array": json.dumps(records).encode(),
        "pretty array": json.dumps(records, indent=1).encode(),
        "pretty objects": "\n".join(json.dumps(record, indent=2) for record in records).encode(),
        "windows": plain.replace(b"\n", b"\r\n"),
    }[how]
    assert result(judged(folder, wrapped)) == result(judged(folder, plain))


APART = (10, 40, 200, 900, 2500, 5000, 61_000, 700_000)
"""Gaps that, with starts that are multiples of ten, leave no two calls in one millisecond."""


@EXAMPLES
@given(visitors(APART, even=True), st.randoms(use_true_random=False))
def test_calls_in_batches_are_the_same_calls(folder: Path, cast: list[Visitor], chance: random.Random) -> None:
    records = log_of(cast, spread=10)
    bodies: list[Record] = []
    waiting = list(records)
    while waiting:
        size = chance.randint(1, 5)
        bodies.append({"batch": waiting[:size]} if size > 1 else waiting[0])
        waiting = waiting[size:]
    assert result(judged(folder, lines(bodies))) == result(judged(folder, lines(records)))


_ID = re.compile(r"usr-\w+|grp-\w+|[\w.]+@shop\.example|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@EXAMPLES
@given(visitors(), st.integers(0, 2**32))
def test_the_names_of_people_and_devices_do_not_matter(folder: Path, cast: list[Visitor], seed: int) -> None:
    records = log_of(cast)
    new, back = names(records, seed)
    renamed = [
        {**record, **{key: new[record[key]] for key in IDS if record.get(key) in new}, "context": record["context"]}
        for record in records
    ]
    assert renamed != records

    def restored(text: str) -> str:
        return _ID.sub(lambda match: back.get(match[0], match[0]), text)

    assert result(judged(folder, lines(renamed)), restored) == result(judged(folder, lines(records)))


IDS = ("userId", "anonymousId", "previousId", "groupId")


def names(records: list[Record], seed: int) -> tuple[dict[str, str], dict[str, str]]:
    """New ids of the same shape, and the way back. "undefined" stays: it is no id."""
    story = Story(f"names {seed}")
    new: dict[str, str] = {}
    for value in sorted({record[key] for record in records for key in IDS if record.get(key)} - {"undefined"}):
        word = story.uuid()
        if value.startswith(("usr-", "grp-")):
            word = value[:4] + word[:8]
        elif "@" in value:
            word = word[:8] + "@shop.example"
        new[value] = word
    return new, {fresh: old for old, fresh in new.items()}


@EXAMPLES
@given(visitors(APART, even=True), st.sampled_from(("reader", "signup", "server")), st.floats(0, 1))
def test_a_stranger_changes_nothing_for_the_others(folder: Path, cast: list[Visitor], kind: str, at: float) -> None:
    """Only the guess which lanes are one browser may become undecided: then a logout is unsure that was satisfied."""
    records = log_of(cast, spread=10)
    first, last = min(map(moment, records)), max(map(moment, records))
    assume(last - first >= STAY)
    added = stranger(kind, first + at * (last - first - STAY))
    assert all(first <= moment(record) <= last for record in added)
    findings, fared = result(judged(folder, lines(records + added)))
    before, fared_before = result(judged(folder, lines(records)))
    of_the_stranger = {found: count for found, count in findings.items() if "usr-stranger" in str(found)}
    assert findings - Counter(of_the_stranger) == before
    assert {rule: held[1] for rule, held in fared.items() if rule != "missing-reset-on-logout"} == {
        rule: held[1] for rule, held in fared_before.items() if rule != "missing-reset-on-logout"
    }
    assert fared["missing-reset-on-logout"][1] >= fared_before["missing-reset-on-logout"][1]


STAY = timedelta(milliseconds=4000)


def moment(record: Record) -> datetime:
    return datetime.fromisoformat(record.get("originalTimestamp") or record["timestamp"])


def stranger(kind: str, begin: datetime) -> list[Record]:
    """Somebody whose tracking is right, in less than ``STAY``."""
    story = Story("a stranger", begin)
    wire = {"sent": 12, "travels": 35}
    if kind == "server":
        server = story.server()
        server.identify("usr-stranger", **wire)
        story.wait(900)
        server.track("Invoice Sent", "usr-stranger", **wire)
        return story.records
    browser = story.browser()
    browser.load("/", referrer="https://search.example/", **wire)
    story.wait(700)
    browser.load("/pricing", **wire)
    story.wait(600)
    if kind == "signup":
        browser.load("/signup", **wire)
        story.wait(900)
        browser.load("/welcome", **wire)
        story.wait(5)
        browser.alias("usr-stranger", browser.anonymous, **wire)
        story.wait(4)
        browser.identify("usr-stranger", **wire)
        story.wait(2)
        browser.track("Signed Up", **wire)
    return story.records


@EXAMPLES
@given(visitors(), st.sampled_from((-8 * 60, 60, 5 * 60 + 30, 13 * 60)))
def test_the_time_zone_in_which_times_are_spelled_does_not_matter(
    folder: Path, cast: list[Visitor], minutes: int
) -> None:
    records = log_of(cast)
    zone = timezone(timedelta(minutes=minutes))
    respelled = [
        {
            **record,
            **{
                key: datetime.fromisoformat(record[key]).astimezone(zone).isoformat(timespec="milliseconds")
                for key in ("timestamp", "originalTimestamp", "sentAt", "receivedAt")
                if key in record
            },
        }
        for record in records
    ]
    assert result(judged(folder, lines(respelled))) == result(judged(folder, lines(records)))


@EXAMPLES
@given(visitors())
def test_redaction_changes_no_finding_but_the_ids_shown(folder: Path, cast: list[Visitor]) -> None:
    records = log_of(cast)
    open_report = judged(folder, lines(records))
    hidden = judged(folder, lines(records), redact=True)
    naming = Redacting(lambda user: user == "undefined")
    pseudonyms: dict[str, str] = {}
    for value in {record[key] for record in records for key in IDS if record.get(key)}:
        for shown in (naming.user(value), naming.device(value), naming.group(value), naming.text(value)):
            pseudonyms[shown] = value

    def back(text: str) -> str:
        return re.sub(r"\w+#[0-9a-f]{8}", lambda match: pseudonyms.get(match[0], match[0]), text)

    assert result(hidden, back) == result(open_report)
    shown = " ".join(
        f"{finding.message} {finding.key[1]} {finding.event.user_id} {finding.event.anonymous_id}"
        for finding in hidden.findings
    )
    ids = {record[key] for record in records for key in IDS if record.get(key)} - {"undefined"}
    assert [value for value in ids if value in shown] == []
