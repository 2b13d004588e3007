"""Simulated sites with a planted mistake: what destinations make of the people, and what mending brings back."""

from datetime import date
from pathlib import Path

import pytest

from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.identities.catalogue import DESTINATIONS
from auditor.language.loader import load
from auditor.model.identities import Identities
from auditor.runners.identities import identities_of
from auditor.runners.local import Request
from benchmarks.simulate.clean import CLEAN
from benchmarks.simulate.forms import FORMS
from benchmarks.simulate.mistakes import ALIASING, MISTAKES, Plan, aliased
from benchmarks.simulate.run import last_visitor, play

SETTINGS = Settings()
RULES = load(SETTINGS, options_of)
HOUSEHOLDS = 8
LOGOUT, TWO_USERS = "missing-reset-on-logout", "two-users-on-one-device"


def plan(name: str) -> Plan:
    return next(plan for plan in (*ALIASING, *MISTAKES, *CLEAN) if plan.name == name)


def replayed(
    folder: Path, plans: list[Plan], vendor: str, destinations: tuple[str, ...], fix: str | None = None, **more: bool
) -> dict[str, Identities]:
    """Eight households of each plan, and the visitor who comes last: the replays of their log."""
    held = [
        play(one, HOUSEHOLDS * number + time, vendor, "identities", **more)
        for number, one in enumerate(plans)
        for time in range(HOUSEHOLDS)
    ]
    held.append(last_visitor(held, vendor, "identities"))
    form = next(form for form in FORMS if form.vendor == vendor)
    files = form.write(held, folder)
    request = Request(tuple(map(str, files)), SETTINGS, date(2026, 1, 5))
    return {one.destination: one for one in identities_of(request, RULES, destinations, fix).found}


LATE = ("never aliased", "never aliased, SPA", "alias not awaited", "alias after identify",
        "alias after identify, explicit", "server identifies before alias")  # fmt: skip


@pytest.mark.parametrize("name", LATE)
def test_in_legacy_mixpanel_a_late_alias_orphans_every_history_and_mending_brings_all_back(
    name: str, tmp_path: Path
) -> None:
    rule = plan(name).breaks[0].split("/")[0]
    where = ("mixpanel-legacy",)
    (as_it_is,) = replayed(tmp_path, [plan(name)], "segment", where, aliasing=True).values()
    assert as_it_is.findings[rule] == HOUSEHOLDS
    assert len(as_it_is.replay.splits) == HOUSEHOLDS
    assert as_it_is.replay.orphaned >= 3 * HOUSEHOLDS
    assert all(rule in split.rules for split in as_it_is.replay.splits)
    (mended,) = replayed(tmp_path, [plan(name)], "segment", where, rule, aliasing=True).values()
    worth = mended.worth
    assert worth is not None
    assert (worth.findings, worth.mended, worth.unmended) == (HOUSEHOLDS, HOUSEHOLDS, ())
    assert (worth.restored, worth.signups, worth.events) == (HOUSEHOLDS, HOUSEHOLDS, as_it_is.replay.orphaned)
    assert worth.before == as_it_is.replay
    assert (mended.replay.splits, mended.replay.orphaned) == ((), 0)
    assert mended.replay.profiles == mended.replay.people == HOUSEHOLDS + 1


def test_in_legacy_mixpanel_an_alias_in_time_keeps_every_history_whole(tmp_path: Path) -> None:
    on_aliasing_site = aliased(plan("signup"))
    assert on_aliasing_site is not None
    (found,) = replayed(tmp_path, [on_aliasing_site], "segment", ("mixpanel-legacy",), aliasing=True).values()
    assert (found.replay.splits, found.replay.merges, found.replay.refused) == ((), (), ())
    assert found.replay.profiles == found.replay.people == HOUSEHOLDS + 1


MERGING = {"segment": ("rudderstack", "kissmetrics", "amplitude", "unify", "posthog", "customerio"),
           "rudderstack": ("rudderstack", "posthog", "customerio", "amplitude")}  # fmt: skip
"""Where two people become one, or one has events of the other, for want of a reset."""


@pytest.mark.parametrize("vendor", MERGING)
def test_a_missing_reset_merges_two_people_and_mending_parts_them(vendor: str, tmp_path: Path) -> None:
    plans = [plan("no reset, second user")]
    as_it_is = replayed(tmp_path, plans, vendor, MERGING[vendor])
    mended = replayed(tmp_path, plans, vendor, MERGING[vendor], LOGOUT)
    for name in MERGING[vendor]:
        before, after = as_it_is[name].replay, mended[name].replay
        assert before.merged_people == 2 * HOUSEHOLDS, name
        assert all(len(one.people) == 2 and LOGOUT in one.rules for one in before.merges), name
        assert (after.merges, after.splits, after.uncertain) == ((), (), 0), name
        assert after.people == 2 * HOUSEHOLDS + 1
        worth = mended[name].worth
        assert worth is not None
        assert worth.mended == worth.findings == HOUSEHOLDS
        assert worth.restored == sum(1 for split in before.splits if split.elsewhere)


def test_the_next_user_gets_back_what_was_sent_under_the_name_of_the_last(tmp_path: Path) -> None:
    mended = replayed(tmp_path, [plan("no reset, second user")], "segment", ("amplitude",), LOGOUT)
    worth = mended["amplitude"].worth
    assert worth is not None
    assert worth.restored == worth.signups == HOUSEHOLDS
    assert worth.events >= 2 * HOUSEHOLDS


@pytest.mark.parametrize("name", ["anonymousId pinned", "half a reset"])
def test_two_users_on_one_anonymous_id_are_parted_by_mending(name: str, tmp_path: Path) -> None:
    as_it_is = replayed(tmp_path, [plan(name)], "segment", ("rudderstack", "unify"))
    mended = replayed(tmp_path, [plan(name)], "segment", ("rudderstack", "unify"), TWO_USERS)
    for where in ("rudderstack", "unify"):
        assert as_it_is[where].replay.merged_people == 2 * HOUSEHOLDS
        assert (mended[where].replay.merges, mended[where].replay.splits) == ((), ())
    worth = mended["unify"].worth
    assert worth is not None
    assert worth.restored == HOUSEHOLDS


def test_a_placeholder_squishes_everybody_and_mending_parts_them(tmp_path: Path) -> None:
    where = ("kissmetrics", "rudderstack", "unify", "customerio")
    as_it_is = replayed(tmp_path, [plan("placeholder as userId")], "segment", where)
    mended = replayed(tmp_path, [plan("placeholder as userId")], "segment", where, "placeholder-user-id")
    for name in where:
        assert as_it_is[name].replay.merged_people >= HOUSEHOLDS // 2, name
        assert all(one.placeholder for one in as_it_is[name].replay.merges)
        assert mended[name].replay.merges == ()


SEVERAL = ("signup", "signup, the server tracks the account", "second user after reset(true)", "login of an old user",
           "the same user logs in again", "anonymous visit", "two tabs")  # fmt: skip


@pytest.mark.parametrize("vendor", ["segment", "rudderstack", "posthog"])
def test_of_correct_tracking_nobody_is_split_or_merged_where_identify_joins(vendor: str, tmp_path: Path) -> None:
    plans = [plan(name) for name in SEVERAL if vendor in plan(name).vendors]
    other = {"mixpanel-legacy"} if vendor != "posthog" else {"mixpanel-legacy", "mixpanel-original"}
    where = tuple(name for name in DESTINATIONS if name not in other)  # PostHog's ids are UUIDs of version 7
    for name, found in replayed(tmp_path, plans, vendor, where).items():
        joins = found.replay
        assert joins.merges == (), name
        assert [split for split in joins.splits if split.elsewhere] == [], name
        assert joins.orphaned == 0, name


def test_a_reset_that_keeps_the_anonymous_id_hands_visits_to_the_last_user(tmp_path: Path) -> None:
    """What no rule calls a mistake, because RudderStack's reset does it: destinations that go by the device suffer."""
    names = ("rudderstack", "amplitude", "mixpanel-original", "customerio")
    found = replayed(tmp_path, [plan("second user after reset")], "rudderstack", names)
    for name in names[:3]:
        replay = found[name].replay
        assert replay.merged_people > 0, name
        assert all(one.kept and not one.rules for one in replay.merges), name
    assert found["customerio"].replay.orphaned <= found["amplitude"].replay.orphaned


def test_posthog_tells_a_mended_second_user_with_an_identify_of_its_own(tmp_path: Path) -> None:
    """Without reset posthog-js sends ``$set`` for a second user, which joins nothing."""
    mended = replayed(tmp_path, [plan("no reset, second user")], "posthog", ("posthog",), LOGOUT)["posthog"]
    assert mended.worth is not None
    assert mended.worth.before.merged_people == 2 * HOUSEHOLDS
    assert mended.worth.restored == HOUSEHOLDS
    assert (mended.replay.splits, mended.replay.merges) == ((), ())
