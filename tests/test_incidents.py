"""Incidents told of in public: the report names the cause in its first screen, small and at full size."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.incidents import (
    FOLDER,
    Incident,
    events_dropped_by_a_redirect,
    more_signups_than_starts,
    rows_without_events,
    samples,
)

SCREEN = 24
SMALL = {incident.name: incident for incident in samples()}


def arguments(folder: Path) -> list[object]:
    users = folder / "users.csv"
    return [folder, *(["--truth", users] if users.exists() else [])]


def first_screen(cli: Cli, folder: Path) -> str:
    done = cli("funnel", *arguments(folder))
    assert done.returncode == 0, done.stderr
    return "\n".join(done.stdout.splitlines()[:SCREEN])


def report(cli: Cli, folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(cli("funnel", *arguments(folder), "--format", "json").stdout)
    return held


def table(held: dict[str, Any]) -> dict[tuple[str, bool], tuple[int, str | None]]:
    return {(loss["cause"], loss["counted"]): (loss["people"], loss["rule"]) for loss in held["losses"]}


@pytest.mark.parametrize("incident", SMALL.values(), ids=lambda incident: incident.name)
def test_the_samples_are_what_the_story_writes(incident: Incident) -> None:
    held = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / incident.name).iterdir()}
    assert held == incident.files()


def test_every_incident_is_a_sample_and_told_in_the_readme() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(SMALL)
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in SMALL if f"(incidents/{name})" not in text] == []


@pytest.mark.parametrize(
    ("incident", "figures"),
    [(SMALL["rows-without-events"], (4, 24)), (rows_without_events(353, 58), (58, 353))],
    ids=["small", "58 of 353"],
)
def test_rows_without_events(cli: Cli, tmp_path: Path, incident: Incident, figures: tuple[int, int]) -> None:
    tracked, accounts = figures
    folder = incident.write(tmp_path)
    screen = first_screen(cli, folder)
    assert f"signups: {tracked} measured, {accounts} really, {accounts - tracked} of them not measured" in screen
    assert "tracked on a page that was left at once" in screen
    assert "signup-on-redirecting-page" in screen
    held = report(cli, folder)
    rule = "signup-on-redirecting-page"
    assert table(held) == {("redirect", False): (accounts - tracked, rule), ("redirect", True): (tracked, rule)}
    truth = held["truth"]
    assert (truth["captured"], truth["missing"], truth["extra"]) == (tracked, accounts - tracked, 0)


@pytest.mark.parametrize(
    ("incident", "figures"),
    [(SMALL["more-signups-than-starts"], (10, 3, 2)), (more_signups_than_starts(80, 30, 25), (80, 30, 25))],
    ids=["small", "135 of 80"],
)
def test_more_signups_than_starts(cli: Cli, tmp_path: Path, incident: Incident, figures: tuple[int, int, int]) -> None:
    people, reloading, logging_in = figures
    folder = incident.write(tmp_path)
    screen = first_screen(cli, folder)
    events = people + reloading + logging_in
    assert f"cannot be: {events} signup events, but only {people} starts of a signup" in screen
    assert "one signup counted twice" in screen
    assert "double-counted-signup" in screen
    assert "login-counted-as-signup" in screen
    held = report(cli, folder)
    assert held["signups"] == {
        "measured": people + logging_in, "actual": people, "extra": logging_in, "uncertain": 0, "events": events,
    }  # fmt: skip
    assert table(held) == {
        ("double-count", True): (reloading, "double-counted-signup"),
        ("old-user", True): (logging_in, "login-counted-as-signup"),
    }


@pytest.mark.parametrize(
    ("incident", "figures"),
    [(SMALL["events-dropped-by-a-redirect"], (10, 2)), (events_dropped_by_a_redirect(200, 40), (200, 40))],
    ids=["small", "40 of 200"],
)
def test_events_dropped_by_a_redirect(cli: Cli, tmp_path: Path, incident: Incident, figures: tuple[int, int]) -> None:
    people, dropped = figures
    folder = incident.write(tmp_path)
    screen = first_screen(cli, folder)
    assert f"signups: {people - dropped} measured, {people} really, {dropped} of them not measured" in screen
    assert "tracked on a page that was left at once" in screen
    held = report(cli, folder)
    assert table(held)["redirect", False] == (dropped, "signup-on-redirecting-page")
    assert held["conversion"]["low"] < held["conversion"]["corrected"] < held["conversion"]["high"]
    assert held["conversion"]["measured"] == pytest.approx((people - dropped) / (people + 1))
