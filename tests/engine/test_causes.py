"""One mistake that sets off several rules reads as one problem."""

from pathlib import Path

from auditor.engine.causes import causes
from auditor.model.event import Event
from auditor.model.finding import Finding
from tests.conftest import Cli

A, B, C, D, E = (Event(type="track", event=name) for name in "ABCDE")


def finding(event: Event, *evidence: Event, severity: str = "error", rule: str = "r") -> Finding:
    pairs = tuple(("role", one) for one in evidence)
    return Finding(rule, None, severity, "high", "said", "fix", "f" * 16, ("lane", "a"), event, pairs)


def test_findings_without_a_common_event_stand_for_themselves() -> None:
    assert causes([]) == {}
    assert causes([finding(A, B), finding(C, D)]) == {}


def test_the_earliest_is_the_cause_of_those_that_share_events_with_it() -> None:
    assert causes([finding(A, B), finding(B, C), finding(D, E)]) == {1: 0}
    assert causes([finding(A, C), finding(D, E), finding(B, C)]) == {2: 0}
    assert causes([finding(A, B), finding(A, C)]) == {1: 0}


def test_what_shares_events_with_a_consequence_is_of_the_same_problem() -> None:
    assert causes([finding(A, B), finding(B, C), finding(C, D)]) == {1: 0, 2: 0}
    assert causes([finding(A, B), finding(C, D), finding(B, C)]) == {1: 0, 2: 0}


def test_an_error_is_never_shown_beneath_a_hint() -> None:
    hint, warning, error = finding(A, B, severity="info"), finding(B, C, severity="warning"), finding(C, A)
    assert causes([hint, warning, error]) == {0: 2, 1: 2}
    assert causes([hint, warning, warning]) == {0: 1, 2: 1}


def test_equal_events_at_different_places_are_different_events() -> None:
    twin = Event(type="track", event="B")
    assert causes([finding(A, B), finding(twin, C)]) == {}


def test_a_finding_that_shows_no_other_event_is_no_part_of_a_cascade() -> None:
    assert causes([finding(A), finding(A, B), finding(B)]) == {}


LOG = """\
{"type":"page","messageId":"1","anonymousId":"a","timestamp":"2026-01-01T10:00:00Z","context":{"page":{"path":"/"}}}
{"type":"identify","userId":"u1","messageId":"2","anonymousId":"a","timestamp":"2026-01-01T10:00:01Z"}
{"type":"track","event":"Signed Out","userId":"u1","messageId":"3","anonymousId":"a","timestamp":"2026-01-01T10:05:00Z"}
{"type":"page","userId":"u1","messageId":"4","anonymousId":"a","timestamp":"2026-01-01T10:05:02Z"}
{"type":"identify","userId":"u2","messageId":"5","anonymousId":"a","timestamp":"2026-01-01T10:05:33Z"}
"""


def test_one_missing_reset_reads_as_one_problem(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "log.jsonl").write_text(LOG, encoding="utf-8")
    done = cli("check", "log.jsonl", cwd=tmp_path)
    assert done.stdout.count("\nerror[") == 1
    assert done.stdout.index("error[missing-reset-on-logout]") < done.stdout.index("part of the same problem:")
    assert "    error[two-users-on-one-device] log.jsonl:5" in done.stdout
    assert "2 errors" in done.stdout
    assert "1 problem" in done.stdout
