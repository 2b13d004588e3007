"""Names in a configuration that only the rules can judge, and what its settings do to a run."""

import textwrap
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.config.config_file import read_config
from auditor.config.settings import ConfigError
from auditor.model.finding import Report
from tests.conftest import TODAY, Cli, Judge

Configured = Callable[..., Report]

LOG = [
    {"type": "identify", "userId": "eva@shop.example", "anonymousId": "a", "timestamp": "2026-01-05T10:00:00Z"},
    {"type": "identify", "userId": "ida@else.example", "anonymousId": "b", "timestamp": "2026-01-05T10:00:01Z"},
    {"type": "track", "event": "Joined", "anonymousId": "c", "timestamp": "2026-01-05T10:00:02Z"},
]
RULES = ("user-id-is-email", "signup-without-identify")


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge) -> Configured:
    """Runs a log with a configuration written as YAML."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, log: list[dict[str, Any]] = LOG, select: tuple[str, ...] = RULES) -> Report:
        path = tmp_path / "auditor.yml"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return judge(log, settings=read_config(path), select=select)

    return run


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in report.findings]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules:\n  identify-after-trak: off",
         '2: there is no rule "identify-after-trak"; did you mean "identify-after-track"?'),
        ("rules:\n  zzz: off", '2: there is no rule "zzz"'),
        ("params:\n  signup_event: [A]", '2: there is no parameter "signup_event"; did you mean "signup_events"?'),
        ("params:\n  late_window: soon", "2: parameter \"late_window\" 'soon' is no duration"),
        ("params:\n  signup_events: Joined", '2: parameter "signup_events" must be a list, such as ["Signed Up"]'),
        ("params:\n  signup_events: [{a: 1}]", '2: parameter "signup_events" must be a list of plain values'),
        ("params:\n  identify_max: true", '2: parameter "identify_max" must be a whole number'),
        ("params:\n  signup_paths: ['(']", '2: parameter "signup_paths" is no regular expression: '),
        ("params:\n  signup_paths: '(a+)+'", '2: parameter "signup_paths" repeats a group that holds a repetition'),
        ("params:\n  app_paths: {a: 1}", '2: parameter "app_paths" must be a regular expression or a list of them'),
        ("params:\n  sensitive_keys: [a]", '2: parameter "sensitive_keys" must be a regular expression (a string)'),
        ("destinations:\n  - segment\n  - mixpanel",
         '3: there is no destination profile "mixpanel"; did you mean mixpanel-legacy or mixpanel-original or'),
        ("destinations: [kismetrics]", '1: there is no destination profile "kismetrics"; did you mean "kissmetrics"?'),
        ("destinations: [zzz]", '1: there is no destination profile "zzz"; there are amplitude, customerio, '),
        ("rules:\n  missing-signup:\n    params:\n      pair_withn: 1h",
         '4: there is no parameter "pair_withn"; did you mean "pair_within"?'),
        ("rules:\n  missing-signup:\n    params: {pair_within: x}", "3: parameter \"pair_within\" 'x' is no duration"),
        ("ignore:\n  - {rule: missing-sign, reason: r}",
         '2: there is no rule "missing-sign"; did you mean "missing-signup"?'),
        ("ignore:\n  - rule: missing-signup\n    reason: r\n    where: {usrId: 1}",
         '4: there is no field "usrId"; did you mean "userId"?'),
        ("ignore:\n  - {rule: missing-signup, reason: r, where: clint_call}",
         '2: nothing is defined as "clint_call"; did you mean "client_call"?'),
    ],
)  # fmt: skip
def test_a_name_that_does_not_exist_is_said_with_its_line(configured: Configured, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(text)
    (problem,) = caught.value.problems
    assert problem.startswith(f"auditor.yml:{said}")


def test_all_of_them_are_reported_at_once(configured: Configured) -> None:
    text = """\
    destinations: [mixpanle, segment]
    params: {late_window: 3, zzz: 1}
    rules:
      missing-signup: {params: {pair_within: x}}
      no-such-rule: off
    ignore:
      - {rule: no-such-rule, reason: r, where: {usrId: 1}}
    """
    with pytest.raises(ConfigError) as caught:
        configured(text)
    assert sorted(int(p.split(":")[1]) for p in caught.value.problems) == [1, 2, 2, 4, 5, 7, 7]


def test_a_parameter_that_looks_like_a_reference_is_plain_text(configured: Configured) -> None:
    log = [{**LOG[2], "event": "$joined"}]
    assert found(configured("params: {signup_events: [$joined]}", log)) == [("signup-without-identify", "error")]


# What settings do -----------------------------------------------------------------------------------------


def test_parameters_reach_the_rules(configured: Configured) -> None:
    assert found(configured("")) == [("user-id-is-email", "warning")] * 2
    assert ("signup-without-identify", "error") in found(configured("params: {signup_events: [Joined]}"))


def test_a_rules_own_parameter_reaches_that_rule_alone(configured: Configured) -> None:
    text = "rules: {signup-without-identify: {params: {signup_events: [Joined]}}}"
    report = configured(text, select=(*RULES, "identify-after-track"))
    assert {rule.id: rule.candidates for rule in report.rules if rule.candidates} == {
        "signup-without-identify": 1, "user-id-is-email": 2,
    }  # fmt: skip


@pytest.mark.parametrize("severity", ["error", "info", "{severity: info}", "{severity: error, enabled: true}"])
def test_a_severity_is_that_of_the_findings(configured: Configured, severity: str) -> None:
    wanted = "info" if "info" in severity else "error"
    assert found(configured(f"rules: {{user-id-is-email: {severity}}}")) == [("user-id-is-email", wanted)] * 2


def test_a_severity_stands_above_that_of_every_kind(configured: Configured) -> None:
    log = [{**LOG[0], "messageId": "m", "sentAt": f"2026-01-05T10:00:0{second}Z"} for second in (0, 1)]
    report = configured("rules: {duplicate-message-id: error}", log, ("duplicate-message-id",))
    assert [(finding.kind, finding.severity) for finding in report.findings] == [("resent", "error")]


@pytest.mark.parametrize("off", ["off", "false", "{enabled: false}"])
def test_a_rule_that_is_off_does_not_run(configured: Configured, off: str) -> None:
    report = configured(f"rules: {{user-id-is-email: {off}}}", select=())
    (result,) = [rule for rule in report.rules if rule.id == "user-id-is-email"]
    assert (result.status, result.reason) == ("not-evaluated", "switched off")


def test_a_selected_rule_runs_even_if_it_is_off(configured: Configured) -> None:
    assert len(found(configured("rules: {user-id-is-email: off}"))) == 2


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_the_exit_code_is_as_fail_on_says(configured: Configured, fail_on: str, code: int) -> None:
    assert configured(f"fail_on: {fail_on}").exit_code == code


# Ignoring -------------------------------------------------------------------------------------------------


def ignoring(where: str = "", expires: str = "") -> str:
    return "ignore:\n  - rule: user-id-is-email\n    reason: Known.\n" + "".join(
        f"    {key}: {value}\n" for key, value in (("where", where), ("expires", expires)) if value
    )


def test_an_ignored_finding_is_left_out_and_counted(configured: Configured) -> None:
    report = configured(ignoring())
    assert (report.findings, report.ignored, report.notes) == ([], 2, [])
    (result,) = [rule for rule in report.rules if rule.id == "user-id-is-email"]
    assert (result.findings, result.candidates) == (0, 2)


def test_where_decides_which_findings_are_left_out(configured: Configured) -> None:
    report = configured(ignoring("{userId: {ends: '@shop.example'}}"))
    assert [finding.event.user_id for finding in report.findings] == ["ida@else.example"]
    assert report.ignored == 1


def test_where_may_use_the_vocabulary_and_nested_fields(configured: Configured) -> None:
    log = [{**LOG[0], "traits": {"staff": {"is": True}}}, LOG[1]]
    assert configured(ignoring("{is: client_identify, traits.staff.is: true}"), log).ignored == 1
    assert configured(ignoring("server_identify"), log).ignored == 0


def test_an_ignore_holds_to_the_end_of_its_last_day(configured: Configured) -> None:
    assert configured(ignoring(expires=TODAY.isoformat())).ignored == 2


def test_an_expired_ignore_hides_nothing_and_is_noted(configured: Configured) -> None:
    report = configured(ignoring(expires=date(2026, 1, 4).isoformat()))
    assert (len(report.findings), report.ignored) == (2, 0)
    assert report.notes == [
        "auditor.yml:2: the ignore of user-id-is-email expired on 2026-01-04: renew it or take it out"
    ]


def test_an_ignore_that_meets_nothing_is_noted(configured: Configured) -> None:
    report = configured(ignoring("{userId: nobody}"))
    assert len(report.findings) == 2
    assert report.notes == ["auditor.yml:2: the ignore of user-id-is-email met no finding: take it out"]


def test_an_ignore_of_one_rule_hides_no_other(configured: Configured) -> None:
    text = "params: {signup_events: [Joined]}\n" + ignoring()
    assert found(configured(text)) == [("signup-without-identify", "error")]


def test_an_ignore_of_a_rule_that_did_not_run_is_not_said_to_be_unused(tmp_path: Path, cli: Cli) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"type":"track","event":"A","anonymousId":"a","timestamp":"2026-01-05T10:00:00Z"}\n', encoding="utf-8"
    )
    config = tmp_path / "auditor.yml"
    config.write_text("ignore:\n  - {rule: user-id-is-email, reason: ours}\n", encoding="utf-8")
    assert "met no finding" in cli("check", log, "--config", config).stdout
    selected = cli("check", log, "--config", config, "--select", "identify-after-track").stdout
    assert "met no finding" not in selected
