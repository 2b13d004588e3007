"""The words of the language end to end: a pack is loaded, run over a little log, and flags what it says."""

from pathlib import Path
from typing import Any

import pytest

from auditor.config.settings import ConfigError, RuleSetting, Settings
from tests.conftest import Judge
from tests.language.conftest import Pack, Run

SIGNUP = {"flag": {"track": "A"}, "by": "lane"}


def test_flag_alone_checks_each_event(ran: Run) -> None:
    assert ran({"track": "A"}, {"track": "B"}, {"track": "A"}, flag={"track": "A"}).flagged == [0, 2]


def test_flag_takes_any_of_a_list_and_all_of_a_map(ran: Run) -> None:
    events = {"track": "A"}, {"identify": "u"}, {"track": "A", "source": "server", "userId": "u"}, {"page": "/"}
    assert ran(*events, flag=["identify", {"track": "A", "source": "server"}]).flagged == [1, 2]
    assert ran(*events, flag={"is": "call", "not": {"any": ["track", "identify"]}}).flagged == [3]
    assert ran(*events, flag={"all": ["track", {"source": "client"}]}).flagged == [0]


@pytest.mark.parametrize(
    ("sugar", "matching", "other"),
    [
        ({"track": "A"}, {"track": "A"}, {"track": "B"}),
        ({"identify": "u"}, {"identify": "u"}, {"identify": "v"}),
        ({"page": "/a"}, {"page": "/a"}, {"page": "/b"}),
        ({"screen": "Home"}, {"screen": "Home"}, {"screen": "Cart"}),
        ({"group": "g"}, {"group": "g", "userId": "u"}, {"group": "h", "userId": "u"}),
        ({"alias": "u"}, {"alias": "u", "previousId": "a"}, {"alias": "v", "previousId": "a"}),
    ],
)
def test_a_call_is_short_for_its_type_and_its_name(
    ran: Run, sugar: dict[str, Any], matching: dict[str, Any], other: dict[str, Any]
) -> None:
    (word,) = sugar
    assert ran(matching, other, {"track": "else"}, flag=sugar).flagged == [0]
    assert (
        ran(matching, other, {"track": "else"}, flag={word: None}).flagged == [0, 1, 2][: 3 if word == "track" else 2]
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "track"), ("event", "A"), ("userId", "u"), ("user", "u"), ("anonymousId", "anon-1"),
        ("source", "client"),
        ("side", "browser"), ("platform", "browser"), ("library", "analytics.js"), ("version", "1"), ("path", "/a"),
        ("url", "https://x.example/a"), ("referrer", "https://x.example/"), ("category", "c"), ("name", "n"),
        ("groupId", "g"), ("messageId", "m-0"), ("channel", "web"), ("writeKey", "k"), ("session", "7"), ("line", 1),
        ("delivery", "aborted"), ("retry", True), ("properties.p.q", [1]), ("traits.plan", "pro"),
        ("context.campaign.name", "spring"), ("raw.extra", "x"),
    ],
)  # fmt: skip
def test_every_field_can_be_read(ran: Run, field: str, value: Any) -> None:
    event = {
        "track": "A", "userId": "u", "path": "/a", "url": "https://x.example/a", "referrer": "https://x.example/",
        "category": "c", "name": "n", "groupId": "g", "channel": "web", "writeKey": "k", "session": 7,
        "delivery": "aborted", "retry": True, "properties": {"p": {"q": [1]}}, "traits": {"plan": "pro"},
        "context": {"campaign": {"name": "spring"}}, "raw.extra": "x",
    }  # fmt: skip
    condition = {"contains": value[0]} if isinstance(value, list) else value
    assert ran(event, {"page": "/b", "line": None}, flag={field: condition, "type": "track"}).flagged == [0]
    assert ran(event, flag={field: None}).flagged == []
    assert ran(event, flag={field: {"exists": True}}).flagged == [0]


def test_a_dollar_sign_is_written_twice(ran: Run) -> None:
    assert ran({"track": "$pageview"}, {"track": "pageview"}, flag={"track": "$$pageview"}).flagged == [0]
    assert ran({"track": "$pageview"}, {"track": "x"}, flag={"track": {"in": ["$pageview"]}}).flagged == [0]


def test_a_list_parameter_means_one_of(ran: Run) -> None:
    params = {"names": {"type": "list", "default": ["A", "B"]}}
    events = {"track": "A"}, {"track": "B"}, {"track": "C"}
    assert ran(*events, flag={"track": "$names"}, params=params).flagged == [0, 1]
    assert ran(*events, flag={"track": {"in": "$names"}}, params=params).flagged == [0, 1]
    assert ran(*events, flag={"track": {"not_in": "$names"}}, params=params).flagged == [2]


def test_parameters_of_every_type_reach_the_rule_and_its_message(ran: Run) -> None:
    params = {
        "name": {"type": "string", "default": "A"},
        "count": {"type": "int", "default": 2},
        "there": {"type": "bool", "default": True},
        "path": {"type": "regex", "default": "^/a"},
        "paths": {"type": "regex_list", "default": ["^/a", "^/b"]},
        "window": {"type": "duration", "default": "90s"},
    }
    said = "{params.name} {params.count} {params.there} {params.window}"
    clause = {"before": {"path": {"matches": "$paths"}}, "within": "$window", "at_least": "$count"}
    flag = {"track": "$name", "path": {"matches": "$path"}, "userId": {"exists": "$there"}}
    last = {"track": "A", "path": "/a", "userId": "u"}
    one = ran({"page": "/b"}, {"page": "/a"}, last, params=params, flag=flag, by="lane", message=said, **{"if": clause})
    assert one.messages == ["A 2 True 90s"]
    late = {**last, "wait": "90s"}
    assert (
        ran({"page": "/b"}, {"page": "/a"}, late, params=params, flag=flag, by="lane", **{"if": clause}).flagged == []
    )


def test_since_and_until_bound_what_counts(ran: Run) -> None:
    before = {**SIGNUP, "unless": {"before": "identify", "since": "reset"}}
    assert ran({"identify": "u"}, {"track": "A"}, **before).flagged == []
    assert ran({"identify": "u"}, {"reset": None}, {"track": "A"}, **before).flagged == [2]
    after = {**SIGNUP, "if": {"after": "identify", "until": "reset"}}
    assert ran({"track": "A"}, {"identify": "u"}, **after).flagged == [0]
    assert ran({"track": "A"}, {"reset": None}, {"identify": "u"}, **after).flagged == []


def test_if_means_all_if_any_one_of_and_unless_none_of_them(ran: Run) -> None:
    two = [{"before": "identify"}, {"after": "identify"}]
    neither, first, both = (
        [{"track": "A"}],
        [{"identify": "u"}, {"track": "A"}],
        [{"identify": "u"}, {"track": "A"}, {"identify": "u"}],
    )
    assert [bool(ran(*log, **SIGNUP, **{"if": two}).flagged) for log in (neither, first, both)] == [False, False, True]
    assert [bool(ran(*log, **SIGNUP, if_any=two).flagged) for log in (neither, first, both)] == [False, True, True]
    assert [bool(ran(*log, **SIGNUP, unless=two).flagged) for log in (neither, first, both)] == [True, False, False]


def test_same_and_differs_compare_with_the_flagged_event(ran: Run) -> None:
    events = (
        {"track": "B", "userId": "u", "properties": {"p": 1}},
        {"track": "A", "userId": "v", "properties": {"p": 1}},
    )
    same, differs = {"before": "track", "same": "properties.p"}, {"before": "track", "differs": "userId"}
    assert ran(*events, **SIGNUP, **{"if": same}).flagged == [1]
    assert ran(*events, **SIGNUP, **{"if": differs}).flagged == [1]
    assert ran(*events, **SIGNUP, **{"if": {**same, "same": ["properties.p", "userId"]}}).flagged == []
    assert ran(*events, **SIGNUP, **{"if": {**differs, "differs": ["properties.p", "userId"]}}).flagged == []


def test_same_can_compare_page_loads_and_devices(ran: Run) -> None:
    events = {"track": "B", "page_load": "p"}, {"track": "A", "page_load": "q"}, {"track": "A", "page_load": "p"}
    for field, flagged in (("page_load", [2]), ("device", [1, 2]), ("lane", [1, 2])):
        clause = {"before": {"track": "B"}, "same": field}
        assert ran(*events, flag={"track": "A"}, by="anonymousId", **{"if": clause}).flagged == flagged


def test_at_least_counts_matches(ran: Run) -> None:
    clause = {"before": "identify", "at_least": 2}
    assert ran(*[{"identify": "u"}] * 4, flag="identify", by="lane", **{"if": clause}).flagged == [2, 3]


def test_where_compares_with_the_flagged_event_and_with_evidence(ran: Run) -> None:
    flagged = {"before": "track", "where": {"properties.n": {"lt": "$.properties.n"}}}
    events = [{"track": "A", "properties": {"n": n}} for n in (5, 3, 4)]
    assert ran(*events, **SIGNUP, **{"if": flagged}).flagged == [2]
    chain = [{"before": "identify", "as": "who"}, {"after": "track", "where": {"userId": "$who.userId"}}]
    log = {"identify": "u"}, {"track": "A"}, {"track": "B", "userId": "v"}, {"track": "B", "userId": "u"}
    assert ran(*log, **SIGNUP, **{"if": chain}).flagged == [1]
    assert ran(*log[:3], **SIGNUP, **{"if": chain}).flagged == []


def test_a_reference_to_nothing_matches_nothing(ran: Run) -> None:
    clause = {"before": "call", "where": {"userId": "$.userId"}}
    assert ran({"page": "/"}, {"track": "A"}, **SIGNUP, **{"if": clause}).flagged == []


def test_by_several_keys_takes_them_together(ran: Run) -> None:
    events = [
        {"track": "A", "userId": user, "session": session} for user, session in (("u", 1), ("u", 2), ("v", 2), ("u", 2))
    ]
    clause = {"before": "track"}
    assert ran(*events, flag="track", by=["user", "session"], **{"if": clause}).flagged == [3]
    assert ran(*events, flag="track", by="user", **{"if": clause}).flagged == [1, 3]


def test_an_event_without_the_key_is_in_no_timeline(ran: Run) -> None:
    result = ran({"track": "A"}, {"track": "A"}, flag="track", by="user", **{"if": {"before": "track"}}).result
    assert (result.candidates, result.status) == (0, "no-candidates")


def test_once_reports_the_first_of_each_timeline(ran: Run) -> None:
    events = [{"track": "A", "anonymousId": visitor} for visitor in ("a", "b", "a", "b")]
    assert ran(*events, flag="track", by="lane", once=True).flagged == [0, 1]


def test_kinds_have_their_own_conditions_words_and_severity(ran: Run) -> None:
    kinds = {
        "known": {"if": {"before": "identify", "as": "who"}, "severity": "info", "message": "by {who.userId}"},
        "unknown": {"flag": {"track": ["A", "B"]}, "fix": "identify"},
    }
    found = ran({"track": "A"}, {"track": "C"}, {"identify": "u"}, {"track": "C"}, flag="track", by="lane", kinds=kinds)
    assert (found.flagged, found.kinds, found.severities) == ([0, 3], ["unknown", "known"], ["error", "info"])
    assert found.messages == ["m", "by u"]
    assert [finding.fix for finding in found.findings] == ["identify", ""]


def test_a_kind_of_other_destinations_is_left_out(ran: Run) -> None:
    kinds = {"one": {"flag": {"track": "A"}, "destinations": ["kissmetrics"]}, "two": {"flag": {"track": "B"}}}
    log = {"track": "A"}, {"track": "B"}
    assert ran(*log, flag="track", kinds=kinds).kinds == ["two"]
    there = Settings(destinations=("kissmetrics",))
    assert ran(*log, flag="track", kinds=kinds, settings=there).kinds == ["one", "two"]


def test_a_rule_runs_only_for_its_destinations(ran: Run) -> None:
    rule = {"flag": "track", "destinations": ["kissmetrics", "unify"]}
    elsewhere = ran({"track": "A"}, **rule)
    assert elsewhere.result.status == "not-evaluated"
    assert elsewhere.result.reason == "runs only for the destinations kissmetrics, unify"
    assert ran({"track": "A"}, **rule, settings=Settings(destinations=("segment", "unify"))).flagged == [0]


def test_a_rule_needs_what_it_says_it_needs(ran: Run) -> None:
    rule = {"flag": "track", "needs": "client_identify"}
    assert ran({"track": "A"}, **rule).result.reason == "the log holds no client identify events"
    assert ran({"track": "A"}, {"identify": "u"}, **rule).flagged == [0]


def pack_of(tmp_path: Path, *rules: str) -> Path:
    path = tmp_path / "two.yml"
    examples = "severity: error, message: m, examples: [{pass: [{page: /}]}, {fail: [{track: A, flagged: true}]}]"
    path.write_text("pack: p\nrules:\n" + "".join(f"  - {{{rule}, summary: s, {examples}}}\n" for rule in rules))
    return path


TRACK = [{"type": "track", "event": "A", "anonymousId": "a", "timestamp": "2026-01-05T10:00:00Z"}]


def test_supersedes_drops_the_other_rules_finding_on_the_same_event(judge: Judge, tmp_path: Path) -> None:
    pack = pack_of(tmp_path, "id: wide, flag: track", "id: narrow, flag: {track: A}, supersedes: wide")
    log = [*TRACK, {**TRACK[0], "event": "B"}]
    report = judge(log, settings=Settings(rule_packs=(pack,)), select=("wide", "narrow"))
    assert [(finding.rule, finding.event.event) for finding in report.findings] == [("narrow", "A"), ("wide", "B")]
    assert {rule.id: rule.findings for rule in report.rules if rule.findings} == {"narrow": 1, "wide": 1}


def test_a_disabled_rule_runs_when_the_config_or_a_selection_asks_for_it(judge: Judge, tmp_path: Path) -> None:
    settings = Settings(rule_packs=(pack_of(tmp_path, "id: quiet, flag: track, enabled: false"),))
    silent = judge(TRACK, settings=settings)
    (result,) = [rule for rule in silent.rules if rule.id == "quiet"]
    assert (result.status, result.reason) == ("not-evaluated", "switched off")
    assert len(judge(TRACK, settings=settings, select=("quiet",)).findings) == 1
    on = Settings(rule_packs=settings.rule_packs, rules={"quiet": RuleSetting(enabled=True)})
    assert "quiet" in {finding.rule for finding in judge(TRACK, settings=on).findings}


# Packs ----------------------------------------------------------------------------------------------------


def test_a_pack_brings_its_own_words_and_uses_the_shared_ones(pack: Pack) -> None:
    define = {"paid": {"track": "$paid_events"}, "client_paid": {"is": ["paid"], "source": "client"}}
    params = {"paid_events": {"type": "list", "default": ["Paid"]}}
    rules = pack(flag="client_paid", by="lane", unless={"before": "identify"}, define=define, params=params)
    (ours,) = [rule for rule in rules.rules if rule.pack]
    assert (ours.id, ours.group, ours.used_params) == ("ours", "ours", ("paid_events",))
    assert sum(not rule.pack for rule in rules.rules) > 10


def test_a_packs_words_are_its_own(tmp_path: Path, pack: Pack) -> None:
    """One pack may call "signup" what another does not."""
    one = tmp_path / "one.yml"
    one.write_text(
        "pack: one\ndefine: {signup: {track: Joined}}\nrules:\n  - {id: theirs, summary: s, severity: info, "
        "message: m, flag: signup, examples: [{pass: [{page: /}]}, {fail: [{track: Joined}]}]}\n"
    )
    loaded = pack(flag="signup", settings=Settings(rule_packs=(one,)))
    rules = {rule.id: rule for rule in loaded.rules}
    assert rules["theirs"].flag != rules["ours"].flag == loaded.defines["signup"]


def test_a_config_sets_a_packs_parameters(ran: Run) -> None:
    params = {"names": {"type": "list", "default": ["A"]}}
    rule = {"flag": {"track": "$names"}, "params": params}
    log = {"track": "A"}, {"track": "B"}
    assert ran(*log, **rule, settings=Settings(params={"names": ["B"]})).flagged == [1]
    for_one = Settings(params={"names": ["C"]}, rules={"ours": RuleSetting(params={"names": ["B"]})})
    assert ran(*log, **rule, settings=for_one).flagged == [1]


def test_a_folder_is_a_pack_of_files_of_both_kinds(tmp_path: Path, judge: Judge) -> None:
    folder = tmp_path / "rules"
    (folder / "deeper").mkdir(parents=True)
    examples = "examples: [{pass: [{page: /}]}, {fail: [{track: A}]}]\n"
    single = f"id: single\nsummary: s\nseverity: info\nmessage: m\nflag: track\n{examples}"
    (folder / "single.yml").write_text(single)
    (folder / "deeper" / "many.yaml").write_text(
        f"pack: p\nrules:\n  - {{id: many, summary: s, severity: info, message: m, flag: track, {examples.strip()}}}\n"
    )
    (folder / "notes.md").write_text("no rules")
    report = judge(TRACK, settings=Settings(rule_packs=(folder,)), select=("single", "many"))
    assert [finding.rule for finding in report.findings] == ["many", "single"]


@pytest.mark.parametrize("taken", ["identify-after-track", "ours"])
def test_an_id_that_exists_already_is_refused(tmp_path: Path, pack: Pack, taken: str) -> None:
    first = tmp_path / "first.yml"
    first.write_text(
        "id: ours\nsummary: s\nseverity: info\nmessage: m\nflag: track\n"
        "examples: [{pass: [{page: /}]}, {fail: [{track: A}]}]\n"
    )
    with pytest.raises(ConfigError) as caught:
        pack(id=taken, flag="track", settings=Settings(rule_packs=(first,)))
    (problem,) = caught.value.problems
    assert problem.endswith(f'there is a rule "{taken}" already; ids are unique over all packs')
    assert problem.startswith("pack.yml:")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "no such rule file or folder"),
        (lambda path: path.mkdir(), "the folder holds no rule file (*.yml)"),
        (lambda path: path.write_bytes(b"id: \xff"), "cannot be read"),
    ],
)
def test_a_pack_that_is_not_there_is_told(tmp_path: Path, judge: Judge, make: Any, said: str) -> None:
    path = tmp_path / "absent.yml"
    make(path)
    with pytest.raises(ConfigError, match=said.replace("(", r"\(").replace("*", r"\*").replace(")", r"\)")):
        judge(TRACK, settings=Settings(rule_packs=(path,)))


def test_the_command_tells_which_examples_of_a_pack_are_wrong(tmp_path: Path, cli: Any) -> None:
    path = tmp_path / "ours.yml"
    path.write_text(
        "pack: ours\nrules:\n"
        "  - id: ours\n    summary: s\n    severity: error\n    message: m\n    flag: track\n    examples:\n"
        "      - {name: nobody tracks, pass: [{track: A}]}\n"
        "      - {name: somebody tracks, fail: [{page: /}, {track: A, flagged: true}]}\n"
        "      - {fail: [{page: /}]}\n"
        "      - {params: {no_such: 1}, fail: [{track: A}]}\n"
    )
    done = cli("rules", "test", path)
    assert done.returncode == 1
    assert done.stderr == ""
    lines = [line.split(": ", 1)[1] for line in done.stdout.splitlines()[:-1]]
    assert lines == [
        "ours, example 'nobody tracks': expected to pass, but flags event 0",
        "ours, example 'number 3': expected to fail, but nothing is flagged",
        "ours, example 'number 4': the configuration: there is no parameter \"no_such\"",
    ]
    assert done.stdout.splitlines()[-1] == "1 rules, 4 examples: 1 as expected, 3 otherwise"
