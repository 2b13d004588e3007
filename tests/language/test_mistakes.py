"""Mistakes in rules: each has its line, says what was probably meant, and all of a pack are reported at once."""

from typing import Any

import pytest

from tests.language.conftest import Problems

CLAUSE = {"by": "lane"}


def test_a_sound_pack_has_none(problems: Problems) -> None:
    assert problems(flag="track") == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        # Names
        ({"flag": {"usrId": "u"}}, 'there is no field "usrId"; did you mean "userId"?'),
        ({"flag": {"integrations.x": "u"}}, 'there is no field "integrations.x"'),
        ({"flag": "identfy"}, 'nothing is defined as "identfy"; did you mean "identify"?'),
        ({"flag": {"is": ["track", "aliass"]}}, 'nothing is defined as "aliass"; did you mean "alias"?'),
        ({"flag": {"event": {"in": "$signup_event"}}},
         'there is no parameter "$signup_event"; did you mean "signup_events"?'),
        ({"flag": {"event": "$zzz"}}, 'there is no parameter "$zzz"; for the text itself write "$$zzz"'),
        ({"flag": {"event": {"mathces": "x"}}}, 'there is no operator "mathces"; did you mean "matches"?'),
        ({"flag": "track", "by": "lanes"}, 'timelines have no key "lanes"; did you mean "lane"?'),
        ({"flag": "track", "by": ["lane", "usr"]}, 'timelines have no key "usr"; did you mean "user"?'),
        ({"flag": "track", "severty": "error"}, 'a rule has no key "severty"; did you mean "severity"?'),
        ({"flag": "track", "severity": "erorr"},
         '"severity" must be one of info, warning, error; did you mean "error"?'),
        ({"flag": "track", "destinations": ["mixpanel"]},
         'there is no destination profile "mixpanel"; did you mean mixpanel-legacy or mixpanel-original or'),
        ({"flag": "track", "destinations": ["kissmetric"]}, '"kissmetric"; did you mean "kissmetrics"?'),
        ({"flag": "track", "check": {"left_pag": {}}}, 'there is no check "left_pag"; did you mean "left_page"?'),
        ({"flag": "track", "check": {"problem": {}}}, 'there is no check "problem"'),
        ({"flag": "track", "supersedes": "identify-after-trak"},
         'there is no rule "identify-after-trak" to supersede; did you mean "identify-after-track"?'),
        ({"flag": "track", "needs": ["client_cal"]}, 'nothing is defined as "client_cal"; did you mean "client_call"?'),
        ({"flag": "track", "kinds": {"one": {"mesage": "x"}}},
         'kind "one" has no key "mesage"; did you mean "message"?'),
        ({"flag": "track", "tolerate": "1 in 10"}, '"tolerate": \'1 in 10\' is no share: write a percentage up to 100'),
        ({"flag": "track", "destinations": {"alais": "needed"}},
         '"destinations" has no key "alais"; did you mean "alias"?'),
        ({"flag": "track", "destinations": {"alias": ["needed", "usd"]}},
         '"alias" must be one of needed, used, ignored; did you mean "used"?'),
        ({"flag": "track", "examples": [{"fail": [], "candidates": -1}, {"pass": []}]},
         '"candidates" takes a whole number'),
        ({"flag": "track", "examples": [{"fail": [], "severity": "bad"}, {"pass": []}]},
         '"severity" must be one of info, warning, error'),
        # Clauses
        ({"flag": "track", "if": {"before": "track"}},
         'rule ours has clauses and so needs "by": whose timeline is meant?'),
        ({**CLAUSE, "flag": "track", "if": {"befor": "track"}}, 'a clause has no key "befor"; did you mean "before"?'),
        ({**CLAUSE, "flag": "track", "if": {"within": "1s"}}, "a clause says one of before, after, around, anywhere"),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "after": "track"}},
         "a clause says one of before, after"),
        ({**CLAUSE, "flag": "track", "if": "identify"}, "a clause must be a map of keys and values"),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "within": "1 minute"}}, "'1 minute' is no duration"),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "within": 30}},
         "30 is no duration: write a number and ms, s"),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "at_least": 0}},
         '"at_least" takes a whole number from 1 on'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "at_least": True}}, '"at_least" takes a whole number'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "pick": "frist"}},
         '"pick" must be one of nearest, first, last'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "as": "the late"}},
         '"as" takes a name of small letters'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "same": "usrId"}},
         'there is no field "usrId"; did you mean'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "differs": ["event", "person"]}}, '"person" is a key'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "by": "user"}},
         '"by" in a clause goes with "anywhere" alone'),
        ({**CLAUSE, "flag": "track", "if": {"anywhere": "track", "by": "users"}},
         "and takes one of lane, device, user"),
        ({**CLAUSE, "flag": "track", "if": {"anywhere": "track", "by": "user", "since": "reset"}},
         '"by" in a clause goes'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "received": True, "since": "reset"}},
         '"received" goes with'),
        ({**CLAUSE, "flag": "track", "if": {"around": "track", "received": True}},
         '"received" goes with "before" or "after"'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "received": "yes"}}, '"received" must be true or false'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "where": {"userId": "$lat.userId"}}},
         '"$lat" names no earlier clause'),
        ({**CLAUSE, "flag": "track", "if": [{"before": "track", "as": "late"},
                                            {"before": "track", "where": {"userId": "$lat.userId"}}]},
         '"$lat" names no earlier clause; did you mean "late"?'),
        ({**CLAUSE, "flag": "track", "if": [{"before": "track", "where": {"userId": "$late.userId"}},
                                            {"before": "track", "as": "late"}]},
         '"$late" names no earlier clause'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track", "where": {"userId": "$.usrId"}}},
         'there is no field "usrId"; did you mean "userId"?'),
        ({**CLAUSE, "flag": "track", "if": {"before": "track"}, "check": {"repeated_message": {"far": "1h"}}},
         "a rule has clauses or a check, not both"),
        # Predicates
        ({"flag": {}}, "an empty map matches everything: name at least one field"),
        ({"flag": []}, "an empty list matches nothing: name at least one predicate"),
        ({"flag": 12}, "a predicate is a defined name, a list (any of) or a map of fields (all of)"),
        ({"flag": {"is": []}}, '"is" takes a defined name or a list of them'),
        ({"flag": {"any": "track"}}, '"any" takes a list of predicates'),
        ({"flag": {"all": []}}, '"all" takes a list of predicates'),
        ({"flag": {"not": {"usrId": 1}}}, 'there is no field "usrId"'),
        ({"flag": {"event": {}}}, '"event" has no condition'),
        ({"flag": {"event": {"ignore_case": True}}}, '"event" has no condition'),
        ({"flag": {"event": {"eq": "a", "ignore_case": "yes"}}}, '"ignore_case" must be true or false'),
        ({"flag": {"event": {"in": "a"}}}, "this takes a list of values"),
        ({"flag": {"event": {"eq": ["a"]}}}, '"eq" takes one value; for several use "in"'),
        ({"flag": {"event": {"exists": "yes"}}}, '"exists" takes true or false'),
        ({"flag": {"properties.x": {"type": "float"}}}, '"type" takes one of string, number, boolean, object, array'),
        ({"flag": {"event": {"starts": 1}}}, '"starts" takes a string'),
        ({"flag": {"event": {"matches": 1}}}, "a regular expression is a string"),
        ({"flag": {"event": {"matches": "(a"}}}, '"(a" is no regular expression: missing ), unterminated subpattern'),
        ({"flag": {"page_load": 1}}, '"page_load" is known only once timelines are built'),
        ({"flag": {"person": {"exists": True}}}, '"person" is known only once timelines are built'),
        # The rest of a rule
        ({"flag": "track", "id": "Ours Of Course"},
         '"Ours Of Course" is no rule id: small letters, digits and hyphens'),
        ({"flag": "track", "id": ...}, 'a rule needs "id"'),
        ({"flag": ...}, 'rule ours needs "flag": the event to blame'),
        ({"flag": "track", "summary": ...}, 'a rule needs "summary"'),
        ({"flag": "track", "severity": ...}, 'a rule needs "severity"'),
        ({"flag": "track", "message": ...}, 'a rule needs "message"'),
        ({"flag": "track", "message": 3}, '"message" must be a string'),
        ({"flag": "track", "enabled": "no"}, '"enabled" must be true or false'),
        ({"flag": "track", "once": 1}, '"once" must be true or false'),
        ({"flag": "track", "tags": [1]}, '"tags" must be a string or a list of strings'),
        ({"flag": "track", "kinds": ["a"]}, '"kinds" must be a map of keys and values'),
        ({"flag": "track", "kinds": {"a": {"severity": "fatal"}}}, '"severity" must be one of info, warning, error'),
        ({"flag": "track", "check": "left_page"}, '"check" must be a map of keys and values'),
        ({"flag": "track", "check": {"left_page": {}, "repeated_message": {}}},
         '"check" names one check: {name: options}'),
        ({"flag": "track", "check": {"repeated_message": {}}}, 'check repeated_message needs the option "far"'),
        ({"flag": "track", "check": {"repeated_message": {"fra": "1h", "far": "1h"}}},
         'check repeated_message has no key "fra"; did you mean "far"?'),
        ({"flag": "track", "check": {"repeated_message": {"far": "soon"}}}, "'soon' is no duration"),
        # Examples
        ({"flag": "track", "examples": []}, "rule ours needs at least two examples, one of them failing"),
        ({"flag": "track", "examples": [{"pass": [{"page": "/"}]}] * 2},
         "rule ours needs at least two examples, one of"),
        ({"flag": "track", "examples": [{"fail": [{"track": "X"}]}, {"passes": [{"page": "/"}]}]},
         'an example has no key "passes"; did you mean "pass"?'),
        ({"flag": "track", "examples": [{"fail": [{"track": "X"}]}, {"pass": [{"page": "/"}], "unsure": []}]},
         "an example is one list of events under pass, fail or unsure"),
        ({"flag": "track", "examples": [{"fail": [{"track": "X", "usrId": 1}]}, {"pass": [{"page": "/"}]}]},
         'an event has no field "usrId"; did you mean "userId"?'),
        ({"flag": "track", "examples": [{"fail": ["track"]}, {"pass": [{"page": "/"}]}]}, "an event must be a map"),
        ({"flag": "track", "examples": [{"fail": [{"track": "X"}], "destinations": ["segmnt"]},
                                           {"pass": [{"page": "/"}]}]},
         'there is no destination profile "segmnt"; did you mean "segment"?'),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_one_sentence_with_its_place(problems: Problems, rule: dict[str, Any], said: str) -> None:
    (problem,) = problems(**rule)
    place, text = problem.split(": ", 1)
    assert place.startswith("pack.yml:")
    assert said in text


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "(a*)*b", "((a+))+", "(?:x|(y+)z)*", "(a+b?){2,}", "([a-z]+)*", "(a{2,})+"]
)
def test_a_repeated_repetition_is_refused(problems: Problems, pattern: str) -> None:
    (problem,) = problems(flag={"event": {"matches": pattern}})
    assert "can take for ever on some texts: unnest it" in problem


@pytest.mark.parametrize(
    "pattern",
    ["(a+)b+", "([+*])+", r"(\+)+", "(ab)+", "a+(b)c+", "(a?)x", "[(a+]+", r"(a\(+)b", "(a+)(b)+", "x{2}(y)*"],
)
def test_a_harmless_repetition_is_not(problems: Problems, pattern: str) -> None:
    assert problems(flag={"event": {"matches": pattern}}) == []


def test_a_parameter_is_searched_for_repeated_repetitions_as_well(problems: Problems) -> None:
    params = {"mine": {"type": "regex_list", "default": ["fine", "(a+)+"]}}
    said = problems(flag={"event": {"matches": "$mine"}}, params=params)
    assert any("repeats a group that holds a repetition" in problem for problem in said)


def test_the_line_is_that_of_the_mistake(problems: Problems) -> None:
    text = """\
    auditor: 1
    pack: ours
    define:
      mine:
        any:
          - {type: track}
          - {tpye: page}
    rules:
      - id: ours
        summary: s
        severity: error
        flag: mine
        by: lane
        if:
          - {before: identify}
          - after: identify
            within: 1y
        message: m
        examples: [{pass: [{page: /}]},
                   {fail: [{trak: X}]}]
    """
    assert [problem.split(": ")[0] for problem in problems(text)] == ["pack.yml:7", "pack.yml:17", "pack.yml:20"]


def test_a_wrong_definition_is_said_once_and_where_it_stands_even_if_nothing_uses_it(problems: Problems) -> None:
    define = {"one": {"usrId": 1}, "two": {"is": "one"}, "three": ["one", "two"]}
    (problem,) = problems(define=define, flag={"all": ["one", "two", "three"]})
    assert 'there is no field "usrId"' in problem
    (problem,) = problems(define=define, flag="track")
    assert 'there is no field "usrId"' in problem


def test_a_definition_that_leads_to_itself_is_shown_as_the_way_round(problems: Problems) -> None:
    found = problems(define={"one": {"is": "two"}, "two": [{"not": "three"}], "three": {"any": ["one"]}}, flag="track")
    assert [problem.split(": ", 1)[1] for problem in found] == [
        '"one" is defined by itself: one -> two -> three -> one'
    ]


def test_all_mistakes_of_all_rules_are_reported_at_once(problems: Problems) -> None:
    examples = "examples: [{pass: [{page: /}]}, {fail: [{track: X}]}]"
    text = f"""\
    pack: ours
    rulez: []
    params:
      window: {{type: durations, default: 1s}}
      names: {{type: list, default: one}}
      broken: {{type: list}}
    rules:
      - {{id: one, summary: s, severity: error, message: m, flag: {{usrId: 1}}, {examples}}}
      - {{id: two, summary: s, severity: loud, message: m, flag: trak, {examples}}}
      - {{id: one, summary: s, severity: error, message: m, flag: track, {examples}}}
      - just words
    """
    assert [problem.split(":", 2)[1] for problem in problems(text)] == [
        "2",
        "4",
        "5",
        "6",
        "8",
        "9",
        "9",
        "10",
        "11",
        "11",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {}", '"rules" must be a list of rules'),
        ("rules: []", '"rules" must be a list of rules'),
        ("auditor: 2\nrules: [{id: a}]", "this pack is for another version of the rule language; this tool speaks 1"),
        ("- a", "a rule file must be a map of keys and values"),
        ("id: a\nid: b", 'pack.yml:2: the key "id" stands here twice'),
        ("flag: [", "pack.yml:2: not valid YAML"),
        ("requires: '>=9'\nrules: [{id: a}]", 'a pack has no key "requires"'),
    ],
)
def test_a_file_that_is_no_pack_is_refused(problems: Problems, text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text))
