"""What a log cannot show: a rule that is called silent finds nothing, on every log there is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.engine.gap_words import spoken
from auditor.language.loader import load
from auditor.model.inventory import Inventory
from auditor.runners.inventory import take_inventory
from auditor.runners.local import Request, check
from tests.conftest import CAPTURED, DEFAULT_RULES, DEFAULTS, ROOT, SAMPLE_LOGS, TODAY
from tests.stories import Story

LOGS = sorted(SAMPLE_LOGS + CAPTURED)
THINNED: dict[str, Callable[[dict[str, Any]], bool]] = {
    "everything": lambda _: True,
    "no pages": lambda record: record.get("type") != "page",
    "no identify": lambda record: record.get("type") != "identify",
    "no tracks": lambda record: record.get("type") != "track",
    "servers only": lambda record: "page" not in (record.get("context") or {}),
    "browsers only": lambda record: "page" in (record.get("context") or {}),
}


def stock(path: Path, settings: Settings = DEFAULTS) -> Inventory:
    rules = DEFAULT_RULES if settings is DEFAULTS else load(settings, options_of)
    return take_inventory(Request((str(path),), settings, TODAY), rules)


def silent(inventory: Inventory) -> set[str]:
    return {said for gap in inventory.gaps for said in gap.silent}


@pytest.mark.parametrize("log", LOGS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_rule_or_kind_that_is_called_silent_finds_nothing(log: Path, tmp_path: Path) -> None:
    for name, keeps in THINNED.items():
        path = log
        if name != "everything":
            if log.suffix != ".jsonl":
                continue
            records = map(json.loads, log.read_text(encoding="utf-8").splitlines())
            path = tmp_path / f"{name}.jsonl"
            path.write_text("".join(json.dumps(each) + "\n" for each in records if keeps(each)), encoding="utf-8")
        for settings in (DEFAULTS, Settings(destinations=("mixpanel-legacy", "kissmetrics"))):
            rules = DEFAULT_RULES if settings is DEFAULTS else load(settings, options_of)
            report = check(Request((str(path),), settings, TODAY), rules)
            found = {finding.rule for finding in report.findings}
            found |= {f"{finding.rule} ({finding.kind})" for finding in report.findings}
            assert found & silent(stock(path, settings)) == set(), name


def test_every_rule_without_candidates_that_waits_for_a_kind_of_event_is_explained() -> None:
    """The converse, on the richest log: what has nothing to look at is silent for a reason, or waits for a mistake."""
    path = ROOT / "sample_logs" / "identify-after-track.jsonl"
    report = check(Request((str(path),), DEFAULTS, TODAY), DEFAULT_RULES)
    idle = {rule.id for rule in report.rules if rule.status == "no-candidates"}
    waiting = {
        *("duplicate-message-id", "missing-identity", "pii-in-url", "placeholder-user-id", "suspicious-user-id"),
        *("anonymous-id-is-user-id", "sensitive-trait-client-side", "user-id-is-anonymous-id", "user-id-is-email"),
        *("pii-in-event-name", "user-id-is-phone-number", "payload-too-large", "secret-in-payload"),
        *("user-id-not-string", "anonymous-id-override", "query-string-identify"),
    }
    assert idle - waiting == silent(stock(path)) & idle
    assert idle >= waiting


def write(path: Path, story: Story) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in story.records), encoding="utf-8")
    return path


def test_the_smallest_part_that_is_lacking_is_named(tmp_path: Path) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/signup")
    browser.track("Signed Up")
    gaps = {gap.lacks: gap for gap in stock(write(tmp_path / "log.jsonl", story)).gaps}
    assert "identify-after-track" in gaps["identify"].silent
    assert gaps["logout"].params == ("logout_events", "logout_paths")
    assert "logout page" not in gaps
    assert gaps["server events"].silent
    assert "client signup" not in gaps


def test_where_only_one_side_tracks_it_the_side_is_named(tmp_path: Path) -> None:
    story = Story()
    story.browser().load("/")
    story.server().track("Signed Up", "u_1")
    gaps = {gap.lacks: gap for gap in stock(write(tmp_path / "log.jsonl", story)).gaps}
    assert "signup-on-redirecting-page" in gaps["client signup"].silent
    assert gaps["client signup"].params == ("signup_events",)
    assert "signup" not in gaps


def test_a_kind_alone_can_be_silent(tmp_path: Path) -> None:
    story = Story()
    story.browser().track("Signed Up")
    assert "double-counted-signup (client-and-server)" in silent(stock(write(tmp_path / "log.jsonl", story)))


def test_a_rule_by_a_key_that_no_event_has_is_silent(tmp_path: Path) -> None:
    pack = tmp_path / "pack.yml"
    rule = {"id": "own-rule", "summary": "S.", "severity": "info", "flag": "track", "by": "groupId", "message": "m"}
    pack.write_text(json.dumps({"rules": [rule]}), encoding="utf-8")
    story = Story()
    story.server().track("X", "u_1")
    path = write(tmp_path / "log.jsonl", story)
    gaps = {gap.lacks: gap.silent for gap in stock(path, Settings(rule_packs=(pack,))).gaps}
    assert "own-rule" in gaps["groupId"]
    assert "missing-reset-on-logout" in gaps["client events"]
    story.browser().group("g_1")
    assert "groupId" not in {gap.lacks for gap in stock(write(path, story), Settings(rule_packs=(pack,))).gaps}


def test_a_name_that_is_to_blame_by_itself_is_no_gap_and_one_of_a_clause_is_said_in_words(tmp_path: Path) -> None:
    legacy = {"type": "track", "event": {"matches": "^Old "}}
    rule = {"summary": "S.", "severity": "info", "by": "lane", "message": "m"}
    rules = [
        {"id": "alone", "flag": legacy, **rule},
        {"id": "with-clause", "flag": legacy, "unless": {"before": "identify"}, **rule},
        {"id": "waits", "flag": "track", "if": {"after": legacy}, **rule},
    ]
    pack = tmp_path / "pack.yml"
    pack.write_text(json.dumps({"rules": rules}), encoding="utf-8")
    story = Story()
    story.browser().track("X")
    gaps = {
        gap.lacks: gap.silent for gap in stock(write(tmp_path / "log.jsonl", story), Settings(rule_packs=(pack,))).gaps
    }
    assert gaps["events whose name matches ^Old "] == ("with-clause", "waits")
    assert "alone" not in {said for silent in gaps.values() for said in silent}


def test_a_check_that_declares_what_it_cannot_do_without_is_asked(tmp_path: Path) -> None:
    """Without app paths, the page loads of logged-in users are told by an identify; with them, by the path."""
    story = Story()
    story.browser().load("/app")
    path = write(tmp_path / "log.jsonl", story)
    assert "missing-identify-on-page-load" in silent(stock(path))
    assert "missing-identify-on-page-load" not in silent(stock(path, Settings(params={"app_paths": ["^/app"]})))


def test_a_rule_that_reads_a_clock_or_an_outcome_that_no_event_has_is_less_sure(tmp_path: Path) -> None:
    story = Story()
    browser = story.browser()
    browser.track("Signed Up")
    browser.alias("u_1")
    for record in story.records:
        del record["receivedAt"]
    unsure = {gap.lacks: gap.unsure for gap in stock(write(tmp_path / "log.jsonl", story)).gaps}
    assert "alias-after-identify" in unsure["receivedAt"]
    assert "signup-on-redirecting-page (lost)" in unsure["request outcomes"]
    assert "sentAt" not in unsure
    story.records[0]["delivery"] = "ok"
    assert "request outcomes" not in {gap.lacks for gap in stock(write(tmp_path / "log.jsonl", story)).gaps}


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ({"is": "client_signup", "not": "known_user"}, 'client signup that is not "known user"'),
        ({"any": ["client_signup", "client_login"], "not": "known_user"}, "client signup or client login that is not"),
        ({"type": "track", "userId": {"exists": False}, "source": "client"}, "client track call that has no userId"),
        ({"type": ["page", "screen"], "path": {"matches": "^/a_b"}}, "page or screen call that has path that matches"),
        ({"is": "signup", "any": [{"not": "undelivered"}, {"copied": True}]}, 'is not "undelivered" or is copied'),
    ],
)
def test_a_kind_of_event_is_said_as_people_say_it(flag: dict[str, object], said: str, tmp_path: Path) -> None:
    pack = tmp_path / "pack.yml"
    rule = {"id": "own", "summary": "S.", "severity": "info", "flag": flag, "unless": {"before": "identify"}}
    pack.write_text(json.dumps({"rules": [{**rule, "by": "lane", "message": "m"}]}), encoding="utf-8")
    rules = load(Settings(rule_packs=(pack,)), options_of)
    own = next(rule for rule in rules.rules if rule.id == "own")
    assert said in spoken(own.flag, {predicate: name for name, predicate in rules.defines.items()})
