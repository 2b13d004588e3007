"""The pytest plugin as its users have it: installed, found by its entry point, in a pytest of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest_plugins = ["pytester"]

SWAPPED = ROOT / "sample_logs" / "identify-after-track.jsonl"
CLEAN = ROOT / "sample_logs" / "clean.jsonl"
DEVICE = "692a8a2d-bbf1-4456-9583-aee994fc2421"


@pytest.fixture
def runner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder that no configuration reaches, in an environment that is no CI."""
    for name in ("CI", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    (pytester.path / ".git").mkdir()
    return pytester


def run(runner: pytest.Pytester, *arguments: object) -> tuple[dict[str, int], str]:
    """What became of the tests, and all that pytest printed."""
    result = runner.runpytest_subprocess("-p", "no:cacheprovider", *map(str, arguments))
    return result.parseoutcomes(), result.stdout.str() + result.stderr.str()


def copy(runner: pytest.Pytester, log: Path, name: str) -> Path:
    target = runner.path / name
    target.write_bytes(log.read_bytes())
    return target


# --- --auditor-log ----------------------------------------------------------------------------------------------


def test_a_log_is_a_test_and_fails_with_its_findings_and_the_timeline(runner: pytest.Pytester) -> None:
    copy(runner, SWAPPED, "swapped.jsonl")
    outcomes, printed = run(runner, "--auditor-log", "swapped.jsonl")
    assert outcomes == {"failed": 1}
    assert 'error[identify-after-track] "Signed Up" was tracked 212 ms before identify("u_1041").' in printed
    assert "\nswapped.jsonl:6: error" in printed
    assert "+-- page load 4: /welcome" in printed
    assert "fix: Call identify first" in printed
    assert "Traceback" not in printed
    assert "pytest_plugin" not in printed


def test_clean_logs_pass_beside_other_tests_and_can_be_chosen(runner: pytest.Pytester) -> None:
    copy(runner, CLEAN, "clean.jsonl")
    copy(runner, SWAPPED, "swapped.jsonl")
    runner.makepyfile("def test_of_ours(): pass")
    both = ("--auditor-log", "clean.jsonl", "--auditor-log", "swapped.jsonl")
    assert run(runner, *both)[0] == {"passed": 2, "failed": 1}
    assert run(runner, *both, "-k", "swapped")[0] == {"failed": 1, "deselected": 2}
    assert run(runner, "--auditor-log", "clean.jsonl", "--auditor-log", "clean.jsonl")[0] == {"passed": 2}


def test_a_log_without_events_or_that_is_missing_fails_with_a_sentence(runner: pytest.Pytester) -> None:
    (runner.path / "empty.jsonl").write_text("", encoding="utf-8")
    (runner.path / "damaged.jsonl").write_text('{"type": "trac\n', encoding="utf-8")
    outcomes, printed = run(
        runner, "--auditor-log", "empty.jsonl", "--auditor-log", "damaged.jsonl", "--auditor-log", "gone.jsonl"
    )
    assert outcomes == {"failed": 3}
    assert "nothing was checked: there are no events" in printed
    assert "nothing was checked: 1 record rejected; the first: " in printed
    assert "no such file or folder" in printed
    assert "Traceback" not in printed


def test_the_configuration_is_the_nearest_or_the_one_named(runner: pytest.Pytester) -> None:
    copy(runner, SWAPPED, "swapped.jsonl")
    (runner.path / "lenient.yml").write_text("fail_on: never\n", encoding="utf-8")
    named = ("--auditor-log", "swapped.jsonl", "--auditor-config", "lenient.yml")
    assert run(runner, *named)[0] == {"passed": 1}
    (runner.path / "auditor.yml").write_text("rules: {identify-after-track: off}\n", encoding="utf-8")
    assert run(runner, "--auditor-log", "swapped.jsonl")[0] == {"passed": 1}
    (runner.path / "auditor.yml").write_text("rulez: {}\n", encoding="utf-8")
    outcomes, printed = run(runner, "--auditor-log", "swapped.jsonl")
    assert outcomes == {"failed": 1}
    assert 'did you mean "rules"' in printed


def test_a_log_is_found_after_a_test_has_gone_elsewhere(runner: pytest.Pytester) -> None:
    copy(runner, CLEAN, "clean.jsonl")
    runner.makepyfile("import os, tempfile\ndef test_leaves(): os.chdir(tempfile.gettempdir())")
    assert run(runner, "--auditor-log", "clean.jsonl")[0] == {"passed": 2}


def test_workers_share_the_logs(runner: pytest.Pytester) -> None:
    copy(runner, CLEAN, "clean.jsonl")
    copy(runner, SWAPPED, "swapped.jsonl")
    outcomes, _ = run(runner, "-n", "2", "--auditor-log", "clean.jsonl", "--auditor-log", "swapped.jsonl")
    assert outcomes == {"passed": 1, "failed": 1}


def test_a_device_is_shown_once_whatever_ids_it_had(runner: pytest.Pytester) -> None:
    """Two people one after the other, each signed up before identify; reset gave the browser a new anonymousId."""

    def call(kind: str, second: float, device: str, path: str, referrer: str = "", **members: str) -> dict[str, object]:
        page = {"path": path, "url": f"https://shop.example{path}", "referrer": referrer}
        context = {"library": {"name": "analytics.js", "version": "next-1.84.3"}, "page": page}
        moment = f"2026-01-05T10:{int(second) // 60:02}:{second % 60:06.3f}Z"
        who = {"anonymousId": device, "messageId": f"m-{second}", "timestamp": moment}
        return {"type": kind, "context": context, **who, **members}

    lines = []
    for start, device, user, referrer in (
        (0, DEVICE, "u_1", ""),
        (120, DEVICE.replace("6", "7"), "u_2", "https://shop.example/app"),
    ):
        lines += [
            call("page", start, device, "/", referrer),
            call("track", start + 1, device, "/", event="Signed Up"),
            call("identify", start + 1.3, device, "/", userId=user),
            call("page", start + 30, device, "/app", "https://shop.example/", userId=user),
        ]
    (runner.path / "two.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    printed = run(runner, "--auditor-log", "two.jsonl")[1]
    located = [line for line in printed.splitlines() if line.startswith("two.jsonl:")]
    assert sum("[identify-after-track]" in line for line in located) == 2
    assert printed.count("device 1 of 1") == 1


def test_junit_names_the_log(runner: pytest.Pytester) -> None:
    copy(runner, SWAPPED, "swapped.jsonl")
    run(runner, "--auditor-log", "swapped.jsonl", "--junitxml", "junit.xml")
    text = (runner.path / "junit.xml").read_text(encoding="utf-8")
    assert 'name="swapped.jsonl"' in text
    assert 'failures="1"' in text


# --- The fixture ------------------------------------------------------------------------------------------------


def test_the_fixture_takes_a_path_or_events_and_asserts(runner: pytest.Pytester) -> None:
    runner.makepyfile(
        f"""
        import json, pathlib, pytest

        SWAPPED, CLEAN = pathlib.Path({str(SWAPPED)!r}), {str(CLEAN)!r}
        EVENTS = [json.loads(line) for line in SWAPPED.read_text().splitlines()]

        def test_clean(auditor):
            auditor(CLEAN).assert_clean()

        def test_flags(auditor):
            (finding,) = auditor(SWAPPED).assert_flags("identify-after-track")
            assert finding.event.event == "Signed Up"
            auditor(EVENTS).assert_flags("identify-after-track")

        def test_options(auditor):
            auditor(EVENTS, ignore=["identify-after-track"]).assert_clean()
            auditor(EVENTS, config={{"rules": {{"identify-after-track": "off"}}}}).assert_clean()
            auditor(EVENTS, fail_on="never").assert_clean()
            assert auditor(EVENTS).report.exit_code == 1

        def test_a_rule_that_does_not_exist(auditor):
            with pytest.raises(ValueError, match='did you mean "identify-after-track"'):
                auditor(EVENTS).assert_flags("identify-after-trak")
        """
    )
    assert run(runner)[0] == {"passed": 4}


def test_a_failed_assertion_shows_the_test_and_the_timeline(runner: pytest.Pytester) -> None:
    runner.makepyfile(
        f"""
        import json, pathlib

        EVENTS = [json.loads(line) for line in pathlib.Path({str(SWAPPED)!r}).read_text().splitlines()]

        def test_dirty(auditor):
            auditor(EVENTS).assert_clean()

        def test_silent(auditor):
            auditor(EVENTS).assert_flags("two-users-on-one-device")

        def test_left_out(auditor):
            auditor(EVENTS, ignore=["user-id-is-email"]).assert_flags("user-id-is-email")

        def test_nothing(auditor):
            auditor([]).assert_clean()
        """
    )
    outcomes, printed = run(runner)
    assert outcomes == {"failed": 4}
    assert "> " in printed
    assert "auditor(EVENTS).assert_clean()" in printed
    assert "events:6: error[identify-after-track]" in printed
    assert f"anonymousId {DEVICE}" in printed
    assert "two-users-on-one-device found nothing: " in printed
    assert "user-id-is-email found nothing: it did not run" in printed
    assert "nothing was checked: there are no events" in printed


def test_a_long_timeline_is_shown_near_its_findings_only(runner: pytest.Pytester) -> None:
    lines = [json.loads(line) for line in SWAPPED.read_text(encoding="utf-8").splitlines()]
    pages = [
        {**lines[0], "messageId": f"before-{n}", "timestamp": f"2026-02-03T08:{n // 60:02}:{n % 60:02}.000Z"}
        for n in range(200)
    ]
    for page in pages:
        page.pop("originalTimestamp", None)
    (runner.path / "long.jsonl").write_text("".join(json.dumps(one) + "\n" for one in pages + lines), encoding="utf-8")
    outcomes, printed = run(runner, "--auditor-log", "long.jsonl")
    assert outcomes == {"failed": 1}
    assert f" of {len(pages) + len(lines)} events, those near a finding:" in printed
    assert len(printed.splitlines()) < 80


def test_in_ci_the_message_shows_pseudonyms_and_the_report_ids(
    runner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    runner.makepyfile(
        f"""
        def test_dirty(auditor):
            done = auditor({str(SWAPPED)!r})
            assert done.findings[1 - 1].event.anonymous_id.startswith("692a8a2d")
            done.assert_clean()
        """
    )
    outcomes, printed = run(runner)
    assert outcomes == {"failed": 1}
    assert "the tracking is not clean" in printed
    assert "page load 4" in printed
    assert DEVICE not in printed
    assert "u_1041" not in printed


def test_pytest_starts_without_the_linter() -> None:
    code = (
        "import sys, pytest; pytest.main(['--version', '-p', 'no:cacheprovider']); import auditor.pytest_plugin;"
        "print([name for name in sys.modules if name.startswith('auditor') and name.count('.') > 0])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "['auditor.pytest_plugin']"
