"""`auditor init` as a process: the file that it writes loads, and a check with it works."""

import json
import re
from pathlib import Path

import pytest
import yaml

from auditor.config.config_file import read_config
from tests.conftest import ROOT, SAMPLE_LOGS, Cli
from tests.stories import Story

FOLDER = ROOT / "sample_logs"
CAPTURES = ROOT / "tests" / "captures"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder that no config reaches."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def findings(printed: str) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["fingerprint"]) for finding in json.loads(printed)["findings"]]


@pytest.mark.parametrize("log", SAMPLE_LOGS, ids=lambda path: path.name)
def test_a_check_with_the_file_works_and_finds_the_same(log: Path, site: Path, cli: Cli) -> None:
    before = cli("check", log, "--format", "json", cwd=site)
    wrote = cli("init", log, cwd=site)
    assert (wrote.returncode, wrote.stdout) == (0, "")
    assert wrote.stderr == "auditor: wrote auditor.yml: read it, then run auditor check with it\n"
    after = cli("check", log, "--format", "json", cwd=site)
    assert (after.returncode, after.stderr) == (before.returncode, "")
    assert findings(after.stdout) == findings(before.stdout)


def test_the_file_of_the_recorded_site_says_what_its_owner_would(site: Path, cli: Cli) -> None:
    logs = sorted(CAPTURES.glob("[0-6]*/events.jsonl"))
    assert cli("init", *logs, cwd=site).returncode == 0
    text = (site / "auditor.yml").read_text(encoding="utf-8")
    owner = yaml.safe_load((CAPTURES / "auditor.yml").read_text(encoding="utf-8"))["params"]
    params = read_config(site / "auditor.yml").params
    for name in ("signup_events", "login_events", "logout_events"):
        assert sorted(params[name]) == sorted(owner[name])
    assert params["signup_paths"] == ["^/signup(/|$)"]
    assert "app_paths" not in params
    assert "  # app_paths: ['^/app(/|$)', " in text
    assert "# destinations: [mixpanel-legacy]" in text


def test_a_file_that_is_there_is_not_overwritten_without_force(site: Path, cli: Cli) -> None:
    (site / "auditor.yml").write_text("fail_on: never\n", encoding="utf-8")
    done = cli("init", SAMPLE_LOGS[0], cwd=site)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "auditor: auditor.yml is there already: --force overwrites it, and -o - prints to stdout instead\n"
    )
    assert (site / "auditor.yml").read_text(encoding="utf-8") == "fail_on: never\n"
    assert cli("init", SAMPLE_LOGS[0], "--force", cwd=site).returncode == 0
    assert "fail_on: never" not in (site / "auditor.yml").read_text(encoding="utf-8")


def test_the_file_can_go_elsewhere_or_to_stdout(site: Path, cli: Cli) -> None:
    printed = cli("init", FOLDER / "clean.jsonl", "-o", "-", cwd=site)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert list(site.iterdir()) == [site / ".git"]
    assert cli("init", FOLDER / "clean.jsonl", "-o", "ours.yml", cwd=site).returncode == 0
    assert (site / "ours.yml").read_text(encoding="utf-8") == printed.stdout
    done = cli("init", FOLDER / "clean.jsonl", "-o", "no-such-folder/ours.yml", cwd=site)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr


def test_every_line_has_its_evidence_and_no_id_of_anybody(site: Path, cli: Cli) -> None:
    printed = cli("init", FOLDER / "clean.jsonl", FOLDER / "clean-rudderstack.jsonl", "-o", "-", cwd=site).stdout
    lines = printed.splitlines()
    keys = [at for at, line in enumerate(lines) if line.lstrip("# ").split(":")[0] in
            ("signup_events", "server_signup_events", "login_events", "logout_events", "signup_paths", "logout_paths",
             "app_paths", "destinations")]  # fmt: skip
    assert len(keys) == 8
    assert all(lines[at - 1].lstrip().startswith("# ") for at in keys)
    assert '  # "Signed Up" 4 times, from browser' in lines
    assert "  # /signup: 4 times viewed, before 4 of 4 signups" in lines
    for log in SAMPLE_LOGS:
        if log.suffix == ".jsonl":
            for record in map(json.loads, log.read_text(encoding="utf-8").splitlines()):
                assert not {record.get("userId"), record.get("anonymousId")} & set(re.findall(r"[\w@.-]+", printed))


def test_names_that_yaml_would_take_for_something_else_come_back_as_they_were(site: Path, cli: Cli) -> None:
    names = [
        "1e3 signed up",
        "Signed Up: it's done",
        "signed up #1",
        "- portal sign up",
        "no, signed up",
        "Signed Up\tTab",
    ]
    story = Story()
    for name in names:
        story.browser().track(name)
    log = site / "log.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in story.records), encoding="utf-8")
    assert cli("init", log, cwd=site).returncode == 0
    text = (site / "auditor.yml").read_text(encoding="utf-8")
    (site / "auditor.yml").write_text(text.replace("  # signup_events:", "  signup_events:"), encoding="utf-8")
    assert sorted(read_config(site / "auditor.yml").params["signup_events"]) == sorted(names)
    assert cli("check", log, cwd=site).returncode in (0, 1)


def test_an_address_in_a_name_or_path_stays_out_of_the_file(site: Path, cli: Cli) -> None:
    story = Story()
    browser = story.browser()
    browser.load("/signup/ada@example.com")
    browser.track("Signed Up ada@example.com")
    log = site / "log.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in story.records), encoding="utf-8")
    done = cli("init", log, "-o", "-", cwd=site)
    assert done.returncode == 0
    assert "ada@" not in done.stdout


def test_no_events_is_3_and_writes_nothing(site: Path, cli: Cli) -> None:
    (site / "empty").touch()
    done = cli("init", "empty", cwd=site)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "auditor: nothing was written: there are no events in empty\n"
    assert not (site / "auditor.yml").exists()


def test_rejects_are_refused_under_strict_and_a_missing_log_is_2(site: Path, cli: Cli) -> None:
    (site / "log").write_text(SAMPLE_LOGS[0].read_text(encoding="utf-8") + "garbage\n", encoding="utf-8")
    assert cli("init", "log", "--strict", cwd=site).returncode == 2
    assert cli("init", "absent", cwd=site).returncode == 2
    assert not (site / "auditor.yml").exists()
