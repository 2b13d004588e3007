"""A name that is nearly right: every option, argument and command says what was probably meant."""

from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli

LOG = Path("sample_logs") / "identify-after-track.jsonl"
PLAN = Path("tests") / "plans" / "samples" / "auditor.yml"
MISSPELT: dict[str, tuple[list[object], str]] = {
    "a command": (["chekc"], "check"),
    "a command of plan": (["plan", "shw"], "show"),
    "a command of rules": (["rules", "shwo"], "show"),
    "an option": (["check", LOG, "--formt", "json"], "--format"),
    "a format": (["check", LOG, "-f", "jsn"], "json"),
    "a format of a file": (["check", LOG, "-o", "srif=x.sarif"], "sarif"),
    "a format of another command": (["rules", "list", "-f", "jsn"], "json"),
    "a rule to select": (["check", LOG, "--select", "identify-after-trak"], "identify-after-track"),
    "a rule to ignore": (["check", LOG, "--ignore", "identify-aftr-track"], "identify-after-track"),
    "a rule to explain": (["rules", "show", "identify-aftr-track"], "identify-after-track"),
    "a rule over plans to explain": (["rules", "show", "plan-invalid-shema"], "plan-invalid-schema"),
    "a rule over plans": (["plan", "lint", PLAN, "--select", "plan-invalid-shema"], "plan-invalid-schema"),
    "a rule to mend": (["identities", LOG, "--fix", "missing-reset-on-logot"], "missing-reset-on-logout"),
    "a destination": (["identities", LOG, "-d", "mixpanel-legcy"], "mixpanel-legacy"),
    "a severity": (["check", LOG, "--fail-on", "eror"], "error"),
    "a confidence": (["check", LOG, "--min-confidence", "hihg"], "high"),
    "a dialect": (["check", LOG, "--dialect", "sgment"], "segment"),
    "a time zone": (["check", LOG, "--tz", "Europe/Berln"], "Europe/Berlin"),
    "when to colour": (["check", LOG, "--color", "alwys"], "always"),
    "a target": (["plan", "convert", PLAN, "--to", "autor"], "auditor"),
    "a planned event": (["plan", "show", PLAN, "--event", "Sined Up"], "Signed Up"),
    "a breaking change": (["plan", "diff", PLAN, PLAN, "--fail-on", "braking"], "breaking"),
    "a property": (["funnel", LOG, "--by", "methd"], "method"),
    "a schema": (["schema", "confg"], "config"),
    "a user": (["timeline", LOG, "--user", "u_1042"], "u_1041"),
}
CONFIGURED = {
    "parms: {}": "params",
    "params: {signup_evnts: [A]}": "signup_events",
    "destinations: [mixpanl-legacy]": "mixpanel-legacy",
    "rules: {identify-aftr-track: false}": "identify-after-track",
    "rules: {identify-after-track: eror}": "error",
    "rules: {identify-after-track: {sverity: error}}": "severity",
    "rules: {identify-after-track: {params: {late_windw: 3s}}}": "late_window",
    "fail_on: eror": "error",
    "min_confidence: hgh": "high",
    "dialect: sgment": "segment",
    "tz: Europe/Berln": "Europe/Berlin",
    "ignore: [{rule: identify-aftr-track, reason: x}]": "identify-after-track",
    "ignore: [{rule: identify-after-track, reson: x, reason: y}]": "reason",
    "ignore: [{rule: identify-after-track, reason: y, where: {usrId: x}}]": "userId",
    "tracking_plan: {file: x, unplanned_events: forbd}": "forbid",
}


@pytest.mark.parametrize(("arguments", "meant"), MISSPELT.values(), ids=list(MISSPELT))
def test_on_the_command_line(arguments: list[object], meant: str, cli: Cli) -> None:
    done = cli(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert meant in done.stderr[done.stderr.lower().index("did you mean") :]


@pytest.mark.parametrize(("written", "meant"), CONFIGURED.items(), ids=list(CONFIGURED))
def test_in_the_configuration(written: str, meant: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "auditor.yml").write_text(written, encoding="utf-8")
    done = cli("check", LOG, "--config", tmp_path / "auditor.yml", cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert f'did you mean "{meant}"?' in done.stderr


def test_a_rule_of_the_other_kind_is_said_to_be_one(cli: Cli) -> None:
    over_plans = cli("check", LOG, "--select", "plan-invalid-schema")
    assert over_plans.stderr == 'auditor: --select: there is no rule "plan-invalid-schema"; auditor plan lint has it\n'
    over_events = cli("plan", "lint", PLAN, "--ignore", "identify-after-track")
    assert "; auditor check has it" in over_events.stderr
    assert cli("check", LOG, "--select", "../*").stderr == 'auditor: --select: there is no rule "../*"\n'
