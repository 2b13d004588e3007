"""What a log proves, and what it only suggests."""

import json
from pathlib import Path

import pytest
import yaml

from auditor.config.config_file import read_config
from auditor.engine.checking import options_of
from auditor.language.loader import load
from auditor.model.proposal import Line, Proposal
from auditor.reports.config_file import quoted, render
from auditor.runners.inventory import propose_config
from auditor.runners.local import Request, check
from tests.conftest import CAPTURED, DEFAULT_RULES, DEFAULTS, TODAY
from tests.stories import Browser, Story


def proposal(*logs: Path) -> Proposal:
    return propose_config(Request(tuple(map(str, logs)), DEFAULTS, TODAY), DEFAULT_RULES)


def of_story(tmp_path: Path, story: Story) -> Proposal:
    file = tmp_path / "log.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in story.records), encoding="utf-8")
    return proposal(file)


def line(proposed: Proposal, key: str, *, sure: bool) -> Line:
    (found,) = [each for each in (*proposed.params, *proposed.destinations) if each.key == key and each.sure is sure]
    return found


@pytest.mark.parametrize("log", CAPTURED, ids=lambda path: path.parent.name)
def test_what_is_proved_by_a_capture_raises_no_false_alarm_in_it(log: Path, tmp_path: Path) -> None:
    label = yaml.safe_load((log.parent / "label.yaml").read_text(encoding="utf-8"))
    file = tmp_path / "auditor.yml"
    file.write_text(render(proposal(log), ["log"]), encoding="utf-8")
    settings = read_config(file)
    with_file = check(Request((str(log),), settings, TODAY), load(settings, options_of))
    without = check(Request((str(log),), DEFAULTS, TODAY), DEFAULT_RULES)
    assert [f.fingerprint for f in with_file.findings] == [f.fingerprint for f in without.findings]
    if not label.get("config"):
        assert {finding.rule for finding in with_file.findings} & set(label["must_not"]) == set()


def test_what_all_captures_together_prove_raises_no_false_alarm_in_any(tmp_path: Path) -> None:
    file = tmp_path / "auditor.yml"
    file.write_text(render(proposal(*CAPTURED), ["log"]), encoding="utf-8")
    settings = read_config(file)
    rules = load(settings, options_of)
    for log in CAPTURED:
        label = yaml.safe_load((log.parent / "label.yaml").read_text(encoding="utf-8"))
        if not label.get("config"):
            report = check(Request((str(log),), settings, TODAY), rules)
            assert {finding.rule for finding in report.findings} & set(label["must_not"]) == set(), log.parent.name


# --- Events -----------------------------------------------------------------------------------------------


def test_a_name_of_the_fields_own_in_another_spelling_is_sure(tmp_path: Path) -> None:
    story = Story()
    story.browser().track("SIGNED-UP")
    assert line(of_story(tmp_path, story), "signup_events", sure=True).values == ("SIGNED-UP",)


def test_a_name_that_only_reads_like_it_is_a_guess(tmp_path: Path) -> None:
    story = Story()
    story.browser().track("Portal Member Signed Up")
    guess = line(of_story(tmp_path, story), "signup_events", sure=False)
    assert guess.values == ("Portal Member Signed Up",)
    assert guess.seen == ('reads like a signup: "Portal Member Signed Up" once, from browser',)


def test_beside_a_sure_name_a_guess_is_only_mentioned(tmp_path: Path) -> None:
    story = Story()
    story.browser().track("Signed Up")
    story.browser().track("Team Signed Up")
    found = line(of_story(tmp_path, story), "signup_events", sure=True)
    assert found.values == ("Signed Up",)
    assert any("Team Signed Up" in said for said in found.seen)


def test_where_nothing_reads_like_it_the_line_says_so(tmp_path: Path) -> None:
    story = Story()
    story.browser().track("Order Completed")
    found = line(of_story(tmp_path, story), "logout_events", sure=False)
    assert (found.values, found.seen) == ((), ("no name in the log reads like a logout",))


# --- Paths ------------------------------------------------------------------------------------------------


def sign_up(story: Story, form: str = "/signup") -> Browser:
    browser = story.browser()
    browser.load(form)
    browser.load("/welcome")
    story.wait(5)
    browser.identify(f"u_{len(story.records)}")
    browser.track("Signed Up")
    story.wait(10_000)
    return browser


def test_an_unusual_form_is_sure_once_signups_come_from_it(tmp_path: Path) -> None:
    story = Story()
    sign_up(story, "/en/create-account")
    assert line(of_story(tmp_path, story), "signup_paths", sure=False).values == ("^/en/create-account(/|$)",)
    for _ in range(2):
        sign_up(story, "/en/create-account")
    found = line(of_story(tmp_path, story), "signup_paths", sure=True)
    assert found.seen == ("/en/create-account: 3 times viewed, before 3 of 3 signups",)


def test_an_unusual_logout_is_a_guess(tmp_path: Path) -> None:
    story = Story()
    story.browser().load("/docs/logout")
    assert line(of_story(tmp_path, story), "logout_paths", sure=False).values == ("^/docs/logout(/|$)",)


def site(story: Story, users: int, visits: int, strangers: int) -> None:
    """Users who visit /app/projects/1; strangers who read the pricing page."""
    for _ in range(users):
        browser = sign_up(story)
        for number in range(visits):
            browser.load(f"/app/projects/{number}")
            story.wait(5)
            browser.identify(browser.user or "")
            story.wait(9000)
    for _ in range(strangers):
        story.browser().load("/pricing")
        story.wait(9000)


def test_many_users_and_no_stranger_prove_what_is_behind_login(tmp_path: Path) -> None:
    story = Story()
    site(story, users=5, visits=4, strangers=20)
    found = line(of_story(tmp_path, story), "app_paths", sure=True)
    assert found.values == ("^/app(/|$)",)
    assert found.seen == ("/app: 20 page loads by 5 users, none logged out",)


@pytest.mark.parametrize(
    ("users", "visits", "strangers"), [(4, 5, 20), (5, 3, 20), (5, 4, 3)], ids=["users", "page loads", "strangers"]
)
def test_too_few_of_any_make_it_a_guess(users: int, visits: int, strangers: int, tmp_path: Path) -> None:
    story = Story()
    site(story, users=users, visits=visits, strangers=strangers)
    assert "^/app(/|$)" in line(of_story(tmp_path, story), "app_paths", sure=False).values


def test_one_stranger_on_it_makes_it_a_guess_with_his_number(tmp_path: Path) -> None:
    story = Story()
    site(story, users=5, visits=4, strangers=20)
    story.browser().load("/app/projects/9")
    found = line(of_story(tmp_path, story), "app_paths", sure=False)
    assert "/app: 21 page loads by 5 users, 1 logged out" in found.seen


# --- Destinations -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "values", "sure"),
    [
        (["Intercom"], ("intercom",), True),
        (["Intercom", "Google Analytics 4"], ("intercom",), False),
        (["Mixpanel"], ("mixpanel-legacy",), False),
        (["Segment.io"], (), False),
    ],
    ids=str,
)
def test_destinations_are_sure_only_if_each_has_exactly_one_profile(
    named: list[str], values: tuple[str, ...], sure: bool, tmp_path: Path
) -> None:
    story = Story()
    story.browser().track("X", _metadata={"bundled": named, "unbundled": []})
    assert line(of_story(tmp_path, story), "destinations", sure=sure).values == values


# --- YAML -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["Signed Up", "yes", "1e3", "0o17", "null", "a: b", "it's", "", " x", "#x", "~", "x\ny"]
)
def test_a_string_is_read_back_as_itself(text: str, tmp_path: Path) -> None:
    file = tmp_path / "auditor.yml"
    file.write_text(f"params: {{signup_events: [{quoted(text)}]}}\n", encoding="utf-8")
    assert read_config(file).params == {"signup_events": [text]}
    assert yaml.safe_load(quoted(text)) == text
