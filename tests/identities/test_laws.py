"""Laws: what changes only how a log is written down changes no profile, for no destination and no mend."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.identities.catalogue import DESTINATIONS
from auditor.identities.mends import MENDABLE
from auditor.model.identities import Identities, Replay
from auditor.runners.identities import identities_of
from auditor.runners.local import Request
from tests.stories import Record
from tests.test_laws import (
    APART,
    IDS,
    RULES,
    SETTINGS,
    STAY,
    Visitor,
    lines,
    log_of,
    moment,
    names,
    same,
    stranger,
    visitors,
)

pytestmark = pytest.mark.slow
EXAMPLES = settings(max_examples=60)
FIXES = (None, *sorted(MENDABLE))
STRANGER = "usr-stranger"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("identities")


def replayed(folder: Path, records: Iterable[Record], fix: str | None = None) -> dict[str, Identities]:
    file = folder / "log.jsonl"
    file.write_bytes(lines(records))
    found = identities_of(Request((str(file),), SETTINGS, date(2026, 1, 5)), RULES, DESTINATIONS, fix)
    assert found.rejected == 0, found.rejects
    return {one.destination: one for one in found.found}


def told(replay: Replay, back: Callable[[str], str] = same) -> dict[str, Any]:
    """A replay without the numbers of profiles and what only follows from them."""
    return {
        "numbers": (replay.events, replay.profiles, replay.people, replay.orphaned, replay.uncertain, replay.unstored),
        "splits": Counter(
            (back(one.name), len(one.profiles), one.events, one.elsewhere, one.orphaned, one.rules, one.refused)
            for one in replay.splits
        ),
        "merges": Counter(
            (tuple(sorted(back(name) for name, _ in one.people)), one.events, one.placeholder, one.rules)
            for one in replay.merges
        ),
        "refused": {one.reason: one.count for one in replay.refused},
        "sizes": dict(replay.sizes),
    }


def all_told(found: dict[str, Identities], back: Callable[[str], str] = same) -> dict[str, Any]:
    return {
        name: (told(one.replay, back), None if one.worth is None else told(one.worth.before, back))
        for name, one in found.items()
    }


def test_the_logs_hold_what_the_laws_are_about(folder: Path) -> None:
    """Without this, laws over logs where nobody is split or merged would hold for nothing."""
    seen: Counter[str] = Counter()

    @settings(max_examples=300, database=None)
    @given(visitors())
    def collect(cast: list[Visitor]) -> None:
        for name, one in replayed(folder, log_of(cast)).items():
            seen[f"{name} split"] += len(one.replay.splits)
            seen[f"{name} merged"] += len(one.replay.merges)
            seen.update({f"{name} {refused.reason}": refused.count for refused in one.replay.refused})
            seen["uncertain"] += one.replay.uncertain
            seen.update(one.findings.keys())

    collect()
    assert [name for name in DESTINATIONS if not seen[f"{name} split"] + seen[f"{name} merged"]] == []
    assert sum(seen[f"{name} split"] for name in DESTINATIONS) > 100
    assert sum(seen[f"{name} merged"] for name in DESTINATIONS) > 50
    assert seen["uncertain"] > 100
    assert {"alias-after-identify", "missing-reset-on-logout", "placeholder-user-id"} <= set(seen)


@EXAMPLES
@given(visitors(), st.randoms(use_true_random=False), st.sampled_from(FIXES))
def test_the_order_of_the_lines_does_not_matter(
    folder: Path, cast: list[Visitor], chance: random.Random, fix: str | None
) -> None:
    records = log_of(cast)
    before = all_told(replayed(folder, records, fix))
    chance.shuffle(records)
    assert all_told(replayed(folder, records, fix)) == before


@EXAMPLES
@given(visitors(), st.integers(0, 2**32), st.sampled_from(FIXES))
def test_the_names_of_people_and_devices_do_not_matter(
    folder: Path, cast: list[Visitor], seed: int, fix: str | None
) -> None:
    records = log_of(cast)
    new, back = names(records, seed)
    renamed = [
        {**record, **{key: new[record[key]] for key in IDS if record.get(key) in new}, "context": record["context"]}
        for record in records
    ]
    known = all_told(replayed(folder, records, fix))

    def restored(name: str) -> str:
        """The name as it was; of a kept anonymousId its owner after a reset is named by it."""
        head, sign, tail = name.partition(" after reset")
        return f"{back.get(head, head)}{sign}{tail}"

    assert all_told(replayed(folder, renamed, fix), restored) == known


@EXAMPLES
@given(visitors(APART, even=True), st.sampled_from(("reader", "signup", "server")), st.floats(0, 1))
def test_a_stranger_changes_nothing_for_the_others(folder: Path, cast: list[Visitor], kind: str, at: float) -> None:
    records = log_of(cast, spread=10)
    first, last = min(map(moment, records)), max(map(moment, records))
    assume(last - first >= STAY)
    added = stranger(kind, first + at * (last - first - STAY))
    alone, together = replayed(folder, records), replayed(folder, records + added)
    for name in DESTINATIONS:
        before, after = (told(found[name].replay) for found in (alone, together))
        others = {one for one in together[name].replay.splits if one.name != STRANGER}
        mine = replace(together[name].replay, splits=tuple(others))
        assert told(mine)["splits"] == before["splits"], name
        assert after["merges"] == before["merges"], name
        assert together[name].replay.people == alone[name].replay.people + 1, name
        assert together[name].replay.uncertain == alone[name].replay.uncertain, name


def test_a_missing_reset_or_a_placeholder_mended_merges_nobody(folder: Path) -> None:
    @settings(max_examples=80, database=None)
    @given(visitors(), st.sampled_from(("missing-reset-on-logout", "two-users-on-one-device", "placeholder-user-id")))
    def mend(cast: list[Visitor], fix: str) -> None:
        for name, one in replayed(folder, log_of(cast), fix).items():
            assert one.worth is not None
            assert one.replay.merged_people <= one.worth.before.merged_people, (name, fix)

    mend()
