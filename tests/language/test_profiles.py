"""Destination profiles: what they may say, and what rules make of it."""

from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import RuleSetting, Settings
from auditor.engine.adjusting import adjust
from auditor.engine.checking import options_of
from auditor.engine.plan import make_plan
from auditor.language.kept import KeptDocuments
from auditor.language.loader import load, rules_folder
from auditor.language.profiles import Profile, UserIds, read_profiles
from auditor.language.rule import Rule
from auditor.model.event import Event
from auditor.model.finding import Adjustment
from tests.conftest import Cli

RULES = load(Settings(), options_of)
BY_ID = {rule.id: rule for rule in RULES.rules}
RESET, IDENTIFY = BY_ID["missing-reset-on-logout"], BY_ID["missing-identify-on-page-load"]


def profile(name: str, **given: Any) -> Profile:
    return Profile(name, name.title(), given.pop("alias", "ignored"), "", "a test", **given)


def read(tmp_path: Path, text: str) -> tuple[dict[str, Profile], list[str]]:
    (tmp_path / "one.yml").write_text(text, encoding="utf-8")
    problems: list[str] = []
    return read_profiles(tmp_path, problems, KeptDocuments(tmp_path).document), problems


# What stands in them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(RULES.profiles))
def test_every_profile_says_where_it_is_from_and_what_is_special(name: str) -> None:
    given = RULES.profiles[name]
    assert given.source.startswith("domain.md ")
    assert given.note.endswith(".")
    assert "alias:" in (rules_folder() / "destinations" / f"{name}.yml").read_text(encoding="utf-8")


def test_the_documentation_has_every_profile_as_it_is() -> None:
    page = (rules_folder().parent / "docs" / "destinations.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in page.splitlines() if row.startswith("| `")]
    wants = {"at logout": "at-logout", "where another user begins": "at-user-switch"}
    told = {row[0].strip("`"): (row[1], wants[row[2]], row[3], row[4]) for row in rows}
    assert set(told) == set(RULES.profiles)
    for name, (alias, reset, ids, prefixes) in told.items():
        given = RULES.profiles[name]
        limits, names = given.user_ids, given.event_names
        assert (given.alias, given.reset) == (alias, reset)
        assert bool(ids) == (limits is not None)
        if limits is not None:
            assert (limits.min_length == 1) or f"from {limits.min_length} characters" in ids
            assert limits.max_length is None or f"up to {limits.max_length} characters" in ids
            assert all(f"`{prefix}...`" in ids for prefix in limits.reserved_prefixes)
        assert prefixes == ", ".join(f"`{prefix}...`" for prefix in (names.reserved_prefixes if names else ()))


def test_ids_that_a_destination_refuses_are_no_placeholders_everywhere() -> None:
    is_placeholder = RULES.defines["placeholder"].matcher()
    refused = [user for p in RULES.profiles.values() if p.user_ids is not None for user in p.user_ids.refused]
    assert refused
    assert [user for user in refused if is_placeholder(Event("identify", user_id=user), None)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("alias: needd", 'one.yml:3: "alias" must be one of needed, used, ignored; did you mean "needed"?'),
        ("reset: never", 'one.yml:3: "reset" must be one of at-logout, at-user-switch'),
        ("user_ids: {min_lenght: 5}", 'one.yml:3: "user_ids" has no key "min_lenght"; did you mean "min_length"?'),
        ("user_ids: {max_length: many}", 'one.yml:3: "max_length" takes a number of characters'),
        ("user_ids: 5", 'one.yml:3: "user_ids" must be a map of keys and values'),
        ("event_names: {prefixes: [a]}", 'one.yml:3: "event_names" has no key "prefixes"'),
        ("rules: {missing-alias: sever}", 'one.yml:3: "missing-alias" must be one of info, warning, error, off'),
        ("rules: {missing-alias: {server-only: x}}", '"server-only" must be one of info, warning, error, off'),
    ],
)
def test_a_mistake_in_a_profile_has_its_line(tmp_path: Path, text: str, said: str) -> None:
    _, problems = read(tmp_path, f"title: One\nsource: a test\n{text}\n")
    assert len(problems) == 1
    assert said in problems[0]


def test_a_profile_reads_as_written(tmp_path: Path) -> None:
    text = (
        "title: One\nsource: a test\nalias: used\nreset: at-user-switch\n"
        "user_ids: {min_length: 2, refused: [None]}\nrules: {a: off, b: {c: info}}\n"
    )
    found, problems = read(tmp_path, text)
    assert problems == []
    one = found["one"]
    assert (one.alias, one.reset, one.user_ids) == ("used", "at-user-switch", UserIds(2, None, ("none",)))
    assert (one.severity("a", None), one.severity("a", "k"), one.severity("b", "c")) == ("off", "off", "info")
    assert (one.severity("b", "d"), one.severity("z", None)) == (None, None)


def test_destinations_are_meant_by_what_their_profiles_say() -> None:
    one = profile("one", alias="used", user_ids=UserIds(5))
    assert one.meets({"alias": ("needed", "used")})
    assert not one.meets({"alias": ("needed",)})
    assert one.meets({"limits": ("user_ids",), "reset": ("at-logout",)})
    assert not one.meets({"limits": ("event_names",)})


# What rules make of it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "severity", "by"),
    [
        (["info"], "info", ("p0",)),
        (["error", "info"], "error", ("p0",)),
        (["off", None], None, ()),
        (["off", "info"], "info", ("p1",)),
        (["error", "error"], "error", ("p0", "p1")),
        ([None, None], None, ()),
    ],
)
def test_the_severest_of_the_destinations_in_use_holds(said: list[str | None], severity: str | None, by: Any) -> None:
    profiles = {
        f"p{n}": profile(f"p{n}", rules={IDENTIFY.id: word} if word is not None else {}) for n, word in enumerate(said)
    }
    done = adjust(IDENTIFY, profiles, decided=False)
    assert done.severities == ({} if severity is None else {None: severity})
    assert done.adjustments == ([] if severity is None else [Adjustment(IDENTIFY.id, None, severity, "warning", by)])
    assert not done.off


def test_a_rule_is_off_only_if_every_destination_says_so() -> None:
    off = {"p": profile("p", rules={IDENTIFY.id: "off"}), "q": profile("q", rules={IDENTIFY.id: "off"})}
    assert adjust(IDENTIFY, off, decided=False).off
    assert not adjust(IDENTIFY, {**off, "r": profile("r")}, decided=False).off


def test_a_kind_can_be_off_by_itself() -> None:
    done = adjust(RESET, {"p": profile("p", rules={RESET.id: {"inherited": "off"}})}, decided=False)
    assert done.kinds == (), "the other kind is for destinations that this one is none of"
    assert done.severities == {"inherited": "off"}
    assert not done.off


def names(rule: Rule, *destinations: str, **rules: RuleSetting) -> tuple[list[str], list[Adjustment]]:
    """The kinds of a rule that run, and what was adjusted."""
    plan = make_plan(RULES, Settings(destinations=destinations, rules=rules), select=[rule.id])
    (active,) = plan.active
    return [kind.name for kind in active.kinds], [a for a in plan.adjustments if a.rule == rule.id]


def test_mixpanel_original_relaxes_reset_for_itself_alone() -> None:
    assert names(RESET, "mixpanel-original") == (
        ["inherited"], [Adjustment(RESET.id, "still-sent", "off", "error", ("mixpanel-original",))],
    )  # fmt: skip
    assert names(RESET, "mixpanel-original", "segment") == (["still-sent", "inherited"], [])
    assert names(RESET) == (["still-sent", "inherited"], [])


def test_the_configuration_decides_over_profiles() -> None:
    plan = make_plan(RULES, Settings(destinations=("intercom",)), select=[IDENTIFY.id])
    assert plan.active[0].severity(None) == "error"
    decided = Settings(destinations=("intercom",), rules={IDENTIFY.id: RuleSetting("info")})
    plan = make_plan(RULES, decided, select=[IDENTIFY.id])
    assert plan.active[0].severity(None) == "info"
    assert plan.adjustments == []


def test_a_rule_off_for_all_destinations_says_why() -> None:
    rules = RULES.__class__(RULES.rules, {"p": profile("p", rules={IDENTIFY.id: "off"})}, {}, RULES.defines)
    plan = make_plan(rules, Settings(destinations=("p",)))
    assert (IDENTIFY.id, "of no use to the destinations p") in [(rule.id, why) for rule, why in plan.skipped]


# In the report --------------------------------------------------------------------------------------------

COMMON = b'"userId":"u-1","anonymousId":"a","context":{"page":{"path":"/"},"library":{"name":"analytics.js"}}'
LOG = (
    b'{"type":"track","event":"Signed Out","timestamp":"2026-01-05T10:00:00Z",' + COMMON + b"}\n"
    b'{"type":"page","timestamp":"2026-01-05T10:00:01Z",' + COMMON + b"}\n"
)


def test_the_report_says_which_destination_silenced_or_raised_what(tmp_path: Path, cli: Cli) -> None:
    config = tmp_path / "auditor.yml"
    config.write_text("destinations: [mixpanel-original]\n", encoding="utf-8")
    done = cli("check", "-", "--config", config, stdin=LOG)
    assert done.returncode == 0
    said = "missing-reset-on-logout (still-sent) is off, because of the destination mixpanel-original (else error)"
    assert said in " ".join(done.stdout.split())
    config.write_text("destinations: [mixpanel-original, intercom]\n", encoding="utf-8")
    done = cli("check", "-", "--config", config, stdin=LOG)
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    assert "missing-identify-on-page-load is error for the destination intercom (else warning)" in told
    assert "is off" not in told
