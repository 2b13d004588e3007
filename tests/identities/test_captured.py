"""Captures of real SDKs in a real browser: correct tracking is whole in every destination, a planted mistake is not."""

from datetime import date
from pathlib import Path

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.identities.catalogue import DESTINATIONS
from auditor.language.loader import load
from auditor.model.identities import Replay
from auditor.runners.identities import identities_of
from auditor.runners.local import Request
from tests.conftest import ROOT

SETTINGS = Settings()
RULES = load(SETTINGS, options_of)
CAPTURES = sorted((ROOT / "tests" / "captures").glob("[0-9]*"))
CLEAN = [capture for capture in CAPTURES if "clean" in capture.name]
KEEPS_ITS_ID = {"71-rudder-clean-default-reset", "109-rudder-clean-reset-other-user-logs-in"}
"""RudderStack's reset keeps the anonymousId unless told otherwise; destinations that go by it suffer."""
ALIASED = {"08-clean-alias-explicit-mixpanel": 1, "14-clean-alias-then-server-identify-mixpanel": 0}
"""With the events that legacy Mixpanel orphans all the same: the login page after a logout, on a new anonymousId."""
MERGING = (
    "43-missing-reset-second-user",
    "59-set-anonymous-id-by-device",
    "65-partial-logout",
    "73-rudder-missing-reset-second-user",
    "81-posthog-two-users-no-reset",
)


def replayed(capture: Path, destinations: tuple[str, ...], fix: str | None = None) -> dict[str, Replay]:
    files = tuple(map(str, sorted(capture.glob("*.jsonl"))))
    found = identities_of(Request(files, SETTINGS, date(2026, 1, 5)), RULES, destinations, fix)
    return {one.destination: one.replay for one in found.found}


@pytest.mark.parametrize("capture", CLEAN, ids=lambda capture: capture.name)
def test_correct_tracking_splits_and_merges_nobody(capture: Path) -> None:
    joining = [name for name in DESTINATIONS if name != "mixpanel-legacy"]
    if "posthog" in capture.name:  # its ids are no version 4 UUIDs
        joining.remove("mixpanel-original")
    for name, replay in replayed(capture, tuple(joining)).items():
        if capture.name in KEEPS_ITS_ID:
            assert replay.merges, name
            assert all(one.kept for one in replay.merges), name
        else:
            assert (replay.splits, replay.merges, replay.orphaned, replay.uncertain) == ((), (), 0, 0), name


@pytest.mark.parametrize("name", ALIASED)
def test_an_alias_in_time_keeps_the_history_in_legacy_mixpanel_too(name: str) -> None:
    (replay,) = replayed(ROOT / "tests" / "captures" / name, ("mixpanel-legacy",)).values()
    assert (replay.orphaned, replay.merges, replay.refused) == (ALIASED[name], (), ())


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("35-alias-after-identify-mixpanel", "alias-after-identify"),
        ("36-self-alias-unawaited-mixpanel", "alias-after-identify"),
        ("37-server-identify-before-client-alias-mixpanel", "server-identify-before-client-alias"),
        ("38-missing-alias-mixpanel", "missing-alias"),
    ],
)
def test_a_late_alias_splits_everybody_in_legacy_mixpanel_and_mending_makes_them_whole(name: str, rule: str) -> None:
    capture = ROOT / "tests" / "captures" / name
    (as_it_is,) = replayed(capture, ("mixpanel-legacy",)).values()
    (mended,) = replayed(capture, ("mixpanel-legacy",), rule).values()
    assert as_it_is.orphaned > 0
    assert {rule} <= {rule for split in as_it_is.splits for rule in split.rules}
    assert (mended.splits, mended.orphaned) == ((), 0)


@pytest.mark.parametrize("name", MERGING)
def test_two_people_on_one_device_are_merged_in_a_graph_and_parted_by_mending(name: str) -> None:
    capture = ROOT / "tests" / "captures" / name
    (as_it_is,) = replayed(capture, ("rudderstack",)).values()
    rule = next(rule for one in as_it_is.merges for rule in one.rules)
    (mended,) = replayed(capture, ("rudderstack",), rule).values()
    assert as_it_is.merged_people == 2
    assert (mended.merges, mended.splits) == ((), ())
